"""What becomes of a photo after it rained in it, on its way to the Internet: grain, sharpening, JPEG."""

import cv2
import numpy as np

GRAIN = (0.004, 0.03)
"""Standard deviation of the grain, share of full scale."""
GRAIN_SIZE = (0.3, 1.2)
"""Its blur, pixels."""
SHARPENING = (0.2, 1.2)
"""Share of the detail (σ 1 pixel) that sharpening adds."""
JPEG_QUALITY = (60, 96)


def photographed(rainy: np.ndarray, clean: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The same grain, sharpening and JPEG quality on both, each in half of all cases: what is to be taken away stays
    the rain alone.

    rainy, clean: (H, W, 3) float32, 0…1 -> the same of both.
    """
    if rng.random() < 0.5:
        grain = rng.standard_normal(rainy.shape[:2], np.float32)[..., None]
        if rng.random() < 0.5:
            grain = grain + 0.5 * rng.standard_normal(rainy.shape, np.float32)
        blurred = cv2.GaussianBlur(grain, (0, 0), rng.uniform(*GRAIN_SIZE)).reshape(*rainy.shape[:2], -1)
        added = blurred * np.float32(rng.uniform(*GRAIN) / max(float(blurred.std()), 1e-6))
        rainy, clean = rainy + added, clean + added
    if rng.random() < 0.5:
        share = np.float32(rng.uniform(*SHARPENING))
        rainy, clean = (image + share * (image - cv2.GaussianBlur(image, (0, 0), 1.0)) for image in (rainy, clean))
    if rng.random() < 0.5:
        quality = int(rng.integers(*JPEG_QUALITY))
        rainy, clean = _jpeg(rainy, quality), _jpeg(clean, quality)
    return np.clip(rainy, 0, 1), np.clip(clean, 0, 1)


def _jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.float32) / 255
