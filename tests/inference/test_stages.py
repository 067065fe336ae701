"""A large photo is shown early and finished later; the finished one is what deraining at once gives."""

import cv2
import numpy as np
import pytest

from core.inference import Derainer, InferenceError, derain_in_stages
from core.networks import SemiDerainGAN


@pytest.fixture(scope="module")
def derainer(model: SemiDerainGAN) -> Derainer:
    return Derainer(model, device="cpu", dtype="float32")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_large_photo_comes_in_three_stages(derainer: Derainer, photo: np.ndarray, dtype: type) -> None:
    large = cv2.resize(photo, (1121, 803), interpolation=cv2.INTER_CUBIC).astype(dtype)
    large = large * dtype(np.iinfo(dtype).max // 255)
    calls: list[tuple[int, int]] = []
    stages = list(derain_in_stages(derainer, large, steps=True, progress=lambda *call: calls.append(call)))
    assert [stage.final for stage in stages] == [False, False, True]
    first, working, last = stages
    assert first.result is not None and first.result.scale == 3 and "first look" in first.words
    assert first.result.pixels.shape == large.shape and first.result.pixels.dtype == dtype
    np.testing.assert_array_equal(first.result.pixels, derainer(large, scale=3).pixels)
    assert working.result is None and working.words.startswith("Deraining at ")
    expected = derainer(large, steps=True)
    assert last.result is not None and last.result.scale == expected.scale
    np.testing.assert_array_equal(last.result.pixels, expected.pixels)
    assert len(last.result.masks) == 2
    assert calls[0][0] == 0 and calls[-1][0] == calls[-1][1], "one count, that of the finished photo"
    assert [done for done, _ in calls] == list(range(len(calls)))


def test_a_small_photo_comes_at_once(derainer: Derainer, photo: np.ndarray) -> None:
    (only,) = derain_in_stages(derainer, photo[:300, :400], strength=0.5, generator="gs")
    assert only.final and only.words == "Derained at its full size."
    assert only.result is not None
    np.testing.assert_array_equal(only.result.pixels, derainer(photo[:300, :400], strength=0.5).pixels)


def test_wrong_photos_are_refused_at_the_first_stage(derainer: Derainer) -> None:
    for pixels in (np.zeros((4, 4), np.uint8), np.zeros((900, 900, 3), np.float32), np.zeros((0, 5, 3), np.uint8)):
        with pytest.raises(InferenceError):
            next(derain_in_stages(derainer, pixels))
