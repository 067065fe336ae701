"""DDN and SIRR: guided filter and network against plain loops, their keys, figures with the published weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.evaluation import evaluate_pairs
from core.inference.network import Network
from core.methods import Method
from core.methods.whole import run_whole
from core.peers import PEERS, PeerError, find_weights
from core.peers.ddn import DDN, load_ddn
from core.peers.guided_filter import box_mean, guided_filter
from core.peers.sirr import load_sirr
from datasets.pairs import open_pairs
from tests.peers.checkpoints import write_checkpoint

Tensors = dict[str, np.ndarray]


def window_mean(x: np.ndarray, radius: int) -> np.ndarray:
    """Mean over the part of each window that lies inside, pixel by pixel."""
    out = np.empty_like(x)
    for i, j in np.ndindex(x.shape):
        out[i, j] = x[max(i - radius, 0) : i + radius + 1, max(j - radius, 0) : j + radius + 1].mean()
    return out


def plain_guided_filter(x: np.ndarray, radius: int, epsilon: float) -> np.ndarray:
    mean, squares = window_mean(x, radius), window_mean(x * x, radius)
    a = (squares - mean**2) / (squares - mean**2 + epsilon)
    return window_mean(a, radius) * x + window_mean((1 - a) * mean, radius)


def tensors_of(seed: int = 0) -> Tensors:
    """Random tensors under the published keys, in height, width, inputs, outputs."""
    rng = np.random.default_rng(seed)
    tensors: Tensors = {}
    for number in range(1, 27):
        inputs, outputs = 3 if number == 1 else 16, 3 if number == 26 else 16
        tensors[f"conv_{number}/weights_{number}"] = rng.normal(0, 0.3, (3, 3, inputs, outputs)).astype(np.float32)
        for name in ("biases", "scale", "beta"):
            tensors[f"conv_{number}/{name}_{number}"] = rng.normal(0, 0.2, outputs).astype(np.float32)
    return tensors


def of_both_branches(tensors: Tensors) -> Tensors:
    """SIRR's: the same weights, and other biases, scale and beta for the branch that saw real rain."""
    second = {
        key.replace("/", "_1/"): np.full_like(tensor, 9) for key, tensor in tensors.items() if "weights" not in key
    }
    return tensors | second


def plain_ddn(photo: np.ndarray, tensors: Tensors) -> np.ndarray:
    """The network with nothing but sums over shifted copies, (H, W, 3) -> (H, W, 3), in float64."""
    height, width = photo.shape[:2]

    def layer(x: np.ndarray, number: int) -> np.ndarray:
        weights = tensors[f"conv_{number}/weights_{number}"].astype(np.float64)
        padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
        y = sum(padded[i : i + height, j : j + width] @ weights[i, j] for i in range(3) for j in range(3))
        y = y + tensors[f"conv_{number}/biases_{number}"]
        y = (y - y.mean((0, 1))) / np.sqrt(y.var((0, 1)) + 1e-5)
        return y * tensors[f"conv_{number}/scale_{number}"] + tensors[f"conv_{number}/beta_{number}"]

    base = np.stack([plain_guided_filter(photo[..., c], 15, 1.0) for c in range(3)], -1)
    features = np.maximum(layer(photo - base, 1), 0)
    for number in range(2, 26, 2):
        inner = np.maximum(layer(features, number), 0)
        features = features + np.maximum(layer(inner, number + 1), 0)
    return np.clip(photo + layer(features, 26), 0, 1)


def test_box_mean_and_guided_filter_against_loops() -> None:
    photo = np.random.default_rng(0).random((2, 23, 37))
    x = torch.from_numpy(photo)[None]
    assert np.allclose(box_mean(x, 4)[0, 1], window_mean(photo[1], 4), atol=1e-12)
    for radius, epsilon in ((3, 0.01), (15, 1.0)):
        expected = np.stack([plain_guided_filter(channel, radius, epsilon) for channel in photo])
        assert np.allclose(guided_filter(x, radius, epsilon)[0], expected, atol=1e-10)


