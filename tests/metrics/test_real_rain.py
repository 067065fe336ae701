"""The measure of real rain: what removes rain scores, what does nothing or blurs does not."""

import cv2
import numpy as np
import pytest

from core.metrics.real_rain import find_regions, measure_real_rain


def scene() -> np.ndarray:
    """A smooth sky over blocks with sharp edges, (256, 256, 3) uint8."""
    image = np.full((256, 256), 120, np.float32) + np.linspace(0, 30, 256, dtype=np.float32)[:, None]
    for index in range(8):
        image[160 + 10 * (index % 3) :, 32 * index : 32 * index + 20] = (10, 250)[index % 2]
    return np.repeat(image[..., None], 3, 2).astype(np.uint8)


def rainy(clean: np.ndarray, tilt: int = 3) -> np.ndarray:
    rng, layer = np.random.default_rng(0), np.zeros(clean.shape[:2], np.float32)
    for x, y in rng.integers(0, 256, (400, 2)):
        cv2.line(layer, (int(x), int(y)), (int(x) + tilt, int(y) + 18), 40.0, 1, cv2.LINE_AA)
    return np.clip(clean + cv2.GaussianBlur(layer, (0, 0), 0.7)[..., None], 0, 255).astype(np.uint8)


def test_rain_is_found_in_the_sky_and_edges_outside_it() -> None:
    regions = find_regions(rainy(scene()))
    assert regions.rain[:140].mean() > 0.8 and regions.rain[180:].mean() < 0.2
    assert not (regions.rain & regions.edges).any()
    assert regions.edges[165:].mean() > 5 * regions.edges[:120].mean()


@pytest.mark.parametrize("tilt", [-8, 0, 8])
def test_the_clean_scene_scores_and_doing_nothing_or_blurring_does_not(tilt: int) -> None:
    clean = scene()
    photo = rainy(clean, tilt)
    ideal, nothing = measure_real_rain(photo, clean), measure_real_rain(photo, photo)
    assert ideal is not None and nothing is not None
    assert ideal.removed > 0.9 and ideal.lost < 0.1
    assert (nothing.removed, nothing.lost, nothing.score) == pytest.approx((0, 0, 0), abs=1e-6)
    for sigma in (0.6, 1.0, 2.0):
        blurred = measure_real_rain(photo, cv2.GaussianBlur(photo, (0, 0), sigma))
        assert blurred is not None and blurred.score < ideal.score - 0.3
    half = measure_real_rain(photo, 0.5 * photo + 0.5 * clean)
    assert half is not None and half.removed == pytest.approx(0.75, abs=0.05), "half the amplitude is a quarter of it"


def test_added_rain_counts_against_and_noise_does_not_count() -> None:
    photo = rainy(scene())
    worse = measure_real_rain(photo, np.clip(2.0 * photo - scene(), 0, 255))
    assert worse is not None and worse.removed < -1
    noise = np.random.default_rng(1).normal(0, 3, photo.shape[:2])[..., None]
    noisy = measure_real_rain(photo, photo + noise)
    assert noisy is not None and abs(noisy.removed) < 0.1


def test_a_photo_without_rain_has_no_figure_and_another_shape_is_refused() -> None:
    clean = scene()
    assert measure_real_rain(clean, clean) is None
    with pytest.raises(ValueError, match="shape"):
        measure_real_rain(clean, clean[:-1])
