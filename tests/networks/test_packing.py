"""Packed weights: what is saved comes back, as precisely as is said, and nothing at random."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.networks import SIZES, SemiDerainGAN
from core.networks.packing import SCALE, pack, unpack
from core.training.checkpoint import save_weights

SMALL = {
    "ssrml": {"channels": 4, "steps": 2, "units": 1, "downscale": 2},
    "unet": {"width": 8, "encoder": [1], "middle": 1, "decoder": [1], "block": "gated", "downscale": 2},
}


@pytest.mark.parametrize("generators", [("gs",), ("gr",), ("gs", "gr")])
def test_what_is_saved_comes_back(generators: tuple[str, ...], tmp_path: Path) -> None:
    model = SemiDerainGAN(**SMALL, generators=generators)
    save_weights(model, tmp_path / "weights")
    again = SemiDerainGAN.from_pretrained(tmp_path / "weights")
    assert again.generators == generators
    for name, value in model.state_dict().items():
        found = again.state_dict()[name]
        assert found.dtype == torch.float32
        coarse = len(generators) == 2 and name.startswith("unets.gr.") and value.ndim == 4
        bound = value.abs().amax((1, 2, 3), keepdim=True) / 254 * 1.001 if coarse else value.abs() * 2**-10 + 1e-7
        assert ((found - value).abs() <= bound + 1e-12).all()


def test_a_channel_of_zeros_stays_zero() -> None:
    state = {"unets.gs.a": torch.zeros(1), "unets.gr.b": torch.zeros(2, 3, 3, 3)}
    state["unets.gr.b"][1] = torch.randn(3, 3, 3)
    assert torch.equal(unpack(pack(state))["unets.gr.b"][0], torch.zeros(3, 3, 3))


def test_both_generators_of_the_shipped_size_fit_into_20_megabytes(tmp_path: Path) -> None:
    save_weights(SemiDerainGAN(**SIZES["fast"], generators=("gs", "gr")), tmp_path / "weights")
    assert (tmp_path / "weights" / "model.safetensors").stat().st_size < 20e6


@pytest.mark.parametrize("change", ["missing", "unknown", "scale"])
def test_weights_that_do_not_fit_are_an_error(change: str, tmp_path: Path) -> None:
    save_weights(SemiDerainGAN(**SMALL, generators=("gs", "gr")), tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    scale = next(name for name in tensors if name.endswith(SCALE))
    if change == "missing":
        del tensors[scale], tensors[scale.removesuffix(SCALE)]
    elif change == "unknown":
        tensors["unets.gt.head.weight"] = torch.zeros(1)
    else:
        tensors[scale] = torch.zeros(3, 7)
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(RuntimeError):
        SemiDerainGAN.from_pretrained(tmp_path)
