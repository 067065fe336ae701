"""`python -m core derain` as a process: files out, standard output, standard error, exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from core.images import read_photo
from core.inference import Derainer
from core.metrics.rain_measures import measure_rain
from tests.tiny_weights import plain_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """in/{colour.png, deep/grey.png, deep/deep16.tif, photo.jpg}."""
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    rng = np.random.default_rng(0)
    colour = rng.integers(0, 256, (40, 60, 3), np.uint8)
    cv2.imwrite(str(folder / "colour.png"), colour)
    cv2.imwrite(str(folder / "photo.jpg"), cv2.GaussianBlur(colour, (0, 0), 3))
    cv2.imwrite(str(folder / "deep" / "grey.png"), colour[:, :, 0])
    cv2.imwrite(str(folder / "deep" / "deep16.tif"), rng.integers(0, 65536, (30, 20, 3), np.uint16))
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "core", "derain", *map(str, arguments)]


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def derain(repository: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=repository, env=environment(), capture_output=True, text=True, timeout=300
    )


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_folder_with_a_bad_file(repository: Path, weights: Path, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (photos / "deep" / "bad.jpg").write_text("no photo")
    out = tmp_path / "out"
    done = derain(repository, photos, tmp_path / "missing.png", "-o", out, "--mask", "--json", "--weights", weights)
    assert done.returncode == 1
    assert files(out) == {
        *("colour.png", "colour_mask.png", "photo.jpg", "photo_mask.png"),
        *("deep/grey.png", "deep/grey_mask.png", "deep/deep16.tif", "deep/deep16_mask.png"),
    }
    summary = json.loads(done.stdout)
    assert (summary["derained"], summary["skipped"], summary["failed"]) == (4, 0, 3)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 3 and "Traceback" not in done.stderr
    assert all(any(name in line for line in errors) for name in ("in/bad.png", "deep/bad.jpg", "missing.png"))

    derainer = Derainer(weights, device="cpu")
    for record in (record for record in summary["photos"] if record["status"] == "derained"):
        source, target = read_photo(record["input"]), read_photo(record["output"])
        expected = derainer(source.pixels)
        assert target.pixels.shape == source.pixels.shape and target.pixels.dtype == source.pixels.dtype
        assert (record["height"], record["width"]) == source.pixels.shape[:2]
        if source.format != "JPEG":
            difference = np.abs(target.pixels.astype(float) - expected.pixels) / np.iinfo(source.pixels.dtype).max
            assert difference.max() <= 2 / 255
        mask = cv2.imread(record["mask"], cv2.IMREAD_UNCHANGED)
        assert mask.dtype == np.uint8 and np.abs(mask - expected.mask * 255).max() <= 1.5
        assert record["rain"]["coverage"] == pytest.approx(measure_rain(expected.mask).coverage, abs=1)
        assert record["generator"] == "gs" and record["seconds"] > 0


def test_skips_what_exists_unless_told(repository: Path, weights: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("colour.png", "photo.jpg"):
        (out / name).write_bytes(b"mine")
    first = derain(repository, photos, "-o", out, "--weights", weights)
    assert first.returncode == 0 and first.stdout == ""
    assert "2 derained, 2 skipped" in first.stderr
    assert (out / "colour.png").read_bytes() == b"mine"

    again = derain(repository, photos, "-o", out, "--weights", tmp_path / "not needed")
    assert again.returncode == 0 and "0 derained, 4 skipped" in again.stderr

    masks = derain(repository, photos / "colour.png", "-o", out, "--mask", "--weights", weights)
    assert masks.returncode == 0 and (out / "colour_mask.png").is_file()
    assert (out / "colour.png").read_bytes() == b"mine"

    over = derain(repository, photos, "-o", out, "--overwrite", "--quiet", "--weights", weights)
    assert over.returncode == 0 and over.stderr == ""
    assert read_photo(out / "colour.png").pixels.shape == (40, 60, 3)


def test_self_ensemble(repository: Path, weights: Path, photos: Path, tmp_path: Path) -> None:
    options = ("--self-ensemble", "--json", "--weights", weights)
    done = derain(repository, photos / "colour.png", "-o", tmp_path / "out.png", *options)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["self_ensemble"] is True
    pixels = read_photo(photos / "colour.png").pixels
    once, ensemble = (Derainer(weights, device="cpu", self_ensemble=value)(pixels).pixels for value in (False, True))
    written = read_photo(tmp_path / "out.png").pixels.astype(int)
    assert np.abs(written - ensemble).max() <= 2 < np.abs(written - once).max()


def test_scale(repository: Path, weights: Path, photos: Path, tmp_path: Path) -> None:
    source = photos / "colour.png"
    pixels = read_photo(source).pixels
    derainer = Derainer(weights, device="cpu")
    for option, scale in (((), 1), (("--scale", "auto"), 1), (("--scale", "3"), 3)):
        done = derain(
            repository, source, "-o", tmp_path / "out.png", "--overwrite", "--json", "--weights", weights, *option
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["scale"] == (int(option[1]) if option and option[1] != "auto" else "auto")
        assert json.loads(done.stdout)["photos"][0]["scale"] == scale
        written = read_photo(tmp_path / "out.png").pixels.astype(int)
        assert np.abs(written - derainer(pixels, scale=scale).pixels).max() <= 2
    assert np.abs(derainer(pixels, scale=3).pixels.astype(int) - derainer(pixels, scale=1).pixels).max() > 2
    wrong = derain(repository, source, "-o", tmp_path / "out.png", "--scale", "5")
    assert wrong.returncode == 2 and "'5' is not auto, 1, 2, 3 or 4" in wrong.stderr


def test_a_scale_keeps_alpha_sixteen_bits_and_grey(
    repository: Path, weights: Path, photos: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    cv2.imwrite(str(photos / "clear.png"), rng.integers(0, 65536, (37, 51, 4), np.uint16))
    sources = {name: read_photo(photos / name) for name in ("clear.png", "deep/grey.png", "deep/deep16.tif")}
    done = derain(repository, photos, "-o", tmp_path / "out", "--scale", "2", "--weights", weights)
    assert done.returncode == 0, done.stderr
    derainer = Derainer(weights, device="cpu")
    for name, source in sources.items():
        written = read_photo(tmp_path / "out" / name)
        expected = derainer(source.pixels, scale=2).pixels
        assert written.pixels.dtype == source.pixels.dtype and written.pixels.shape == source.pixels.shape
        assert np.abs(written.pixels.astype(int) - expected).max() <= np.iinfo(expected.dtype).max / 100
        if source.alpha is not None:
            np.testing.assert_array_equal(written.alpha, source.alpha)


def test_one_photo_to_a_file_with_settings(repository: Path, weights: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "same.png"
    options = ("--strength", "0", "--tile", "672", "--device", "cpu", "--generator", "gs", "--weights", weights)
    done = derain(repository, photos / "colour.png", "-o", out, *options)
    assert done.returncode == 0, done.stderr
    assert files(out.parent) == {"same.png"}
    np.testing.assert_array_equal(read_photo(out).pixels, read_photo(photos / "colour.png").pixels)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("in", "-o", "in"), 2, "would be written over the input"),
        (("in/photo.jpg", "-o", "out.gif"), 2, "no format that can be written"),
        (("in", "-o", "out", "--strength", "2"), 2, "is not a number from 0 to 1"),
        (("in", "-o", "out", "--max-megapixels", "nan"), 2, "is not a number above 0"),
        (("in", "-o", "out", "--generator", "xx"), 2, "invalid choice"),
        (("in",), 2, "required"),
        (("in", "-o", "out", "--generator", "gr"), 1, "no generator 'gr'"),
        (("in", "-o", "out", "--device", "warp"), 1, "no device 'warp'"),
        (("in", "-o", "out", "--tile", "100"), 1, "must be at least"),
        (("in/photo.jpg", "-o", "out", "--weights", "in"), 1, "config.json is missing"),
        (("in/photo.jpg", "-o", "out", "--max-megapixels", "0.001"), 1, "in/photo.jpg"),
        (("in/photo.jpg", "-o", "in/colour.png/out"), 1, "in/colour.png is not a folder"),
        (("in/deep/deep16.tif", "-o", "out.jpg"), 1, "JPEG cannot hold 16 bits"),
        (("in/deep/deep16.tif", "-o", "out/", "--format", "jpg"), 1, "JPEG cannot hold 16 bits"),
        (("in/photo.jpg", "-o", "out.png", "--format", "jpg"), 2, "another format than --format"),
        (("in/photo.jpg", "-o", "out.heic"), 2, "no format that can be written"),
        (("in/*.webp", "-o", "out"), 1, "No photo matches"),
    ],
)
def test_mistakes_get_one_sentence(
    weights: Path,
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    from core.cli import main

    monkeypatch.chdir(photos.parent)
    extra = () if "--weights" in arguments else ("--weights", str(weights))
    assert main(["derain", *arguments, *extra]) == code
    shown = capsys.readouterr()
    assert sentence in shown.err and "Traceback" not in shown.err and shown.out == ""
    assert not (photos.parent / "out").exists()
    assert len(files(photos)) == 4


def test_a_full_disk_is_told(
    weights: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.cli import main
    from core.images import atomic

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "replace", full)
    out = photos.parent / "out"
    assert main(["derain", str(photos / "photo.jpg"), "-o", str(out), "--mask", "--weights", str(weights)]) == 1
    assert "no space left" in capsys.readouterr().err
    assert files(out) == set()


def derain_here(weights: Path, *arguments: object) -> int:
    from core.cli import main

    return main(["derain", *map(str, arguments), "--weights", str(weights)])


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever derains a photo fails the test."""

    def called(*_: object, **__: object) -> None:
        raise AssertionError("the network ran")

    monkeypatch.setattr(Derainer, "__call__", called)


