"""Every kind of pixels that photos come in, against other decoders or against the numbers that were put in."""

import io

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, TiffImagePlugin

from core.images import ImageFileError, read_photo
from tests.images.files import (
    chunk,
    cmyk_profile,
    pillow_bytes,
    png16,
    random_pixels,
    smooth_pixels,
    tiff_bytes,
)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
@pytest.mark.parametrize("channels", [1, 3])
def test_eight_bits_without_loss(kind: str, channels: int) -> None:
    pixels = random_pixels(41, 57, channels, np.uint8)
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    photo = read_photo(pillow_bytes(image, kind))
    assert photo.format == kind
    assert photo.pixels.dtype == np.uint8
    assert photo.alpha is None
    np.testing.assert_array_equal(photo.pixels, pixels)
    assert photo.pixels.flags.writeable
    assert photo.pixels.flags.c_contiguous


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "LA"), ("PNG", "RGBA"), ("TIFF", "LA"), ("TIFF", "RGBA")])
def test_alpha_of_eight_bits(kind: str, mode: str) -> None:
    pixels = random_pixels(41, 57, len(mode), np.uint8)
    photo = read_photo(pillow_bytes(Image.fromarray(pixels), kind))
    np.testing.assert_array_equal(photo.pixels, pixels[..., :-1])
    np.testing.assert_array_equal(photo.alpha, pixels[..., -1])


def test_webp_without_loss_and_with_alpha() -> None:
    pixels = random_pixels(41, 57, 4, np.uint8)
    content = pillow_bytes(Image.fromarray(pixels), "WEBP", lossless=True, exact=True)
    photo = read_photo(content)
    assert photo.lossless
    np.testing.assert_array_equal(np.dstack((photo.pixels, photo.alpha)), pixels)


def test_webp_with_loss_is_known_as_such() -> None:
    pixels = smooth_pixels(41, 57)
    content = pillow_bytes(Image.fromarray(pixels), "WEBP", quality=95)
    photo = read_photo(content)
    assert not photo.lossless
    other = cv2.cvtColor(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.abs(photo.pixels.astype(int) - other).max() <= 2


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_as_opencv_reads_it(channels: int) -> None:
    pixels = smooth_pixels(41, 57, channels)
    content = pillow_bytes(Image.fromarray(pixels[..., 0] if channels == 1 else pixels), "JPEG", quality=90)
    photo = read_photo(content)
    assert photo.pixels.shape == (41, 57, channels)
    other = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED).reshape(41, 57, channels)
    assert np.abs(photo.pixels.astype(int) - other[..., ::-1]).max() <= 2


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("interlaced", [False, True])
def test_png_of_sixteen_bits(channels: int, interlaced: bool) -> None:
    pixels = random_pixels(41, 57, channels, np.uint16)
    photo = read_photo(png16(pixels, interlaced=interlaced))
    colours = 1 if channels < 3 else 3
    assert photo.pixels.dtype == np.uint16
    np.testing.assert_array_equal(photo.pixels, pixels[..., :colours])
    if channels in (2, 4):
        np.testing.assert_array_equal(photo.alpha, pixels[..., -1])
    else:
        assert photo.alpha is None


@pytest.mark.parametrize("channels", [1, 3])
def test_png_of_sixteen_bits_with_a_transparent_colour(channels: int) -> None:
    pixels = random_pixels(41, 57, channels, np.uint16)
    key = pixels[3, 4]
    photo = read_photo(png16(pixels, chunk(b"tRNS", key.astype(">u2").tobytes())))
    np.testing.assert_array_equal(photo.pixels, pixels)
    expected = np.where((pixels == key).all(axis=2), 0, 65535)
    assert expected[3, 4] == 0
    np.testing.assert_array_equal(photo.alpha, expected)


LAYOUTS = [
    pytest.param({}, id="plain"),
    pytest.param({"byteorder": ">"}, id="big-endian"),
    pytest.param({"bigtiff": True}, id="bigtiff"),
    pytest.param({"rowsperstrip": 7}, id="strips"),
    pytest.param({"compression": "zlib", "predictor": True}, id="deflate"),
    pytest.param({"tile": (16, 32), "compression": "zlib", "predictor": True}, id="tiles"),
    pytest.param({"planarconfig": "separate"}, id="planes"),
    pytest.param({"planarconfig": "separate", "rowsperstrip": 7, "byteorder": ">"}, id="planes-in-strips"),
]


