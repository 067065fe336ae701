"""docs/datasets.md says what the catalogue holds, and its commands parse."""

import re
import shlex
from pathlib import Path

import pytest

from core.cli import build_parser
from datasets.catalogue import CATALOGUE, CuratedSet, PairedSet, StandIn, UnpairedSet


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "datasets.md").read_text(encoding="utf-8")


def test_names_counts_folders_and_layouts(page: str) -> None:
    rows = {row.split("`")[1]: row for row in page.splitlines() if row.startswith("| `")}
    assert list(rows) == list(CATALOGUE)
    for name, entry in CATALOGUE.items():
        _, _, use, count, folders, places = (cell.strip() for cell in rows[name].split("|")[:-1])
        if isinstance(entry, PairedSet):
            assert use == entry.use
            assert re.findall(r"\b\d{2,}\b", count.split("(")[0]) == [str(number) for number, _ in entry.counts]
            assert tuple(re.findall("`([^`]+)`", folders)) == entry.folders
            for inner, layout in entry.places:
                assert f"`{layout}`" in places and (not inner or f"`{inner}/`" in places)
        elif isinstance(entry, UnpairedSet):
            assert tuple(re.findall("`([^`]+)`", folders)) == entry.folders
            assert entry.count is None or count == str(entry.count)
        elif isinstance(entry, CuratedSet):
            assert count == f"{entry.count} crops"
            assert re.findall("`([^`]+)`", folders) == [folder for _, names in entry.parts for folder in names]
            assert all(f"[{manifest}]" in places for manifest, _ in entry.parts)
        elif isinstance(entry, StandIn):
            assert (count, places) == (str(entry.count), f"recipe `{entry.recipe}`")


def test_commands_parse(page: str) -> None:
    commands = re.findall(r"^(?:DERAIN_DATA=\S+ )?python -m core (.+?)(?: +#.*)?$", page, re.MULTILINE)
    assert len(commands) >= 3
    for command in commands:
        words = shlex.split(command)
        assert build_parser(words[0]).parse_args(words).command == words[0]