def test_what_the_format_cannot_hold_is_refused_before_the_network_runs(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], no_network: None
) -> None:
    rng = np.random.default_rng(0)
    cv2.imwrite(str(tmp_path / "deep.tif"), rng.integers(0, 65536, (30, 20, 3), np.uint16))
    cv2.imwrite(str(tmp_path / "long.png"), np.zeros((66_000, 1), np.uint8))
    cv2.imwrite(str(tmp_path / "clear.png"), np.zeros((30, 20, 4), np.uint8))
    for name, reason in (("deep.tif", "16 bits"), ("long.png", "65500 pixels"), ("clear.png", "transparency")):
        assert derain_here(weights, tmp_path / name, "-o", tmp_path / "out.jpg") == 1
        assert f"out.jpg cannot be written: JPEG cannot hold {'more than ' * ('pixels' in reason)}{reason}" in (
            capsys.readouterr().err
        )


def test_a_closed_folder_is_refused_before_anything_is_read(
    weights: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    (photos.parent / "out").mkdir()
    monkeypatch.setattr("core.images.read_photo", None)
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("out"))
    assert derain_here(weights, photos, "-o", photos.parent / "out" / "new") == 1
    error = capsys.readouterr().err
    assert (
        error == f"error: {photos.parent / 'out'} cannot be written into: it is read-only, or permission is denied.\n"
    )
    assert list((photos.parent / "out").iterdir()) == []


