"""Discriminators: their published sizes, maps, least sides, spectral norms and gradients."""

import copy

import pytest
import torch
from torch import Tensor, nn

from core.networks.discriminators import MultiScaleDiscriminator, PairedDiscriminator


def images(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def test_sizes_are_the_published_ones() -> None:
    assert parameters(MultiScaleDiscriminator()) / 3 == pytest.approx(2.76e6, rel=0.002)
    assert parameters(PairedDiscriminator()) == pytest.approx(25.2e6, rel=0.002)


@pytest.mark.parametrize(("side", "sides"), [(61, [3, 1, 1]), (64, [4, 2, 1]), (100, [6, 3, 1]), (128, [8, 4, 2])])
def test_one_map_a_scale(side: int, sides: list[int]) -> None:
    logits = MultiScaleDiscriminator(width=8)(torch.rand(2, 3, side, side + 64))
    assert [map_.shape[:3] for map_ in logits] == [(2, 1, size) for size in sides]


@pytest.mark.parametrize(("side", "size"), [(33, 1), (64, 1), (65, 2), (100, 2), (128, 2)])
def test_the_pair_s_map(side: int, size: int) -> None:
    x = torch.rand(2, 3, side, side)
    (logits,) = PairedDiscriminator(width=8)(x, x)
    assert logits.shape == (2, 1, size, size)


def test_too_small_a_patch_is_said() -> None:
    with pytest.raises(ValueError, match=r"sides of at least 61, not \(1, 3, 60, 100\)"):
        MultiScaleDiscriminator(width=8)(torch.rand(1, 3, 60, 100))
    assert MultiScaleDiscriminator(width=8, scales=1)(torch.rand(1, 3, 16, 16))[0].shape == (1, 1, 1, 1)
    with pytest.raises(ValueError, match="sides of at least 33"):
        PairedDiscriminator(width=8)(torch.rand(1, 3, 32, 64), torch.rand(1, 3, 32, 64))
    with pytest.raises(ValueError, match="A pair has one shape"):
        PairedDiscriminator(width=8)(torch.rand(1, 3, 64, 64), torch.rand(1, 3, 64, 65))
    with pytest.raises(ValueError, match=r"takes \(B, 3, H, W\)"):
        MultiScaleDiscriminator(width=8)(torch.rand(1, 1, 64, 64))


def test_coarser_scales_see_the_averaged_image() -> None:
    """A pattern of single pixels that its 3×3 mean levels out changes the first scale most."""
    torch.manual_seed(0)
    network = MultiScaleDiscriminator(width=8)
    flat = torch.full((1, 3, 96, 96), 0.5)
    flat[..., 48:] = 0.8
    pattern = flat.clone()
    pattern[..., ::2, ::2] += 0.2
    pattern[..., 1::2, 1::2] += 0.2
    pattern[..., ::2, 1::2] -= 0.2
    pattern[..., 1::2, ::2] -= 0.2
    changes = [(a - b).abs().mean().item() for a, b in zip(network(flat), network(pattern))]
    assert changes[0] > 3 * changes[1] > 0


@pytest.mark.parametrize("width", [4, 64])
def test_logits_start_near_one_at_any_width(width: int) -> None:
    torch.manual_seed(0)
    logits = torch.cat([m.flatten() for m in MultiScaleDiscriminator(width)(torch.rand(4, 3, 64, 64))])
    assert 0.05 < logits.std().item() < 5


def test_every_layer_of_the_pair_s_is_normalised() -> None:
    torch.manual_seed(0)
    network, x = PairedDiscriminator(width=4), torch.rand(1, 3, 64, 64)
    for _ in range(60):
        network(x, x)
    convolutions = [layer for layer in network.layers if isinstance(layer, nn.Conv2d)]
    assert len(convolutions) == 7
    for convolution in convolutions:
        largest = torch.linalg.matrix_norm(convolution.weight.detach().flatten(1), 2).item()
        assert largest == pytest.approx(1, abs=0.05)


def test_the_pair_s_order_matters_and_both_images_count() -> None:
    torch.manual_seed(0)
    network = PairedDiscriminator(width=8).eval()
    x, y, z = (torch.rand(1, 3, 64, 64) for _ in range(3))
    values = [network(*pair)[0].item() for pair in ((x, y), (y, x), (x, z), (z, y))]
    assert len(set(values)) == 4


def make(kind: str, width: int = 2) -> tuple[nn.Module, int]:
    """A tiny network in double precision, without the steps of the power iteration, and its number of images."""
    torch.manual_seed(3)
    network: nn.Module = MultiScaleDiscriminator(width, scales=2) if kind == "scales" else PairedDiscriminator(width)
    return network.double().eval(), 1 if kind == "scales" else 2


@pytest.mark.parametrize("kind", ["scales", "pair"])
def test_gradients(kind: str) -> None:
    network, count = make(kind)
    inputs = tuple(images(1, 3, 33, 33, seed=seed).requires_grad_() for seed in range(count))
    assert torch.autograd.gradcheck(lambda *x: tuple(network(*x)), inputs, fast_mode=True)
    names = list(dict(network.named_parameters()))
    weights = tuple(parameter.detach().clone().requires_grad_() for parameter in network.parameters())

    def of_weights(*values: Tensor) -> tuple[Tensor, ...]:
        return tuple(torch.func.functional_call(network, dict(zip(names, values)), tuple(x.detach() for x in inputs)))

    assert torch.autograd.gradcheck(of_weights, weights, fast_mode=True)


@pytest.mark.parametrize("kind", ["scales", "pair"])
def test_two_passes_then_one_backward(kind: str) -> None:
    """As a training step does: the real image and the fake one go through before the gradient is taken."""
    network, count = make(kind)
    network.train()
    real, fake = (network(*(images(1, 3, 40, 40, seed=s + k) for k in range(count))) for s in (0, 10))
    sum((m.square().mean() for m in (*real, *fake)), start=torch.zeros(())).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


@pytest.mark.parametrize("kind", ["scales", "pair"])
def test_state_travels(kind: str) -> None:
    network, count = make(kind)
    other, _ = make(kind)
    for parameter in other.parameters():
        nn.init.normal_(parameter)
    other.load_state_dict(network.state_dict())
    x = [images(1, 3, 40, 40, seed=s) for s in range(count)]
    for twin in (other, copy.deepcopy(network)):
        assert all(torch.equal(a, b) for a, b in zip(twin(*x), network(*x)))


@pytest.mark.parametrize("kind", ["scales", "pair"])
def test_runs_under_autocast(kind: str) -> None:
    network, count = make(kind, width=8)
    network = network.float().train()
    x = [images(1, 3, 64, 64, seed=s).float() for s in range(count)]
    whole = network.eval()(*x)
    with torch.autocast("cpu", torch.bfloat16):
        half = network(*x)
    assert all((a - b).abs().max() < 0.1 for a, b in zip(whole, half))
