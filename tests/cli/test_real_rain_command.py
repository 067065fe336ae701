"""`python -m core real-rain`: a table, a CSV and a contact sheet; and its mistakes told."""

import re
import shlex
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.cli import build_parser, main
from tests.datasets.clips.rainy_clips import (
    moving_scenes,
    panned_scenes,
    rainy,
    still_scenes,
    write_folder,
    write_video,
)


@pytest.fixture()
def photos(tmp_path: Path) -> Path:
    """Three small photos: two grey ones with streaks, one with nothing on it."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(2):
        rng, image = np.random.default_rng(seed), np.full((120, 160), 110, np.float32)
        for x, y in rng.integers(0, 160, (150, 2)):
            cv2.line(image, (int(x), int(y)), (int(x) + 3, int(y) + 20), 160.0, 1, cv2.LINE_AA)
        Image.fromarray(np.repeat(image[..., None], 3, 2).astype(np.uint8)).save(folder / f"rain-{seed}.png")
    Image.new("RGB", (160, 120), (90, 90, 90)).save(folder / "plain.png")
    return folder


def test_writes_a_table_a_csv_and_a_sheet(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv, sheet = tmp_path / "real.csv", tmp_path / "sheet.png"
    assert main(["real-rain", "--data", str(photos), "--csv", str(csv), "--sheet", str(sheet), "--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "2 photos, 1 without enough rain" in printed and "Semi-DerainGAN" in printed
    table = pd.read_csv(csv).set_index(["method", "photo"])
    ours = next(name for name in table.index.levels[0] if name.startswith("Semi-DerainGAN"))
    assert table.loc["nothing", "score"].eq(0).all()
    assert table.loc[ours, "removed"].gt(0).all()
    np.testing.assert_allclose(table["score"], table["removed"] - 3 * table["lost"], atol=1e-9)
    with Image.open(sheet) as image:
        assert image.size == (2 * 2 * 408, 2 * 308)


def test_our_scale_is_said_in_the_table(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["real-rain", "--data", str(photos), "--scale", "2", "--device", "cpu"]) == 0
    assert ", scale 2)" in capsys.readouterr().out
    assert main(["real-rain", "--data", str(photos), "--scale", "2.5"]) == 2
    assert "'2.5' is not auto, 1, 2, 3 or 4" in capsys.readouterr().err


def test_a_photo_of_one_pixel_and_a_broken_one_end_no_run(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (1, 1)).save(photos / "a-dot.png")
    (photos / "b-broken.png").write_bytes(b"no photo")
    command = ["real-rain", "--data", str(photos), "--device", "cpu", "--csv", str(tmp_path / "r.csv")]
    assert main([*command, "--sheet", str(tmp_path / "sheet.png")]) == 1
    printed = capsys.readouterr()
    assert "2 photos, 2 without enough rain" in printed.out
    assert "left out: " in printed.err and "b-broken.png" in printed.err and "Traceback" not in printed.err
    assert (tmp_path / "r.csv").is_file() and (tmp_path / "sheet.png").is_file()
    assert main([*command[:-1], str(tmp_path)]) == 2
    assert "is a folder." in capsys.readouterr().err


def test_chosen_photos_alone(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "only.txt").write_text("# one\nrain-1.png\n", encoding="utf-8")
    command = ["real-rain", "--data", str(photos), "--only", str(tmp_path / "only.txt"), "--device", "cpu"]
    assert main(command) == 0
    assert "1 photos, 0 without" in capsys.readouterr().out
    (tmp_path / "only.txt").write_text("rain-9.png", encoding="utf-8")
    assert main(command) == 1
    assert "lacks rain-9.png" in capsys.readouterr().err


def test_photos_without_rain_and_missing_weights_are_told(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in photos.glob("rain*"):
        path.unlink()
    assert main(["real-rain", "--data", str(photos), "--device", "cpu"]) == 1
    assert "No photo has enough rain" in capsys.readouterr().err
    command = ["real-rain", "--data", str(photos), "--methods", "prenet", "--peers", str(tmp_path), "--device", "cpu"]
    assert main(command) != 0
    error = capsys.readouterr().err
    assert "PReNet" in error and "Traceback" not in error


def test_clips_against_their_median(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, video = tmp_path / "still", tmp_path / "pan.mkv"
    write_folder(folder, rainy(still_scenes(9)))
    write_video(video, rainy(panned_scenes(9)))
    csv, sheet = tmp_path / "clips.csv", tmp_path / "sheet.png"
    command = ["real-rain", "--clips", str(folder), str(video), "--every", "4", "--longest", "160", "--device", "cpu"]
    assert main([*command, "--methods", "ours:gs", "--csv", str(csv), "--sheet", str(sheet)]) == 0
    printed = capsys.readouterr().out
    assert f"{folder}: 2 frames against the temporal median" in printed and f"{video}: 2 frames" in printed
    table = pd.read_csv(csv)
    assert set(table["frame"]) == {3, 7} and len(table) == 2 * 2 * 6
    means = table.groupby("method")[["psnr", "ssim", "texture"]].mean()
    ours = next(name for name in means.index if name.startswith("Semi-DerainGAN"))
    assert means.loc[ours, "psnr"] > means.loc["nothing", "psnr"] and means.loc[ours, "ssim"] > 0.9
    assert means.loc[ours, "texture"] < means.loc["blur, σ 0.6", "texture"] < means.loc["blur, σ 1.0", "texture"]
    precision = table.groupby("method")["mask_average_precision"].mean()
    assert precision.drop(ours).isna().all() and precision[ours] > 0.3, "rain is a twentieth of the frames"
    with Image.open(sheet) as image:
        assert image.size == (2 * 3 * 408, 308), "each clip's rainy frame, derained frame and median"


def test_clips_that_cannot_be_measured_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, csv = write_folder(tmp_path / "drive", rainy(moving_scenes())), tmp_path / "clips.csv"
    command = ["real-rain", "--clips", str(clip), "--device", "cpu", "--csv", str(csv)]
    for more, code, sentence in (
        (["--every", "19"], 1, "laid over it"),
        (["--every", "500"], 2, "--every 500 takes no frame"),
        (["--only", "names.txt"], 2, "--only belongs to --data"),
    ):
        assert main([*command, *more]) == code
        error = capsys.readouterr().err
        assert sentence in error and "Traceback" not in error and not csv.exists()
    assert main(["real-rain", "--data", str(clip), "--every", "2"]) == 2
    assert "--every and --longest belong to --clips" in capsys.readouterr().err


def test_the_commands_of_the_pages_parse(repository: Path) -> None:
    for page, least in (("real-rain", 1), ("clips", 1), ("dry-photos", 1)):
        text = (repository / "docs" / f"{page}.md").read_text(encoding="utf-8")
        commands = re.findall(r"^python -m core (.+)$", text, re.MULTILINE)
        assert len(commands) >= least
        for command in commands:
            words = shlex.split(command)
            assert build_parser(words[0]).parse_args(words).command == words[0]
