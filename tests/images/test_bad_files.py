"""A folder of files that are no photos, or broken ones: each is refused in one sentence and nothing is printed."""

import os
import re
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.images import ImageFileError, read_photo
from tests.images.files import (
    SIGNATURE,
    chunk,
    huge_png,
    pillow_bytes,
    png16,
    random_pixels,
    smooth_pixels,
    tiff_bytes,
)


def photo(height: int = 41, width: int = 57, seed: int = 0) -> Image.Image:
    return Image.fromarray(random_pixels(height, width, 3, np.uint8, seed))


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def animated(kind: str) -> bytes:
    return pillow_bytes(photo(), kind, save_all=True, append_images=[photo(seed=1), photo(seed=2)], duration=100)


def flipped(content: bytes) -> bytes:
    """Some bytes in the middle changed."""
    changed = bytearray(content)
    for i in range(len(changed) // 2, len(changed) // 2 + 40):
        changed[i] ^= 0x5A
    return bytes(changed)


def png16_with(pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", 50, 40, 16, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def png_with_bomb(name: bytes, head: bytes) -> bytes:
    """A PNG with 200 MB of nothing behind a small compressed chunk."""
    plain = pillow_bytes(photo(), "PNG")
    return plain[:33] + chunk(name, head + zlib.compress(bytes(200_000_000), 9)) + plain[33:]


def vp8x(width: int, height: int) -> bytes:
    canvas = bytes((0, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = pillow_bytes(photo(), "WEBP")[12:]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + canvas + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def raw_file() -> bytes:
    """The start of a camera's raw file: a reduced picture first, as DNG, NEF and ARW have it."""
    return tiff_bytes(random_pixels(41, 57, 3, np.uint8), photometric="rgb", subfiletype=1)


def huge_tiff(compression: str | None) -> bytes:
    content = bytearray(tiff_bytes(random_pixels(8, 8, 3, np.uint8), photometric="rgb", compression=compression))
    for code in (256, 257):
        at = content.index(struct.pack("<H", code), struct.unpack_from("<I", content, 4)[0])
        kind = struct.unpack_from("<H", content, at + 2)[0]
        struct.pack_into("<H" if kind == 3 else "<I", content, at + 8, 60000)
    return bytes(content)


def huge_bmp() -> bytes:
    content = bytearray(pillow_bytes(photo(), "BMP"))
    struct.pack_into("<ii", content, 18, 60000, 60000)
    return bytes(content)


def huge_jpeg() -> bytes:
    content = bytearray(pillow_bytes(photo(), "JPEG"))
    struct.pack_into(">HH", content, content.index(b"\xff\xc0") + 5, 60000, 60000)
    return bytes(content)


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.jpg": (lambda: b"", "empty"),
    "one-byte.png": (lambda: b"\x89", "not a JPEG"),
    "zeros.jpg": (lambda: bytes(5000), "not a JPEG"),
    "text.png": (lambda: b"Rain, rain, go away. " * 50, "not a JPEG"),
    "page.jpg": (lambda: b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "page-without-doctype.jpg": (lambda: b"\n <HTML><head></head></HTML>", "web page"),
    "drawing.svg": (lambda: SVG, "vector drawing"),
    "drawing-named.png": (lambda: SVG, "vector drawing"),
    "paper.pdf": (lambda: b"%PDF-1.7\n" + bytes(900), "PDF"),
    "drawing.eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
    "phone.heic": (lambda: b"\0\0\0\x18ftypheic" + bytes(500), "broken or cut off"),
    "web.avif": (lambda: b"\0\0\0\x18ftypavif" + bytes(500), "broken or cut off"),
    "raw.cr3": (lambda: b"\0\0\0\x18ftypcrx " + bytes(500), "raw file"),
    "film.mp4": (lambda: b"\0\0\0\x18ftypisom" + bytes(500), "video"),
    "still.gif": (lambda: pillow_bytes(photo(), "GIF"), "GIF"),
    "moving.gif": (lambda: animated("GIF"), "animation"),
    "moving.png": (lambda: animated("PNG"), "animation"),
    "moving.webp": (lambda: animated("WEBP"), "animation"),
    "pages.tif": (lambda: pillow_bytes(photo(), "TIFF", save_all=True, append_images=[photo()]), "several pages"),
    "pages16.tif": (
        lambda: tiff_bytes(random_pixels(3, 41, 57, np.uint16), photometric="minisblack", metadata={}),
        "several pages",
    ),
    "raw.tif": (raw_file, "raw file"),
    "half.jpg": (lambda: half(pillow_bytes(photo(200, 300), "JPEG")), "broken or cut off"),
    "half-progressive.jpg": (lambda: half(pillow_bytes(photo(200, 300), "JPEG", progressive=True)), "broken or cut"),
    "half.png": (lambda: half(pillow_bytes(photo(), "PNG")), "broken or cut off"),
    "half16.png": (lambda: half(png16(random_pixels(41, 57, 3, np.uint16))), "cut off"),
    "half.webp": (lambda: half(pillow_bytes(photo(), "WEBP")), "cut off"),
    "half.tif": (lambda: half(pillow_bytes(photo(), "TIFF")), "broken|cut off"),
    "half16.tif": (lambda: tiff_bytes(random_pixels(41, 57, 3, np.uint16), photometric="rgb")[:-50], "cut off"),
    "half-deflated.tif": (
        lambda: tiff_bytes(random_pixels(41, 57, 3, np.uint16), photometric="rgb", compression="zlib")[:-50],
        "cut off",
    ),
    "half.bmp": (lambda: half(pillow_bytes(photo(), "BMP")), "broken or cut off"),
    "head.jpg": (lambda: pillow_bytes(photo(), "JPEG")[:30], "broken or cut off"),
    "head.png": (lambda: pillow_bytes(photo(), "PNG")[:20], "broken or cut off"),
    "head.webp": (lambda: pillow_bytes(photo(), "WEBP")[:14], "broken or cut off"),
    "head.tif": (lambda: pillow_bytes(photo(), "TIFF")[:8], "broken"),
    "head.bmp": (lambda: pillow_bytes(photo(), "BMP")[:20], "broken or cut off"),
    "flipped.png": (lambda: flipped(pillow_bytes(photo(), "PNG")), "broken"),
    "flipped16.png": (lambda: flipped(png16(random_pixels(41, 57, 3, np.uint16))), "broken"),
    "flipped16.tif": (
        lambda: flipped(tiff_bytes(random_pixels(41, 57, 3, np.uint16), photometric="rgb", compression="zlib")),
        "broken",
    ),
    "few-rows16.png": (lambda: png16_with(zlib.compress(bytes(301 * 20))), "broken"),
    "no-zlib16.png": (lambda: png16_with(b"nothing of the sort" * 9), "broken"),
    "stuffed16.png": (lambda: png16_with(np.random.default_rng(0).bytes(5_000_000)), "more data"),
    "text-bomb.png": (lambda: png_with_bomb(b"zTXt", b"Comment\0\0"), "broken"),
    "profile-bomb.png": (lambda: png_with_bomb(b"iCCP", b"profile\0\0"), "broken"),
    "no-size.png": (
        lambda: SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 9, 8, 2, 0, 0, 0)) + chunk(b"IEND", b""),
        "no pixels",
    ),
    "huge.png": (huge_png, r"144 megapixels \(12000×12000\), more than the 100 that"),
    "huge16.png": (
        lambda: SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 16, 6, 0, 0, 0)) + bytes(500),
        "3600 megapixels",
    ),
    "huge.jpg": (huge_jpeg, "3600 megapixels"),
    "huge.webp": (lambda: vp8x(16000, 16000), "256 megapixels"),
    "lying.webp": (lambda: vp8x(500, 500), "broken"),
    "huge.tif": (lambda: huge_tiff(None), "3600 megapixels"),
    "huge-deflated.tif": (lambda: huge_tiff("zlib"), "3600 megapixels"),
    "huge.bmp": (huge_bmp, "3600 megapixels"),
}


