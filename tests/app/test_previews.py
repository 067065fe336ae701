"""Previews: sizes, depths, alpha, colour profiles, and the mask as colours."""

import cv2
import numpy as np
import pytest
from PIL import ImageCms

from app import previews
from core.images import Photo


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [
        ((100, 400, 3), 40, (10, 40, 3)),
        ((400, 100), 40, (40, 10)),
        ((30, 20, 1), 40, (30, 20, 1)),
        ((1, 900, 1), 40, (1, 40, 1)),
    ],
)
def test_shrinking_keeps_the_shape_and_never_enlarges(shape: tuple, side: int, expected: tuple) -> None:
    assert previews.shrink(np.zeros(shape, np.uint8), side).shape == expected


def test_shrinking_averages() -> None:
    checks = np.indices((64, 64)).sum(0) % 2 * 200
    assert np.abs(previews.shrink(checks.astype(np.float32), 16) - 100).max() < 1e-3


def test_preview_of_grey_16_bit_with_alpha_is_rgba() -> None:
    grey = np.full((40, 60, 1), 1000 * 257 // 10, np.uint16)
    alpha = np.zeros((40, 60), np.uint16)
    alpha[:, 30:] = 65535
    small = previews.preview(Photo(grey, alpha), grey, 30)
    assert small.shape == (20, 30, 4) and small.dtype == np.uint8
    assert (small[..., :3] == 100).all()
    assert (small[:, :15, 3] == 0).all() and (small[:, 15:, 3] == 255).all()


def test_a_wide_colour_profile_is_shown_in_srgb(scene: np.ndarray) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.abs(previews.to_srgb(scene, srgb).astype(int) - scene).max() <= 1
    assert np.array_equal(previews.to_srgb(scene, b"no profile at all"), scene)


def test_colours_lie_only_where_the_mask_is(scene: np.ndarray) -> None:
    mask = np.zeros(scene.shape[:2], np.uint8)
    mask[:, 100:] = 255
    shown = previews.colours_over(scene, mask)
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)[:, :100] * previews.BACKDROP
    assert np.abs(shown[:, :100] - grey[..., None]).max() <= 1
    assert len(np.unique(shown[:, 100:].reshape(-1, 3), axis=0)) == 1
    assert np.ptp(shown[0, 150].astype(int)) > 100


def test_png_is_written_as_it_is(tmp_path, scene: np.ndarray) -> None:
    path = previews.save_png(scene, tmp_path / "scene.png")
    assert np.array_equal(cv2.imread(str(path))[..., ::-1], scene)
