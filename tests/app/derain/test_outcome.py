"""What a derained photo holds: previews, and full-size files in the format that came in."""

import gc
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from app import settings
from app.derain import outcome
from app.derain.network import Network
from app.derain.strength import AS_CHOSEN, blend
from core.errors import UserError
from core.inference import Derainer
from core.networks import SIZES

GAIN_MAP_XMP = b'<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>'


def derain(path: Path, derainer: Derainer, **options) -> outcome.Outcome:
    return outcome.derain(outcome.open_photo(path), Network(derainer), None, **options)


def test_png_holds_exactly_what_the_model_gives(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "street.PNG"
    Image.fromarray(scene).save(path)
    done = derain(path, derainer)
    expected = derainer(scene)
    file = done.derained_file(1)
    assert file.name == "street_derained.PNG"
    assert np.array_equal(cv2.imread(str(file))[..., ::-1], expected.pixels)
    mask_file = done.mask_file()
    mask = cv2.imread(str(mask_file), cv2.IMREAD_UNCHANGED)
    assert mask_file.name == "street_mask.png"
    assert mask.shape == scene.shape[:2] and np.abs(mask / 255 - expected.mask).max() <= 0.5 / 255 + 1e-6
    assert len(done.steps) == SIZES["fast"]["ssrml"]["steps"]


@pytest.mark.parametrize("strength", [0.0, 0.37])
def test_strength_blends_as_the_model_would(
    tmp_path: Path, derainer: Derainer, scene: np.ndarray, strength: float
) -> None:
    path = tmp_path / "street.png"
    Image.fromarray(scene).save(path)
    done = derain(path, derainer)
    shown = cv2.imread(str(done.derained_file(strength)))[..., ::-1].astype(int)
    difference = np.abs(shown - derainer(scene, strength=strength).pixels)
    assert difference.max() <= (0 if strength == 0 else 1)


def test_what_no_download_can_hold_is_known(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "captioned.png"
    Image.fromarray(scene).save(path)
    assert derain(path, derainer).left_out == ()
    full = io.BytesIO()
    Image.fromarray(scene).save(full, "JPEG", xmp=GAIN_MAP_XMP)
    path = tmp_path / "bright.jpg"
    path.write_bytes(full.getvalue() * 2)
    assert derain(path, derainer).left_out == ("an HDR gain map",)


def test_16_bit_and_alpha_are_kept(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "deep.png"
    deep = scene.astype(np.uint16) * 257 + 3
    alpha = np.linspace(0, 65535, deep[..., 0].size).astype(np.uint16).reshape(deep.shape[:2])
    cv2.imwrite(str(path), np.dstack([deep[..., ::-1], alpha]))
    done = derain(path, derainer)
    written = cv2.imread(str(done.derained_file(1)), cv2.IMREAD_UNCHANGED)
    assert written.dtype == np.uint16
    assert np.array_equal(written[..., 3], alpha)
    assert np.array_equal(written[..., 2::-1], derainer(deep).pixels)
    assert cv2.imread(str(done.rainy), cv2.IMREAD_UNCHANGED).shape == (150, 200, 4)


def test_jpeg_comes_back_as_jpeg_upright_once(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "phone.jpeg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(scene).save(path, quality=95, subsampling=0, exif=exif)
    done = derain(path, derainer)
    with Image.open(done.derained_file(1)) as written:
        assert written.format == "JPEG" and written.size == (150, 200)
        assert written.getexif().get(0x0112, 1) == 1
    assert cv2.imread(str(done.rainy)).shape == (200, 150, 3)


def test_the_format_wins_over_a_wrong_suffix(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "really-a-png.jpg"
    Image.fromarray(scene[:40, :40]).save(path, "PNG")
    assert derain(path, derainer).derained_file(1).name == "really-a-png_derained.png"


def test_previews_are_small_and_the_file_is_not(tmp_path: Path, derainer: Derainer, monkeypatch) -> None:
    monkeypatch.setattr(settings, "PREVIEW_SIDE", 64)
    path = tmp_path / "large.png"
    Image.fromarray(np.full((100, 128, 3), 90, np.uint8)).save(path)
    done = derain(path, derainer)
    for preview in (done.rainy, done.mask_preview(), done.colours_preview(), done.derained_preview(0.5)):
        assert cv2.imread(str(preview)).shape == (50, 64, 3)
    assert cv2.imread(str(done.derained_file(1))).shape == (100, 128, 3)


def test_progress_counts_tiles(tmp_path: Path, derainer: Derainer) -> None:
    path = tmp_path / "wide.png"
    Image.fromarray(np.zeros((100, 500, 3), np.uint8)).save(path)
    heard: list[tuple[int, int]] = []
    derain(path, derainer, progress=lambda done, total: heard.append((done, total)))
    total = heard[0][1]
    assert total > 1 and heard == [(done, total) for done in range(total + 1)]


def test_over_the_cap_is_one_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(settings, "MAX_PIXELS", 10_000)
    path = tmp_path / "huge.png"
    Image.fromarray(np.zeros((101, 100, 3), np.uint8)).save(path)
    with pytest.raises(UserError) as raised:
        outcome.open_photo(path)
    assert "huge.png" in str(raised.value) and "\n" not in str(raised.value)


def test_the_folder_goes_with_the_outcome(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "street.png"
    Image.fromarray(scene[:40, :40]).save(path)
    done = derain(path, derainer)
    folder = Path(done.folder.name)
    assert folder.is_dir()
    del done
    gc.collect()
    assert not folder.exists()


def test_a_strength_map_is_followed_by_the_file_and_by_the_preview(
    tmp_path: Path, derainer: Derainer, scene: np.ndarray
) -> None:
    """0 leaves the photo, 128 is the chosen strength, 255 about twice it, in the photo's range."""
    path = tmp_path / "street.png"
    Image.fromarray(scene).save(path)
    done = derain(path, derainer)
    painted = np.full(scene.shape[:2], AS_CHOSEN, np.uint8)
    painted[:, :60], painted[:, 140:] = 0, 255
    x, y = scene.astype(float), derainer(scene).pixels.astype(float)
    expected = x + 0.5 * painted[..., None] / AS_CHOSEN * (y - x)
    for file in (done.derained_file(0.5, painted), done.derained_preview(0.5, painted)):
        shown = cv2.imread(str(file))[..., ::-1]
        assert np.abs(shown - np.clip(expected, 0, 255)).max() <= 0.51
    assert np.array_equal(cv2.imread(str(done.derained_file(1, painted)))[:, :60, ::-1], scene[:, :60])


def test_a_map_of_another_size_is_enlarged() -> None:
    rainy, derained = np.full((40, 60, 1), 200, np.uint16), np.full((40, 60, 1), 100, np.uint16)
    blended = blend(rainy, derained, 1, np.array([[0, 0, 255, 255]], np.uint8))
    assert (blended[:, :10] == 200).all() and (blended[:, 50:] <= 2).all()


def test_measures_are_of_what_was_taken_out(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "street.png"
    Image.fromarray(scene).save(path)
    done = derain(path, derainer)
    taken = (scene.astype(float) - derainer(scene).pixels).mean(2)
    assert done.measures.coverage == pytest.approx(100 * (taken > 10).mean(), abs=0.01)


def test_what_was_taken_out_is_brightened_as_it_says(tmp_path: Path, derainer: Derainer, scene: np.ndarray) -> None:
    path = tmp_path / "street.png"
    Image.fromarray(scene).save(path)
    done = derain(path, derainer)
    taken = np.maximum(scene.astype(int) - derainer(scene).pixels, 0)
    shown = cv2.imread(str(done.removed))[..., ::-1]
    assert done.gain >= 1 and np.array_equal(shown, np.minimum(done.gain * taken, 255))


def test_a_dark_picture_is_brightened_until_its_brightest_hundredth_is_white() -> None:
    dark = np.zeros((100, 100), np.uint8)
    dark[:10] = 20
    bright, gain = outcome.stretched(dark)
    assert gain == 12 and bright.max() == 240
    assert outcome.stretched(np.zeros((5, 5), np.uint8))[1] == settings.MOST_GAIN
    assert outcome.stretched(np.full((5, 5), 200, np.uint8))[1] == 1


def test_a_first_look_is_about_what_comes(tmp_path: Path, derainer: Derainer, scene: np.ndarray, monkeypatch) -> None:
    """A smooth photo enlarged three times: its shrunk copy gives nearly the picture that the whole one gives."""
    monkeypatch.setattr("core.inference.stages.FIRST_LOOK", scene.shape[0] * scene.shape[1])
    monkeypatch.setattr(settings, "LARGE_PIXELS", 100_000)
    path = tmp_path / "street.png"
    Image.fromarray(cv2.resize(scene, (600, 450), interpolation=cv2.INTER_CUBIC)).save(path)
    opened = outcome.open_photo(path)
    assert opened.is_large
    look = Network(derainer).first_look(opened.small, None).astype(float)
    change = np.abs(derainer(scene).pixels.astype(float) - scene)
    enlarged = cv2.resize(derainer(scene).pixels, (600, 450), interpolation=cv2.INTER_CUBIC)
    assert look.shape == (450, 600, 3)
    assert np.abs(look - enlarged).mean() < 0.2 * change.mean()
