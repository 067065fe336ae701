"""The table of loss terms: names are one a process, needs are known, and objective.md names every term."""

from pathlib import Path

from core.training.terms import NEEDS, SUPERVISED, TERMS, UNSUPERVISED, needs_of, terms_of, weights_of


def test_rows_are_sound() -> None:
    assert len({(term.process, term.name) for term in TERMS}) == len(TERMS)
    assert {term.process for term in TERMS} == {SUPERVISED, UNSUPERVISED}
    assert {need for term in TERMS for need in term.needs} == {*NEEDS}


def test_needs_are_those_of_the_terms_that_count() -> None:
    weights = weights_of(UNSUPERVISED, dict.fromkeys(terms_of(UNSUPERVISED), 0))
    assert needs_of(UNSUPERVISED, weights) == set()
    assert needs_of(UNSUPERVISED, {**weights, "cycle": 1}) == {"photos", "rain generator"}
    assert needs_of(SUPERVISED, weights_of(SUPERVISED, {})) == {"ssrml"}


def test_the_page_on_the_objective_has_the_table(repository: Path) -> None:
    page = (repository / "docs" / "objective.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in page.splitlines() if line.startswith("| `")]
    assert [row[:2] for row in rows if row[1] in (SUPERVISED, UNSUPERVISED)] == [
        [f"`{term.name}`", term.process] for term in TERMS
    ]
