"""Packed weights: what is saved comes back, as precisely as is said, and nothing at random."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.networks import SIZES, SemiDerainGAN
from core.networks.packing import SCALE, STEP, pack, unpack
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
    state = model.state_dict()
    for name, value in state.items():
        found = again.state_dict()[name]
        assert found.dtype == torch.float32
        bound = value.abs() * 2**-10 + 1e-7
        if len(generators) == 2 and name.startswith("unets.gr.") and value.ndim == 4:
            of_gs = state[name.replace(".gr.", ".gs.")].half().float()
            largest = [part.abs().amax((1, 2, 3), keepdim=True) for part in (value, value - of_gs)]
            bound = min(largest, key=lambda part: float(part.mean())) / 254 * 1.001 + 1e-7
        assert ((found - value).abs() <= bound).all()


def test_a_generator_near_the_other_is_kept_as_precisely_as_it_is_near() -> None:
    gs = torch.randn(4, 8, 3, 3, generator=torch.Generator().manual_seed(0))
    gr = gs + 0.01 * torch.randn(4, 8, 3, 3, generator=torch.Generator().manual_seed(1))
    packed = pack({"unets.gs.a": gs, "unets.gr.a": gr})
    assert "unets.gr.a" + STEP in packed and (unpack(packed)["unets.gr.a"] - gr).abs().max() < 0.01 * 4 / 254
    far = pack({"unets.gs.a": -gr, "unets.gr.a": gr})
    assert "unets.gr.a" + SCALE in far and (unpack(far)["unets.gr.a"] - gr).abs().max() < gr.abs().max() / 253


def test_files_from_before_are_read() -> None:
    numbers = torch.tensor([-127, 0, 5], dtype=torch.int8).reshape(1, 3, 1, 1)
    packed = {"unets.gs.a": torch.ones(1, 3, 1, 1), "unets.gr.a": numbers, "unets.gr.a" + SCALE: torch.full((1,), 0.5)}
    assert unpack(packed)["unets.gr.a"].flatten().tolist() == [-63.5, 0, 2.5]


def test_a_channel_of_zeros_stays_zero() -> None:
    state = {f"unets.{name}.a": torch.zeros(2, 3, 3, 3) for name in ("gs", "gr")}
    state["unets.gr.a"][1] = torch.randn(3, 3, 3)
    assert torch.equal(unpack(pack(state))["unets.gr.a"][0], torch.zeros(3, 3, 3))


def test_both_generators_of_the_shipped_size_fit_into_20_megabytes(tmp_path: Path) -> None:
    save_weights(SemiDerainGAN(**SIZES["fast"], generators=("gs", "gr")), tmp_path / "weights")
    assert (tmp_path / "weights" / "model.safetensors").stat().st_size < 20e6


@pytest.mark.parametrize("change", ["missing", "without G_s", "unknown", "step"])
def test_weights_that_do_not_fit_are_an_error(change: str, tmp_path: Path) -> None:
    model = SemiDerainGAN(**SMALL, generators=("gs", "gr"))
    model.unets["gr"].load_state_dict({name: 1.01 * value for name, value in model.unets["gs"].state_dict().items()})
    save_weights(model, tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    step = next(name for name in tensors if name.endswith(STEP))
    if change == "missing":
        del tensors[step], tensors[step.removesuffix(STEP)]
    elif change == "without G_s":
        del tensors[step.removesuffix(STEP).replace(".gr.", ".gs.")]
    elif change == "unknown":
        tensors["unets.gt.head.weight"] = torch.zeros(1)
    else:
        tensors[step] = torch.zeros(3, 7)
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(RuntimeError):
        SemiDerainGAN.from_pretrained(tmp_path)
