"""Perceptual network and loss: features against scipy's correlation, gradients, number formats."""

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate
from torch import Tensor

from core.losses.perceptual import CONVOLUTIONS, PerceptualNetwork, perceptual_loss

CHANNELS = {"conv1": 2, "conv2": 3, "conv3": 4}


def images(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def tiny(layer: str = "relu2_2", padding: str = "reflect", dtype: torch.dtype = torch.float64) -> PerceptualNetwork:
    """A VGG of a few channels with random weights."""
    generator = torch.Generator().manual_seed(5)
    convolutions, before = {}, 3
    for name in CONVOLUTIONS:
        after = CHANNELS[name[:5]]
        weight = torch.randn(after, before, 3, 3, generator=generator, dtype=torch.float64) / 3
        convolutions[name] = weight.to(dtype), (0.1 * torch.ones(after, dtype=torch.float64)).to(dtype)
        before = after
    matrix = torch.tensor([[0.0, 0, 4], [0, 3, 0], [5, 0, 1]], dtype=dtype)
    colour = matrix, torch.tensor([-2.0, -1.5, -2.5], dtype=dtype)
    return PerceptualNetwork(convolutions, layer, colour, padding, "tiny")


def by_scipy(network: PerceptualNetwork, image: np.ndarray) -> np.ndarray:
    """(3, H, W) -> features; scipy's "mirror" is a reflection that does not repeat the border."""
    buffers = {name: buffer.numpy() for name, buffer in network.named_buffers()}
    x = np.tensordot(buffers["colour_matrix"], image, 1) + buffers["colour_offset"][:, None, None]
    mode = "mirror" if network.padding == "reflect" else "constant"
    for index, name in enumerate(network.names):
        if index and network.names[index - 1][:5] != name[:5]:
            x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
            x = np.maximum.reduce([x[:, i::2, j::2] for i in (0, 1) for j in (0, 1)])
        weight, bias = buffers[f"{name}_weight"], buffers[f"{name}_bias"]
        sums = [
            sum(correlate(plane, kernel, mode=mode, cval=0.0) for plane, kernel in zip(x, kernels))
            for kernels in weight
        ]
        x = np.maximum(np.stack(sums) + bias[:, None, None], 0)
    return x


@pytest.mark.parametrize("layer", ["relu1_1", "relu1_2", "relu2_2", "relu3_1", "relu3_3"])
@pytest.mark.parametrize("padding", ["reflect", "zeros"])
def test_features_agree_with_scipy(layer: str, padding: str) -> None:
    network, image = tiny(layer, padding), images(1, 3, 14, 18)
    features = network(image)[0].numpy()
    expected = by_scipy(network, image[0].numpy())
    assert features.shape == expected.shape
    assert expected.max() > 0.1
    np.testing.assert_allclose(features, expected, atol=1e-12)


def test_loss_is_the_mean_square_of_the_features_difference() -> None:
    network, a, b = tiny(), images(2, 3, 12, 12), images(2, 3, 12, 12, seed=1)
    expected = np.mean([(by_scipy(network, x.numpy()) - by_scipy(network, y.numpy())) ** 2 for x, y in zip(a, b)])
    assert perceptual_loss(network, a, b).item() == pytest.approx(expected, rel=1e-10)
    assert perceptual_loss(network, a, a).item() == 0


def test_the_gradient_flows_through_the_derained_side_alone() -> None:
    network, derained, target = tiny(), images(1, 3, 12, 12).requires_grad_(), images(1, 3, 12, 12, seed=1)
    target.requires_grad_()
    perceptual_loss(network, derained, target).backward()
    assert derained.grad is not None and (derained.grad != 0).double().mean() > 0.9
    assert target.grad is None


@pytest.mark.parametrize("layer", ["relu2_2", "relu3_1"])
def test_gradients(layer: str) -> None:
    network, target = tiny(layer), images(1, 3, 8, 8, seed=1)
    derained = images(1, 3, 8, 8).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: perceptual_loss(network, x, target), derained)


def test_no_optimiser_and_no_checkpoint_finds_the_network() -> None:
    network = tiny()
    assert not list(network.parameters())
    assert not network.state_dict()
    assert len(dict(network.named_buffers())) == 2 * 4 + 2


def test_autocast_changes_the_loss_little_and_keeps_its_gradient() -> None:
    network = tiny(dtype=torch.float32)
    derained, target = images(1, 3, 24, 24).float().requires_grad_(), images(1, 3, 24, 24, seed=1).float()
    whole = perceptual_loss(network, derained, target)
    with torch.autocast("cpu", torch.bfloat16):
        half = perceptual_loss(network, derained, target)
        of_half = perceptual_loss(network, derained.bfloat16(), target)
    assert half.dtype == of_half.dtype == torch.float32
    assert half.item() == pytest.approx(whole.item(), rel=0.03)
    assert of_half.item() == pytest.approx(whole.item(), rel=0.03)
    half.backward()
    assert derained.grad is not None and derained.grad.abs().sum() > 0


def test_wrong_layers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no perceptual layer 'conv2_3'; there are relu1_1, .*, relu3_3"):
        tiny("conv2_3")
    with pytest.raises(ValueError, match="relu1_2 needs conv1_2"):
        PerceptualNetwork({"conv1_1": tiny().get_buffer("colour_matrix")}, "relu1_2", (images(3, 3),) * 2, "zeros", "")  # type: ignore[dict-item]
