"""Learning while curators decide: every so many decisions, in the background, shown on the page."""

import threading
import uuid

import pytest
from starlette.testclient import TestClient

from annotator.errors import AnnotatorError
from annotator.prescreen.learning import Learnt
from annotator.project import Project
from annotator.web import learning
from annotator.web.learning import Learning


def test_it_learns_every_so_many_decisions(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    fits: list[Project] = []
    monkeypatch.setattr(learning, "learn_from_decisions", fits.append)
    one = Learning(project)
    one.decided(learning.EVERY - 1)
    one.wait()
    assert not fits
    one.decided()
    one.wait()
    one.decided(learning.EVERY)
    one.wait()
    assert fits == [project, project]


def test_one_fit_at_a_time_and_an_error_ends_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    go, begun = threading.Event(), []

    def fit(given: Project) -> None:
        begun.append(given)
        assert go.wait(60)
        raise AnnotatorError("The disk is full.")

    monkeypatch.setattr(learning, "learn_from_decisions", fit)
    one = Learning(project)
    for _ in range(3):
        one.decided(learning.EVERY)
    go.set()
    one.wait()
    assert len(begun) == 1
    one.decided()  # those that came meanwhile count
    one.wait()
    assert len(begun) == 2


def test_the_page_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/api/progress").json()["learnt"] == ""
    monkeypatch.setattr(learning, "what_was_learnt", lambda _: Learnt("v", 75, 0.931, 0.9))
    assert "75 decisions teach is not surely better" in client.get("/api/progress").json()["learnt"]


def test_decisions_on_the_page_count(project: Project, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    monkeypatch.setattr(Learning, "decided", lambda self, count=1: counted.append(count))
    view = client.get("/api/next").json()["candidate"]
    given = {"uuid": str(uuid.uuid4()), "candidate": view["id"], "base_version": view["version"]}
    decision = given | {"verdict": "reject", "reasons": ["snow"], "crops": [], "note": "", "seen_ms": 5}
    assert client.post("/api/decide", json=decision | {"kind": "decide", "filters": {}}).status_code == 200
    others = [n for n in (1, 2, 3) if n != view["id"]]
    items = [{"uuid": str(uuid.uuid4()), "candidate": n, "base_version": 0} for n in others]
    many = {"batch": str(uuid.uuid4()), "verdict": "reject", "reasons": ["snow"], "items": items}
    assert len(client.post("/api/grid/decide", json=many).json()["done"]) == 2
    assert counted == [1, 2]
