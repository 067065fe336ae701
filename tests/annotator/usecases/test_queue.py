"""The queue: order, filters, leases between curators."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, update

from annotator.candidate import Suggestion
from annotator.database.models import Lease
from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide, undo
from annotator.usecases.importing import import_photos
from annotator.usecases.measuring import image_hashes, record_groups, record_measurements, unmeasured
from annotator.usecases.queue import Filters, hold, next_candidate, release, upcoming
from annotator.usecases.review import gallery
from annotator.usecases.rules import set_rules
from tests.annotator.photos import accept, new_uuid, reject, skip


def prioritise(project: Project, **flags: str) -> None:
    """Photo n of six gets priority n, so the sixth comes first; `_3="mist"` flags the third."""
    for image, _ in unmeasured(project, "1"):
        flag = flags.get(f"_{image}")
        crops = [Suggestion(0, 0, 150, 140, 0.5, "test")]
        record_measurements(project, image, {"coverage": image / 10}, [flag] if flag else [], crops, "1", float(image))


def next_id(project: Project, curator: str = "anna", filters: Filters | None = None, **more: int) -> int | None:
    view = next_candidate(project, curator, filters, **more)
    return None if view is None else view.id


def test_highest_priority_first_then_the_oldest(filled: Project) -> None:
    assert next_id(filled) == 1
    prioritise(filled)
    assert [view.id for view in upcoming(filled, "anna", None, 10)] == [6, 5, 4, 3, 2, 1]
    assert next_id(filled) == 6
    decide(filled, reject(candidate_view(filled, 6)))
    decide(filled, skip(candidate_view(filled, 5)))
    assert next_id(filled) == 4


def test_what_the_prescreening_found_is_in_the_view(filled: Project) -> None:
    prioritise(filled, _2="mist")
    record_groups(filled, {candidate_view(filled, n).sha256: "g" for n in (2, 4, 5)})
    view = candidate_view(filled, 2)
    assert (view.measurements, view.flags, view.priority) == ({"coverage": 0.2}, ("mist",), 2.0)
    assert view.suggestions == (Suggestion(0, 0, 150, 140, 0.5, "test"),)
    assert view.duplicates == (4, 5)
    assert (view.name, view.width, view.height) == ("2.png", 400, 300)


def test_measuring_again_replaces(filled: Project) -> None:
    prioritise(filled, _1="mist")
    assert unmeasured(filled, "1") == [] and len(unmeasured(filled, "2")) == 6
    record_measurements(filled, 1, {"haze": 0.5}, [], [], "2", 0.0, {"phash": "ff00"})
    view = candidate_view(filled, 1)
    assert (view.measurements, view.flags, view.suggestions) == ({"haze": 0.5}, (), ())
    assert image_hashes(filled) == {view.sha256: {"phash": "ff00"}}
    record_groups(filled, {view.sha256: "a"})
    record_groups(filled, {})
    assert candidate_view(filled, 1).duplicates == ()
    with pytest.raises(AnnotatorError, match="no image 99"):
        record_measurements(filled, 99, {}, [], [], "2", 0.0)


def test_two_curators_never_get_the_same_photo(filled: Project) -> None:
    given = [next_id(filled, f"curator-{n}") for n in range(7)]
    assert given == [1, 2, 3, 4, 5, 6, None]
    assert [view.id for view in upcoming(filled, "curator-2", None, 9)] == [3]


def test_a_reload_gives_the_same_photo(filled: Project) -> None:
    assert next_id(filled) == next_id(filled) == 1


def test_a_lease_runs_out_and_is_given_back(filled: Project) -> None:
    assert (next_id(filled), next_id(filled, "bert")) == (1, 2)
    with filled.write() as session:
        past = datetime.now(timezone.utc) - timedelta(seconds=1)
        session.execute(update(Lease).where(Lease.candidate_id == 1).values(expires_at=past))
    assert next_id(filled, "carl") == 1
    release(filled, "bert")
    assert next_id(filled, "dora") == 2


def test_leafing_on_moves_the_lease(filled: Project) -> None:
    assert next_id(filled) == 1
    assert next_id(filled, after=1) == 2
    assert next_id(filled, "bert") == 1
    assert next_id(filled, after=6) is None
    with filled.read() as session:
        assert session.scalar(select(func.count()).select_from(Lease)) == 1
    with pytest.raises(AnnotatorError, match="no candidate 77"):
        next_id(filled, after=77)


def test_a_photo_in_anothers_hands_is_not_held(filled: Project) -> None:
    next_id(filled)
    with pytest.raises(AnnotatorError, match="Another curator"):
        hold(filled, "bert", 1)
    assert hold(filled, "anna", 1).id == 1


def test_a_decision_ends_the_lease(filled: Project) -> None:
    next_id(filled)
    decide(filled, skip(candidate_view(filled, 1)))
    with filled.read() as session:
        assert session.scalar(select(func.count()).select_from(Lease)) == 0


def test_second_votes_come_from_other_curators(filled: Project) -> None:
    set_rules(filled, Rules(votes_required=2))
    decide(filled, reject(candidate_view(filled, 1)))
    assert next_id(filled) == 2
    assert next_id(filled, "bert") == 1
    undo(filled, new_uuid(), 1, "anna", 1)
    release(filled, "bert")
    assert next_id(filled) == 1


def test_a_photo_that_all_have_skipped_comes_again_last(filled: Project) -> None:
    """With several votes a skip decides nothing: who skipped is offered the photo again, the longest ago first."""
    set_rules(filled, Rules(votes_required=2))
    for number in (3, 1, 2):
        for curator in ("anna", "bert"):
            decide(filled, skip(candidate_view(filled, number), curator))
    assert [view.id for view in upcoming(filled, "anna", None, 9)] == [4, 5, 6, 3, 1, 2]
    for number in (4, 5, 6):
        assert next_id(filled) == number
        decide(filled, reject(candidate_view(filled, number)))
    assert next_id(filled) == 3
    decide(filled, skip(candidate_view(filled, 3)))
    assert next_id(filled) == 1
    decide(filled, reject(candidate_view(filled, 1)))
    assert [view.id for view in upcoming(filled, "anna", None, 9)] == [2, 3]
    assert next_id(filled, filters=Filters(text="2.png")) == 2
    assert next_id(filled, "bert") == 4 and [view.id for view in upcoming(filled, "bert", None, 9)] == [4, 5, 6, 3, 1]
    set_rules(filled, Rules(votes_required=1))
    assert [view.id for view in upcoming(filled, "bert", None, 9)] == []


def test_filters(filled: Project, tmp_path) -> None:  # type: ignore[no-untyped-def]
    table = tmp_path / "where.csv"
    table.write_text("name,author,licence\n3.png,Ärmel ÖZ 50%,CC0\n4.png,Nobody,CC BY\n", encoding="utf-8")
    import_photos(filled, tmp_path / "photos", csv=table)
    prioritise(filled, _2="mist", _5="mist")
    record_groups(filled, {candidate_view(filled, n).sha256: "g" for n in (1, 5)})
    decide(filled, reject(candidate_view(filled, 6), "spray"))
    decide(filled, accept(candidate_view(filled, 4), curator="bert"))

    def ids(**filters: object) -> list[int]:
        return [view.id for view in gallery(filled, Filters(**filters)).views]  # type: ignore[arg-type]

    assert ids() == [5, 3, 2, 1]
    assert ids(states=()) == [6, 5, 4, 3, 2, 1]
    assert ids(states=("accepted", "rejected")) == [6, 4]
    assert ids(flag="mist") == [5, 2]
    assert ids(states=(), duplicates=True) == [5, 1]
    assert ids(duplicates=False) == [3, 2]
    assert ids(states=("rejected",), reason="spray") == [6]
    assert ids(states=("rejected",), reason="snow") == []
    assert ids(states=(), curator="bert") == [4]
    assert ids(text="ärmel öz") == [3]
    assert ids(text="50%") == [3]
    assert ids(text="5_%") == []
    assert ids(states=(), text="cc") == [4, 3]
    assert next_id(filled, filters=Filters(flag="mist")) == 5
    with pytest.raises(AnnotatorError, match="no state"):
        ids(states=("gone",))


def test_pages_of_a_gallery(filled: Project) -> None:
    page = gallery(filled, Filters(states=()), page=1, size=4)
    assert ([view.id for view in page.views], page.total) == ([5, 6], 6)
    for number, size in ((-1, 4), (0, 0), (0, 501)):
        with pytest.raises(AnnotatorError):
            gallery(filled, Filters(), page=number, size=size)
