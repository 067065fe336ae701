"""Every page: no table cell over 200 characters, links that lead somewhere, and experiments in one form."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import REPOSITORY

LONGEST_CELL = 200
LEFT_OUT = {".venv", ".git", "node_modules", "runs"}


def pages() -> Iterator[Path]:
    for path in sorted(REPOSITORY.rglob("*.md")):
        if not LEFT_OUT & {*path.relative_to(REPOSITORY).parts}:
            yield path


def cells(page: str) -> Iterator[str]:
    for line in page.splitlines():
        if line.startswith("|"):
            yield from (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])


def long_cells() -> list[str]:
    return [
        f"{path.relative_to(REPOSITORY)}: {len(cell)} characters: {cell[:60]}…"
        for path in pages()
        for cell in cells(path.read_text(encoding="utf-8"))
        if len(cell) > LONGEST_CELL
    ]


def test_no_table_cell_is_longer_than_a_reader_takes() -> None:
    assert long_cells() == []


def test_no_paragraph_is_a_chain_of_semicolons() -> None:
    dense = []
    for path in pages():
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for paragraph in re.split(r"\n\s*\n|\n(?=[-*|#\d])", text):
            if not paragraph.startswith("|") and paragraph.count(";") > 3:
                dense.append(f"{path.relative_to(REPOSITORY)}: {paragraph[:60]}…")
    assert dense == []


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for path in pages():
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(REPOSITORY)}: {target}")
    assert broken == []


def test_experiments_have_one_form_and_a_line_in_the_index() -> None:
    folder = REPOSITORY / "experiments"
    found = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    index = re.findall(r"^- \[(\d\d)\]\(([^)]+)\) ", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert index == [(path.name[:2], path.name) for path in found] and len(index) >= 37
    for path in found:
        page = path.read_text(encoding="utf-8")
        form = rf"# {path.name[:2]} · [^\n]+\n\n\*\*Question\.\*\* .+?\n\n\*\*Config\.\*\* .+?\n\n\*\*Budget\.\*\* .+?"
        form += r"\n\n## Figures\n.+?\n\n## Verdict\n.+"
        assert re.fullmatch(form, page, re.DOTALL), path.name


def test_the_files_that_recipes_name_are_there() -> None:
    page = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"`([a-z_0-9/.-]+/[a-z_0-9/.-]*)`", page) if "NAME" not in name]
    assert len(named) > 15
    assert [name for name in named if not (REPOSITORY / name).exists()] == []
    headings = re.findall(r"^## A[n]? (.+)$", page, re.MULTILINE)
    assert {
        "loss term",
        "kind of rain",
        "data set",
        "metric",
        "peer",
        "export format",
        "command",
        "page of the demo",
    } <= {*headings}
