"""The whole model: any size, both generators, padding, saving and loading by the Hub's conventions."""

import json
from pathlib import Path

import pytest
import torch

from core.networks import SIZES, SemiDerainGAN
from core.networks.semi_deraingan import pad_to_multiple

SMALL = {
    "ssrml": {"channels": 8, "steps": 2, "units": 1, "downscale": 2},
    "unet": {"width": 8, "encoder": [1, 1], "middle": 1, "decoder": [1, 1], "block": "gated", "downscale": 2},
}


@pytest.fixture()
def model() -> SemiDerainGAN:
    torch.manual_seed(0)
    return SemiDerainGAN(**SMALL, generators=["gs", "gr"]).eval()


@pytest.mark.parametrize("size", [(1, 1), (1, 37), (7, 3), (8, 8), (33, 50)])
def test_takes_any_size(model: SemiDerainGAN, size: tuple[int, int]) -> None:
    result = model(torch.rand(2, 3, *size))
    assert result.derained.shape == (2, 3, *size)
    assert [mask.shape for mask in result.masks] == [(2, 1, *size)] * 2
    assert torch.equal(result.mask, result.masks[-1])
    assert result.derained.min() >= 0 and result.derained.max() <= 1


def test_padding_reflects_and_repeats_where_too_small() -> None:
    row = torch.arange(3.0).view(1, 1, 1, 3)
    assert pad_to_multiple(row, 2).tolist() == [[[[0, 1, 2, 1], [0, 1, 2, 1]]]]
    assert pad_to_multiple(torch.ones(1, 1, 8, 4), 4).shape == (1, 1, 8, 4)


def test_clamps_in_evaluation_only(model: SemiDerainGAN) -> None:
    torch.nn.init.constant_(model.unets["gs"].tail.bias, 5.0)
    x = torch.rand(1, 3, 8, 8)
    assert model(x, "gs").derained.max() == 1
    assert model.train()(x, "gs").derained.max() > 1


def test_generators_share_the_mask_and_differ_in_the_image(model: SemiDerainGAN) -> None:
    x = torch.rand(1, 3, 16, 16)
    gs, gr = model(x, "gs"), model(x, "gr")
    assert torch.equal(gs.mask, gr.mask)
    assert not torch.equal(gs.derained, gr.derained)
    assert model.default_generator == "gr"
    assert torch.equal(model(x).derained, gr.derained)


def test_offers_only_the_generators_it_holds() -> None:
    model = SemiDerainGAN(**SMALL)
    assert model.generators == ("gs",) and model.default_generator == "gs"
    with pytest.raises(ValueError, match="hold the generators gs, not gr"):
        model(torch.rand(1, 3, 8, 8), "gr")
    for wrong in (["gx"], []):
        with pytest.raises(ValueError, match="can be gs and gr"):
            SemiDerainGAN(**SMALL, generators=wrong)


def test_refuses_other_shapes(model: SemiDerainGAN) -> None:
    for shape in ((3, 8, 8), (1, 1, 8, 8)):
        with pytest.raises(ValueError, match=r"\(B, 3, H, W\)"):
            model(torch.rand(shape))


def test_comes_back_from_disk_as_it_was(model: SemiDerainGAN, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["generators"] == ["gs", "gr"]
    again = SemiDerainGAN.from_pretrained(tmp_path).eval()
    x = torch.rand(1, 3, 20, 12)
    assert torch.equal(again(x).derained, model(x).derained)


@pytest.mark.parametrize("size", SIZES)
def test_both_sizes_can_be_trained(size: str) -> None:
    model = SemiDerainGAN(**SIZES[size])
    result = model(torch.rand(1, 3, 32, 32))
    (result.derained.sum() + result.mask.sum()).backward()
    assert all(p.grad is not None for p in model.parameters())
