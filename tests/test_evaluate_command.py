"""`python -m core evaluate`, on tiny sets and a tiny model with random weights."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli import main
from core.networks import SemiDerainGAN
from core.peers.prenet import PReNet
from core.training.patches import split


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    SemiDerainGAN(ssrml={"channels": 4, "steps": 2, "units": 1}, unet={"width": 4}).save_pretrained(folder)
    return folder


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    folder = tmp_path / "pairs"
    (folder / "rainy").mkdir(parents=True)
    for number in (1, 2, 3):
        clean = rng.integers(0, 190, (24, 32, 3), dtype=np.uint8)
        rainy = clean.copy()
        rainy[:, 5 * number] += 60
        Image.fromarray(clean).save(folder / f"norain-{number:03}.png")
        Image.fromarray(rainy).save(folder / "rainy" / f"rain-{number:03}.png")
    return folder


def test_table_json_and_csv_of_a_model(
    weights: Path, pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["--json", str(tmp_path / "out.json"), "--csv", str(tmp_path / "out.csv")]
    command = ["evaluate", "--data", str(pairs), "--protocol", "rgb,y", "--weights", str(weights), *files]
    assert main(command) == 0
    figures = json.loads((tmp_path / "out.json").read_text())
    digest = hashlib.sha256((weights / "model.safetensors").read_bytes()).hexdigest()
    assert figures["method"]["sha256"] == digest
    assert figures["method"]["generator"] == "gs"
    assert figures["data"] == {"folder": str(pairs), "kind": "pairs", "layout": "rain100", "photos_in_folder": 3}
    assert figures["command"] == " ".join(["python", "-m", "core", *command])
    assert "torch" in figures["method"]["machine"]
    assert list(figures["protocols"]) == ["y", "rgb"]
    rainy = figures["figures"]["protocols"]["rgb"]["rainy"]
    assert rainy["psnr"] == pytest.approx(10 * np.log10(255**2 / (60**2 / 32)))
    assert 0 < figures["figures"]["mask"]["average_precision"] <= 1
    assert len(figures["photos"]) == len(figures["worst"]) == 3
    worst = [photo["derained_psnr_y"] for photo in figures["worst"]]
    assert worst == sorted(worst)

    text = capsys.readouterr().out
    for part in (
        digest,
        "generator gs",
        "layout rain100",
        "3 of 3 pairs",
        "python -m core evaluate",
        f"{rainy['psnr']:.2f}",
    ):
        assert part in text
    assert "average precision for |x − y| > 10/255" in text

    with open(tmp_path / "out.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["photo"] for row in rows] == ["rain-001", "rain-002", "rain-003"]
    assert float(rows[0]["derained_psnr_y"]) == pytest.approx(figures["photos"][0]["derained_psnr_y"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.json", "pairs"]


def test_json_on_standard_output_is_all_there_is(weights: Path, pairs: Path, repository: Path) -> None:
    command = ["evaluate", "--data", str(pairs), "--weights", str(weights), "--limit", "2", "--json", "-"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = [sys.executable, "-m", "core", *command]
    done = subprocess.run(
        process, cwd=repository, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert figures["figures"]["photos"] == 2
    assert list(figures["protocols"]) == ["y"]


def test_figures_say_their_scale(
    weights: Path, pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 unless told, so that figures can be compared."""
    means = {}
    for scale in ((), ("--scale", "1"), ("--scale", "2"), ("--scale", "auto")):
        command = ["evaluate", "--data", str(pairs), "--weights", str(weights), "--json", str(tmp_path / "out.json")]
        assert main([*command, "--dtype", "float32", *scale]) == 0
        said = scale[1] if scale else "1"
        assert f", scale {said}, float32" in capsys.readouterr().out
        figures = json.loads((tmp_path / "out.json").read_text())
        assert figures["method"]["scale"] == (said if said == "auto" else int(said))
        means[scale] = figures["figures"]["protocols"]["y"]["derained"]["psnr"]
    assert means[()] == means["--scale", "1"] == means["--scale", "auto"] != means["--scale", "2"]


