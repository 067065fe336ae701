"""The name of the engine comes back with the derainer; the arguments stay as they were given."""

import argparse
from pathlib import Path

import pytest

from core import export
from core.cli import derain
from core.cli.derain_photo import load_derainer
from tests.tiny_weights import plain_weights


def arguments(*given: str) -> argparse.Namespace:
    """Those of `derain`, as the command line takes them."""
    parser = argparse.ArgumentParser()
    derain.add_parser(parser.add_subparsers())
    return parser.parse_args(["derain", "photo.jpg", "-o", "out", "--device", "cpu", *given])


@pytest.mark.parametrize("asked", ["pytorch", "auto"])
def test_loading_tells_the_engine_and_leaves_the_arguments(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export, "choose_engine", lambda *given: (None, "as this test has it"))
    args = arguments("--engine", asked, "--weights", str(plain_weights(tmp_path)))
    before = dict(vars(args))
    derainer, engine = load_derainer(args)
    assert engine == "pytorch" and str(derainer.device) == "cpu"
    assert vars(args) == before
    assert ("engine: pytorch (as this test has it)" in capsys.readouterr().err) == (asked == "auto")
