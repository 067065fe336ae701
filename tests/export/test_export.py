"""The exported file against PyTorch, in two engines; its facts; and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from core.cli import main
from core.export import export_onnx
from core.inference import Derainer
from core.inference.engine import load_model
from core.methods import Sources, find_methods
from core.training.checkpoint import save_weights
from tests.tiny_weights import gated_weights

onnx = pytest.importorskip("onnx", reason="requirements-engines.txt is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="requirements-engines.txt is not installed")
pytest.importorskip("onnxscript", reason="requirements-engines.txt is not installed")

PHOTO = np.random.default_rng(0).integers(0, 256, (37, 50, 3), np.uint8)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gated_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def exported(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "derain.onnx"
    assert main(["export", "-o", str(path), "--weights", str(weights), "--masks"]) == 0
    return path


def test_the_file_gives_what_pytorch_gives(weights: Path, exported: Path) -> None:
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    x = (PHOTO / np.float32(255)).transpose(2, 0, 1)[None]
    derained, mask = session.run(None, {"rainy": x})
    expected = Derainer(weights, device="cpu", dtype="float32", tile=None)(PHOTO, scale=1)
    assert derained.shape == x.shape and mask.shape == (1, 1, 37, 50)
    assert np.abs(derained[0].transpose(1, 2, 0) * 255 - expected.pixels).max() <= 0.51
    assert np.abs(mask[0, 0] - expected.mask).max() <= 1e-4


def test_facts_and_size(weights: Path, exported: Path, tmp_path: Path) -> None:
    facts = {entry.key: entry.value for entry in onnx.load(str(exported)).metadata_props}
    (ours,) = find_methods(["ours"], Sources(weights=weights))
    assert ours.weights and facts["weights_sha256"] == ours.weights.sha256
    assert (facts["generator"], facts["licence"], facts["precision"]) == ("gr", "MIT", "exact")
    sizes = {}
    for precision in ("half", "float32"):
        path = tmp_path / f"{precision}.onnx"
        command = ["export", "-o", str(path), "--weights", str(weights), "--generator", "gs", "--precision", precision]
        assert main(command) == 0
        sizes[precision] = path.stat().st_size
        assert [output.name for output in onnx.load(str(path)).graph.output] == ["derained"]
    assert sizes["half"] < 0.8 * sizes["float32"]


def test_small_is_a_byte_a_weight_of_g_r_and_near_and_g_s_stays_exact(weights: Path, tmp_path: Path) -> None:
    model, packed = load_model(weights), tmp_path / "packed"
    of_gs = model.unets["gs"].state_dict().items()
    model.unets["gr"].load_state_dict(
        {name: value + 0.05 * value.roll(1) for name, value in of_gs}
    )  # trained on from G_s
    save_weights(model, packed)
    made = {
        f"{name} {precision}": export_onnx(tmp_path / f"{name}-{precision}.onnx", packed, name, precision=precision)
        for name in ("gs", "gr")
        for precision in ("small", "exact")
    }
    assert made["gs small"].size == pytest.approx(made["gs exact"].size, abs=10)
    assert made["gr small"].size < 0.8 * made["gr exact"].size
    x = (PHOTO / np.float32(255)).transpose(2, 0, 1)[None]
    small, exact = (
        onnxruntime.InferenceSession(str(made[name].path), providers=["CPUExecutionProvider"]).run(None, {"rainy": x})
        for name in ("gr small", "gr exact")
    )
    assert 0 < np.abs(small[0] - exact[0]).max() * 255 < 8


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_an_engine_is_a_method(weights: Path, exported: Path, engine: str) -> None:
    pytest.importorskip(engine, reason="requirements-engines.txt is not installed")
    (method,) = find_methods([f"{engine}:{exported}"])
    derained = method.derain(PHOTO)
    expected = Derainer(weights, device="cpu", dtype="float32")(PHOTO, scale=1)
    assert derained.mask is not None and np.abs(derained.mask - expected.mask).max() <= 1e-3
    assert np.abs(derained.rounded.astype(int) - expected.pixels).max() <= 1
    assert method.computes and engine in method.label


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("-o", "derain.pt"), 2, "-o takes the name of an ONNX file"),
        (("-o", "absent/derain.onnx"), 2, "The folder of absent/derain.onnx does not exist."),
        (("-o", "derain.onnx", "--weights", "absent"), 1, "There are no weights in absent"),
    ],
)
def test_mistakes(
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) == code
    assert sentence in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_a_file_that_differs_is_not_written(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.export import write

    monkeypatch.setitem(write.PRECISIONS, "half", 0.0)
    path = tmp_path / "derain.onnx"
    assert main(["export", "-o", str(path), "--weights", str(weights), "--precision", "half"]) == 1
    assert "other pixels than PyTorch" in capsys.readouterr().err and not path.exists()
