"""Plain pictures of statistics: a rose of directions, a histogram, bars."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 560, 360
_INK, _FAINT, _FILL, _PAPER = (40, 44, 52), (208, 212, 220), (70, 110, 190), (255, 255, 255)
_SMOOTH = 2
"""Everything is drawn so many times larger, then scaled down."""


def rose(directions: Sequence[float], title: str) -> Image.Image:
    """How often each direction occurs.

    Args:
        directions: degrees from the vertical, above −90 and up to 90, positive where upper ends lean right.
        title: stands above.
    """
    picture, draw = _sheet(title)
    centre, radius = (_SMOOTH * WIDTH // 2, _SMOOTH * (HEIGHT - 50)), _SMOOTH * (HEIGHT - 120)
    edges = np.arange(-90, 91, 10)
    counts, _ = np.histogram(directions, edges)
    most = max(int(counts.max(initial=0)), 1)
    for ring in (0.5, 1.0):
        _arc(draw, centre, radius * ring, 180, 360, outline=_FAINT)
        _text(draw, (centre[0] + radius * ring, centre[1] + 4 * _SMOOTH), f"{most * ring:g}", "ma", 11)
    for start, count in zip(edges[:-1], counts):
        if count:
            _arc(draw, centre, radius * count / most, 270 + int(start), 280 + int(start), fill=_FILL, outline=_PAPER)
    for angle in (-90, -60, -30, 0, 30, 60, 90):
        away = radius + 14 * _SMOOTH
        x = centre[0] + away * math.sin(math.radians(angle))
        _text(draw, (x, centre[1] - away * math.cos(math.radians(angle))), f"{angle}°", "mm", 12)
    return _finished(picture)


def histogram(values: Sequence[float], title: str, unit: str, bins: int = 20) -> Image.Image:
    """How often values occur; the unit stands below the axis."""
    picture, draw = _sheet(title)
    left, right, top, bottom = (_SMOOTH * n for n in (50, WIDTH - 20, 50, HEIGHT - 60))
    marks = ticks(float(np.min(values)), float(np.max(values))) if len(values) else ticks(0, 1)
    counts, edges = np.histogram(values, bins, (marks[0], marks[-1]))
    most = max(float(counts.max(initial=0)), 1.0)
    step = (right - left) / bins
    for index, count in enumerate(counts):
        if count:
            x = left + index * step
            draw.rectangle((x + 1, bottom - (bottom - top) * count / most, x + step - 1, bottom), fill=_FILL)
    draw.line((left, bottom, right, bottom), fill=_INK, width=_SMOOTH)
    _text(draw, (left - 6 * _SMOOTH, top), f"{most:g}", "rm", 12)
    for mark in marks:
        x = left + (right - left) * (mark - edges[0]) / (edges[-1] - edges[0])
        draw.line((x, bottom, x, bottom + 4 * _SMOOTH), fill=_INK, width=_SMOOTH)
        _text(draw, (x, bottom + 6 * _SMOOTH), f"{mark:g}", "ma", 12)
    _text(draw, ((left + right) / 2, bottom + 28 * _SMOOTH), unit, "ma", 12)
    return _finished(picture)


def ticks(low: float, high: float) -> list[float]:
    """Four to eight round numbers, equally far apart, from at most `low` to at least `high`."""
    span = high - low or abs(high) or 1.0
    size = 10.0 ** math.floor(math.log10(span))
    step = next(part * size for part in (0.1, 0.2, 0.5, 1.0, 2.0) if span / (part * size) <= 5)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [round(number * step, 12) for number in range(first, last + 1)]


def contact_sheet(photos: Sequence[Image.Image]) -> Image.Image:
    """Photos side by side on white, six in a row, each shrunk to fit a square of the same size."""
    side, gap, across = 200, 8, 6
    rows = -(-len(photos) // across)
    sheet = Image.new("RGB", (gap + min(len(photos), across) * (side + gap), gap + rows * (side + gap)), _PAPER)
    for number, photo in enumerate(photos):
        small = photo.convert("RGB")
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        left, top = gap + number % across * (side + gap), gap + number // across * (side + gap)
        sheet.paste(small, (left + (side - small.width) // 2, top + (side - small.height) // 2))
    return sheet


def bars(counts: Mapping[str, int], title: str) -> Image.Image:
    """Counts by name, the largest first."""
    picture, draw = _sheet(title)
    left, right, top = (_SMOOTH * n for n in (170, WIDTH - 60, 50))
    most = max([*counts.values(), 1])
    step = _SMOOTH * min(26.0, (HEIGHT - 70) / max(len(counts), 1))
    for index, (name, count) in enumerate(sorted(counts.items(), key=lambda item: -item[1])):
        y = top + index * step
        end = left + (right - left) * count / most
        draw.rectangle((left, y + 0.15 * step, end, y + 0.85 * step), fill=_FILL)
        _text(draw, (left - 8 * _SMOOTH, y + step / 2), name, "rm", 12)
        _text(draw, (end + 6 * _SMOOTH, y + step / 2), str(count), "lm", 12)
    return _finished(picture)


def _sheet(title: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (_SMOOTH * WIDTH, _SMOOTH * HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    _text(draw, (_SMOOTH * WIDTH / 2, _SMOOTH * 12), title, "ma", 15)
    return picture, draw


def _finished(picture: Image.Image) -> Image.Image:
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _text(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, anchor: str, size: int) -> None:
    draw.text(at, text, fill=_INK, anchor=anchor, font=ImageFont.load_default(_SMOOTH * size))


def _arc(
    draw: ImageDraw.ImageDraw,
    centre: tuple[float, float],
    radius: float,
    start: float,
    end: float,
    fill: tuple[int, int, int] | None = None,
    outline: tuple[int, int, int] | None = None,
) -> None:
    box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
    draw.pieslice(box, start, end, fill=fill, outline=outline, width=_SMOOTH)
