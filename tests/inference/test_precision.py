"""What bfloat16 costs with the weights we ship, on photos that scikit-image ships, with rain drawn here."""

import cv2
import numpy as np
import pytest
from skimage import data

from core.inference import DEFAULT_WEIGHTS, Derainer
from tests.conftest import skip_or_fail


@pytest.mark.slow
def test_bfloat16_costs_under_a_twentieth_of_a_decibel() -> None:
    if not (DEFAULT_WEIGHTS / "model.safetensors").is_file():
        skip_or_fail("there are no trained weights in weights/fast")
    exact, short = (Derainer(device="cpu", dtype=dtype) for dtype in ("float32", "bfloat16"))
    costs = []
    for seed, clean in enumerate((data.astronaut()[::2, ::2], data.chelsea()[::2, ::2], data.coffee()[::2, ::2])):
        rng = np.random.default_rng(seed)
        rain = np.zeros(clean.shape[:2], np.uint8)
        for x, y in rng.integers(0, max(rain.shape), (150, 2)).tolist():
            cv2.line(rain, (x, y), (x + 4, y + 24), 120, 1, cv2.LINE_AA)
        rainy = cv2.add(clean, cv2.merge([rain] * 3))
        costs.append(_psnr(exact(rainy).pixels, clean) - _psnr(short(rainy).pixels, clean))
    assert max(costs) < 0.05, costs


def _psnr(derained: np.ndarray, clean: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((derained.astype(float) - clean) ** 2)))
