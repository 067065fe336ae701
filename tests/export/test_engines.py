"""`derain --engine` and `benchmark --engines`: the network by an export that is made once."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli import main
from core.networks import SemiDerainGAN

for package in ("onnx", "onnxruntime", "onnxscript", "openvino"):
    pytest.importorskip(package, reason="requirements-engines.txt is not installed")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    unet = {"width": 16, "encoder": (1, 1), "middle": 1, "decoder": (1, 1), "block": "gated", "downscale": 2}
    SemiDerainGAN(ssrml={"channels": 8, "steps": 2, "units": 1, "downscale": 2}, unet=unet).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory):
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("cache")
    patch.setenv("XDG_CACHE_HOME", str(folder))
    yield folder / "semi-deraingan" / "exports"
    patch.undo()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (37, 50, 3), np.uint8)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def derain(photo: Path, out: Path, weights: Path, engine: str) -> np.ndarray:
    command = ["derain", str(photo), "-o", str(out), "--weights", str(weights), "--engine", engine]
    assert main(command) == 0
    return np.asarray(Image.open(out)).astype(int)


def test_every_engine_gives_the_same_photo(
    photo: Path, weights: Path, tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = derain(photo, tmp_path / "pytorch.png", weights, "pytorch")
    assert not cache.exists()
    for engine in ("onnxruntime", "openvino"):
        # PyTorch may have chosen bfloat16 by itself
        assert np.abs(derain(photo, tmp_path / f"{engine}.png", weights, engine) - usual).max() <= 4
    assert len(list(cache.iterdir())) == 1
    assert capsys.readouterr().err.count("this once") == 1


def test_the_summary_names_the_engine(
    photo: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["derain", str(photo), "-o", str(tmp_path / "b.png"), "--weights", str(weights), "--json", "--quiet"]
    assert main([*command, "--engine", "openvino"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["engine"], summary["device"], summary["dtype"]) == ("openvino", "cpu", "float32")


def test_no_engine_but_pytorch_runs_on_a_gpu(
    photo: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["derain", str(photo), "-o", str(tmp_path / "c.png"), "--weights", str(weights), "--device", "cuda"]
    assert main([*command, "--engine", "onnxruntime"]) == 2
    assert "leave --device cuda out" in capsys.readouterr().err


def test_the_benchmark_times_engines(weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["benchmark", "--sizes", "48x32", "--runs", "1", "--no-memory", "--json", "--weights", str(weights)]
    assert main([*command, "--engines", "onnxruntime,openvino"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {"onnxruntime", "openvino"} <= figures["methods"].keys()
    assert main(["benchmark", "--engines", "onnxruntime", "--network", "fast"]) == 2
    assert "not a random --network" in capsys.readouterr().err
