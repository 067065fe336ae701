"""The terms of both processes' losses, in one table. A further term is one more row of it.

A term whose weight is 0 is not computed, and what only it needs is not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from core.losses.charbonnier import charbonnier, charbonnier_in_rain
from core.losses.cycle import cycle_loss
from core.losses.mask import mask_loss
from core.losses.perceptual import perceptual_loss
from core.losses.psnr import psnr_loss
from core.losses.ssim import ssim_loss
from core.losses.total_variation import total_variation
from core.training.steps import DISCRIMINATORS, Step

SUPERVISED, UNSUPERVISED = "supervised", "unsupervised"

NEEDS = ("perceptual", "rain generator", "photos", "transplant", "ssrml", *DISCRIMINATORS)
"""What a term can need: the network of eqs. (7) and (11), G_r′, real photos themselves, real photos' rain on clean
ones, an SSRML that learns, a discriminator."""


@dataclass(frozen=True)
class Term:
    """A row of the table.

    Attributes:
        name: of its weight in a config, and of its column in training.csv.
        process: SUPERVISED or UNSUPERVISED.
        weight: where a config says nothing.
        about: what it is, and the paper's equation where it has one.
        compute: a step -> scalar, unweighted.
        needs: names of `NEEDS`.
    """

    name: str
    process: str
    weight: float
    about: str
    compute: Callable[[Step], Tensor]
    needs: tuple[str, ...] = ()


TERMS = (
    Term("charbonnier", SUPERVISED, 1.0, "of ỹ_s against y_s", lambda s: charbonnier(s.derained, s.clean)),
    Term(
        "in_rain",
        SUPERVISED,
        0.0,
        "what of that lies where it rains",
        lambda s: charbonnier_in_rain(s.derained, s.clean, s.rainy),
    ),
    Term("ssim", SUPERVISED, 0.1, "−SSIM, eq. (8)", lambda s: ssim_loss(s.derained, s.clean)),
    Term("psnr", SUPERVISED, 0.0, "−PSNR in units of 4.34 dB", lambda s: psnr_loss(s.derained, s.clean)),
    Term(
        "mask",
        SUPERVISED,
        0.2,
        "every step's mask against |x_s − y_s|",
        lambda s: mask_loss(s.masks, s.rainy, s.clean),
        ("ssrml",),
    ),
    Term("adversarial", SUPERVISED, 0.0, "of D_s, eq. (4)", lambda s: s.judged("d_s"), ("d_s",)),
    Term("paired", SUPERVISED, 0.0, "of D_p, eq. (4)", lambda s: s.judged("d_p"), ("d_p",)),
    Term(
        "perceptual",
        SUPERVISED,
        0.0,
        "against y_s, eq. (7)",
        lambda s: perceptual_loss(s.perceptual, s.derained, s.clean),
        ("perceptual",),
    ),
    Term("adversarial", UNSUPERVISED, 1.0, "of D_r, eq. (5)", lambda s: s.judged("d_r"), ("photos", "d_r")),
    Term(
        "cycle",
        UNSUPERVISED,
        10.0,
        "x̃_r against x_r, eq. (10)",
        lambda s: cycle_loss(s.rainy, s.again),
        ("photos", "rain generator"),
    ),
    Term(
        "perceptual",
        UNSUPERVISED,
        1.0,
        "against x_r, eq. (11)",
        lambda s: perceptual_loss(s.perceptual, s.derained, s.rainy),
        ("photos", "perceptual"),
    ),
    Term(
        "total_variation",
        UNSUPERVISED,
        1.5e-5,
        "of ỹ_r, eq. (12)",
        lambda s: total_variation(s.derained, s.total_variation_of, s.where),
        ("photos",),
    ),
    Term(
        "transplant",
        UNSUPERVISED,
        0.0,
        "Charbonnier loss of G_r on ŷ_r with rain of a real photo, or rendered rain",
        lambda s: charbonnier(s.of_rained_on.derained.float(), s.clean),
        ("transplant",),
    ),
    Term(
        "mask",
        UNSUPERVISED,
        0.0,
        "every step's mask against that rain",
        lambda s: mask_loss([mask.float() for mask in s.of_rained_on.masks], s.transplant, s.clean),
        ("transplant", "ssrml"),
    ),
)


def terms_of(process: str) -> dict[str, Term]:
    """The terms of a process by name, in the order in which they are computed and added up."""
    return {term.name: term for term in TERMS if term.process == process}


def weights_of(process: str, given: Mapping[str, float]) -> dict[str, float]:
    """Every term's weight: the one given, else the table's."""
    return {**{name: term.weight for name, term in terms_of(process).items()}, **given}


def needs_of(process: str, weights: Mapping[str, float]) -> set[str]:
    """What the terms whose weight is not 0 need."""
    return {need for name, term in terms_of(process).items() if weights[name] for need in term.needs}
