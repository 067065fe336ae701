"""Saving: what is written is what other decoders read, at the source's quality, whole or not at all."""

import errno
import io
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, JpegImagePlugin

from core.images import (
    WRITABLE_SUFFIXES,
    ImageFileError,
    Photo,
    encode_photo,
    read_photo,
    write_mask,
    write_photo,
)
from tests.images.files import pillow_bytes, random_pixels, read_png16, smooth_pixels


def random_photo(channels: int = 3, *, alpha: bool = False, dtype: type = np.uint8) -> Photo:
    opacity = random_pixels(41, 57, 1, dtype, seed=1)[..., 0] if alpha else None
    return Photo(random_pixels(41, 57, channels, dtype), opacity)


def layers(photo: Photo) -> np.ndarray:
    return photo.pixels if photo.alpha is None else np.dstack((photo.pixels, photo.alpha))


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_png_of_sixteen_bits(channels: int, alpha: bool) -> None:
    photo = random_photo(channels, alpha=alpha, dtype=np.uint16)
    photo.pixels[5:9] = 700
    content = encode_photo(photo, ".png")
    np.testing.assert_array_equal(read_png16(content), layers(photo))
    other = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert other.dtype == np.uint16
    np.testing.assert_array_equal(other.reshape(41, 57, -1)[..., 0], photo.pixels[..., -1])


def test_a_large_png_of_sixteen_bits_is_filtered_across_bands() -> None:
    """Wide enough that the writer takes several bands; smooth, so that both of its filters come to use."""
    y, x = np.mgrid[0:700, 0:3000]
    pixels = np.stack([x * 20, y * 90, (x + y) * 10], axis=2).astype(np.uint16)
    pixels[300:] = random_pixels(400, 3000, 3, np.uint16)
    content = encode_photo(Photo(pixels), ".png")
    other = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(other[..., ::-1], pixels)
    assert len(content) < 0.7 * pixels.nbytes


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_tiff(channels: int, alpha: bool, dtype: type) -> None:
    photo = random_photo(channels, alpha=alpha, dtype=dtype)
    content = encode_photo(photo, ".TIFF")
    with tifffile.TiffFile(io.BytesIO(content)) as tiff:
        page = tiff.pages[0]
        np.testing.assert_array_equal(page.asarray().reshape(layers(photo).shape), layers(photo))
        assert page.extrasamples == ((2,) if alpha else ())
        assert len(tiff.pages) == 1


def test_a_large_tiff_in_strips() -> None:
    pixels = random_pixels(700, 3000, 3, np.uint16)
    np.testing.assert_array_equal(tifffile.imread(io.BytesIO(encode_photo(Photo(pixels), ".tif"))), pixels)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".webp"])
@pytest.mark.parametrize("channels", [1, 3])
def test_eight_bits_without_loss(suffix: str, channels: int) -> None:
    photo = random_photo(channels)
    other = Image.open(io.BytesIO(encode_photo(photo, suffix)))
    assert other.mode == ("L" if channels == 1 and suffix != ".webp" else "RGB")
    np.testing.assert_array_equal(np.asarray(other.convert("RGB")), np.broadcast_to(photo.pixels, (41, 57, 3)))


@pytest.mark.parametrize(("suffix", "channels"), [(".png", 1), (".png", 3), (".webp", 3)])
def test_alpha_of_eight_bits(suffix: str, channels: int) -> None:
    photo = random_photo(channels, alpha=True)
    other = Image.open(io.BytesIO(encode_photo(photo, suffix)))
    np.testing.assert_array_equal(np.asarray(other), layers(photo))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("quality", [40, 75, 97])
def test_a_jpeg_is_saved_at_its_own_quality(quality: int, subsampling: int) -> None:
    content = pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "JPEG", quality=quality, subsampling=subsampling)
    source = Image.open(io.BytesIO(content))
    saved = Image.open(io.BytesIO(encode_photo(read_photo(content), ".jpg")))
    assert saved.quantization == source.quantization
    assert JpegImagePlugin.get_sampling(saved) == subsampling
    assert np.abs(np.asarray(saved).astype(int) - np.asarray(source)).mean() <= 0.5


def test_a_grey_jpeg_is_saved_at_its_own_quality() -> None:
    content = pillow_bytes(Image.fromarray(smooth_pixels(41, 57, 1)[..., 0]), "JPEG", quality=60)
    saved = Image.open(io.BytesIO(encode_photo(read_photo(content), ".jpg")))
    assert saved.mode == "L"
    assert saved.quantization[0] == Image.open(io.BytesIO(content)).quantization[0]


def test_other_sources_become_jpeg_of_quality_95_with_full_chroma() -> None:
    photo = Photo(smooth_pixels(41, 57))
    saved = Image.open(io.BytesIO(encode_photo(photo, ".jpeg")))
    wanted = Image.open(io.BytesIO(pillow_bytes(Image.fromarray(photo.pixels), "JPEG", quality=95)))
    assert saved.quantization == wanted.quantization
    assert JpegImagePlugin.get_sampling(saved) == 0


def test_a_jpeg_stored_as_rgb_has_no_settings_to_take_over() -> None:
    content = pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "JPEG", keep_rgb=True)
    photo = read_photo(content)
    assert photo.jpeg is None
    assert np.abs(read_photo(encode_photo(photo, ".jpg")).pixels.astype(int) - photo.pixels).max() <= 4


