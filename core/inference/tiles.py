"""Cuts a large photo into overlapping tiles and blends what the model gives for them, so that no seam is visible."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

OUTER = 0.4
"""Share of a shared strip, on each side, in which the tile that ends there counts for nothing."""


@dataclass(frozen=True)
class Span:
    """One tile along one axis: start…stop, half-open; `before` and `after` pixels of it are shared with neighbours."""

    start: int
    stop: int
    before: int
    after: int


def split(length: int, tile: int, overlap: int, stride: int) -> list[Span]:
    """Cuts an axis of `length` pixels into evenly sized spans of at most `tile` pixels that share `overlap` pixels.

    Every span starts at a multiple of `stride`, and every span but the last one ends at one, so that the model's
    sampling grid is the same in every tile as in the whole photo and only the photo's own border is padded. `tile` and
    `overlap` are multiples of `stride`, and `tile` is at least three times `overlap`.
    """
    if length <= tile:
        return [Span(0, length, 0, 0)]
    count = math.ceil((length - overlap) / (tile - overlap))
    step = math.ceil((length - overlap) / count / stride) * stride
    starts = [start for start in range(0, length, step) if start == 0 or length - start > overlap]
    return [
        Span(
            start,
            min(start + step + overlap, length),
            before=overlap if start else 0,
            after=overlap if start != starts[-1] else 0,
        )
        for start in starts
    ]


def split_both(height: int, width: int, pixels: int, overlap: int, stride: int) -> tuple[list[Span], list[Span]]:
    """Cuts both axes so that no tile has more than `pixels` pixels, and all tiles together as few as can be.

    `pixels` suffices for a tile whose sides are three times `overlap`; otherwise as `split`.
    """
    low, narrow = (min(max(3 * overlap, stride), math.ceil(length / stride) * stride) for length in (height, width))
    cuts = (
        (split(height, pixels // side // stride * stride, overlap, stride), split(width, side, overlap, stride))
        for side in range(narrow, pixels // low + 1, stride)
    )
    return min(cuts, key=lambda cut: math.prod(sum(span.stop - span.start for span in spans) for spans in cut))


def ramp(overlap: int) -> np.ndarray:
    """Weights (overlap,) float32 rising smoothly over a shared strip; with the falling mirror image they make 1.

    The outer OUTER at each end is 0 and 1: what the model sees nearest to a cut is worth nothing. Between them half a
    cosine wave.
    """
    position = (np.arange(overlap) + 0.5) / overlap
    inner = np.clip((position - OUTER) / (1 - 2 * OUTER), 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * inner)).astype(np.float32)


def weights(span: Span) -> np.ndarray:
    """Blending weights (length of the span,) float32 of one tile along one axis."""
    values = np.ones(span.stop - span.start, np.float32)
    if span.before:
        values[: span.before] = ramp(span.before)
    if span.after:
        values[-span.after :] = ramp(span.after)[::-1]
    return values


def blend(
    rows: list[Span], columns: list[Span], predict: Callable[[Span, Span], np.ndarray]
) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Runs `predict` on every tile and yields finished parts of the blended whole, each pixel once.

    Args:
        rows, columns: from `split`.
        predict: gives (channels, height, width) float32 for the tile of two spans.

    Yields:
        One part a tile: its rows, its columns, and its blended values (channels, height, width) float32. Besides a
        tile, only the strip shared with the row of tiles below and the one shared with the tile to the right are held.
    """
    above: np.ndarray | None = None
    for row in rows:
        below: np.ndarray | None = None
        left: np.ndarray | None = None
        for column in columns:
            values = predict(row, column) * (weights(row)[:, None] * weights(column))
            if left is not None:
                values[:, :, : column.before] += left
            width = values.shape[2] - column.after
            left = values[:, :, width:].copy() if column.after else None
            values = values[:, :, :width]
            place = slice(column.start, column.start + width)
            if above is not None:
                values[:, : row.before] += above[:, :, place]
            height = values.shape[1] - row.after
            if row.after:
                if below is None:
                    below = np.empty((len(values), row.after, columns[-1].stop), np.float32)
                below[:, :, place] = values[:, height:]
            yield slice(row.start, row.start + height), place, values[:, :height]
        above = below
