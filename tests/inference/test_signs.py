"""Signs: between black letters white looks like rain, and was taken for it. The default leaves all but thick ones."""

import cv2
import numpy as np
import pytest

from core.inference import Derainer
from core.metrics import psnr


def sign(words: str, size: float, thickness: int) -> np.ndarray:
    """Five lines of letters, black on a white board before bricks, (192, 192, 3) uint8."""
    photo = np.full((192, 192, 3), (150, 90, 70), np.uint8)
    for row, y in enumerate(range(0, 192, 10)):
        cv2.line(photo, (0, y), (192, y), (190, 185, 180), 1)
        for x in range(12 * (row % 2), 192, 24):
            cv2.line(photo, (x, y), (x, y + 10), (190, 185, 180), 1)
    cv2.rectangle(photo, (20, 30), (172, 152), (255, 255, 255), -1)
    for y in range(58, 152, 24):
        cv2.putText(photo, words, (24, y), cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), thickness, cv2.LINE_AA)
    return photo


@pytest.mark.parametrize("words", ["HILL 11 MILE", "Station west", "FURANO"])
def test_black_letters_on_white_stay(words: str) -> None:
    derainer = Derainer()
    for size, thickness in ((0.5, 1), (0.6, 2)):
        photo = sign(words, size, thickness)
        assert psnr(photo, derainer(photo).pixels) > 30
