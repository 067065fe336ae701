"""Signs and bars drawn on patches: few photos to train on show any, and between black letters white looks like rain."""

import string

import cv2
import numpy as np

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_PLAIN,
)
LETTERS = tuple(string.ascii_letters + string.digits + "     .-!")
HEIGHTS = (8, 40)
"""Of lines of letters, pixels."""
PERIODS = (4, 24)
"""From bar to bar, pixels."""
TILT = 0.25
"""Of bars, at most: pixels to the side for one down."""
BLUR = 0.8
"""Of what is drawn, at most: standard deviation, pixels."""


def drawn(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The patch (H, W, 3) uint8 with a sign (letters, mostly black on white) or bars (railings, blinds, corrugated
    sheets) over all of it or a part."""
    height, width = image.shape[:2]
    top, left = (int(rng.integers(0, max(1, side // 3))) if rng.random() < 0.6 else 0 for side in (height, width))
    bottom, right = height - int(rng.integers(0, height // 4)), width - int(rng.integers(0, width // 4))
    made = image.copy()
    part = np.ascontiguousarray(made[top:bottom, left:right])
    part = _sign(part, rng) if rng.random() < 0.7 else _bars(part, rng)
    made[top:bottom, left:right] = cv2.GaussianBlur(part, (0, 0), rng.uniform(0.05, BLUR))
    return made


def _sign(part: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lines of letters on a board, or on what is there."""
    board, ink = rng.integers(200, 256, 3), rng.integers(0, 60, 3)
    if rng.random() < 0.3:
        board = rng.integers(0, 256, 3)
        against = np.full(3, 0 if board.mean() > 128 else 255)
        ink = against if rng.random() < 0.7 else rng.integers(0, 256, 3)
    elif rng.random() < 0.3:
        board, ink = ink, board
    if rng.random() < 0.85:
        part[:] = board
    baseline = 0
    while baseline < len(part):
        line = int(rng.integers(*HEIGHTS))
        baseline += int(line * rng.uniform(1.1, 1.6))
        font, thickness = FONTS[rng.integers(len(FONTS))], int(rng.integers(1, 2 + line // 8))
        scale = cv2.getFontScaleFromHeight(font, line, thickness)
        words = "".join(rng.choice(LETTERS, 30))
        start = (int(rng.integers(-line, line + 1)), baseline)
        cv2.putText(part, words, start, font, scale, [int(value) for value in ink], thickness, cv2.LINE_AA)
    return part


def _bars(part: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Upright bars at equal distances, sharp or rounded."""
    down, across = np.mgrid[: part.shape[0], : part.shape[1]].astype(np.float32)
    period, tilt = rng.uniform(*PERIODS), rng.uniform(-TILT, TILT)
    phase = np.cos(2 * np.pi * ((across + tilt * down) / period + rng.random()))
    share = np.clip(0.5 + rng.uniform(0.5, 4) * (phase - rng.uniform(-0.6, 0.8)), 0, 1)[..., None]
    bar = rng.integers(0, 256, 3).astype(np.float32)
    between = part.astype(np.float32) if rng.random() < 0.5 else rng.integers(0, 256, 3).astype(np.float32)
    return np.rint(share * bar + (1 - share) * between).astype(np.uint8)
