"""Proposed crops: the rectangles of a photo that a curator would probably keep."""

from dataclasses import dataclass

import numpy as np

BIAS, OF_RAIN, OF_LIGHT, OF_ROW = 1.16, 0.68, -6.4, -2.7
"""Log odds that a patch lies in a crop made by hand: of its rain, relative to the photo's rainiest patches; of the
share of it that is too light; and of its row, 0 at the top … 1 at the bottom, where spray and ground are. Fitted on the
crops of datasets/manifests/sirr-data.jsonl."""

LIKELY = 0.4
"""A patch counts for a crop as far as its likelihood exceeds this."""

_RAINIEST = 0.9
_MOST_RELATIVE = 2.0
_MOST = 3
_LEAST_OF_BEST = 0.3
_LEAST_RAIN = 0.01


@dataclass(frozen=True)
class Proposal:
    """A crop in whole upright original pixels, half-open, with the mean likelihood of its patches, 0…1."""

    x: int
    y: int
    w: int
    h: int
    score: float


def likelihood(rain: np.ndarray, light: np.ndarray) -> np.ndarray:
    """How likely each patch lies in a crop made by hand, 0…1; rain and light (rows, columns), 0…1."""
    relative = np.minimum(rain / max(float(np.quantile(rain, _RAINIEST)), 1e-6), _MOST_RELATIVE)
    row = (np.arange(len(rain)) + 0.5)[:, None] / len(rain)
    return 1 / (1 + np.exp(-(BIAS + OF_RAIN * relative + OF_LIGHT * light + OF_ROW * row)))


def propose_crops(
    rain: np.ndarray, light: np.ndarray, patch: tuple[float, float], size: tuple[int, int], least_side: int
) -> list[Proposal]:
    """At most three crops that do not overlap, the best first; none where no rain shows or the photo is too small.

    A crop has the greatest sum, over its patches, of how far their likelihood exceeds LIKELY.

    Args:
        rain: (rows, columns), 0…1, where rain shows (annotator.prescreen.measures).
        light: (rows, columns), 0…1, the share of each patch that is too light.
        patch: (width, height) of a patch in original pixels.
        size: (width, height) of the photo.
        least_side: fewest pixels of a crop's width and of its height.
    """
    if float(np.quantile(rain, _RAINIEST)) < _LEAST_RAIN or min(size) < least_side:
        return []
    likely = likelihood(rain, light)
    gain = likely - LIKELY
    proposals: list[Proposal] = []
    least = 0.0
    while len(proposals) < _MOST:
        total, *cells = _best_rectangle(gain, [int(np.ceil(least_side / side)) for side in patch[::-1]])
        if proposals and total <= least:
            break
        least = least or max(1e-9, _LEAST_OF_BEST * total)
        top, bottom, left, right = cells
        proposals.append(_in_pixels(likely, (top, bottom, left, right), patch, size, least_side))
        gain[top:bottom, left:right] = -np.inf
    return proposals


def _best_rectangle(gain: np.ndarray, least: list[int]) -> tuple[float, int, int, int, int]:
    """(sum, top, bottom, left, right) of the rectangle of the greatest sum with at least `least` rows and columns.

    A side that the map is too short for may span the whole map.
    """
    rows, columns = gain.shape
    tall, wide = min(least[0], rows), min(least[1], columns)
    finite = np.where(np.isfinite(gain), gain, -1e6)
    total = np.zeros((rows + 1, columns + 1))
    total[1:, 1:] = finite.cumsum(0).cumsum(1)
    best = (-np.inf, 0, 0, 0, 0)
    for top in range(rows - tall + 1):
        for bottom in range(top + tall, rows + 1):
            strip = total[bottom] - total[top]
            sums = strip[None, :] - strip[:, None]
            sums[np.subtract.outer(np.arange(columns + 1), np.arange(columns + 1)) > -wide] = -np.inf
            left, right = np.unravel_index(int(sums.argmax()), sums.shape)
            if sums[left, right] > best[0]:
                best = (float(sums[left, right]), top, bottom, int(left), int(right))
    return best


def _in_pixels(
    likely: np.ndarray,
    cells: tuple[int, int, int, int],
    patch: tuple[float, float],
    size: tuple[int, int],
    least_side: int,
) -> Proposal:
    top, bottom, left, right = cells
    rows, columns = likely.shape
    edges = []
    for start, stop, count, side, length in (
        (left, right, columns, patch[0], size[0]),
        (top, bottom, rows, patch[1], size[1]),
    ):
        low = round(start * side)
        high = length if stop == count else min(length, round(stop * side))
        if high - low < least_side:
            low = max(0, min(low, length - least_side))
            high = max(high, low + least_side)
        edges.append((low, high))
    (x, x_end), (y, y_end) = edges
    return Proposal(x, y, x_end - x, y_end - y, float(likely[top:bottom, left:right].mean()))