@pytest.fixture(scope="module")
def bad_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, (make, _) in BAD.items():
        (folder / name).write_bytes(make())
    return folder


def refusal(source: Path | bytes, **options: object) -> str:
    with pytest.raises(ImageFileError) as caught:
        read_photo(source, **{"max_pixels": 100_000_000, **options})
    return str(caught.value)


def check_sentence(sentence: str, name: str) -> None:
    assert name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Error" not in sentence
    assert len(sentence) < 250


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence(bad_folder: Path, name: str, capfd: pytest.CaptureFixture) -> None:
    sentence = refusal(bad_folder / name)
    check_sentence(sentence, name)
    assert re.search(BAD[name][1], sentence)
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err == ""


@pytest.mark.parametrize("name", BAD)
def test_the_same_as_bytes(bad_folder: Path, name: str) -> None:
    check_sentence(refusal((bad_folder / name).read_bytes(), name="upload.jpg"), "upload.jpg")


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    assert refusal(tmp_path / "folder.jpg") == f"{tmp_path / 'folder.jpg'} is a folder, not a photo."


def test_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.jpg") == f"{tmp_path / 'no.jpg'} does not exist."
    assert refusal(tmp_path / "no" / "no.jpg").endswith("does not exist.")


def test_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "gone.jpg")
    assert refusal(tmp_path / "a.jpg").endswith("does not exist.")


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert refusal(tmp_path / "pipe.jpg").endswith("is not a file.")


