"""What a method is: something that derains photos, with what it needs for that as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from torch import nn

from core.depth import round_to_8_bits
from core.errors import UserError


class Derained(NamedTuple):
    """What deraining a photo (H, W, 3) uint8 gives.

    Attributes:
        pixels: derained image ỹ of the photo's shape, uint8, or floats of 0…1 where the method does not round.
        mask: rain mask m, (H, W) float32, 0…1; None of methods that have none.
    """

    pixels: np.ndarray
    mask: np.ndarray | None = None

    @property
    def rounded(self) -> np.ndarray:
        """The derained image in uint8."""
        return round_to_8_bits(self.pixels)

    @property
    def needed_mask(self) -> np.ndarray:
        """The rain mask, for what cannot do without.

        Raises:
            UserError: the method has none.
        """
        if self.mask is None:
            raise UserError("This method gives no rain mask, which is needed here.")
        return self.mask


class Weights(NamedTuple):
    """Which weights a method runs: their name, and the SHA-256 of the file that holds the numbers."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Needs:
    """What a method asks for.

    Attributes:
        cost: multiply-adds a pixel; 0 where nothing is computed, and a time says nothing.
        tiles: whether it takes large photos in tiles, so that its memory is bounded; else whole.
        multiple: what it pads the sides to multiples of, inside.
        number_format: of its convolutions, such as float32.
        memory_format: channels_last or contiguous.
    """

    cost: float = 0.0
    tiles: bool = True
    multiple: int = 1
    number_format: str = ""
    memory_format: str = "channels_last"

    @property
    def setting(self) -> str:
        """In a few words: "float32, channels_last, tiles"; empty where nothing is computed."""
        if not self.cost:
            return ""
        return f"{self.number_format}, {self.memory_format}, {'tiles' if self.tiles else 'whole'}"


def _never(names: Sequence[str]) -> bool:
    return False


@dataclass(frozen=True)
class Method:
    """One method.

    Attributes:
        key: as it was asked for, such as `ours`, `prenet:Rain100L` or `outputs:MPRNet`; unique among those found.
        title: what tables call it.
        variant: which of its kind: a generator, the weights' name; in brackets behind the title.
        run: (H, W, 3) uint8 and the photo's names -> what it gives; None where it is missing.
        needs: what it asks for.
        weights: None of outputs on disk, and where it is missing.
        missing: why it cannot be run, in one sentence; None when it can.
        about: what a report says of it, for JSON.
        network: for counting; None where it is no network of PyTorch's.
        lacks: whether it has nothing for a photo that goes by these names.
    """

    key: str
    title: str
    variant: str = ""
    run: Callable[[np.ndarray, Sequence[str]], Derained] | None = None
    needs: Needs = field(default_factory=Needs)
    weights: Weights | None = None
    missing: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    network: nn.Module | None = None
    lacks: Callable[[Sequence[str]], bool] = _never

    @property
    def label(self) -> str:
        """Title and variant: "PReNet (Rain100L)"."""
        return f"{self.title} ({self.variant})" if self.variant else self.title

    @property
    def computes(self) -> bool:
        """Whether a network runs; else its outputs are at hand."""
        return self.needs.cost > 0

    def derain(self, pixels: np.ndarray, names: Sequence[str] = ()) -> Derained:
        """Derains one photo.

        Args:
            pixels: rainy image x, (H, W, 3) uint8.
            names: what the photo goes by, without suffix; outputs on disk are looked up by them.

        Raises:
            UserError: the method is missing, has no output of these names or of another size, or memory does not
                suffice.
        """
        if self.run is None:
            raise UserError(self.missing or f"{self.label} cannot be run.")
        return self.run(pixels, names)

    def check_complete(self, photos: Sequence[Sequence[str]]) -> None:
        """Checks, before anything is run, that it has something for every photo, given by its names.

        Raises:
            UserError: it lacks some; how many, and which is the first.
        """
        missing = [names[0] for names in photos if self.lacks(names)]
        if missing:
            raise UserError(
                f"{self.about.get('folder', self.label)} lacks the derained images of {len(missing)} of {len(photos)} "
                f"photos; the first is {missing[0]}.png."
            )
