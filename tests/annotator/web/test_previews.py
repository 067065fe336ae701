"""Pictures for the screen: upright, of the right size and colour, kept, and tiles that are the original's pixels."""

import io
import os
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from annotator.blobs import Blobs
from annotator.web.cache import DiskCache
from annotator.web.previews import PREVIEW_SIDE, TILE, Previews, enhance_rain, small_jpeg
from core.images import read_photo
from core.images.screen import shrink
from core.methods import Derained, Method
from tests.annotator.web.conftest import noise


@pytest.fixture
def previews(tmp_path: Path) -> Previews:
    return Previews(Blobs(tmp_path / "blobs"), DiskCache(tmp_path / "previews"))


def jpeg(pixels: np.ndarray, orientation: int = 1) -> bytes:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(stream, "JPEG", quality=95, exif=exif)
    return stream.getvalue()


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def decoded(content: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def difference(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(float) - b).mean())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_decoded_small_is_the_photo_shrunk(orientation: int) -> None:
    content = jpeg(noise(480, 640), orientation)
    whole = read_photo(content).pixels
    small = small_jpeg(content, 160)
    assert small is not None
    assert difference(small, shrink(whole, 160)) < 2


def test_only_large_jpegs_are_decoded_small() -> None:
    assert small_jpeg(jpeg(noise(480, 640)), 400) is None
    assert small_jpeg(png(noise(480, 640)), 160) is None
    assert small_jpeg(jpeg(noise(480, 640))[:200], 160) is None


@pytest.mark.parametrize("shape", [(100, 140), (PREVIEW_SIDE + 100, 60)])
def test_the_preview_is_the_photo_at_its_size_or_the_screens(previews: Previews, shape: tuple[int, int]) -> None:
    pixels = noise(*shape)
    sha256 = previews.blobs.put(png(pixels))
    assert difference(decoded(previews.preview(sha256)), shrink(pixels, PREVIEW_SIDE)) < 2
    assert max(decoded(previews.thumb(sha256)).shape) == min(320, max(shape))


def test_tiles_are_the_originals_pixels(previews: Previews) -> None:
    pixels = noise(TILE + 50, TILE + 300)
    sha256 = previews.blobs.put(jpeg(pixels, orientation=6))
    whole = read_photo(previews.blobs.path(sha256)).pixels
    assert whole.shape[:2] == (TILE + 300, TILE + 50)
    for column, row in ((0, 0), (1, 0), (0, 1), (1, 1)):
        part = whole[TILE * row : TILE * (row + 1), TILE * column : TILE * (column + 1)]
        tile = previews.tile(sha256, column, row)
        assert tile and difference(decoded(tile), part) < 1.5
    assert previews.tile(sha256, 2, 0) is None and previews.tile(sha256, 0, 2) is None
    assert previews.tile(sha256, -1, 0) is None


def test_transparent_and_16_bit_photos_are_shown(previews: Previews) -> None:
    rgba = np.dstack([noise(80, 90), np.zeros((80, 90), np.uint8)])
    assert np.abs(decoded(previews.preview(previews.blobs.put(png(rgba)))).astype(int) - 128).max() <= 2
    grey = cv2.imencode(".png", np.full((70, 80), 200 * 257, np.uint16))[1].tobytes()
    assert np.abs(decoded(previews.preview(previews.blobs.put(grey))).astype(int) - 200).max() <= 2


def test_enhancing_shows_upright_streaks_and_not_level_ones() -> None:
    scene = np.full((200, 300, 3), 90, np.uint8)
    scene[50:80, 100:102] += 12
    level = np.ascontiguousarray(scene.swapaxes(0, 1))
    shown, flat = enhance_rain(scene).astype(int), enhance_rain(level).astype(int)
    assert shown[65, 100, 0] - shown[65, 20, 0] > 100
    assert flat[100, 65, 0] - flat[20, 65, 0] < 60


def test_what_the_model_makes_of_a_photo_is_made_once_for_all_views(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    sha256 = blobs.put(png(np.full((60, 80, 3), 100, np.uint8)))
    calls: list[tuple[int, ...]] = []

    def derain(pixels: np.ndarray, names: Sequence[str]) -> Derained:
        calls.append(pixels.shape)
        derained = pixels.copy()
        derained[:, :40] -= 20  # rain in the left half
        return Derained(derained, np.zeros(pixels.shape[:2], np.float32))

    previews = Previews(blobs, DiskCache(tmp_path / "cache"))
    previews.__dict__["_method"] = Method("stand-in", "Stand-in", run=derain)
    seen = {view: decoded(getattr(previews, view)(sha256)) for view in ("derained", "layer", "mask", "layer")}
    assert calls == [(60, 80, 3)]
    assert abs(int(seen["derained"][30, 20, 0]) - 80) <= 3 and abs(int(seen["derained"][30, 60, 0]) - 100) <= 3
    assert abs(int(seen["layer"][30, 20, 0]) - 60) <= 3 and seen["layer"][30, 60].max() <= 3


def test_pictures_are_made_once_and_those_not_used_for_longest_go(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache", most_bytes=2500)
    made: list[str] = []

    def make(name: str) -> bytes:
        made.append(name)
        return bytes(1000)

    for name in ("a/1", "a/1", "b/2"):
        assert len(cache.get(name, lambda name=name: make(name))) == 1000
    assert made == ["a/1", "b/2"]
    for name, minutes in (("a/1", 2), ("b/2", 1)):
        before = time.time() - 60 * minutes
        os.utime(tmp_path / "cache" / name, (before, before))
    cache.get("a/1", lambda: make("a/1"))  # made first, used last
    cache.get("c/3", lambda: make("c/3"))
    kept = {str(path.relative_to(tmp_path / "cache")) for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    assert kept == {"a/1", "c/3"}


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert DiskCache(tmp_path / "cache").get("a/1", lambda: b"made") == b"made"


def test_the_colours_are_the_demos() -> None:
    import re

    from app.theme import RAIN, SLATE

    text = (Path(__file__).resolve().parents[3] / "annotator/web/static/colours.css").read_text(encoding="utf-8")
    for name, colour in (("primary", RAIN), ("neutral", SLATE)):
        for shade in (50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950):
            found = re.search(rf"--{name}-{shade}: (#\w+);", text)
            assert found and found[1] == getattr(colour, f"c{shade}")
