"""The photo that is compared: reduced where it is large, and everything else alike."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import settings
from app.compare.subject import make_subject, read
from core.errors import UserError


def test_a_large_photo_is_reduced_with_its_clean_one(scene: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "COMPARED_PIXELS", 10_000)
    subject = make_subject("street", scene, scene)
    height, width = subject.rainy.shape[:2]
    assert 9_500 <= height * width <= 10_000 and subject.reduced and subject.full.shape == scene.shape
    assert np.array_equal(subject.clean, subject.rainy)
    assert not make_subject("street", scene[:50, :50].copy(), None).reduced


def test_what_is_brought_along_must_fit(scene: np.ndarray, tmp_path: Path) -> None:
    good, bad = tmp_path / "MPRNet.png", tmp_path / "small.png"
    Image.fromarray(255 - scene).save(good)
    Image.fromarray(scene[:40]).save(bad)
    subject = make_subject("street", scene, None).with_others([good])
    assert subject.others[0][0] == "MPRNet" and np.array_equal(subject.others[0][1], 255 - scene)
    for bring in (lambda: subject.with_others([bad]), lambda: subject.with_clean(bad)):
        with pytest.raises(UserError, match=r"has 200×40 pixels, but the rainy photo has 200×150\."):
            bring()


def test_outputs_of_one_name_stay_apart(scene: np.ndarray, tmp_path: Path) -> None:
    """As other methods' outputs of one photo often are called alike."""
    files = [tmp_path / folder / "rain-001.png" for folder in ("a", "b")]
    for file, pixels in zip(files, (255 - scene, scene // 2), strict=True):
        file.parent.mkdir()
        Image.fromarray(pixels).save(file)
    others = make_subject("street", scene, None).with_others(files).others
    assert [label for label, _ in others] == ["rain-001", "rain-001 (2)"]
    assert np.array_equal(others[0][1], 255 - scene) and np.array_equal(others[1][1], scene // 2)


def test_grey_and_deep_photos_become_rgb_of_8_bits(tmp_path: Path) -> None:
    deep = (np.arange(64 * 48, dtype=np.uint16).reshape(48, 64) * 20).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    pixels = read(tmp_path / "deep.png")
    assert pixels.shape == (48, 64, 3) and pixels.dtype == np.uint8
    assert np.abs(pixels[..., 1] - deep / 257).max() <= 0.5
