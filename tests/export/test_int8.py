"""The network in 8 bits: what is in the file, what it costs, what is refused, and when `auto` takes it."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli import main
from core.cli.engines import OTHER_ENGINES
from core.export import KEPT_ENGINES, ExportError, choice, choose_engine, export_onnx, kept_export, write_int8
from core.export.calibration import HELD_OUT, PHOTOS, calibration_pairs, held_out_pairs
from core.inference import device
from tests.tiny_weights import gated_weights

for package in ("onnx", "onnxruntime", "onnxscript", "openvino"):
    pytest.importorskip(package, reason="requirements-engines.txt is not installed")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gated_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory):
    """A cache of its own; and limits that weights at random keep to."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("cache")
    patch.setenv("XDG_CACHE_HOME", str(folder))
    patch.setattr(write_int8, "LEAST_PSNR", 35.0)
    patch.setattr(write_int8, "MOST_LOSS", 1.0)
    yield folder / "semi-deraingan" / "exports"
    patch.undo()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.fromarray(next(held_out_pairs()).rainy[:61, :93]).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def nodes_of(path: Path) -> list[str]:
    import onnx

    return [node.op_type for node in onnx.load(str(path)).graph.node]


def test_the_file_counts_in_eight_bits(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import onnx

    path = tmp_path / "int8.onnx"
    assert main(["export", "-o", str(path), "--weights", str(weights), "--precision", "int8", "--masks"]) == 0
    assert "drizzle: " in (said := capsys.readouterr().out) and "heavy: " in said
    model = onnx.load(str(path))
    assert {entry.key: entry.value for entry in model.metadata_props}["precision"] == "int8"
    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    makers = {name: node for node in model.graph.node for name in node.output}
    eight = set()
    for node in model.graph.node:
        if node.op_type == "Conv" and (source := makers.get(node.input[1])) is not None:
            assert kinds[source.input[0]] == onnx.TensorProto.INT8
            assert makers[node.input[0]].op_type == "DequantizeLinear"
            eight.add(source.input[0])
    assert any("expand1" in name for name in eight) and any("ssrml.units" in name for name in eight)
    assert not any(part in name for name in eight for part in ("lstm", "head", "tail", "project2"))
    assert list(tmp_path.iterdir()) == [path]


def test_both_runtimes_stay_near_float32(photo: Path, weights: Path, tmp_path: Path) -> None:
    import onnxruntime
    import openvino

    plain = tmp_path / "plain.onnx"
    export_onnx(plain, weights, masks=True)
    rough = kept_export(weights, precision="int8")
    x = (np.asarray(Image.open(photo)) / np.float32(255)).transpose(2, 0, 1)[None]
    (wanted,) = onnxruntime.InferenceSession(str(plain)).run(["derained"], {"rainy": x})
    (one,) = onnxruntime.InferenceSession(str(rough)).run(["derained"], {"rainy": x})
    compiled = openvino.Core().compile_model(str(rough), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for made in (one, compiled({0: x})[compiled.outputs[0]]):
        error = float(np.sqrt(np.mean((made - wanted) ** 2))) * 255
        assert 1e-3 < error < 4


def test_float32_is_laid_out_for_speed(weights: Path, tmp_path: Path) -> None:
    kinds = {}
    for precision in ("exact", "float32"):
        path = tmp_path / f"{precision}.onnx"
        export_onnx(path, weights, precision=precision)  # holds what it gives against PyTorch
        kinds[precision] = nodes_of(path)
    assert "LayerNormalization" in kinds["exact"] and "LayerNormalization" not in kinds["float32"]
    assert (kinds["float32"].count("Split"), kinds["float32"].count("Transpose")) == (2, 2)  # of gates and unshuffling


def test_what_costs_too_much_is_refused_and_not_tried_again(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_int8, "LEAST_PSNR", 200.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "int8.onnx"
    assert main(["export", "-o", str(path), "--weights", str(weights), "--precision", "int8"]) == 1
    assert "8 bits would cost these weights too much (drizzle " in capsys.readouterr().err and not path.exists()
    with pytest.raises(ExportError, match="too much"):
        kept_export(weights, precision="int8")
    monkeypatch.setattr("core.export.kept.export_int8", lambda *a, **k: pytest.fail("tried again"))
    with pytest.raises(ExportError, match="too much"):
        kept_export(weights, precision="int8")


def test_ranges_are_chosen_by_other_photos_than_they_are_tried_on() -> None:
    assert HELD_OUT not in PHOTOS
    first, again = next(calibration_pairs()), next(calibration_pairs())
    assert np.array_equal(first.rainy, again.rainy) and not np.array_equal(first.rainy, first.clean)


@pytest.mark.parametrize(
    ("has", "gains"),
    [
        ({"avx512_vnni"}, True),
        ({"avx512_vnni", "avx512_bf16"}, False),
        ({"avx512_vnni", "avx512_bf16", "avx512_fp16"}, True),
        ({"avx512_vnni", "amx_bf16"}, False),
        ({"avx512_f"}, False),
    ],
)
def test_processors_that_gain(has: set[str], gains: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(has, True))
    assert device.cpu_gains_from_int8() is gains


def test_auto_says_what_it_took(
    photo: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["derain", str(photo), "--weights", str(weights), "--json", "--engine", "auto"]
    for gains, engine, dtype in ((True, "openvino-int8", "int8"), (False, "pytorch", None)):
        monkeypatch.setattr(choice, "cpu_gains_from_int8", lambda gains=gains: gains)
        assert main([*command, "-o", str(tmp_path / f"{engine}.png")]) == 0
        told = capsys.readouterr()
        summary = json.loads(told.out)
        assert summary["engine"] == engine and (dtype is None or summary["dtype"] == dtype)
        assert f"engine: {engine} (" in told.err
    assert main([*command, "-o", str(tmp_path / "c.png"), "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "--dask has several" in capsys.readouterr().err


def test_auto_stays_with_pytorch_where_8_bits_cannot_be(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "cpu_gains_from_int8", lambda: True)

    def refuse(*arguments: object) -> None:
        raise ExportError("8 bits would cost these weights too much.")

    monkeypatch.setattr(choice, "kept_engine", refuse)
    assert choose_engine("cpu", weights) == (None, "8 bits would cost these weights too much.")
    monkeypatch.setattr(choice, "PACKAGES", ("openvino", "no_such_package"))
    engine, reason = choose_engine("cpu", weights)
    assert engine is None and reason == "8 bits need no_such_package, of requirements-engines.txt"


def test_the_benchmark_times_8_bits(weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(OTHER_ENGINES) == set(KEPT_ENGINES)
    command = ["benchmark", "--sizes", "48x32", "--runs", "1", "--no-memory", "--weights", str(weights)]
    assert main([*command, "--engines", "openvino,openvino-int8"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "48×32" in line and "int8" in line]
    assert row.rstrip("| ").endswith("×") and "–" in row
