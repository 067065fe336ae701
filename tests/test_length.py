"""No function is longer than fits on a screen: what is falls apart into steps with names."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MOST_LINES = 60
FROZEN = "annotator/database/migrations/"
"""What a released migration does is never changed again, its form included."""


def long_functions(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)}:{node.lineno} {node.name} has {lines} lines"
        for package in ("core", "datasets", "app", "annotator")
        for path in sorted((root / package).rglob("*.py"))
        if not path.relative_to(root).as_posix().startswith(FROZEN)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES
    ]


def test_every_function_is_short() -> None:
    assert (REPOSITORY / "core").is_dir()
    assert long_functions(REPOSITORY) == []


@pytest.mark.parametrize("opening", ["def f():", "async def f():", "class A:\n  def f(self):"])
def test_a_long_function_is_found(tmp_path: Path, opening: str) -> None:
    (tmp_path / "core").mkdir()
    source = tmp_path / "core" / "a.py"
    source.write_text("\n".join([opening, *["    pass"] * (MOST_LINES - 1)]), encoding="utf-8")
    assert long_functions(tmp_path) == []
    source.write_text("\n".join([opening, *["    pass"] * MOST_LINES]), encoding="utf-8")
    (found,) = long_functions(tmp_path)
    assert found.startswith("core/a.py:") and found.endswith("f has 61 lines")
