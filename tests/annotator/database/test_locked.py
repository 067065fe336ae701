"""A database that another program holds for longer than a writer waits."""

import sqlite3
from contextlib import closing

import pytest

from annotator.database import engine
from annotator.errors import AnnotatorError
from annotator.project import Project, open_project
from annotator.rules import Rules
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from annotator.usecases.rules import set_rules
from tests.annotator.photos import import_arrays, photo_arrays, reject


def test_it_is_told_nothing_is_lost_and_the_next_try_succeeds(local: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    import_arrays(local, local.folder.parent / "photos", photo_arrays(1))
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, "busy_timeout = 50"))  # for the 30 seconds
    project = open_project(local.folder)
    decision = reject(candidate_view(project, 1))
    with closing(sqlite3.connect(local.folder / "annotator.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        for write in (lambda: decide(project, decision), lambda: set_rules(project, Rules(votes_required=2))):
            with pytest.raises(AnnotatorError, match="is held by another program for more than 30 seconds; try again"):
                write()
        assert candidate_view(project, 1).state == "pending", "who only reads need not wait"
        other.rollback()
    assert decide(project, decision).state == "rejected" and project.rules == Rules()
    project.close()
