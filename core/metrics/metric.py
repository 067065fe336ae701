"""What a metric is: its name, how it is worked out, and how its figures are shown."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Metric:
    """One figure of a derained image.

    Attributes:
        key: its name in CSV, JSON and code.
        title: what tables for people call it.
        measure: with reference (planes of the clean photo, planes of the picture), as a protocol gives them; without
            (a `core.metrics.removal.Removal`). Gives a number, NaN where the photo has no such figure.
        reference: whether it needs the clean photo.
        decimals: of the plain number.
        higher: whether higher is better; None where neither is.
        unit: behind the number, such as dB; % for a share that people read in per cent.
        ceiling: what an infinite figure, of equal photos, counts as in a mean.
        least_side: pixels that the photo's shorter side must have.
    """

    key: str
    title: str
    measure: Callable[..., float]
    reference: bool
    decimals: int
    higher: bool | None = True
    unit: str = ""
    ceiling: float | None = None
    least_side: int = 1

    @property
    def heading(self) -> str:
        """Title and unit: "PSNR, dB"."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def plain(self, value: float) -> str:
        """The number itself; a dash where there is none, ∞ for equal photos."""
        return self._text(value, self.decimals, "")

    def show(self, value: float, sign: str = "") -> str:
        """The figure as people read it, in per cent where that is its unit; a `sign` of "+" is for differences."""
        if self.unit == "%":
            return self._text(100 * value, max(self.decimals - 2, 0), sign)
        return self._text(value, self.decimals, sign)

    def finite(self, values: Any) -> Any:
        """Numbers (a pandas column) with infinite ones at the ceiling."""
        return values if self.ceiling is None else values.clip(upper=self.ceiling)

    @staticmethod
    def _text(value: float, decimals: int, sign: str) -> str:
        if math.isnan(value):
            return "–"
        return "∞" if math.isinf(value) else f"{value:{sign}.{decimals}f}"
