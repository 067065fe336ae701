"""Many candidates at once: in every order, decided together, an event for each, taken back as one."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from annotator.database.models import DecisionEvent
from annotator.project import Project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide
from annotator.usecases.measuring import record_groups, record_measurements, unmeasured
from tests.annotator.photos import reject


def ids(client: TestClient, **wanted: object) -> list[int]:
    return [view["id"] for view in client.get("/api/grid", params=wanted).json()["views"]]


def seen(project: Project, *candidates: int) -> list[dict]:
    return [
        {"uuid": str(uuid4()), "candidate": number, "base_version": candidate_view(project, number).version}
        for number in candidates
    ]


@pytest.fixture
def measured(project: Project) -> Project:
    """1 and 3 are alike; 2 has no haze; 2 and 3 are near-duplicates."""
    values = {1: {"rain": 0.1, "haze": 0.5}, 2: {"rain": 0.9}, 3: {"rain": 0.2, "haze": 0.4}}
    for image, _ in unmeasured(project, "1"):
        record_measurements(
            project, image, values[image], ["mist"] if image == 1 else [], [], "1", values[image]["rain"]
        )
    record_groups(project, {candidate_view(project, number).sha256: "g" for number in (2, 3)})
    return project


def test_orders(client: TestClient, measured: Project) -> None:
    assert ids(client) == [2, 3, 1] and ids(client, order="duplicates") == [2, 3]
    assert ids(client, order="rain", ascending=True) == [1, 3, 2]
    assert ids(client, order="haze") == [1, 3, 2] and ids(client, order="haze", ascending=True) == [3, 1, 2]
    assert ids(client, order="like", like=1) == [1, 3, 2]
    assert ids(client, flag="mist") == [1] and ids(client, order="nothing of the kind") == [1, 2, 3]
    found = client.get("/api/grid", params={"order": "haze"}).json()
    assert found["measurements"] == ["haze", "rain"] and found["total"] == 3
    assert [view["value"] for view in found["views"]] == [0.5, 0.4, None]
    assert client.get("/api/grid", params={"order": "like"}).status_code == 400
    assert "not measured" in client.get("/api/grid", params={"order": "like", "like": 99}).json()["error"]


def test_one_decision_on_many_is_an_event_each_and_undone_as_one(client: TestClient, measured: Project) -> None:
    decide(measured, reject(candidate_view(measured, 1), curator="anna"))
    body = {"batch": str(uuid4()), "verdict": "accept", "items": seen(measured, 2, 3)}
    answer = client.post("/api/grid/decide", json=body).json()
    assert [done["state"] for done in answer["done"]] == ["accepted", "accepted"] and not answer["refused"]
    assert client.post("/api/grid/decide", json=body).json() == answer, "sent again it is not written again"
    for number in (2, 3):
        decision = candidate_view(measured, number).decision
        assert decision and [(c.x, c.y, c.w, c.h) for c in decision.crops] == [(0, 0, 300, 200)]
        assert decision.curator == "anna" and decision.batch == body["batch"]
    with measured.read() as session:
        assert session.scalars(select(DecisionEvent.batch)).all() == [None, body["batch"], body["batch"]]
    undoable = client.get("/api/undo").json()
    assert {other["id"] for other in undoable["batch"]} == {2, 3}
    items = [
        {"uuid": str(uuid4()), "candidate": other["id"], "base_version": other["version"]}
        for other in undoable["batch"]
    ]
    undone = client.post("/api/grid/undo", json={"batch": str(uuid4()), "items": items}).json()
    assert [done["state"] for done in undone["done"]] == ["pending", "pending"] and not undone["refused"]
    assert [other["id"] for other in client.get("/api/undo").json()["batch"]] == [1]


def test_what_one_photo_meets_stops_no_other(client: TestClient, measured: Project) -> None:
    items = seen(measured, 1, 2, 3)
    decide(measured, reject(candidate_view(measured, 2), curator="berta"))
    body = {"batch": str(uuid4()), "verdict": "reject", "reasons": ["snow"], "items": [*items, *seen(measured, 3)]}
    body["items"][3]["candidate"] = 99
    answer = client.post("/api/grid/decide", json=body).json()
    assert [done["candidate"] for done in answer["done"]] == [1, 3]
    assert [refused["name"] for refused in answer["refused"]] == ["2.png", "99"]
    assert "decided on since" in answer["refused"][0]["error"]
    decision = candidate_view(measured, 2).decision
    assert decision and decision.curator == "berta"
    for wrong in ({"items": []}, {"verdict": "maybe"}, {"batch": None}):
        assert client.post("/api/grid/decide", json=body | wrong).status_code == 422
