"""A photo with structure and a model that changes it strongly, for the tests of inference."""

import cv2
import numpy as np
import pytest
import torch

from core.networks import SemiDerainGAN

CONFIG = {
    "ssrml": {"channels": 8, "steps": 2, "units": 1, "downscale": 2},
    "unet": {"width": 8, "encoder": [1, 1], "middle": 1, "decoder": [1, 1], "block": "plain", "downscale": 2},
}


@pytest.fixture(scope="package")
def model() -> SemiDerainGAN:
    """Random weights; the last convolution is scaled up, so that the derained image differs from the rainy."""
    torch.manual_seed(1)
    made = SemiDerainGAN(**CONFIG).eval()
    with torch.no_grad():
        made.unets["gs"].tail.weight.mul_(3)
        made.ssrml.tail.weight.mul_(20)
    return made


@pytest.fixture(scope="package")
def photo() -> np.ndarray:
    """(400, 560, 3) uint8: gradients, edges, texture and lines."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:400, :560]
    picture = np.stack((x / 560, y / 400, 0.5 + 0.5 * np.sin(x * y / 3000)), -1) * 200
    picture += cv2.resize(rng.uniform(-40, 40, (100, 140, 3)), (560, 400))
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    for _ in range(200):
        x, y = rng.integers(0, 560, 2).tolist()
        cv2.line(picture, (x, y), (x + 6, y + 30), (240, 240, 240), 1, cv2.LINE_AA)
    return picture
