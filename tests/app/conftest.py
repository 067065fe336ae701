"""A small model of the shipped shape with random weights, and photos to give it."""

import cv2
import numpy as np
import pytest
import torch

from core.inference import Derainer
from core.networks import SIZES, SemiDerainGAN


@pytest.fixture(scope="session")
def derainer() -> Derainer:
    torch.manual_seed(0)
    return Derainer(SemiDerainGAN(**SIZES["fast"]), device="cpu", dtype="float32", tile=192, overlap=32)


@pytest.fixture(scope="session")
def scene() -> np.ndarray:
    """A smooth colourful scene, (150, 200, 3) RGB uint8."""
    noise = np.random.default_rng(1).integers(0, 256, (10, 14, 3), np.uint8)
    return cv2.resize(noise, (200, 150), interpolation=cv2.INTER_CUBIC)
