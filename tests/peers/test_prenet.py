"""PReNet: its shape as published, its figures with the published weights, and weights that do not fit."""

from pathlib import Path

import pytest
import torch

from core.evaluation import evaluate_pairs
from core.inference.network import Network
from core.methods import Method
from core.methods.whole import run_whole
from core.peers import PEERS, PeerError
from core.peers.prenet import PReNet, load_prenet
from datasets.pairs import open_pairs

# y PSNR, y SSIM, rgb PSNR, rgb SSIM of the derained image, as measured elsewhere with the published weights.
FIGURES = {
    "Rain100L": (
        (38.057, 0.978, 36.728, 0.976),
        (37.801, 0.965, 36.475, 0.960),
        (40.295, 0.995, 38.942, 0.994),
    ),
    "Rain100H": (
        (33.587, 0.950, 32.233, 0.945),
        (31.879, 0.862, 30.544, 0.845),
        (26.335, 0.894, 25.038, 0.882),
    ),
}
COLUMNS = ["derained_psnr_y", "derained_ssim_y", "derained_psnr_rgb", "derained_ssim_rgb"]


@pytest.mark.slow
@pytest.mark.parametrize("data", FIGURES)
def test_figures_with_the_published_weights(shared: Path, data: str) -> None:
    network = load_prenet(shared / "weights" / "peers" / "PReNet" / data / "net_latest.pth")
    pairs = open_pairs(shared / "data" / "test" / data)
    method = Method("peer", "Peer", run=run_whole(Network(network), "Peer"))
    table = evaluate_pairs(method, pairs, ["y", "rgb"], limit=3)
    assert table["photo"].tolist() == ["rain-001", "rain-002", "rain-003"]
    for row, expected in zip(table[COLUMNS].to_numpy(), FIGURES[data], strict=True):
        assert row[[0, 2]] == pytest.approx(expected[0::2], abs=0.005)
        assert row[[1, 3]] == pytest.approx(expected[1::2], abs=0.00055)


def test_size_of_the_published_network() -> None:
    weights = PReNet().state_dict()
    assert len(weights) == 32
    assert sum(tensor.numel() for tensor in weights.values()) == 168_963


def test_any_size_and_values_of_0_to_1() -> None:
    derained = PReNet().eval()(torch.rand(2, 3, 7, 13) * 3 - 1)
    assert derained.shape == (2, 3, 7, 13)
    assert derained.min() >= 0
    assert derained.max() <= 1


def test_saved_weights_are_loaded(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = PReNet().eval()
    torch.save(network.state_dict(), tmp_path / "net.pth")
    photo = torch.rand(1, 3, 9, 9)
    with torch.inference_mode():
        assert torch.equal(PEERS["prenet"].load(tmp_path / "net.pth")(photo), network(photo))


def test_keys_that_do_not_fit_are_named(tmp_path: Path) -> None:
    weights = PReNet().state_dict()
    weights["conv9.0.weight"] = weights.pop("conv.0.weight")
    weights["conv0.0.bias"] = torch.zeros(5)
    torch.save(weights, tmp_path / "net.pth")
    with pytest.raises(PeerError) as caught:
        load_prenet(tmp_path / "net.pth")
    sentence = str(caught.value)
    assert "conv.0.weight is missing" in sentence
    assert "conv9.0.weight is unknown" in sentence
    assert "conv0.0.bias has shape 5, not 32" in sentence


def test_many_keys_that_do_not_fit_are_counted(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "net.pth")
    with pytest.raises(PeerError, match="and 27 more"):
        load_prenet(tmp_path / "net.pth")


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 broken archive", b"a", b"txt", b"VV\xb7"])
def test_a_file_that_is_no_checkpoint(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.pth").write_bytes(content)
    with pytest.raises(PeerError, match="is not a PyTorch checkpoint of tensors"):
        load_prenet(tmp_path / "net.pth")


def test_a_checkpoint_that_runs_code_is_refused(tmp_path: Path) -> None:
    torch.save(PReNet(), tmp_path / "net.pth")
    with pytest.raises(PeerError, match="is not a PyTorch checkpoint of tensors"):
        load_prenet(tmp_path / "net.pth")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="is not a file"):
        load_prenet(tmp_path / "absent.pth")
