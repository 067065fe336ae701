"""Adversarial losses of discriminators and generators, on logits of all scales (paper, eqs. (4) and (5))."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

KINDS = ("bce", "lsgan")


def discriminator_loss(real: Sequence[Tensor], fake: Sequence[Tensor], kind: str = "bce") -> Tensor:
    """What a discriminator minimises: eqs. (4) and (5) with their sign turned.

    "bce": −E[log σ(real)] − E[log(1 − σ(fake))]; "lsgan": ½E[(real − 1)²] + ½E[fake²] (Mao et al. 2017).
    E is the mean over a map of logits and over the batch; the scales are averaged, so that each counts alike and their
    number does not change the loss's weight.

    real, fake: the discriminator's maps of logits, each (B, 1, h, w), one a scale; fake of a detached image -> scalar.

    Raises:
        ValueError: no map, or an unknown kind.
    """
    if _checked(kind) == "bce":
        return _over_scales([F.softplus(-_wide(r)) for r in real]) + _over_scales([F.softplus(_wide(f)) for f in fake])
    return 0.5 * (_over_scales([(_wide(r) - 1).square() for r in real]) + _over_scales([_wide(f) ** 2 for f in fake]))


def generator_loss(fake: Sequence[Tensor], kind: str = "bce") -> Tensor:
    """What a generator minimises, non-saturating: it wants its images taken for real.

    "bce": −E[log σ(fake)] in place of the E[log(1 − σ(fake))] of eqs. (4) and (5), which has next to no gradient while
    the discriminator wins (Goodfellow et al. 2014); "lsgan": ½E[(fake − 1)²]. Averages as in `discriminator_loss`.

    fake: maps of logits (B, 1, h, w), one a scale, of an image that is not detached -> scalar.

    Raises:
        ValueError: no map, or an unknown kind.
    """
    if _checked(kind) == "bce":
        return _over_scales([F.softplus(-_wide(f)) for f in fake])
    return 0.5 * _over_scales([(_wide(f) - 1).square() for f in fake])


@torch.no_grad()
def accuracy(real: Sequence[Tensor], fake: Sequence[Tensor], kind: str = "bce") -> Tensor:
    """Share of logits on the right side of the boundary (0 for "bce", ½ for "lsgan"), averaged over the scales.

    0.5 is guessing, 1 a discriminator that has won. Maps as in `discriminator_loss` -> scalar, 0…1; a logit on the
    boundary counts as wrong.

    Raises:
        ValueError: no map, or an unknown kind.
    """
    boundary = 0.0 if _checked(kind) == "bce" else 0.5
    right_real = _over_scales([(_wide(r) > boundary).to(_wide(r).dtype) for r in real])
    right_fake = _over_scales([(_wide(f) < boundary).to(_wide(f).dtype) for f in fake])
    return 0.5 * (right_real + right_fake)


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"An adversarial loss is {' or '.join(KINDS)}, not {kind!r}.")
    return kind


def _over_scales(maps: Sequence[Tensor]) -> Tensor:
    if not maps:
        raise ValueError("An adversarial loss needs the logits of at least one scale.")
    return torch.stack([values.mean() for values in maps]).mean()


def _wide(logits: Tensor) -> Tensor:
    """Half precision, as autocast gives it, goes to float32; float32 and float64 stay."""
    return logits.float() if logits.dtype in (torch.bfloat16, torch.float16) else logits
