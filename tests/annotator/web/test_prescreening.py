"""Pre-screening as the page starts it, with measuring itself left to its own tests."""

import threading
import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from annotator.errors import AnnotatorError
from annotator.prescreen import run
from annotator.prescreen.run import PrescreenReport
from annotator.project import Project


def settled(client: TestClient, when: Callable[[dict], bool]) -> dict:
    end = time.monotonic() + 60
    while not when(state := client.get("/api/prescreen").json()):
        assert time.monotonic() < end, state
        time.sleep(0.01)
    return state


def test_it_runs_once_shows_how_far_it_is_and_stops(
    client: TestClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Project] = []
    half = threading.Event()

    def prescreen(
        given: Project, *, progress: Callable[[int, int], object], stop: Callable[[], bool]
    ) -> PrescreenReport:
        begun.append(given)
        progress(1, 3)
        half.set()
        while not stop():
            time.sleep(0.005)
        return PrescreenReport(1, 0, 0, (("2.png", "It is broken."),), stopped=True)

    monkeypatch.setattr(run, "prescreen", prescreen)
    before = client.get("/api/prescreen").json()
    assert (before["running"], before["waiting"], before["report"]) == (False, 3, None)
    assert client.post("/api/prescreen/start", json={}).json()["running"]
    assert half.wait(60) and client.post("/api/prescreen/start", json={}).json()["done"] == 1
    state = settled(client, lambda state: state["done"] == 1)
    assert (state["running"], state["total"], state["stopping"]) == (True, 3, False)
    client.post("/api/prescreen/cancel", json={})
    state = settled(client, lambda state: not state["running"])
    assert state["report"]["stopped"] and state["report"]["refused"] == [["2.png", "It is broken."]]
    assert begun == [project]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (AnnotatorError("The disk is full."), "The disk is full."),
        (ValueError("x"), "Something went wrong in the server"),
    ],
)
def test_what_goes_wrong_is_a_sentence(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(run, "prescreen", fail)
    client.post("/api/prescreen/start", json={})
    assert settled(client, lambda state: not state["running"])["error"].startswith(sentence)


def test_a_server_that_ends_stops_it(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def prescreen(*_: object, stop: Callable[[], bool], **__: object) -> PrescreenReport:
        while not stop():
            time.sleep(0.005)
        ended.set()
        return PrescreenReport(0, 0, 0, (), stopped=True)

    monkeypatch.setattr(run, "prescreen", prescreen)
    with client:
        client.post("/api/prescreen/start", json={})
    assert ended.is_set()