def test_clean_photos(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    Image.fromarray(photo).save(tmp_path / "a.png")
    assert main(["evaluate", "--clean", str(tmp_path), "--weights", str(weights)]) == 0
    text = capsys.readouterr().out
    assert "1 of 1 clean photos" in text
    assert "against the input" in text
    assert "\nrgb " in text
    assert "mask m: mean" in text
    assert "average precision" not in text


def test_photos_held_out_from_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = tmp_path / "derained"
    for number in range(1, 8):
        for name in (f"input/{number}.png", f"target/{number}.png", f"derained/{number}.png"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            Image.new("RGB", (12, 12), (number, 0, 0)).save(tmp_path / name)
    command = ["evaluate", "--data", str(tmp_path), "--outputs", str(outputs), "--json", str(tmp_path / "out.json")]
    assert main([*command, "--held-out", "3"]) == 0
    assert "3 of 7 pairs, layout rain13k, among the 3 held out from training" in capsys.readouterr().out
    chosen = [photo["photo"] for photo in json.loads((tmp_path / "out.json").read_text())["photos"]]
    names = [str(number) for number in range(1, 8)]
    assert chosen == split(names, 3)[1]
    assert main([*command, "--held-out", "7"]) == 1
    assert "7 photos are to be held out" in capsys.readouterr().err


def test_outputs_on_disk_need_no_model(pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = tmp_path / "derained"
    outputs.mkdir()
    for number in (1, 2, 3):
        Image.open(pairs / f"norain-{number:03}.png").save(outputs / f"rain-{number:03}.png")
    json_file = tmp_path / "out.json"
    assert main(["evaluate", "--data", str(pairs), "--outputs", str(outputs), "--json", str(json_file)]) == 0
    text = capsys.readouterr().out
    assert f"images on disk, {outputs}" in text
    assert "3 derained images equal the clean photo and count as 100 dB" in text
    figures = json.loads(json_file.read_text())
    assert figures["photos"][0]["derained_psnr_y"] is None
    assert figures["figures"]["protocols"]["y"]["derained"]["psnr"] == 100.0


def test_a_peer(pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(PReNet().state_dict(), tmp_path / "net.pth")
    assert main(["evaluate", "--data", str(pairs), "--peer", f"prenet:{tmp_path / 'net.pth'}", "--limit", "1"]) == 0
    text = capsys.readouterr().out
    assert "prenet, weights " in text
    assert "generator" not in text
    assert "mask" not in text


def test_the_self_ensemble_is_measured_and_named(
    weights: Path, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "--data", str(pairs), "--weights", str(weights), "--json", "-"]
    figures = []
    for options in ([], ["--self-ensemble"]):
        assert main([*command, *options]) == 0
        figures.append(json.loads(capsys.readouterr().out))
    assert [made["method"]["self_ensemble"] for made in figures] == [False, True]
    once, ensemble = ([photo["derained_psnr_y"] for photo in made["photos"]] for made in figures)
    assert once != ensemble
    assert main([*command[:-2], "--self-ensemble"]) == 0
    assert "generator gs, self-ensemble, " in capsys.readouterr().out


def test_two_patterns(pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patterns = ["--rainy", "rainy/rain-{}.png", "--clean-photos", "norain-{}.png"]
    assert main(["evaluate", "--data", str(pairs), *patterns, "--outputs", str(pairs / "rainy")]) == 0
    assert "layout own" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--data", "absent"], 1, "There is no folder absent."),
        (["--data", "{pairs}", "--weights", "absent"], 1, "There are no weights in absent: config.json is missing."),
        (["--data", "{pairs}", "--weights", "{weights}", "--generator", "gr"], 1, "hold no generator 'gr'"),
        (["--data", "{pairs}", "--weights", "{weights}", "--device", "tpu"], 1, "There is no device 'tpu'"),
        (["--data", "{pairs}", "--peer", "prenet:absent.pth"], 2, "PReNet has no weights 'absent.pth'"),
        (["--data", "{pairs}", "--peer", "other:x.pth"], 2, "--peer takes NAME:FILE, and NAME is one of prenet"),
        (
            ["--data", "{pairs}", "--outputs", "{pairs}/rainy", "--generator", "gs"],
            2,
            "--generator, --dtype, --scale and",
        ),
        (["--data", "{pairs}", "--peer", "prenet:x.pth", "--self-ensemble"], 2, "belong to --weights, not to --peer"),
        (["--clean", "{pairs}", "--layout", "rain100"], 2, "belong to --data, not to --clean"),
        (["--data", "{pairs}", "--rainy", "rainy/{{}}.png"], 2, "--rainy and --clean-photos go together"),
        (["--data", "{pairs}", "--json", "absent/out.json"], 2, "The folder of absent/out.json does not exist."),
        (["--data", "{pairs}", "--csv", "{pairs}"], 2, "is a folder."),
        (["--data", "{pairs}", "--limit", "0"], 2, "'0' is not a whole number of at least 1"),
        (["--data", "{pairs}", "--protocol", "y,z"], 2, "there is no protocol 'z'"),
        (["--data", "{pairs}", "--clean", "{pairs}"], 2, "not allowed with"),
    ],
)
def test_mistakes(
    weights: Path,
    pairs: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    assert main(["evaluate", *(argument.format(pairs=pairs, weights=weights) for argument in arguments)]) == code
    output = capsys.readouterr()
    assert sentence in output.err
    assert "Traceback" not in output.err
    assert output.out == ""
    if code == 1:
        assert output.err.count("\n") == 1


def test_a_broken_photo_is_left_out_and_named(
    weights: Path, pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = pairs / "rainy" / "rain-002.png"
    broken.write_bytes(broken.read_bytes()[:200])
    assert main(["evaluate", "--data", str(pairs), "--weights", str(weights), "--csv", str(tmp_path / "out.csv")]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("left out: ") and "rain-002.png" in printed.err and printed.err.count("\n") == 1
    assert "left out   1 that cannot be measured" in printed.out and "2 of 3 pairs" in printed.out
    with open(tmp_path / "out.csv", newline="") as stream:
        assert [row["photo"] for row in csv.DictReader(stream)] == ["rain-001", "rain-003"]
    for path in (pairs / "rainy").iterdir():
        path.write_bytes(b"no photo")
    (tmp_path / "out.csv").unlink()
    assert main(["evaluate", "--data", str(pairs), "--weights", str(weights), "--csv", str(tmp_path / "out.csv")]) == 1
    assert "No photo could be measured" in capsys.readouterr().err and os.listdir(tmp_path) == ["pairs"]