def test_an_even_photo_has_no_detail() -> None:
    x = torch.full((1, 3, 20, 20), 0.4)
    assert torch.allclose(guided_filter(x, 15, 1.0), x, atol=1e-6)


@pytest.mark.parametrize(("load", "more"), [(load_ddn, dict), (load_sirr, of_both_branches)])
def test_network_against_plain_sums(
    tmp_path: Path, load: Callable[[Path], DDN], more: Callable[[Tensors], Tensors]
) -> None:
    tensors = tensors_of()
    tensors["conv_26/scale_26"] *= 0.1
    extra = {"beta1_power": np.array(0.5, np.float32), "conv_1/biases_1/Adam": np.zeros(16, np.float32)}
    write_checkpoint(tmp_path / "model", more(tensors) | extra)
    network = load(tmp_path / "model.index")
    photo = np.random.default_rng(1).random((19, 33, 3))
    with torch.inference_mode():
        derained = network(torch.from_numpy(photo).permute(2, 0, 1)[None].float())
    assert np.allclose(derained[0].permute(1, 2, 0), plain_ddn(photo, tensors), atol=2e-4)


def test_each_photo_of_a_batch_has_its_own_statistics() -> None:
    torch.manual_seed(0)
    photos = torch.rand(2, 3, 16, 16) * torch.tensor([1.0, 0.2])[:, None, None, None]
    network = DDN().eval()
    with torch.inference_mode():
        assert torch.allclose(network(photos)[1:], network(photos[1:]), atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 3, 1, 1), (1, 3, 2, 50)])
def test_the_smallest_photos(shape: tuple[int, ...]) -> None:
    assert DDN().eval()(torch.rand(shape)).shape == shape


def test_keys_that_do_not_fit_are_named(tmp_path: Path) -> None:
    tensors = tensors_of()
    tensors["conv_9/gamma"] = tensors.pop("conv_9/scale_9")
    tensors["conv_1/weights_1"] = tensors["conv_1/weights_1"][:, :, :1]
    write_checkpoint(tmp_path / "model", tensors)
    with pytest.raises(PeerError) as caught:
        load_ddn(tmp_path / "model")
    sentence = str(caught.value)
    assert "model.index does not fit DDN" in sentence
    assert "conv_9/scale_9 is missing" in sentence
    assert "conv_9/gamma is unknown" in sentence
    assert "conv_1/weights_1 has shape 3×3×1×16, not 3×3×3×16" in sentence


def test_ddn_and_sirr_are_not_taken_for_each_other(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "ddn", tensors_of())
    write_checkpoint(tmp_path / "sirr", of_both_branches(tensors_of()))
    with pytest.raises(PeerError, match="does not fit DDN: conv_10_1/beta_10 is unknown"):
        load_ddn(tmp_path / "sirr")
    with pytest.raises(PeerError, match="does not fit SIRR: conv_1_1/scale_1 is missing"):
        load_sirr(tmp_path / "ddn")


@pytest.mark.parametrize("peer", PEERS)
def test_every_published_checkpoint_loads(shared: Path, peer: str) -> None:
    for name in PEERS[peer].weights:
        network = PEERS[peer].load(find_weights(PEERS[peer], name, shared / "weights" / "peers"))
        assert sum(parameter.numel() for parameter in network.parameters()) > 50_000


@pytest.mark.parametrize(
    ("peer", "weights", "data", "gain"), [("ddn", "RainHeavy", "Rain100H", 5.0), ("sirr", "RainLight", "Rain100L", 2.0)]
)
def test_published_weights_take_rain_out(shared: Path, peer: str, weights: str, data: str, gain: float) -> None:
    """Wrong padding, order of channels or normalisation would cost far more; all photos' figures: docs/peers.md."""
    network = PEERS[peer].load(find_weights(PEERS[peer], weights, shared / "weights" / "peers"))
    method = Method("peer", "Peer", run=run_whole(Network(network), "Peer"))
    table = evaluate_pairs(method, open_pairs(shared / "data" / "test" / data), ["y"], limit=3)
    assert (table["derained_psnr_y"] - table["rainy_psnr_y"]).mean() > gain
