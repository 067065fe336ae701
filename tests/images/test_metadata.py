"""ICC profile, EXIF and resolution come through, in every format and depth that can hold them."""

import io
import zlib
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image

from core.images import Photo, encode_photo, read_photo
from core.images.exif import make_upright
from tests.images.files import (
    chunk,
    exif_bytes,
    icc_profile,
    pillow_bytes,
    png16,
    png_chunks,
    random_pixels,
    read_exif,
    smooth_pixels,
)

THUMBNAIL = b"\xff\xd8 a small picture of the rain \xff\xd9"


def check_exif(content: bytes | None) -> None:
    exif = read_exif(content)
    assert exif[0x010F] == "Maker"
    assert exif[0x0110] == "Model X"
    assert exif.get(0x0112, 1) == 1
    inner = exif.get_ifd(0x8769)
    assert float(inner[0x829A]) == pytest.approx(1 / 250)
    assert inner[0x927C] == b"maker note \x00\xff\x01"
    position = exif.get_ifd(0x8825)
    assert position[1] == "N"
    assert tuple(float(value) for value in position[2]) == (51.0, 30.0, 12.5)


def with_everything(suffix: str, dtype: type, channels: int = 3, alpha: bool = False) -> bytes:
    """A file made by our own writer from EXIF and a profile made elsewhere; other decoders check it below."""
    pixels = smooth_pixels(41, 57)[..., :channels].astype(dtype)
    if dtype == np.uint16:
        pixels = pixels * np.uint16(257) + np.uint16(3)
    opacity = pixels[..., 0].copy() if alpha else None
    exif = make_upright(exif_bytes(1))
    assert exif
    photo = Photo(pixels, opacity, icc_profile=icc_profile(), exif=exif.content, dpi=(300, 150))
    return encode_photo(photo, suffix)


CASES = [(suffix, np.uint8) for suffix in (".jpg", ".png", ".webp", ".tif")]
CASES += [(suffix, np.uint16) for suffix in (".png", ".tif")]


@pytest.mark.parametrize(("suffix", "dtype"), CASES)
def test_what_we_write_others_read(suffix: str, dtype: type) -> None:
    content = with_everything(suffix, dtype)
    image = Image.open(io.BytesIO(content))
    image.load()
    assert image.info["icc_profile"] == icc_profile()
    exif = image.getexif()
    assert exif[0x010F] == "Maker"
    assert exif.get_ifd(0x8769)[0x927C] == b"maker note \x00\xff\x01"
    assert tuple(float(value) for value in exif.get_ifd(0x8825)[2]) == (51.0, 30.0, 12.5)
    if suffix != ".webp":
        assert tuple(float(value) for value in image.info["dpi"]) == pytest.approx((300, 150), abs=0.02)


@pytest.mark.parametrize(("suffix", "dtype"), CASES)
def test_what_others_hold_we_keep(suffix: str, dtype: type) -> None:
    if dtype == np.uint16 and suffix == ".png":
        pixels = random_pixels(41, 57, 3, np.uint16)
        profile = chunk(b"iCCP", b"name\0\0" + zlib.compress(icc_profile()))
        density = chunk(b"pHYs", (11811).to_bytes(4, "big") + (5906).to_bytes(4, "big") + b"\1")
        content = png16(pixels, profile, density, chunk(b"eXIf", exif_bytes(1)))
    elif dtype == np.uint16:
        content = with_everything(suffix, dtype)
    else:
        kind = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".tif": "TIFF"}[suffix]
        prefix = b"Exif\0\0" if kind == "JPEG" else b""
        exif = read_exif(exif_bytes(1)) if kind == "TIFF" else prefix + exif_bytes(1)
        image = Image.fromarray(smooth_pixels(41, 57))
        content = pillow_bytes(image, kind, icc_profile=icc_profile(), exif=exif, dpi=(300, 150))
    photo = read_photo(content)
    assert photo.icc_profile == icc_profile()
    check_exif(photo.exif)
    if suffix != ".webp":
        assert photo.dpi == pytest.approx((300, 150), abs=0.05)
    again = read_photo(encode_photo(photo.with_pixels(photo.pixels), suffix))
    assert again.icc_profile == icc_profile()
    check_exif(again.exif)
    if suffix != ".webp":
        assert again.dpi == pytest.approx((300, 150), abs=0.05)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("source", [".jpg", ".png", ".webp", ".tif"])
