"""Perceptual weights from files: the published VGG-19, torchvision's naming, and files that do not do."""

import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from core.losses.perceptual import perceptual_loss
from core.training.perceptual_weights import PerceptualWeightsError, load_perceptual

WIDTHS = {0: (3, 64), 2: (64, 64), 5: (64, 128), 7: (128, 128), 10: (128, 256), 12: (256, 256), 14: (256, 256)}


def vgg16(upto: int = 14) -> dict[str, Tensor]:
    """Random weights under the names of torchvision's `vgg16`, as far as asked."""
    generator = torch.Generator().manual_seed(0)
    entries = {"classifier.6.bias": torch.zeros(1000)}
    for number, (before, after) in WIDTHS.items():
        if number <= upto:
            entries[f"features.{number}.weight"] = torch.randn(after, before, 3, 3, generator=generator) / before**0.5
            entries[f"features.{number}.bias"] = torch.randn(after, generator=generator)
    return entries


def published(shared: Path) -> Path:
    return shared / "weights/perceptual/vgg19_normalised_conv1_1_to_conv3_1.npz"


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_vgg16_in_torchvision_s_naming(tmp_path: Path, suffix: str) -> None:
    entries = vgg16()
    file = tmp_path / f"vgg16{suffix}"
    save_file(entries, file) if suffix == ".safetensors" else torch.save(entries, file)
    image = torch.rand(1, 3, 16, 20)
    network = load_perceptual(file, "relu2_2")
    assert network.description.startswith(f"VGG-16 (torchvision), relu2_2, vgg16{suffix}, sha256 ")
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = (image - mean.view(3, 1, 1)) / deviation.view(3, 1, 1)
    for number in (0, 2, "pool", 5, 7):
        if number == "pool":
            x = F.max_pool2d(x, 2)
        else:
            x = F.relu(F.conv2d(x, entries[f"features.{number}.weight"], entries[f"features.{number}.bias"], padding=1))
    assert torch.allclose(network(image), x, rtol=1e-4, atol=1e-4)
    assert load_perceptual(file, "relu3_3")(image).shape == (1, 256, 4, 5)


def test_vgg19_in_torchvision_s_naming_is_called_that(tmp_path: Path) -> None:
    torch.save({**vgg16(), "features.16.weight": torch.zeros(1)}, tmp_path / "v.pth")
    assert load_perceptual(tmp_path / "v.pth").description.startswith("VGG-19 (torchvision)")


def test_the_published_vgg19_sees_photos_as_it_was_normalised_to(shared: Path) -> None:
    """Its weights were scaled so that the mean activation over photos is 1: true only with the right colours."""
    photos = sorted((shared / "data/train/clean").iterdir())[::40]
    crops = np.stack([cv2.imread(str(photo))[100:228, 100:228, ::-1] for photo in photos])
    images = torch.from_numpy(crops.astype(np.float32) / 255).permute(0, 3, 1, 2)
    for layer, shape in (("relu1_1", (64, 128)), ("relu2_2", (128, 64)), ("relu3_1", (256, 32))):
        network = load_perceptual(published(shared), layer)
        features = network(images)
        assert features.shape[1:3] == shape
        assert 0.6 < features.mean().item() < 1.4
        assert network.description.startswith(f"VGG-19 (normalised), {layer}, vgg19_normalised_conv1_1_to_conv3_1.npz")
    with torch.autocast("cpu", torch.bfloat16):
        half = perceptual_loss(network, images[:2], images[2:4])
    assert half.item() == pytest.approx(perceptual_loss(network, images[:2], images[2:4]).item(), rel=0.02)


def test_the_published_vgg19_does_not_reach_further(shared: Path) -> None:
    with pytest.raises(PerceptualWeightsError, match=r"lacks conv3_2_weight, so it is no VGG that reaches conv3_2\."):
        load_perceptual(published(shared), "relu3_3")


def write_garbage(file: Path) -> None:
    file.write_bytes(b"no weights")


def write_half(file: Path) -> None:
    torch.save(vgg16(), file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def write_list(file: Path) -> None:
    torch.save([torch.zeros(3)], file)


def write_short(file: Path) -> None:
    torch.save(vgg16(upto=5), file)


def write_narrow(file: Path) -> None:
    torch.save({name: tensor[:1] for name, tensor in vgg16().items()}, file)


def write_nan(file: Path) -> None:
    torch.save({name: tensor * float("nan") for name, tensor in vgg16().items()}, file)


def write_numbers(file: Path) -> None:
    torch.save(dict.fromkeys(vgg16(), 3), file)


def write_foreign_archive(file: Path) -> None:
    with file.open("wb") as stream:
        np.savez(stream, preproc_weight=np.zeros((3, 3)), preproc_bias=np.zeros(3))


def write_nothing(file: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("write", "name", "sentence"),
    [
        (write_nothing, "v.pth", "is not a file; the perceptual loss needs the weights of a VGG-16 or VGG-19"),
        (write_garbage, "v.pth", "is damaged, or no file of tensors by name"),
        (write_garbage, "v.npz", "is damaged, or no file of tensors by name"),
        (write_garbage, "v.safetensors", "is damaged, or no file of tensors by name"),
        (write_half, "v.pth", "is damaged, or no file of tensors by name"),
        (write_list, "v.pt", "is damaged, or no file of tensors by name"),
        (write_garbage, "v.bin", "is no file of weights that is known: .npz, .safetensors, .pth or .pt"),
        (write_short, "v.pth", "lacks features.7.weight, so it is no VGG that reaches conv2_2"),
        (write_narrow, "v.pth", "is no VGG: features.0.weight has shape 1×3×3×3, not 64×3×3×3"),
        (write_nan, "v.pth", "is damaged: features.0.weight holds numbers that are not finite"),
        (write_numbers, "v.pth", "is no VGG: features.0.weight has shape int, not 64×3×3×3"),
        (write_foreign_archive, "v.npz", "is no VGG: preproc_weight has shape 3×3, not 3×3×1×1"),
    ],
)
def test_what_does_not_do_is_one_sentence(
    tmp_path: Path, write: Callable[[Path], None], name: str, sentence: str
) -> None:
    write(tmp_path / name)
    with pytest.raises(PerceptualWeightsError, match=re.escape(sentence)) as caught:
        load_perceptual(tmp_path / name)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_an_unknown_layer_is_one_sentence(tmp_path: Path) -> None:
    torch.save(vgg16(), tmp_path / "v.pth")
    with pytest.raises(PerceptualWeightsError, match=r"no perceptual layer 'relu2_3'; there are relu1_1"):
        load_perceptual(tmp_path / "v.pth", "relu2_3")
