"""HEIC, AVIF and the less usual names of JPEG are read; HEIC and AVIF become JPEG or PNG."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from core.images import ImageFileError, Photo, encode_photo, read_photo
from core.images.formats import output_suffix
from tests.images.files import exif_bytes, icc_profile, pillow_bytes, read_exif, smooth_pixels


def heic(image: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    file = pillow_heif.from_pillow(image)
    file.save(stream, quality=95, **options)
    return stream.getvalue()


def avif(image: Image.Image, **options: object) -> bytes:
    return pillow_bytes(image, "AVIF", quality=95, **options)


@pytest.mark.parametrize(("kind", "make"), [("HEIF", heic), ("AVIF", avif)])
def test_photos_of_phones(kind: str, make: object) -> None:
    pixels = smooth_pixels(64, 96)
    xmp = b'<x:xmpmeta tiff:Orientation="6"/>'
    content = make(Image.fromarray(pixels), exif=exif_bytes(6), xmp=xmp)  # type: ignore[operator]
    photo = read_photo(content)
    assert photo.format == kind
    upright = np.rot90(pixels, -1)
    assert photo.pixels.shape == upright.shape
    assert np.abs(photo.pixels.astype(int) - upright).mean() < 2
    exif = read_exif(photo.exif)
    assert (exif[0x010F], exif.get(0x0112, 1)) == ("Maker", 1)
    assert photo.xmp in (b'<x:xmpmeta tiff:Orientation="1"/>', b"<x:xmpmeta />")
    saved = read_photo(encode_photo(photo, ".jpg"))
    assert np.abs(saved.pixels.astype(int) - photo.pixels).mean() < 2
    assert read_exif(saved.exif)[0x010F] == "Maker"


@pytest.mark.parametrize("make", [heic, avif])
def test_transparency_and_profile(make: object) -> None:
    image = Image.fromarray(np.dstack([smooth_pixels(64, 96), np.full((64, 96), 90, np.uint8)]))
    image.info["icc_profile"] = icc_profile()
    photo = read_photo(make(image, icc_profile=icc_profile()))  # type: ignore[operator]
    assert photo.alpha is not None
    assert abs(photo.alpha.mean() - 90) < 2
    assert photo.icc_profile == icc_profile()


@pytest.mark.parametrize(("make", "count"), [(heic, 40), (avif, 40)])
def test_every_cut_is_a_photo_or_a_sentence(make: object, count: int, capfd: pytest.CaptureFixture[str]) -> None:
    content = make(Image.fromarray(smooth_pixels(64, 96)))  # type: ignore[operator]
    for length in range(1, len(content), len(content) // count):
        try:
            assert read_photo(content[:length]).pixels.shape == (64, 96, 3)
        except ImageFileError as error:
            assert str(error).endswith(".")
    assert capfd.readouterr() == ("", "")


def test_size_is_refused_from_the_header() -> None:
    for content in (heic(Image.fromarray(smooth_pixels(64, 96))), avif(Image.fromarray(smooth_pixels(64, 96)))):
        with pytest.raises(ImageFileError, match="more than"):
            read_photo(content, max_pixels=64 * 96 - 1)


@pytest.mark.parametrize("suffix", [".heic", ".HEIF", ".avif"])
def test_they_are_not_written(suffix: str) -> None:
    with pytest.raises(ImageFileError, match="does not stand for JPEG, PNG, WebP, TIFF or BMP"):
        encode_photo(Photo(smooth_pixels(41, 57)), suffix)


@pytest.mark.parametrize("suffix", [".jfif", ".jpe", ".JFIF", ".mpo"])
def test_other_names_of_jpeg(suffix: str) -> None:
    assert read_photo(encode_photo(Photo(smooth_pixels(41, 57)), suffix)).format == "JPEG"


@pytest.mark.parametrize(
    ("suffix", "kind", "transparent", "expected"),
    [
        (".JPG", None, False, ".JPG"),
        (".heic", None, False, ".jpg"),
        (".heic", "HEIF", True, ".png"),
        (".heic", "JPEG", False, ".jpg"),
        (".jpg", "PNG", False, ".png"),
        ("", "TIFF", False, ".tif"),
        ("", None, False, ".jpg"),
    ],
)
def test_suffixes_of_outputs(suffix: str, kind: str | None, transparent: bool, expected: str) -> None:
    assert output_suffix(suffix, kind, transparent=transparent) == expected