def test_a_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.jpg"))
        assert refusal(tmp_path / "s.jpg").endswith("is not a file.")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(pillow_bytes(photo(), "JPEG"))
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything

        def closed(*_: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("builtins.open", closed)
    assert refusal(path) == f"{path} may not be read: permission denied."


def test_too_many_bytes() -> None:
    content = pillow_bytes(photo(), "PNG")
    assert read_photo(content, max_bytes=len(content))
    assert "more than the 0.001 MB" in refusal(content, max_bytes=1000)


def test_a_name_of_other_alphabets(tmp_path: Path) -> None:
    path = tmp_path / "дождь 雨 🌧.jpg"
    path.write_bytes(pillow_bytes(Image.fromarray(smooth_pixels(41, 57)), "JPEG"))
    assert read_photo(path).pixels.shape == (41, 57, 3)
    path.write_bytes(b"")
    assert "дождь 雨 🌧.jpg is empty." in refusal(path)


@pytest.mark.parametrize(("kind", "named"), [("PNG", "a.jpg"), ("JPEG", "a.png"), ("WEBP", "a.tif"), ("TIFF", "a.bmp")])
def test_the_content_counts_and_not_the_suffix(tmp_path: Path, kind: str, named: str) -> None:
    (tmp_path / named).write_bytes(pillow_bytes(photo(), kind))
    assert read_photo(tmp_path / named).format == kind


def test_exactly_the_cap_is_allowed() -> None:
    content = pillow_bytes(photo(), "PNG")
    assert read_photo(content, max_pixels=41 * 57).pixels.shape == (41, 57, 3)
    assert "megapixels" in refusal(content, max_pixels=41 * 57 - 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
def test_every_cut_is_a_photo_or_a_sentence(kind: str) -> None:
    """No cut, wherever it falls, may end in anything but ImageFileError or a photo of the right size."""
    content = pillow_bytes(photo(), kind)
    for length in [*range(120), *range(120, len(content), max(1, len(content) // 97))]:
        try:
            assert read_photo(content[:length]).pixels.shape == (41, 57, 3)
        except ImageFileError as error:
            check_sentence(str(error), "the photo")


@pytest.mark.parametrize("seed", range(60))
def test_random_damage_is_a_photo_or_a_sentence(seed: int, capfd: pytest.CaptureFixture) -> None:
    random = np.random.default_rng(seed)
    sources = [pillow_bytes(photo(), kind) for kind in ("JPEG", "PNG", "WEBP", "TIFF", "BMP")]
    sources += [png16(random_pixels(41, 57, 4, np.uint16))]
    two = random_pixels(41, 57, 2, np.uint16)
    sources += [tiff_bytes(two, photometric="minisblack", planarconfig="contig", compression="zlib")]
    for content in sources:
        damaged = bytearray(content)
        for at in random.integers(0, min(len(damaged), 400 if seed % 2 else len(damaged)), 4):
            damaged[at] = random.integers(0, 256)
        try:
            read_photo(bytes(damaged), max_pixels=4_000_000)
        except ImageFileError as error:
            check_sentence(str(error), "the photo")
    assert capfd.readouterr().err == ""


def peak_megabytes(script: str, *arguments: str) -> float:
    """The peak resident memory of a Python process that runs `script`.

    Not getrusage's, which also counts what the process held before exec: the tests' own memory.
    """
    program = (
        "import sys\n"
        "from core.images import ImageFileError, read_photo\n"
        f"{script}\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    run = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True,
                         cwd=Path(__file__).parents[2])  # fmt: skip
    assert run.stderr == ""
    return int(run.stdout) / 1024


def test_refusing_costs_no_memory(bad_folder: Path) -> None:
    """Each bomb would take between 200 MB and 28 GB."""
    bombs = [name for name in BAD if name.startswith(("huge", "stuffed")) or "bomb" in name]
    assert len(bombs) >= 9
    baseline = peak_megabytes("")
    script = (
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        read_photo(path, max_pixels=100_000_000)\n"
        "    except ImageFileError:\n"
        "        continue\n"
        "    raise SystemExit(path)"
    )
    peak = peak_megabytes(script, *(str(bad_folder / name) for name in bombs))
    assert peak - baseline < 40


def test_what_is_allowed_prints_no_warning(bad_folder: Path) -> None:
    """144 megapixels are over Pillow's own cap for warnings, and far under ours by default."""
    script = "photo = read_photo(sys.argv[1])\nassert photo.pixels.shape == (12000, 12000, 3)"
    peak = peak_megabytes(script, str(bad_folder / "huge.png"))
    assert peak < 4 * 144 + 3 * 144 + 350


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
def test_pillows_own_cap_does_not_count(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one for the whole process, refuses above 179 megapixels and knows nothing of the caller's cap."""
    content = pillow_bytes(photo(), kind)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    monkeypatch.setattr("core.images.decode_pillow._BAND_PIXELS", 57)  # a row at a time: Pillow checks crops too
    assert read_photo(content).pixels.shape == (41, 57, 3)
