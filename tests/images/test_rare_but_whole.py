"""Files that are rare, but whole: they are read, or the real reason why not is told."""

import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from core.images import ImageFileError, Photo, encode_photo, read_photo
from tests.images.files import pillow_bytes, random_pixels, smooth_pixels, tiff_bytes


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 30}, {"subsampling": 0}])
def test_a_jpeg_that_lacks_only_its_end_marker(options: dict) -> None:
    for pixels in (smooth_pixels(203, 301), random_pixels(203, 301, 3, np.uint8), smooth_pixels(16, 16)):
        whole = pillow_bytes(Image.fromarray(pixels), "JPEG", **options)
        assert whole.endswith(b"\xff\xd9")
        np.testing.assert_array_equal(read_photo(whole[:-2]).pixels, read_photo(whole).pixels)
        np.testing.assert_array_equal(read_photo(whole[:-1]).pixels, read_photo(whole).pixels)


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.9, 0.97])
def test_a_jpeg_that_is_cut_off_stays_refused(kept: float) -> None:
    for pixels in (smooth_pixels(203, 301), random_pixels(203, 301, 3, np.uint8)):
        whole = pillow_bytes(Image.fromarray(pixels), "JPEG")
        with pytest.raises(ImageFileError, match="broken or cut off"):
            read_photo(whole[: int(kept * len(whole))])
    with pytest.raises(ImageFileError, match="broken or cut off"):
        read_photo(whole[:-40])


def test_jpegs_of_other_kinds_are_called_by_name() -> None:
    deep = random_pixels(41, 57, 3, np.uint16) >> 4
    for content, reason in (
        (imagecodecs.jpeg8_encode(deep, bitspersample=12), "is a JPEG of 12 bits, which is not supported"),
        (imagecodecs.ljpeg_encode(deep[..., 0]), "is a lossless JPEG, which is not supported"),
        (imagecodecs.jpegls_encode(deep.astype(np.uint8)), "is a lossless JPEG, which is not supported"),
    ):
        with pytest.raises(ImageFileError, match=reason):
            read_photo(content)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("compression", ["zstd", "lzma", "webp", "jpegxl", "lerc", "png"])
def test_compressions_of_tiff(compression: str, dtype: type, capfd: pytest.CaptureFixture[str]) -> None:
    if compression == "webp" and dtype is np.uint16:
        return
    pixels = random_pixels(41, 57, 3, dtype)
    photo = read_photo(tiff_bytes(pixels, photometric="rgb", compression=compression))
    np.testing.assert_array_equal(photo.pixels, pixels)
    assert photo.format == "TIFF"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
@pytest.mark.parametrize("compression", ["zstd", "lzma"])
@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_layouts_of_tiff_that_only_tifffile_decodes(planarconfig: str, compression: str, tile: tuple | None) -> None:
    pixels = random_pixels(41, 57, 4, np.uint16)
    array = np.moveaxis(pixels, 2, 0) if planarconfig == "separate" else pixels
    options = {"photometric": "rgb", "compression": compression, "predictor": True, "tile": tile}
    content = tiff_bytes(np.ascontiguousarray(array), planarconfig=planarconfig, extrasamples=["unassalpha"], **options)
    photo = read_photo(content)
    np.testing.assert_array_equal(photo.pixels, pixels[..., :3])
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.alpha, pixels[..., 3])


def test_orientation_where_tifffile_decodes() -> None:
    pixels = random_pixels(41, 57, 3, np.uint16)
    tags = [(274, "H", 1, 6, True)]
    content = tiff_bytes(pixels, photometric="rgb", compression="zstd", extratags=tags)
    np.testing.assert_array_equal(read_photo(content).pixels, np.rot90(pixels, -1))


@pytest.mark.parametrize("compression", ["zstd", "lzma", "webp"])
def test_a_damaged_one_is_a_sentence(compression: str, capfd: pytest.CaptureFixture[str]) -> None:
    content = bytearray(tiff_bytes(random_pixels(203, 301, 3, np.uint8), photometric="rgb", compression=compression))
    for at in range(len(content) // 2, len(content) // 2 + 60):
        content[at] ^= 0x5A
    try:
        read_photo(bytes(content))
    except ImageFileError as error:
        assert str(error).endswith(".")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("channels", [1, 3])
def test_bmp_with_transparency(channels: int) -> None:
    pixels, alpha = random_pixels(41, 57, channels, np.uint8), random_pixels(41, 57, 1, np.uint8, 1)[..., 0]
    content = encode_photo(Photo(pixels, alpha, dpi=(300, 150)), ".bmp")
    other = Image.open(io.BytesIO(content))
    assert other.mode == "RGBA"
    np.testing.assert_array_equal(np.asarray(other)[..., 3], alpha)
    again = read_photo(content)
    np.testing.assert_array_equal(again.pixels, np.broadcast_to(pixels, (41, 57, 3)))
    assert again.alpha is not None
    np.testing.assert_array_equal(again.alpha, alpha)
    assert again.dpi == pytest.approx((300, 150), abs=0.02)


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (1, 1)])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".bmp"])
def test_thin_photos(shape: tuple[int, int], suffix: str) -> None:
    pixels = np.full((*shape, 3), 128, np.uint8)
    np.testing.assert_array_equal(read_photo(encode_photo(Photo(pixels), suffix)).pixels, pixels)
