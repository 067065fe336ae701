"""EXIF's orientation is applied once, to the pixel, and is gone from what is saved."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.images import encode_photo, read_photo
from tests.images.files import (
    chunk,
    exif_bytes,
    pillow_bytes,
    png16,
    random_pixels,
    read_exif,
    smooth_pixels,
    tiff_bytes,
)

ALL = range(1, 9)


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Where row 0 and column 0 of the stored pixels lie, as the EXIF standard's table says it."""
    row, column = {
        1: ("top", "left"),
        2: ("top", "right"),
        3: ("bottom", "right"),
        4: ("bottom", "left"),
        5: ("left", "top"),
        6: ("right", "top"),
        7: ("right", "bottom"),
        8: ("left", "bottom"),
    }[orientation]
    result = pixels if row in ("top", "bottom") else np.swapaxes(pixels, 0, 1)
    if "bottom" in (row, column):
        result = np.flip(result, 0)
    if "right" in (row, column):
        result = np.flip(result, 1)
    return result


@pytest.mark.parametrize("orientation", ALL)
def test_the_table_here_is_pillows(orientation: int) -> None:
    pixels = random_pixels(5, 7, 3, np.uint8)
    image = Image.open(io.BytesIO(pillow_bytes(Image.fromarray(pixels), "PNG", exif=exif_bytes(orientation))))
    np.testing.assert_array_equal(np.asarray(ImageOps.exif_transpose(image)), upright(pixels, orientation))


@pytest.mark.parametrize("order", [b"II", b"MM"])
@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_eight_bits(kind: str, orientation: int, order: bytes) -> None:
    pixels = random_pixels(41, 57, 4, np.uint8)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    exif = exif_bytes(orientation, order=order)
    photo = read_photo(pillow_bytes(Image.fromarray(pixels), kind, exif=exif, **options))
    np.testing.assert_array_equal(np.dstack((photo.pixels, photo.alpha)), upright(pixels, orientation))
    assert read_exif(photo.exif)[0x0112] == 1


@pytest.mark.parametrize("orientation", ALL)
def test_jpeg(orientation: int) -> None:
    pixels = smooth_pixels(41, 57)
    image = Image.fromarray(pixels)
    plain = read_photo(pillow_bytes(image, "JPEG", quality=95)).pixels
    exif = b"Exif\0\0" + exif_bytes(orientation)
    photo = read_photo(pillow_bytes(image, "JPEG", quality=95, exif=exif, dpi=(300, 200)))
    np.testing.assert_array_equal(photo.pixels, upright(plain, orientation))
    assert photo.dpi == ((200, 300) if orientation >= 5 else (300, 200))


@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_of_sixteen_bits(channels: int, orientation: int) -> None:
    pixels = random_pixels(41, 57, channels, np.uint16)
    photo = read_photo(png16(pixels, chunk(b"eXIf", exif_bytes(orientation))))
    got = photo.pixels if photo.alpha is None else np.dstack((photo.pixels, photo.alpha))
    np.testing.assert_array_equal(got, upright(pixels, orientation))


LAYOUTS = [
    *((dtype, channels, "contig") for dtype in (np.uint8, np.uint16) for channels in (1, 2, 3, 4)),
    *((np.uint8, channels, "separate") for channels in (3, 4)),
    *((np.uint16, channels, "separate") for channels in (2, 3, 4)),
]


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize(("dtype", "channels", "layout"), LAYOUTS)
def test_tiff(dtype: type, channels: int, layout: str, orientation: int, compression: str | None) -> None:
    pixels = random_pixels(41, 57, channels, dtype)
    array = pixels if layout == "contig" else np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
    options = {"planarconfig": layout} if channels > 1 else {}
    if channels in (2, 4):
        options["extrasamples"] = ["unassalpha"]
    content = tiff_bytes(
        array[..., 0] if channels == 1 else array,
        photometric="minisblack" if channels < 3 else "rgb",
        compression=compression,
        extratags=[(274, 3, 1, orientation, True)],
        **options,
    )
    photo = read_photo(content)
    got = photo.pixels if photo.alpha is None else np.dstack((photo.pixels, photo.alpha))
    np.testing.assert_array_equal(got, upright(pixels, orientation))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_what_is_saved_is_not_turned_again(suffix: str) -> None:
    pixels = smooth_pixels(41, 57)
    photo = read_photo(pillow_bytes(Image.fromarray(pixels), "PNG", exif=exif_bytes(6)))
    saved = encode_photo(photo, suffix)
    other = Image.open(io.BytesIO(saved))
    assert other.getexif().get(0x0112, 1) == 1
    assert other.size == (41, 57)
    again = read_photo(saved)
    assert again.pixels.shape == photo.pixels.shape
    assert np.abs(again.pixels.astype(int) - upright(pixels, 6)).max() <= (0 if suffix != ".jpg" else 4)


@pytest.mark.parametrize("orientation", [0, 9, 60000])
def test_nonsense_is_upright(orientation: int) -> None:
    pixels = random_pixels(41, 57, 3, np.uint8)
    photo = read_photo(pillow_bytes(Image.fromarray(pixels), "PNG", exif=exif_bytes(orientation)))
    np.testing.assert_array_equal(photo.pixels, pixels)


def test_the_dimensions_that_exif_names_turn_with_the_pixels() -> None:
    pixels = random_pixels(41, 57, 3, np.uint8)
    turned = read_photo(pillow_bytes(Image.fromarray(pixels), "PNG", exif=exif_bytes(6)))
    assert turned.pixels.shape == (57, 41, 3)
    directory = read_exif(turned.exif).get_ifd(0x8769)
    assert (directory[0xA002], directory[0xA003]) == (41, 57)


@pytest.mark.parametrize("length", [0, 3, 8, 11, 20, 40, 80])
def test_exif_that_stops_early_does_no_harm(length: int) -> None:
    pixels = random_pixels(41, 57, 3, np.uint16)
    photo = read_photo(png16(pixels, chunk(b"eXIf", exif_bytes(1)[:length])))
    np.testing.assert_array_equal(photo.pixels, pixels)
