"""What bfloat16 costs with the weights we ship, on photos that scikit-image ships, with rain drawn here."""

import cv2
import numpy as np
import pytest
from skimage import data

from core.inference import DEFAULT_WEIGHTS, Derainer
from core.metrics import psnr
from tests.conftest import skip_or_fail

DRAWS = 6
"""Of rain over each photo: a single one gains or loses some hundredths of a decibel by chance."""


@pytest.mark.slow
def test_bfloat16_costs_under_a_twentieth_of_a_decibel_of_any_photo_and_a_fiftieth_of_all() -> None:
    if not (DEFAULT_WEIGHTS / "model.safetensors").is_file():
        skip_or_fail("there are no trained weights in weights/fast")
    exact, short = (Derainer(device="cpu", dtype=dtype) for dtype in ("float32", "bfloat16"))
    photos = [data.astronaut()[::2, ::2], data.chelsea()[::2, ::2], data.coffee()[::2, ::2]]
    costs, apart = [], []
    for seed in range(DRAWS * len(photos)):
        clean = photos[seed % len(photos)]
        rng = np.random.default_rng(seed)
        rain = np.zeros(clean.shape[:2], np.uint8)
        for x, y in rng.integers(0, max(rain.shape), (150, 2)).tolist():
            cv2.line(rain, (x, y), (x + 4, y + 24), 120, 1, cv2.LINE_AA)
        rainy = cv2.add(clean, cv2.merge([rain] * 3))
        one, other = exact(rainy).pixels, short(rainy).pixels
        costs.append(psnr(clean, one) - psnr(clean, other))
        apart.append(psnr(one, other))
    of_photos = np.reshape(costs, (DRAWS, len(photos))).mean(0)
    assert of_photos.max() < 0.05 and of_photos.mean() < 0.02 and max(costs) < 0.1, costs
    assert min(apart) > 57, apart
