"""Which window gets which photo when others, at servers of their own, are faster."""

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from annotator.errors import AnnotatorError, Held
from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases import queue
from annotator.usecases.queue import Filters
from annotator.usecases.rules import set_rules
from annotator.web.seats import AHEAD, Seat, Seats


def test_a_photo_is_found_though_all_that_were_looked_at_are_gone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others take every photo of the first look before it is held; there is one more."""
    upcoming, looks = queue.upcoming, []

    def raced(project: Project, curator: str, filters: Filters, n: int, **more: int | None):  # type: ignore[no-untyped-def]
        found = upcoming(project, curator, filters, 2, **more)
        looks.append(n)
        if len(looks) == 1:
            for view in found:
                queue.hold(project, f"curator of {view.id}", view.id)
        return found

    monkeypatch.setattr(queue, "upcoming", raced)
    view, _ = Seats(project).next(Seat("anna", "w"), Filters())
    assert view and view.id == 3
    assert looks == [AHEAD + 1] * 2


def test_windows_that_were_killed_keep_no_photo(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    seats = Seats(project)
    for number in (1, 2, 3):
        view, _ = seats.next(Seat("anna", f"killed {number}"), Filters())
        assert view and view.id == number
    assert seats.next(Seat("anna", "new"), Filters()) == (None, [])
    assert seats.stay(Seat("anna", "killed 1"), 1)
    with monkeypatch.context() as patch:
        patch.setattr("annotator.web.seats.QUIET_SECONDS", 0)
        view, following = seats.next(Seat("anna", "new"), Filters())
    assert view and [view.id, *(other.id for other in following)] == [1, 2, 3]
    assert not seats.stay(Seat("anna", "killed 1"), 1)
    with pytest.raises(Held):
        seats.stay(Seat("berta", "w"), 1)


def test_a_database_in_trouble_is_not_an_empty_queue(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise AnnotatorError("The database is read-only.")

    monkeypatch.setattr(queue, "hold", fail)
    with pytest.raises(AnnotatorError, match="read-only"):
        Seats(project).next(Seat("anna", "w"), Filters())


def test_nothing_is_left_when_others_look_at_everything(project: Project) -> None:
    for number in (1, 2, 3):
        queue.hold(project, f"curator of {number}", number)
    assert Seats(project).next(Seat("anna", "w"), Filters()) == (None, [])


def test_where_a_skipped_photo_still_waits_for_votes_the_others_come_first(
    client: TestClient, project: Project
) -> None:
    set_rules(project, Rules(votes_required=2))
    shown = [client.get("/api/next").json()["candidate"]]
    for _ in range(5):
        skip = {"uuid": str(uuid4()), "candidate": shown[-1]["id"], "base_version": shown[-1]["version"]}
        shown.append(client.post("/api/decide", json=skip | {"verdict": "skip"}).json()["candidate"])
    assert [candidate["id"] for candidate in shown] == [1, 2, 3, 1, 2, 3]
