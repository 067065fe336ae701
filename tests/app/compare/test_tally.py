"""The tally: what is kept, how it counts, what comes out as CSV, and what goes wrong."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.compare.intervals import wilson
from app.compare.tally import Pick, Shown, Tally, TallyError, picks_csv, standings_csv

METHODS = ("ours", "prenet", "ddn")


def pick(number: int, picked: str, shown: tuple[str, ...] = METHODS, photo: str = "street") -> Pick:
    return Pick(
        f"r{number}", "visitor", photo, "ab" * 32, [Shown(key, key.upper(), f"{key} weights") for key in shown], picked
    )


@pytest.fixture
def tally(tmp_path: Path) -> Tally:
    return Tally(tmp_path / "below" / "preferences.sqlite")


def test_picks_count_for_the_methods_that_were_shown(tally: Tally) -> None:
    assert tally.standings() == [] and not tally.path.exists()
    for number, picked in enumerate(["ours", "ours", "ddn", ""]):
        tally.add(pick(number, picked))
    tally.add(pick(9, "prenet", ("prenet", "ours")))
    found = {each.method: (each.picked, each.shown) for each in tally.standings()}
    assert found == {"ours": (2, 5), "prenet": (1, 5), "ddn": (1, 4)}
    first = tally.standings()[0]
    assert first.method == "ours" and (first.low, first.high) == wilson(2, 5) and first.share == 0.4


def test_a_method_that_ran_several_weights_goes_by_its_name_alone(tally: Tally) -> None:
    for number, weights in enumerate(("Rain100L", "Rain100H")):
        shown = [Shown("prenet", f"PReNet ({weights})", weights), Shown("ours", "Ours (G_r)", "")]
        tally.add(Pick(f"r{number}", "visitor", "street", "ab" * 32, shown, "prenet"))
    assert {each.label for each in tally.standings()} == {"PReNet", "Ours (G_r)"}


def test_the_same_round_counts_once_and_stays_as_it_was(tally: Tally) -> None:
    tally.add(pick(1, "ours"))
    tally.add(pick(1, "ddn"))
    assert [row["picked"] for row in tally.rows()] == ["ours"]


def test_many_at_once_lose_nothing(tally: Tally) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Tally(tally.path).add(pick(number, "ours")), range(40)))
    assert len(tally.rows()) == 40


def test_csv_of_the_tally_has_intervals(tally: Tally) -> None:
    tally.add(pick(1, "ours"))
    rows = list(csv.DictReader(io.StringIO(standings_csv(tally.standings()))))
    assert [row["method"] for row in rows] == ["ours", "ddn", "prenet"]
    assert float(rows[0]["share"]) == 1 and float(rows[0]["wilson95_low"]) == pytest.approx(0.2065, abs=1e-4)


def test_csv_of_the_picks_keeps_order_and_is_no_formula(tally: Tally) -> None:
    tally.add(pick(1, "", ("ddn", "ours"), photo="=HYPERLINK(1)"))
    (row,) = csv.DictReader(io.StringIO(picks_csv(tally.rows())))
    assert row["shown"] == "ddn ours" and row["sources"] == "ddn weights; ours weights"
    assert row["picked"] == "no difference" and row["photo"] == "'=HYPERLINK(1)" and len(row["made_at"]) == 25


@pytest.mark.parametrize("content", [b"this is no database at all, only text" * 100, None])
def test_a_file_that_is_no_tally_is_one_sentence_and_stays(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "preferences.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(TallyError) as raised:
        Tally(path).add(pick(1, "ours"))
    assert "preferences.sqlite" in str(raised.value) and "\n" not in str(raised.value)
    assert content is None or path.read_bytes() == content
