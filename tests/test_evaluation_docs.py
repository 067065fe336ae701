"""docs/evaluation.md says what the code does: the protocols, the layouts with their patterns, commands that parse."""

import re
import shlex
from pathlib import Path

import pytest

from core.cli import build_parser
from core.metrics import PROTOCOLS
from datasets.layouts import LAYOUTS


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "evaluation.md").read_text(encoding="utf-8")


def first_cells(page: str, heading: str) -> list[str]:
    """What stands in backticks in the first column of the table below a heading."""
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_protocols(page: str) -> None:
    assert first_cells(page, "Protocols") == list(PROTOCOLS)


def test_layouts(page: str) -> None:
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert sorted(first_cells(page, "Layouts of pairs")) == sorted(LAYOUTS)
    for layout in LAYOUTS.values():
        assert any(
            row.startswith(f"| `{layout.name}` ") and f"| `{layout.rainy}` | `{layout.clean}` |" in row for row in rows
        )


def test_commands_parse(page: str) -> None:
    commands = re.findall(r"^(?:nice )?python -m core (evaluate .+)$", page, re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        build_parser("evaluate").parse_args(shlex.split(command))
