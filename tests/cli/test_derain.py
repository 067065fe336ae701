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
import pytest
import torch

from core.images import read_photo
from core.inference import Derainer
from core.metrics.rain_measures import measure_rain
from core.networks import SemiDerainGAN


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    model = SemiDerainGAN(
        ssrml={"channels": 8, "steps": 2, "units": 1, "downscale": 2},
        unet={"width": 8, "encoder": [1, 1], "middle": 1, "decoder": [1, 1], "block": "plain", "downscale": 2},
    )
    folder = tmp_path_factory.mktemp("weights")
    model.save_pretrained(folder)
    return folder


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
        (("in/photo.jpg", "-o", "in/colour.png/out"), 1, "cannot be read or written"),
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