def test_from_any_format_to_any_other(source: str, suffix: str) -> None:
    photo = read_photo(with_everything(source, np.uint8))
    again = read_photo(encode_photo(photo, suffix))
    assert again.icc_profile == icc_profile()
    check_exif(again.exif)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("alpha", [False, True])
def test_every_layout_of_sixteen_bits(channels: int, alpha: bool) -> None:
    for suffix in (".png", ".tif"):
        photo = read_photo(with_everything(suffix, np.uint16, channels, alpha))
        assert photo.pixels.dtype == np.uint16
        assert photo.pixels.shape == (41, 57, channels)
        assert (photo.alpha is not None) == alpha
        assert photo.icc_profile == icc_profile()
        check_exif(photo.exif)


def test_maker_notes_stay_where_they_were() -> None:
    """They hold offsets from EXIF's start, so nothing of it may move: only the orientation's two bytes differ."""
    before = exif_bytes(3)
    upright = make_upright(before)
    assert upright
    assert upright.orientation == 3
    differing = [i for i, (a, b) in enumerate(zip(before, upright.content)) if a != b]
    assert len(before) == len(upright.content)
    assert len(differing) == 1


def test_the_thumbnail_of_the_rainy_photo_is_gone() -> None:
    before = exif_bytes(1, thumbnail=THUMBNAIL)
    assert read_exif(before).get_ifd(ExifTags.IFD.IFD1)
    upright = make_upright(before)
    assert upright
    assert not read_exif(upright.content).get_ifd(ExifTags.IFD.IFD1)
    check_exif(upright.content)


def test_exif_as_old_programs_put_it_into_png() -> None:
    from PIL.PngImagePlugin import PngInfo

    exif = b"Exif\0\0" + exif_bytes(6)
    text = PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n{len(exif):8d}\n{exif.hex()}\n", zip=True)
    photo = read_photo(pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "PNG", pnginfo=text))
    assert photo.pixels.shape == (57, 41, 3)
    check_exif(photo.exif)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pngs_own_colour_chunks(dtype: type) -> None:
    gamma = chunk(b"gAMA", (45455).to_bytes(4, "big"))
    numbers = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    primaries = chunk(b"cHRM", b"".join(number.to_bytes(4, "big") for number in numbers))
    if dtype == np.uint16:
        content = png16(random_pixels(41, 57, 3, np.uint16), gamma, primaries)
    else:
        plain = pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "PNG")
        content = plain[:33] + gamma + primaries + plain[33:]
    photo = read_photo(content)
    saved = dict(png_chunks(encode_photo(photo, ".png")))
    assert chunk(b"gAMA", saved[b"gAMA"]) == gamma
    assert chunk(b"cHRM", saved[b"cHRM"]) == primaries
    with_profile = dict(png_chunks(encode_photo(replace(photo, icc_profile=icc_profile()), ".png")))
    assert b"gAMA" not in with_profile


def test_descriptions_of_a_tiff_and_not_its_structure() -> None:
    stream = io.BytesIO()
    tifffile.imwrite(
        stream,
        random_pixels(41, 57, 3, np.uint16),
        photometric="rgb",
        description="A wet street",
        metadata=None,
        extratags=[(315, 2, 0, "Somebody", True)],
    )
    photo = read_photo(stream.getvalue())
    exif = read_exif(photo.exif)
    assert exif[270] == "A wet street"
    assert exif[315] == "Somebody"
    assert 273 not in exif
    with tifffile.TiffFile(io.BytesIO(encode_photo(photo, ".tif"))) as tiff:
        tags = tiff.pages[0].tags
        assert tags[270].value == "A wet street"
        assert tags[315].value == "Somebody"


def test_exif_too_long_for_jpeg_is_left_out() -> None:
    photo = Photo(smooth_pixels(41, 57), exif=exif_bytes(1) + bytes(70_000))
    again = read_photo(encode_photo(photo, ".jpg"))
    assert again.exif is None
    check_exif(read_photo(encode_photo(photo, ".png")).exif)
