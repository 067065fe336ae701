"""Scenes that two sets share are found whatever their size and compression, and no others."""

import cv2
import numpy as np
import pytest

from datasets.scenes import shows_a_scene_of


def scene(seed: int) -> np.ndarray:
    blurred = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=(90, 120, 3)), (0, 0), 5)
    return (127.5 + 50 * blurred / blurred.std()).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("change", ["smaller", "compressed", "rainy", "darker"])
def test_a_scene_is_known_again(change: str) -> None:
    photo = scene(3)
    changed = {
        "smaller": lambda: cv2.resize(photo, (61, 47), interpolation=cv2.INTER_AREA),
        "compressed": lambda: cv2.imdecode(cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], 1),
        "rainy": lambda: cv2.line(photo.copy(), (40, 0), (50, 89), (255, 255, 255), 1),
        "darker": lambda: (photo * 0.7).astype(np.uint8),
    }[change]()
    assert shows_a_scene_of([scene(1), changed, scene(2)], [scene(4), photo]).tolist() == [False, True, False]


def test_photos_of_one_colour_and_empty_sets_are_like_nothing() -> None:
    grey = np.full((40, 50, 3), 128, np.uint8)
    assert shows_a_scene_of([grey, scene(1)], [grey]).tolist() == [False, False]
    assert shows_a_scene_of([], [grey]).tolist() == []
    assert shows_a_scene_of([grey], []).tolist() == [False]
