"""Learning in a project: decisions are read, the queue follows, and the shipped order can be had back."""

import json

import numpy as np
import pytest
from sqlalchemy import select

from annotator.cli import main
from annotator.database.models import Candidate, Image
from annotator.prescreen.hints import LEARNT
from annotator.prescreen.kept import keep
from annotator.prescreen.learning import MEASURES
from annotator.prescreen.local_features import NO_FEATURES
from annotator.prescreen.measures import MAPS
from annotator.prescreen.own_decisions import (
    count_decided,
    forget,
    learn_again,
    learn_from_decisions,
    summary,
    what_was_learnt,
)
from annotator.prescreen.score import FEATURES, likelihood, score_photo, version
from annotator.project import Project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from annotator.usecases.measuring import record_measurements, replace_flag
from tests.annotator.photos import accept, import_arrays, reject

PHOTOS = 60
NAMES = sorted({*MEASURES, *(name for names in FEATURES.values() for name in names), "least_side"})


@pytest.fixture
def measured(local: Project, tmp_path) -> Project:  # type: ignore[no-untyped-def]
    """A project of 60 small photos with made measures: every other one has a high `colour`."""
    draw = np.random.default_rng(0)
    import_arrays(local, tmp_path / "photos", [draw.integers(0, 256, (140, 150, 3), np.uint8) for _ in range(PHOTOS)])
    with local.read() as session:
        rows = session.execute(select(Image.id, Image.sha256).order_by(Image.id)).all()
    for number, (image, sha256) in enumerate(rows):
        values = {name: float(draw.normal(0, 0.1)) for name in NAMES} | {"least_side": 140.0}
        values["colour"] = (0.5 if number % 2 == 0 else -0.5) + float(draw.normal(0, 0.05))
        scored, flags = score_photo(values, 256)
        record_measurements(local, image, values | scored, flags, [], version(), likelihood(scored))
        keep(local.folder, sha256, NO_FEATURES, draw.random((len(MAPS), 4, 4), np.float32))
    return local


def decide_some(project: Project, count: int) -> None:
    for number in range(1, count + 1):
        view = candidate_view(project, number)
        decide(project, accept(view, (0, 0, 150, 140)) if number % 2 else reject(view, "spray"))


def table(project: Project) -> list[tuple[object, ...]]:
    views = [candidate_view(project, number) for number in range(1, PHOTOS + 1)]
    return [(view.priority, view.flags, view.suggestions, view.measurements) for view in views]


def test_the_queue_follows_what_was_decided_and_can_be_had_back(measured: Project) -> None:
    assert learn_again(measured) is None and summary(what_was_learnt(measured)) == ""
    before = table(measured)
    decide_some(measured, 40)
    assert count_decided(measured) == 40
    learnt = learn_from_decisions(measured)
    assert learnt.order is not None
    assert summary(what_was_learnt(measured)).startswith("learnt from 40 decisions, AUC 1.00 (shipped order ")
    views = [candidate_view(measured, number) for number in range(41, PHOTOS + 1)]
    places = {view.id % 2: view.priority for view in views}
    assert min(v.priority for v in views if v.id % 2) > max(v.priority for v in views if not v.id % 2), places
    assert all(view.measurements[LEARNT] is not None for view in views)
    forget(measured)
    after = table(measured)
    assert [row[0] for row in after] == [row[0] for row in before] and after[0][1] == before[0][1]
    assert LEARNT not in candidate_view(measured, 1).measurements and what_was_learnt(measured) is None


def test_a_duplicates_place_is_halved_and_it_stays_a_duplicate(measured: Project) -> None:
    learn_again(measured)
    before = candidate_view(measured, 3)
    replace_flag(measured, "duplicate", {before.sha256})
    learn_again(measured)
    after = candidate_view(measured, 3)
    told = len([flag for flag in before.flags if flag != "rain_free"])
    assert after.priority == pytest.approx(before.priority * (1 + told) / (2 + told))
    decide_some(measured, 40)
    learn_from_decisions(measured)
    assert "duplicate" in candidate_view(measured, 3).flags


def test_what_another_version_learnt_is_learnt_anew(measured: Project) -> None:
    decide_some(measured, 40)
    learn_from_decisions(measured)
    file = measured.folder / "prescreen" / "learnt.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": "1-old"}))
    assert what_was_learnt(measured) is None
    again = learn_again(measured)
    assert again is not None and again.version == version() and what_was_learnt(measured) is not None
    file.write_text("{")
    assert what_was_learnt(measured) is None and learn_again(measured) is None
    with measured.read() as session:
        assert session.scalar(select(Candidate.priority).limit(1)) is not None


def test_the_command_says_what_came_of_it(measured: Project, capsys: pytest.CaptureFixture[str]) -> None:
    decide_some(measured, 40)
    assert main(["learn", str(measured.folder)]) == 0
    assert capsys.readouterr().out.startswith("learnt from 40 decisions, AUC 1.00")
    assert main(["learn", str(measured.folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["decisions"] == 40
    assert main(["learn", str(measured.folder), "--shipped"]) == 0
    assert capsys.readouterr().out == "the shipped order is used\n"
