"""Cuts of photos: random squares, shrunk ones, tensors of them, and evenly spaced choices."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

SATURATION = (0.3, 2.5)
"""What the colours of a recoloured patch are multiplied by."""
EXPOSURE = (0.6, 1.4)
"""What its brightness is."""
CONTRAST = (0.8, 3.0)
"""What it differs by from its mean is: up to black on white, as signs are."""
LIKE_STREAKS = 9
"""What is narrower than this and upright for about as long looks like rain, pixels."""


def crop(photos: Sequence[np.ndarray], side: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """The same random square of photos of one shape; photos smaller than it are first reflected at their border."""
    height, width = photos[0].shape[:2]
    bottom, right = max(0, side - height), max(0, side - width)
    if bottom or right:
        photos = [np.pad(photo, ((0, bottom), (0, right), (0, 0)), mode="symmetric") for photo in photos]
    top = rng.integers(photos[0].shape[0] - side + 1)
    left = rng.integers(photos[0].shape[1] - side + 1)
    return tuple(photo[top : top + side, left : left + side] for photo in photos)


def to_tensor(image: np.ndarray) -> Tensor:
    """(H, W, C), uint8 or float32 0…1 -> (C, H, W) float32, 0…1."""
    return torch.from_numpy(np.ascontiguousarray(as_float(image).transpose(2, 0, 1)))


def as_float(image: np.ndarray) -> np.ndarray:
    """uint8, or float32 0…1, of any shape -> float32, 0…1."""
    return image.astype(np.float32) / 255 if image.dtype == np.uint8 else image


def spread(items: Sequence, count: int) -> list:
    """At most `count` items, evenly spaced."""
    return [items[i] for i in np.unique(np.linspace(0, len(items) - 1, min(count, len(items))).astype(int))]


def shrunk(image: np.ndarray, size: int) -> np.ndarray:
    """A square image in another, smaller size, each pixel the mean of those that it stands for."""
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)


def recoloured(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same patch (H, W, 3) uint8 with its channels in another order, and other colours, brightness and contrast.

    Few photos are of one strong colour or as sharp as a sign, and networks have answered what they had not seen with a
    lattice.
    """
    image = image[..., rng.permutation(3)].astype(np.float32) * np.float32(rng.uniform(*EXPOSURE))
    grey = image.mean(2, keepdims=True)
    image = grey + np.float32(rng.uniform(*SATURATION)) * (image - grey)
    image = grey.mean() + np.float32(rng.uniform(*CONTRAST)) * (image - grey.mean())
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def likeness_to_rain(image: np.ndarray) -> float:
    """How much of an image (H, W, 3) uint8 is bright, upright and thin, as rain, and leaves, grass and railings, are.

    The grey image is blurred along the vertical, and what is brighter than its surroundings to the left and right
    (a top-hat) is averaged: grey levels.
    """
    grey = cv2.blur(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), (1, LIKE_STREAKS))
    return float(cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((1, LIKE_STREAKS), np.uint8)).mean())
