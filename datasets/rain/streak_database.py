"""Rain layers cut from a folder of streak images (grey on black, such as Garg & Nayar's database)."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from datasets.folders import open_photos


class StreakDatabase:
    """Streak images in memory, to cut rain layers from.

    Args:
        images: grey images (H, W) uint8, streaks bright on black.
    """

    def __init__(self, images: Sequence[np.ndarray]) -> None:
        self.images = list(images)

    @classmethod
    def from_folder(cls, folder: str | Path) -> "StreakDatabase":
        """Every image in a folder, sorted by name; colour is averaged.

        Raises:
            DatasetError: no such folder, or no image in it.
            core.images.ImageFileError: an image cannot be read.
        """
        photos = open_photos(folder)
        return cls([np.rint(photos[i][1].mean(-1)).astype(np.uint8) for i in range(len(photos))])

    def layer(
        self,
        height: int,
        width: int,
        scale: tuple[float, float],
        rotation: float,
        rng: np.random.Generator,
        slant: float = 0.0,
    ) -> np.ndarray:
        """A random cut of a random streak image, perhaps mirrored, magnified and turned.

        Args:
            height, width: size of the layer in pixels; where the streak image is smaller it goes on by reflection.
            scale: lowest and highest magnification.
            rotation: standard deviation of the turn in degrees.
            rng: source of everything random.
            slant: mean turn in degrees, positive where the streaks' upper ends go to the right.

        Returns:
            (height, width) float32, 0…1.
        """
        image = self.images[rng.integers(len(self.images))]
        centre = [
            (side - 1) / 2 if side <= cut else rng.uniform((cut - 1) / 2, side - 1 - (cut - 1) / 2)
            for side, cut in zip(image.shape[::-1], (width, height))
        ]
        turn = rotation * rng.standard_normal()
        magnification = rng.uniform(*scale)
        mirrored = rng.random() < 0.5
        to_source = cv2.getRotationMatrix2D((0, 0), turn - slant if mirrored else turn + slant, 1 / magnification)
        if mirrored:
            to_source[:, 0] *= -1
        to_source[:, 2] = np.asarray(centre) - to_source[:, :2] @ ((width - 1) / 2, (height - 1) / 2)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        turned = cv2.warpAffine(image, to_source, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        return turned.astype(np.float32) / 255
