"""Statistics, against numbers worked out by hand."""

import math
from datetime import datetime, timedelta, timezone

import pytest

from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases import decisions
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide, undo
from annotator.usecases.rules import set_rules
from annotator.usecases.statistics import kappa, statistics
from tests.annotator.photos import accept, new_uuid, reject, skip


def test_kappa_of_published_examples() -> None:
    """50 grant proposals, two readers: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give 0.4; and the two after it."""

    def table(yes_yes: int, yes_no: int, no_yes: int, no_no: int) -> float:
        first = ["yes"] * (yes_yes + yes_no) + ["no"] * (no_yes + no_no)
        second = ["yes"] * yes_yes + ["no"] * yes_no + ["yes"] * no_yes + ["no"] * no_no
        return kappa(first, second)

    assert table(20, 5, 10, 15) == pytest.approx(0.4)
    assert table(45, 15, 25, 15) == pytest.approx(0.1304, abs=1e-4)
    assert table(25, 35, 5, 35) == pytest.approx(0.2593, abs=1e-4)
    assert table(10, 0, 0, 10) == 1 and table(0, 10, 10, 0) == -1
    assert math.isnan(kappa(["yes"], ["yes"])) and math.isnan(kappa([], []))


def test_empty(project: Project) -> None:
    tables = statistics(project)
    assert tables["progress"]["candidates"].sum() == 0
    assert [len(tables[name]) for name in ("rate", "curators", "agreement")] == [0, 0, 0]
    assert len(tables["reasons"]) == 11


def test_tables(filled: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [datetime(2026, 5, 1, 12, tzinfo=timezone.utc)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return clock[0]

    monkeypatch.setattr(decisions, "datetime", Clock)
    for number, pause in ((1, 10), (2, 20), (3, 30), (4, 3600)):
        clock[0] += timedelta(seconds=pause)
        shown = clock[0] - timedelta(seconds=4)
        view = candidate_view(filled, number)
        decide(filled, accept(view, shown_at=shown) if number == 2 else reject(view, "mist", "spray", shown_at=shown))
    decide(filled, skip(candidate_view(filled, 5), "bert"))
    undo(filled, new_uuid(), 4, "anna", 1)
    tables = {name: table.to_dict("records") for name, table in statistics(filled).items()}
    counted = {row["state"]: row["candidates"] for row in tables["progress"]}
    assert counted == {"pending": 2, "accepted": 1, "rejected": 2, "skipped": 1, "disputed": 0}
    first, second, bert = tables["rate"]
    assert (first["curator"], first["decisions"], first["per_minute"]) == ("anna", 3, pytest.approx(2 / (50 / 60)))
    assert second["decisions"] == 1 and math.isnan(second["per_minute"]) and bert["curator"] == "bert"
    reasons = {row["code"]: row["candidates"] for row in tables["reasons"]}
    assert (reasons["mist"], reasons["spray"], reasons["snow"]) == (2, 2, 0)
    anna = tables["curators"][0]
    assert (anna["accepted"], anna["rejected"], anna["skipped"], anna["undone"]) == (1, 3, 0, 1)
    assert anna["seconds"] == pytest.approx(4)


def test_agreement(filled: Project) -> None:
    """Of five photos that both judged: accept-accept 2, reject-reject 2, accept-reject 1, so p_o .8 and p_e .48."""
    set_rules(filled, Rules(votes_required=2))
    for number, (anna, bert) in enumerate(["aa", "aa", "rr", "rr", "ar", "as"], 1):
        for curator, verdict in (("anna", anna), ("bert", bert)):
            view = candidate_view(filled, number)
            make = {"a": accept, "r": reject}.get(verdict)
            decide(filled, make(view, curator=curator) if make else skip(view, curator))
    (row,) = statistics(filled)["agreement"].to_dict("records")
    assert (row["first"], row["second"], row["both"]) == ("anna", "bert", 5)
    assert row["agreed"] == pytest.approx(0.8)
    assert row["kappa"] == pytest.approx((0.8 - 0.48) / 0.52)
    assert statistics(filled)["progress"].set_index("state")["candidates"]["disputed"] == 1
