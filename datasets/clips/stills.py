"""The still scene behind the rain of a clip: the temporal median of aligned frames, and where it can be trusted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.clips.alignment import Features, find_features, find_homography, lay_over
from datasets.clips.frames import read_frames
from datasets.errors import DatasetError

REACH = 9
"""Frames before and after the middle one that the median is taken over."""
FEWEST_FRAMES = 9
"""A clip of fewer frames has no median that leaves rain out."""
STEADY = 3.0
"""Largest spread of the aligned frames around their median, grey levels, where the median is trusted …"""
SLACK = 0.4
"""… and by how much more the scene's own slope may raise it, pixels: what aligning leaves over."""
NEIGHBOURHOOD = 7
"""Spread and slope are means over squares of this side, pixels."""
LEAST_AGREEMENT = 0.6
"""Share of the place that all frames show where the median must be trusted; with less there is no still scene."""
BAND = 64
"""Rows that the median is taken of at once."""


Seen = tuple[np.ndarray, Features]
"""A frame (H, W, 3) uint8 and its features."""


@dataclass(frozen=True)
class Still:
    """A frame of a clip and the scene behind its rain.

    Attributes:
        number: of the frame, from 1.
        frame: x, (H, W, 3) uint8.
        median: the scene without what passes through it, (H, W, 3) uint8; it stands for y.
        spread: median distance of the aligned frames from their median, grey levels, (H, W) float32.
        trusted: where all aligned frames reach and agree on the median, (H, W) bool.
    """

    number: int
    frame: np.ndarray
    median: np.ndarray
    spread: NDArray[np.float32]
    trusted: NDArray[np.bool_]


def find_stills(clip: str | Path, every: int = 1, longest: int | None = None) -> Iterator[Still]:
    """Every so-manieth frame of a clip with the median of it and the up to 9 frames before and after it.

    Args:
        clip: a video file or a folder of frames, one shot from a camera that stands, turns or zooms.
        every: 1 for each frame, 5 for the 3rd, 8th, 13th …: the middle ones of runs of this length.
        longest: larger frames are shrunk by area until their longer side has so many pixels; None for no limit.

    Raises:
        DatasetError: the clip cannot be read or is too short, or a frame and its neighbours show no still scene.
    """
    window: dict[int, Seen] = {}
    number = 0
    for number, frame in enumerate(read_frames(clip), 1):
        small = _shrunk(frame, longest)
        window[number] = small, find_features(small)
        if number > REACH:
            if _is_chosen(number - REACH, every):
                yield _still(clip, window, number - REACH)
            window.pop(number - 2 * REACH, None)
    if number < FEWEST_FRAMES:
        raise DatasetError(f"The clip {clip} has {number} frames; a temporal median takes at least {FEWEST_FRAMES}.")
    for last in range(max(1, number - REACH + 1), number + 1):
        if _is_chosen(last, every):
            yield _still(clip, window, last)


def _is_chosen(number: int, every: int) -> bool:
    return (number - 1) % every == every // 2


def _still(clip: str | Path, window: dict[int, Seen], number: int) -> Still:
    frame, features = window[number]
    height, width = frame.shape[:2]
    stack, reached = [frame], np.ones((height, width), bool)
    for neighbour, (other, other_features) in window.items():
        if neighbour == number or abs(neighbour - number) > REACH:
            continue
        homography = find_homography(features, other_features, width)
        if homography is None:
            raise DatasetError(
                f"Frames {number} and {neighbour} of {clip} do not show one scene that could be laid over itself: "
                "a clip is one shot of a camera that stands, turns or zooms."
            )
        laid, inside = lay_over(other, homography)
        stack.append(laid)
        reached &= inside
    median, spread = _median(np.stack(stack))
    steady = _steady(median, spread)
    agreement = float(steady[reached].mean()) if reached.any() else 0.0
    if agreement < LEAST_AGREEMENT:
        raise DatasetError(
            f"Only {100 * agreement:.0f} % of frame {number} of {clip} agrees with the {len(stack) - 1} frames around "
            "it laid over it: the camera moves through the scene, or too much in it moves, so there is no still scene."
        )
    return Still(number, frame, median, spread, steady & reached)


def _median(stack: np.ndarray) -> tuple[np.ndarray, NDArray[np.float32]]:
    """(N, H, W, 3) uint8 -> the median (H, W, 3), and the median distance of the grey frames from theirs (H, W).

    Of two middle values the darker: rain adds light.
    """
    middle = (len(stack) - 1) // 2
    median = np.empty_like(stack[0])
    spread = np.empty(stack.shape[1:3], np.float32)
    for top in range(0, stack.shape[1], BAND):
        rows = slice(top, top + BAND)
        median[rows] = np.partition(stack[:, rows], middle, 0)[middle]
        grey = np.stack([cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in stack[:, rows]]).astype(np.int16)
        distance = np.abs(grey - np.partition(grey, middle, 0)[middle])
        spread[rows] = np.partition(distance, middle, 0)[middle]
    return median, spread


def _steady(median: np.ndarray, spread: NDArray[np.float32]) -> NDArray[np.bool_]:
    grey = cv2.cvtColor(median, cv2.COLOR_RGB2GRAY).astype(np.float32)
    slope = np.hypot(*np.gradient(grey))
    side = (NEIGHBOURHOOD, NEIGHBOURHOOD)
    return cv2.blur(spread, side) < STEADY + SLACK * cv2.blur(slope, side)


def _shrunk(frame: np.ndarray, longest: int | None) -> np.ndarray:
    factor = longest / max(frame.shape[:2]) if longest else 1.0
    return cv2.resize(frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else frame