@pytest.mark.parametrize("options", LAYOUTS)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_tiff_of_sixteen_bits(channels: int, options: dict) -> None:
    pixels = random_pixels(41, 57, channels, np.uint16)
    array = pixels[..., 0] if channels == 1 else pixels
    options = dict(options)
    if channels > 1:
        options.setdefault("planarconfig", "contig")
        if options["planarconfig"] == "separate":
            array = np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
    else:
        options.pop("planarconfig", None)
    options["photometric"] = "minisblack" if channels < 3 else "rgb"
    if channels in (2, 4):
        options["extrasamples"] = ["unassalpha"]
    photo = read_photo(tiff_bytes(array, **options))
    assert photo.format == "TIFF"
    got = photo.pixels if photo.alpha is None else np.dstack((photo.pixels, photo.alpha))
    np.testing.assert_array_equal(got, pixels)
    assert got.dtype == np.uint16


def test_tiff_of_sixteen_bits_in_a_file(tmp_path) -> None:
    pixels = random_pixels(41, 57, 3, np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb")
    np.testing.assert_array_equal(read_photo(tmp_path / "a.tif").pixels, pixels)


@pytest.mark.parametrize("predictor", [1, 2])
def test_lzw_tiff_of_sixteen_bits_grey_with_alpha(predictor: int) -> None:
    """Such files come from image editors; no library here does, so libtiff's strips get another directory."""
    pixels = random_pixels(41, 57, 2, np.uint16)
    coded = pixels.copy()
    if predictor == 2:
        coded[:, 1:] -= pixels[:, :-1]
    wide = pillow_bytes(Image.fromarray(coded.reshape(41, 114)), "TIFF", compression="tiff_lzw")
    with tifffile.TiffFile(io.BytesIO(wide)) as tiff:
        page = tiff.pages[0]
        strips = [wide[at : at + count] for at, count in zip(page.dataoffsets, page.databytecounts)]
        assert page.compression == 5
        assert page.predictor == 1
    directory = TiffImagePlugin.ImageFileDirectory_v2(prefix=b"II")
    lengths = [len(strip) for strip in strips]
    directory[256], directory[257], directory[258], directory[259] = 57, 41, (16, 16), 5
    directory[262], directory[277], directory[278], directory[317] = 1, 2, page.rowsperstrip, predictor
    directory[273] = tuple(sum(lengths[:i]) for i in range(len(lengths)))
    directory[279], directory[338] = tuple(lengths), 2
    stream = io.BytesIO()
    directory.save(stream)
    photo = read_photo(stream.getvalue() + b"".join(strips))
    np.testing.assert_array_equal(photo.pixels[..., 0], pixels[..., 0])
    np.testing.assert_array_equal(photo.alpha, pixels[..., 1])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiff_whose_zero_is_white(dtype: type) -> None:
    pixels = random_pixels(41, 57, 1, dtype)
    photo = read_photo(tiff_bytes(pixels[..., 0], photometric="miniswhite"))
    np.testing.assert_array_equal(photo.pixels, np.iinfo(dtype).max - pixels)


def test_colours_multiplied_by_alpha_are_divided_again() -> None:
    colours = random_pixels(41, 57, 3, np.uint16)
    alpha = random_pixels(41, 57, 1, np.uint16, seed=1)
    alpha[0] = 0
    multiplied = np.rint(colours * (alpha / 65535)).astype(np.uint16)
    content = tiff_bytes(np.dstack((multiplied, alpha)), photometric="rgb", extrasamples=["assocalpha"])
    photo = read_photo(content)
    np.testing.assert_array_equal(photo.alpha, alpha[..., 0])
    assert (photo.pixels[0] == 0).all()
    again = photo.pixels * (alpha / 65535)
    assert np.abs(again - multiplied).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_one_bit_becomes_grey(kind: str) -> None:
    bits = random_pixels(41, 57, 1, np.uint8)[..., 0] > 127
    photo = read_photo(pillow_bytes(Image.fromarray(bits), kind))
    np.testing.assert_array_equal(photo.pixels[..., 0], np.where(bits, 255, 0))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_palette_becomes_rgb(kind: str) -> None:
    palette = random_pixels(1, 16, 3, np.uint8)[0]
    indices = random_pixels(41, 57, 1, np.uint8)[..., 0] % 16
    image = Image.frombytes("P", (57, 41), indices.tobytes())
    image.putpalette(palette.tobytes())
    photo = read_photo(pillow_bytes(image, kind))
    np.testing.assert_array_equal(photo.pixels, palette[indices])
    assert photo.alpha is None


def test_palette_with_transparency() -> None:
    palette = random_pixels(1, 4, 3, np.uint8)[0]
    indices = random_pixels(41, 57, 1, np.uint8)[..., 0] % 4
    image = Image.frombytes("P", (57, 41), indices.tobytes())
    image.putpalette(palette.tobytes())
    opacity = bytes((0, 100, 200, 255))
    photo = read_photo(pillow_bytes(image, "PNG", transparency=opacity))
    np.testing.assert_array_equal(photo.pixels, palette[indices])
    np.testing.assert_array_equal(photo.alpha, np.frombuffer(opacity, np.uint8)[indices])


def test_grey_with_a_transparent_value_stays_grey() -> None:
    pixels = random_pixels(41, 57, 1, np.uint8)
    photo = read_photo(pillow_bytes(Image.fromarray(pixels[..., 0]), "PNG", transparency=int(pixels[2, 3, 0])))
    np.testing.assert_array_equal(photo.pixels, pixels)
    np.testing.assert_array_equal(photo.alpha == 0, pixels[..., 0] == pixels[2, 3, 0])


def expected_rgb(cmyk: np.ndarray) -> np.ndarray:
    ink = cmyk / 255
    return 255 * (1 - ink[..., :3]) * (1 - ink[..., 3:])


def flat_cmyk() -> np.ndarray:
    """Patches of 16×16, which JPEG keeps exactly but for rounding."""
    patches = np.array(
        [[0, 0, 0, 0], [255, 0, 0, 0], [0, 200, 0, 0], [0, 0, 150, 30], [60, 70, 80, 90], [0, 0, 0, 255]]
    )
    return np.repeat(np.repeat(patches[np.newaxis], 16, 0), 16, 1).astype(np.uint8)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_profile(kind: str) -> None:
    cmyk = flat_cmyk()
    content = pillow_bytes(Image.fromarray(cmyk, mode="CMYK"), kind, **({"quality": 100} if kind == "JPEG" else {}))
    photo = read_photo(content)
    assert photo.pixels.shape == (16, 96, 3)
    assert np.abs(photo.pixels - expected_rgb(cmyk)).max() <= 3


def test_cmyk_jpeg_without_adobes_marker_is_not_inverted() -> None:
    cmyk = flat_cmyk()
    content = pillow_bytes(Image.fromarray(255 - cmyk, mode="CMYK"), "JPEG", quality=100)
    marker = content.index(b"\xff\xee\x00\x0eAdobe")
    photo = read_photo(content[:marker] + content[marker + 16 :])
    assert np.abs(photo.pixels - expected_rgb(cmyk)).max() <= 3


def test_ycck_jpeg() -> None:
    """Pillow writes no YCCK, so a CMYK file of neutral inks is relabelled: then Y, Cb, Cr are the three it holds."""
    inks = np.zeros((16, 16, 4), np.uint8)
    inks[..., 0], inks[..., 1], inks[..., 2], inks[..., 3] = 255 - 90, 255 - 128, 255 - 128, 40
    content = pillow_bytes(Image.fromarray(inks, mode="CMYK"), "JPEG", quality=100, subsampling=0)
    marker = content.index(b"\xff\xee\x00\x0eAdobe")
    changed = bytearray(content)
    changed[marker + 15] = 2
    photo = read_photo(bytes(changed))
    level = (255 - 90) * (1 - 40 / 255)  # Y = 90 without chroma means inks of 90 each
    assert np.abs(photo.pixels - level).max() <= 2
    other = cv2.imdecode(np.frombuffer(bytes(changed), np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(photo.pixels.astype(int) - other[..., ::-1]).max() <= 3


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_by_its_profile(kind: str) -> None:
    """The made-up profile calls black ink a middle grey, where the plain rule says 0."""
    black = 119  # L* = 50 in sRGB
    cmyk = np.zeros((16, 32, 4), np.uint8)
    cmyk[:, 16:, 3] = 255
    image = Image.fromarray(cmyk, mode="CMYK")
    options = {"quality": 100} if kind == "JPEG" else {}
    photo = read_photo(pillow_bytes(image, kind, icc_profile=cmyk_profile(), **options))
    assert np.abs(photo.pixels[:, :14].astype(int) - 255).max() <= 2
    assert np.abs(photo.pixels[:, 18:].astype(int) - black).max() <= 2
    assert photo.icc_profile is None


def test_cmyk_with_a_broken_profile_is_converted_without_it() -> None:
    cmyk = flat_cmyk()
    content = pillow_bytes(Image.fromarray(cmyk, mode="CMYK"), "TIFF", icc_profile=b"no profile at all" * 20)
    assert np.abs(read_photo(content).pixels - expected_rgb(cmyk)).max() <= 3


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros((8, 8), np.float32), "floating-point"),
        (np.zeros((8, 8), np.uint32), "32 bits"),
        (np.zeros((8, 8), np.int16), "signed"),
        (np.zeros((8, 8), np.float16), "floating-point"),
    ],
)
def test_numbers_that_are_no_photo(array: np.ndarray, says: str) -> None:
    with pytest.raises(ImageFileError, match=says):
        read_photo(tiff_bytes(array, photometric="minisblack"), name="odd.tif")
