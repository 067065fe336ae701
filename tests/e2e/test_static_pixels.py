"""The static page gives what `Derainer` gives, by the pixels of its downloads."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page

from core.images import read_photo
from core.inference import Derainer
from tests.e2e.served_page import TILE
from tests.e2e.static_steps import (
    choose,
    choose_scale,
    download,
    open_page,
    pixels_of,
    saved,
    scene,
    wait_until_done,
)


@pytest.fixture(scope="module")
def page(browser: Browser, static_page: str) -> Iterator[Page]:
    page = open_page(browser, static_page)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def derainer(static_weights: Path) -> Derainer:
    return Derainer(static_weights, device="cpu", dtype="float32", tile=TILE)


def farthest(one: np.ndarray, other: np.ndarray) -> int:
    assert one.shape == other.shape
    return int(np.abs(one.astype(int) - other).max())


def hold_against(page: Page, derainer: Derainer, photo: Path, facts: str, scale: str = "auto") -> None:
    """Derains a PNG on the page and by `derainer`: photo and mask are the same but for rounding."""
    choose_scale(page, scale)
    choose(page, photo)
    wait_until_done(page, facts)
    pixels = read_photo(photo).pixels
    expected = derainer(pixels, scale=scale if scale == "auto" else int(scale))
    name, content = download(page, "#save")
    assert name == f"{photo.stem}_derained.png"
    assert farthest(pixels_of(content).reshape(pixels.shape), expected.pixels) <= 1
    assert farthest(expected.pixels, pixels) > 20, "the network does something"
    name, content = download(page, "#save-mask")
    assert name == f"{photo.stem}_mask.png"
    assert farthest(pixels_of(content), np.rint(expected.mask * 255)) <= 1


@pytest.mark.parametrize(("width", "height"), [(481, 321), (203, 157), (7, 3)])
def test_small_photos(page: Page, derainer: Derainer, tmp_path: Path, width: int, height: int) -> None:
    photo = saved(scene(width, height), tmp_path / "small.png")
    hold_against(page, derainer, photo, f"PNG, {width} × {height}, 8 bit")


def test_tiles(page: Page, derainer: Derainer, tmp_path: Path) -> None:
    photo = saved(scene(1010, 870), tmp_path / "tiles.png")
    hold_against(page, derainer, photo, "1010 × 870", scale="1")


@pytest.mark.parametrize("scale", ["auto", "2", "3"])
def test_scales(page: Page, derainer: Derainer, tmp_path: Path, scale: str) -> None:
    photo = saved(scene(803, 605), tmp_path / f"scale-{scale}.png")
    hold_against(page, derainer, photo, "803 × 605", scale=scale)


def test_grey_stays_grey(page: Page, derainer: Derainer, tmp_path: Path) -> None:
    photo = saved(scene(300, 200)[..., 1], tmp_path / "grey.png")
    hold_against(page, derainer, photo, "PNG, 300 × 200, 8 bit, grey")
    assert Image.open(BytesIO(download(page, "#save")[1])).mode == "L"


def test_a_turned_jpeg_with_a_profile(page: Page, derainer: Derainer, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"quality": 95, "subsampling": 0, "exif": exif, "icc_profile": profile, "comment": b"in the rain"}
    photo = saved(scene(300, 200), tmp_path / "Turned.JPG", **options)
    choose_scale(page, "auto")
    choose(page, photo)
    wait_until_done(page, "JPEG, 200 × 300, 8 bit")
    expected = derainer(read_photo(photo).pixels)
    assert farthest(pixels_of(download(page, "#save-mask")[1]), np.rint(expected.mask * 255)) <= 1
    name, content = download(page, "#save")
    made = Image.open(BytesIO(content))
    assert (name, made.format, made.size) == ("Turned_derained.JPG", "JPEG", (200, 300))
    assert (made.getexif()[0x0112], made.getexif()[0x010F]) == (1, "Camera")
    assert made.info["icc_profile"] == profile
    assert made.info["comment"] == b"in the rain"
    light = np.asarray(Image.fromarray(expected.pixels).convert("L")).astype(int)
    assert np.abs(np.asarray(made.convert("L")) - light).mean() < 6, "but for its compression"


def test_a_png_keeps_what_it_told(page: Page, tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Title", "Rain")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    photo = saved(scene(120, 90), tmp_path / "told.png", pnginfo=text, icc_profile=profile, exif=exif, dpi=(300, 300))
    choose(page, photo)
    wait_until_done(page, "PNG, 120 × 90")
    made = Image.open(BytesIO(download(page, "#save")[1]))
    assert made.info["icc_profile"] == profile and made.info["Title"] == "Rain"
    assert made.getexif()[0x010F] == "Camera"
    assert made.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_numbers_stay_under_a_wide_profile(page: Page, derainer: Derainer, tmp_path: Path) -> None:
    """The page's pixels are the file's, not those of a browser that converts them to sRGB."""
    from PIL import PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add(b"gAMA", (100_000).to_bytes(4, "big"))
    photo = saved(scene(150, 100), tmp_path / "linear.png", pnginfo=info)
    hold_against(page, derainer, photo, "150 × 100")


def test_transparency_is_kept(page: Page, tmp_path: Path) -> None:
    pixels = np.dstack([scene(160, 120), np.full((120, 160), 255, np.uint8)])
    pixels[:40, :, 3] = 0
    choose(page, saved(pixels, tmp_path / "clear.png"))
    wait_until_done(page, "PNG, 160 × 120, 8 bit, alpha")
    made = pixels_of(download(page, "#save")[1])
    assert made.shape == (120, 160, 4)
    assert (made[..., 3] == pixels[..., 3]).all()


def test_strength(page: Page, derainer: Derainer, tmp_path: Path) -> None:
    photo = saved(scene(200, 150), tmp_path / "strength.png")
    choose(page, photo)
    wait_until_done(page, "PNG, 200 × 150")
    pixels = read_photo(photo).pixels
    full = derainer(pixels).pixels.astype(float)
    for strength in (0, 0.5, 2):
        page.locator("#strength").fill(str(strength))
        expected = np.clip(np.rint(pixels + strength * (full - pixels)), 0, 255)
        assert farthest(pixels_of(download(page, "#save")[1]), expected) <= max(1, strength)
    page.click("#reset")
    assert page.locator("#strength-value").inner_text() == "1.00"


def test_measures_are_those_of_the_demo(page: Page, derainer: Derainer, tmp_path: Path) -> None:
    from app.derain.measures import number
    from app.derain.outcome import taken_light
    from core.metrics.rain_measures import measure_rain

    photo = saved(scene(400, 300), tmp_path / "measured.png")
    choose(page, photo)
    wait_until_done(page, "PNG, 400 × 300")
    pixels = read_photo(photo).pixels
    measures = measure_rain(taken_light(pixels, derainer(pixels).pixels))
    shown = [text.split()[0].rstrip("°%") for text in page.locator("#measures .value").all_inner_texts()]
    expected = [
        number(value, form)
        for value, form in zip(
            (measures.coverage, measures.direction, measures.spread, measures.density), (".1f", "+.0f", ".0f", ".0f")
        )
    ]
    assert shown[:3] == expected[:3]
    assert abs(int(shown[3]) - int(expected[3])) <= 10 if expected[3].isdigit() else shown[3] == expected[3]
