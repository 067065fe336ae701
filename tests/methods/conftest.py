"""The inputs that figures were recorded from, made anew, and what was recorded."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"


@pytest.fixture(scope="session")
def recorded() -> dict[str, Any]:
    return json.loads((RECORDED / "figures.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    spec = importlib.util.spec_from_file_location("recorded_inputs", HERE / "inputs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_all(tmp_path_factory.mktemp("recorded"))