def test_webp_with_loss_only_where_the_source_had_it() -> None:
    photo = random_photo()
    lossy = encode_photo(replace(photo, lossless=False), ".webp")
    lossless = encode_photo(photo, ".webp")
    assert b"VP8L" in lossless[:64]
    assert b"VP8 " in lossy[:64]


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".webp", ".bmp"])
def test_sixteen_bits_need_a_format_for_them(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with pytest.raises(ImageFileError, match="cannot hold 16 bits") as caught:
        write_photo(random_photo(dtype=np.uint16), path)
    assert str(path) in str(caught.value)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", [".jpg", ".jfif"])
def test_transparency_needs_a_format_for_it(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ImageFileError, match="cannot hold transparency"):
        write_photo(random_photo(alpha=True), tmp_path / f"a{suffix}")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("suffix", "longest"), [(".jpg", 65500), (".webp", 16383)])
def test_sides_that_a_format_cannot_hold(suffix: str, longest: int) -> None:
    encode_photo(Photo(np.zeros((2, longest, 1), np.uint8)), suffix)
    with pytest.raises(ImageFileError, match=f"more than {longest} pixels"):
        encode_photo(Photo(np.zeros((2, longest + 1, 1), np.uint8)), suffix)


@pytest.mark.parametrize("suffix", ["", ".gif", ".txt", ".jp2"])
def test_a_suffix_of_another_format(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ImageFileError, match="does not stand for"):
        write_photo(random_photo(), tmp_path / f"a{suffix}")
    assert os.listdir(tmp_path) == []


def test_every_suffix_is_written_and_read(tmp_path: Path) -> None:
    for suffix in WRITABLE_SUFFIXES:
        path = tmp_path / f"a{suffix.upper()}"
        write_photo(random_photo(), path)
        assert read_photo(path).pixels.shape == (41, 57, 3)


def test_an_existing_file_is_replaced_and_nothing_else_appears(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    photo = random_photo()
    write_photo(photo, str(path))
    np.testing.assert_array_equal(np.asarray(Image.open(path)), photo.pixels)
    assert os.listdir(tmp_path) == ["a.png"]


def test_the_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_photo(random_photo(), tmp_path / "a.png")
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def refused(path: Path) -> str:
    with pytest.raises(ImageFileError) as caught:
        write_photo(random_photo(), path)
    assert str(caught.value).endswith(".")
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "no" / "a.png")


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    refused(tmp_path / "a.png")
    assert os.listdir(tmp_path) == ["a.png"]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused(tmp_path / "file" / "a.png")


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_failure_at_any_step_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "write":
        real = open

        class Full(io.FileIO):
            def write(self, data: object) -> int:
                super().write(bytes(data)[:10])  # type: ignore[call-overload]
                fail()
                return 0

        monkeypatch.setattr(
            "builtins.open", lambda file, mode="r": Full(file, "xb") if mode == "xb" else real(file, mode)
        )
    else:
        monkeypatch.setattr(os, step, fail)
    assert "no space left on device" in refused(path)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["a.png"]
    assert path.read_bytes() == b"old"


def test_an_interrupt_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_photo(random_photo(), path)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["a.png"]
    assert path.read_bytes() == b"old"


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    photo = Photo(random_pixels(200, 300, 3, np.uint8))
    write_photo(photo, path)
    done = threading.Event()
    sizes = set()

    def watch() -> None:
        while not done.is_set():
            sizes.add(len(path.read_bytes()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for _ in range(20):
            write_photo(photo, path)
    finally:
        done.set()
        watcher.join()
    assert sizes == {len(path.read_bytes())}


def test_a_mask_is_rounded(tmp_path: Path) -> None:
    mask = np.array([[0, 1, 0.5], [0.4 / 255, 0.6 / 255, 254.5001 / 255], [-1, 2, 100 / 255]], np.float32)
    write_mask(mask, tmp_path / "m.png")
    image = Image.open(tmp_path / "m.png")
    assert image.mode == "L"
    np.testing.assert_array_equal(np.asarray(image), [[0, 255, 128], [0, 1, 255], [0, 255, 100]])


def test_a_mask_is_a_png_of_one_channel(tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match="PNG"):
        write_mask(np.zeros((4, 4), np.float32), tmp_path / "m.jpg")
    with pytest.raises(ValueError, match="mask"):
        write_mask(np.zeros((4, 4, 3), np.float32), tmp_path / "m.png")
    assert os.listdir(tmp_path) == []


def test_other_pixels_must_fit() -> None:
    photo = random_photo()
    assert photo.with_pixels(photo.pixels + np.uint8(1)).pixels[0, 0, 0] == np.uint8(photo.pixels[0, 0, 0] + 1)
    with pytest.raises(ValueError, match="cannot take the place"):
        photo.with_pixels(photo.pixels[:-1])
    with pytest.raises(ValueError, match="cannot take the place"):
        photo.with_pixels(photo.pixels.astype(np.uint16))


@pytest.mark.parametrize(
    ("shape", "dtype"), [((4, 4), np.uint8), ((4, 4, 4), np.uint8), ((4, 4, 3), np.float32), ((4, 4, 3), np.int16)]
)
def test_what_is_no_photo(shape: tuple[int, ...], dtype: type) -> None:
    with pytest.raises(ValueError, match="pixels"):
        Photo(np.zeros(shape, dtype))
    with pytest.raises(ValueError, match="alpha"):
        Photo(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5), np.uint8))