def test_photos_of_a_phone(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 64, 3), np.uint8))
    pillow_heif.from_pillow(image).save(folder / "a.HEIC")
    image.save(folder / "b.jfif", "JPEG")
    image.save(folder / "c.avif")
    image.save(folder / "d", "PNG")
    image.save(folder / "e.gif")
    (folder / "f.NEF").write_bytes(b"II*\0" + bytes(500))
    (folder / "notes.txt").write_text("BM is no photo")
    assert derain_here(weights, folder, "-o", out) == 0
    assert files(out) == {"a.jpg", "b.jfif", "c.jpg", "d.png"}
    error = capsys.readouterr().err
    assert "4 derained, 0 failed" in error
    assert "left out, as they are not read: a GIF picture or animation (1), a camera's raw file (1)" in error
    assert derain_here(weights, folder, "-o", tmp_path / "png", "--format", "png") == 0
    assert files(tmp_path / "png") == {"a.png", "b.png", "c.png", "d.png"}
    assert {read_photo(path).format for path in (tmp_path / "png").iterdir()} == {"PNG"}


def test_what_the_new_file_cannot_hold_is_told_once(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 64, 3), np.uint8))
    for name in ("a.jpg", "b.jpg"):
        image.save(tmp_path / name, comment=b"wet", xmp=b'<x hdrgm:Version="1.0" dc:creator="Zoe"/>')
    assert derain_here(weights, tmp_path / "a.jpg", tmp_path / "b.jpg", "-o", tmp_path / "out", "--json") == 0
    printed = capsys.readouterr()
    assert "not in the new files, which cannot hold it: an HDR gain map (2)" in printed.err
    assert [photo["left_out"] for photo in json.loads(printed.out)["photos"]] == [["an HDR gain map"]] * 2
    assert read_photo(tmp_path / "out" / "a.jpg").xmp == b'<x dc:creator="Zoe"/>'


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (1, 1), (40, 60)])
def test_constant_and_thin_photos(weights: Path, tmp_path: Path, shape: tuple[int, int]) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((*shape, 3), 128, np.uint8))
    assert derain_here(weights, tmp_path / "a.png", "-o", tmp_path / "out", "--mask", "--json") == 0
    assert read_photo(tmp_path / "out" / "a.png").pixels.shape == (*shape, 3)
    assert read_photo(tmp_path / "out" / "a_mask.png").pixels.shape == (*shape, 1)


def test_names_as_long_as_they_may_be(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "ö" * 124 + "x" + ".png"
    assert len(name.encode()) == 253
    cv2.imwrite(str(tmp_path / "short.png"), np.full((30, 40, 3), 128, np.uint8))
    (tmp_path / "short.png").rename(tmp_path / name)
    assert derain_here(weights, tmp_path / name, "-o", tmp_path / "out") == 0
    assert files(tmp_path / "out") == {name}
    assert derain_here(weights, tmp_path / name, "-o", tmp_path / "masks", "--mask") == 1
    assert "the name has more than 255 bytes" in capsys.readouterr().err
    assert not (tmp_path / "masks").exists()


def test_interrupt_leaves_nothing_half_written(repository: Path, weights: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "large", tmp_path / "out"
    source.mkdir()
    for index in range(60):
        cv2.imwrite(
            str(source / f"{index:02}.png"), np.random.default_rng(index).integers(0, 256, (300, 400, 3), np.uint8)
        )
    process = subprocess.Popen(
        command(source, "-o", out, "--mask", "--weights", weights),
        cwd=repository,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # in case it is ignored here
    )
    deadline = time.monotonic() + 240
    while not any(out.glob("*.png")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130 and "Traceback" not in errors
    written = sorted(out.iterdir())
    assert 0 < len(written) < 120
    for path in written:
        assert path.suffix == ".png" and read_photo(path).pixels.shape[:2] == (300, 400)


def test_help_has_an_example(repository: Path) -> None:
    done = derain(repository, "--help")
    assert done.returncode == 0 and "python -m core derain photo.jpg -o derained.jpg" in done.stdout
