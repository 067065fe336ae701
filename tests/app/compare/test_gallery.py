"""The gallery: pages of thumbnails, made once, with figures where they can be given."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app import settings
from app.compare import collection
from app.compare.gallery import Thumbnails
from app.compare.layout import RAINY
from app.compare.methods import offer
from app.compare.stored import StoredOutputs
from core.errors import UserError
from core.inference import Derainer
from core.metrics import measure


@pytest.fixture
def thumbnails(tmp_path: Path, scene: np.ndarray, derainer: Derainer, monkeypatch: pytest.MonkeyPatch) -> Thumbnails:
    """Five pairs in Rain100L's layout, and outputs of one method for two of them, named after the clean photos."""
    monkeypatch.setattr(settings, "THUMBNAILS", 2)
    monkeypatch.setattr(settings, "THUMBNAIL_SIDE", 50)
    (tmp_path / "set/rainy").mkdir(parents=True)
    (tmp_path / "outputs/Other").mkdir(parents=True)
    for number in range(1, 6):
        cv2.imwrite(str(tmp_path / f"set/norain-{number:03}.png"), scene)
        cv2.imwrite(str(tmp_path / f"set/rainy/rain-{number:03}.png"), 255 - scene)
        if number < 3:
            cv2.imwrite(str(tmp_path / f"outputs/Other/norain-{number:03}.png"), scene // 2)
    methods = offer(derainer, StoredOutputs(), outputs=tmp_path / "outputs")
    return Thumbnails(collection.from_folder(tmp_path / "set", paired=True), methods)


def test_pages_of_outputs_with_figures(thumbnails: Thumbnails, scene: np.ndarray) -> None:
    assert thumbnails.pages == 3
    first, last = thumbnails.page("outputs:Other", 1), thumbnails.page("outputs:Other", 3)
    scores = measure("y", scene[..., ::-1], scene[..., ::-1] // 2)
    assert first[0][1] == f"rain-001: {scores['psnr']:.2f} dB, SSIM {scores['ssim']:.4f}" and len(first) == 2
    assert [caption for _, caption in last] == ["rain-005: no output"]
    small = cv2.imread(first[0][0])
    assert small.shape == (38, 50, 3) and abs(int(small.mean()) - int((scene // 2).mean())) <= 1


def test_rainy_photos_are_made_once(thumbnails: Thumbnails, monkeypatch: pytest.MonkeyPatch) -> None:
    page = thumbnails.page(RAINY, 1)
    assert [caption for _, caption in page] == ["rain-001", "rain-002"]
    monkeypatch.setattr("app.compare.gallery.previews.save_png", lambda *_: pytest.fail("made again"))
    assert thumbnails.page(RAINY, 1) == page


def test_a_photo_that_cannot_be_read_does_not_take_its_page_along(thumbnails: Thumbnails, tmp_path: Path) -> None:
    (tmp_path / "set/rainy/rain-002.png").write_bytes(b"<html>")
    for shown, good in ((RAINY, "rain-001"), ("outputs:Other", "rain-001: ")):
        (_, first), (file, second) = thumbnails.page(shown, 1)
        assert first.startswith(good) and second.startswith("rain-002: ") and "web page" in second
        assert cv2.imread(file) is not None


def test_pages_made_at_the_same_time_share_no_file(thumbnails: Thumbnails) -> None:
    assert thumbnails._make(RAINY, 0)[0] != thumbnails._make("outputs:Other", 0)[0]


def test_sets_without_ground_truth_and_folders_that_are_none(tmp_path: Path, scene: np.ndarray) -> None:
    cv2.imwrite(str(tmp_path / "7.jpg"), scene)
    (item,) = collection.from_folder(tmp_path, paired=False)
    assert item.name == "7" and item.read().clean is None
    for folder, paired in ((tmp_path / "nowhere", True), (tmp_path / "nowhere", False)):
        with pytest.raises(UserError, match="nowhere"):
            collection.from_folder(folder, paired)
