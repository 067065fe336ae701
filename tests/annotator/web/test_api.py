"""The API as the page uses it: what it answers, and what the project then holds."""

import io
import zipfile
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from annotator.errors import AnnotatorError
from annotator.project import Project, open_project
from annotator.rules import Rules
from annotator.usecases import queue
from annotator.usecases.backups import back_up_project, restore_project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.measuring import record_measurements
from annotator.usecases.rules import set_rules
from annotator.web.upload import safe_name
from tests.annotator.web.conftest import client_of


def decision(candidate: int, verdict: str = "reject", version: int = 0, **more: object) -> dict[str, object]:
    reasons = ["snow"] if verdict == "reject" else []
    return {
        "uuid": str(uuid4()),
        "candidate": candidate,
        "base_version": version,
        "verdict": verdict,
        "reasons": reasons,
        **more,
    }


def test_a_decision_brings_the_next_photo_and_those_after_it(client: TestClient, project: Project) -> None:
    first = client.get("/api/next").json()
    assert first["candidate"]["id"] == 1 and [other["id"] for other in first["upcoming"]] == [2, 3]
    crop = {"x": 1, "y": 2, "w": 130, "h": 140}
    answer = client.post("/api/decide", json=decision(1, "accept", crops=[crop], seen_ms=2500)).json()
    assert answer["decided"]["version"] == 1
    assert answer["candidate"]["id"] == 2 and [other["id"] for other in answer["upcoming"]] == [3]
    held = candidate_view(project, 1).decision
    assert held and (held.curator, held.verdict) == ("anna", "accept")


def test_the_same_uuid_is_one_decision(client: TestClient, project: Project) -> None:
    given = decision(1)
    answers = [client.post("/api/decide", json=given).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert candidate_view(project, 1).version == 1


def test_a_stale_decision_is_answered_with_what_holds(client: TestClient) -> None:
    client.post("/api/decide", json=decision(1))
    answer = client.post("/api/decide", json=decision(1, "skip"))
    assert answer.status_code == 409
    assert answer.json()["candidate"]["decision"]["reasons"] == ["snow"]
    assert client.post("/api/undo", json={"uuid": str(uuid4()), "candidate": 1, "base_version": 7}).status_code == 409


def test_undo_hands_the_photo_back(client: TestClient) -> None:
    client.post("/api/decide", json=decision(1))
    answer = client.post("/api/undo", json={"uuid": str(uuid4()), "candidate": 1, "base_version": 1}).json()
    assert answer["candidate"]["state"] == "pending" and answer["candidate"]["version"] == 2
    assert client.get("/api/next").json()["candidate"]["id"] == 1


def take_back(client: TestClient, **headers: str):  # type: ignore[no-untyped-def]
    """What the page does on Ctrl Z: asks which decision is the last, and takes it back."""
    last = client.get("/api/undo", headers=headers).json()["last"]
    if last is None:
        return None
    candidate = last["candidate"]
    body = {"uuid": str(uuid4()), "candidate": candidate["id"], "base_version": candidate["version"]}
    assert client.post("/api/undo", json=body, headers=headers).status_code == 200
    return candidate["id"], last["decision"]["verdict"]


def test_undo_walks_back_through_ones_own_decisions_also_from_a_new_window(client: TestClient) -> None:
    client.post("/api/decide", json=decision(2))
    client.post("/api/decide", json=decision(1, "skip"))
    client.post("/api/decide", json=decision(3, "skip"), headers={"x-curator": "berta"})
    client.post("/api/decide", json=decision(2, "skip", version=1))
    elsewhere = {"x-window": "after the reload"}
    taken_back = [take_back(client, **elsewhere) for _ in range(4)]
    assert taken_back == [(2, "skip"), (1, "skip"), (2, "reject"), None]
    states = [client.get(f"/api/candidates/{number}").json()["candidate"]["state"] for number in (1, 2, 3)]
    assert states == ["pending", "pending", "skipped"]


def test_undo_passes_what_somebody_else_decided_since_and_names_it(client: TestClient) -> None:
    client.post("/api/decide", json=decision(1))
    mine = decision(2)
    client.post("/api/decide", json=mine)
    client.post("/api/decide", json=decision(2, "skip", version=1), headers={"x-curator": "berta"})
    assert client.get("/api/undo").json()["overruled"] == [{"uuid": mine["uuid"], "name": "2.png"}]
    stale = {"uuid": str(uuid4()), "candidate": 2, "base_version": 1}
    assert client.post("/api/undo", json=stale).status_code == 409
    assert take_back(client) == (1, "reject")
    assert take_back(client) is None
    assert take_back(client, **{"x-curator": "berta"}) == (2, "skip")
    assert take_back(client) == (2, "reject")  # which counts again


def test_a_vote_can_be_taken_back_until_a_review_settles_it(client: TestClient, project: Project) -> None:
    set_rules(project, Rules(votes_required=2))
    client.post("/api/decide", json=decision(1))
    berta = {"x-curator": "berta"}
    client.post("/api/decide", json=decision(1, "reject", version=1), headers=berta)
    assert client.get("/api/undo").json()["last"]["candidate"]["id"] == 1
    client.post("/api/decide", json=decision(1, "skip", version=2, kind="review"), headers=berta)
    found = client.get("/api/undo").json()
    assert found["last"] is None and len(found["overruled"]) == 1


@pytest.mark.parametrize("other", [{"x-window": "two"}, {"x-curator": "berta"}])
def test_an_undo_that_was_written_says_so_though_the_photo_is_open_elsewhere(
    client: TestClient, project: Project, other: dict[str, str]
) -> None:
    client.post("/api/decide", json=decision(1))
    client.post("/api/candidates/1/open", json={}, headers=other)
    given = {"uuid": str(uuid4()), "candidate": 1, "base_version": 1}
    answers = [client.post("/api/undo", json=given) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 200 and answer.json()["unopened"].endswith("just now.")
        assert answer.json()["candidate"]["state"] == "pending"
    assert candidate_view(project, 1).version == 2


def test_a_decision_that_was_written_says_so_though_what_follows_cannot_be_told(
    client: TestClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **more: object) -> None:
        raise AnnotatorError("The database is held by another program.")

    monkeypatch.setattr(queue, "upcoming", fail)
    assert client.post("/api/decide", json=decision(1)).json() == {
        "decided": {"id": 1, "sha256": candidate_view(project, 1).sha256, "width": 300, "height": 200, "version": 1}
    }
    assert client.get("/api/next").status_code == 400


def test_photos_that_fit_after_the_decision_too_are_leafed_through(client: TestClient) -> None:
    for number in (1, 2, 3):
        client.post("/api/decide", json=decision(number, "skip"))
    skipped = {"state": "skipped"}
    assert client.get("/api/next", params=skipped).json()["candidate"]["id"] == 1
    again = decision(1, "skip", version=1, filters=skipped)
    assert client.post("/api/decide", json=again).json()["candidate"]["id"] == 2
    assert client.get("/api/next", params=skipped | {"after": 2}).json()["candidate"]["id"] == 3
    assert client.get("/api/next", params=skipped | {"after": 3}).json()["candidate"] is None
    assert client.get("/api/next", params=skipped | {"after": 99}).status_code == 400


def test_windows_and_curators_get_different_photos(project: Project) -> None:
    """The windows share a server; another curator's lease holds across servers too."""
    client = client_of(project)
    headers = [{"x-window": "one"}, {"x-window": "two"}, {"x-curator": "berta"}]
    got = [client.get("/api/next", headers=header).json()["candidate"]["id"] for header in headers]
    assert sorted(got) == [1, 2, 3]
    again = [client.get("/api/next", headers=header).json()["candidate"]["id"] for header in headers]
    assert again == got
    assert client.get("/api/next", headers={"x-curator": "carla"}).json()["candidate"] is None
    assert client.post("/api/candidates/1/open", json={}, headers={"x-curator": "carla"}).status_code == 400
    assert client.post("/api/candidates/1/open", json={}, headers={"x-window": "two"}).status_code == 400


def test_a_window_that_is_closed_leaves_its_photo_to_the_next_one(project: Project) -> None:
    client = client_of(project)
    assert client.get("/api/next", headers={"x-window": "one"}).json()["candidate"]["id"] == 1
    assert client.get("/api/next", headers={"x-window": "two"}).json()["candidate"]["id"] == 2
    for _ in range(2):
        assert client.post("/api/leave", content=b"", headers={"x-window": "one"}).status_code == 200
    assert client.get("/api/next", headers={"x-window": "three"}).json()["candidate"]["id"] == 1
    client.post("/api/leave", content=b"", headers={"x-window": "three"})
    assert client.get("/api/next", headers={"x-curator": "berta"}).json()["candidate"]["id"] == 1


def test_a_window_that_moves_on_leaves_its_photo_to_others(project: Project) -> None:
    client = client_of(project)
    assert client.get("/api/next", headers={"x-window": "one"}).json()["candidate"]["id"] == 1
    client.post("/api/candidates/3/open", json={}, headers={"x-window": "one"})
    assert client.get("/api/next", headers={"x-curator": "berta"}).json()["candidate"]["id"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "maybe"},
        {"crops": [{"x": 0.5, "y": 0, "w": 130, "h": 130}], "verdict": "accept"},
        {"crops": [{"x": -1, "y": 0, "w": 130, "h": 130}], "verdict": "accept"},
        {"crops": [{"x": 200, "y": 0, "w": 130, "h": 130}], "verdict": "accept"},
        {"crops": [{"x": 0, "y": 0, "w": 20, "h": 130}], "verdict": "accept"},
        {"verdict": "accept"},
        {"reasons": []},
        {"reasons": ["boring"]},
        {"uuid": "1"},
        {"candidate": 99},
        {"note": "x" * 2001},
        {"seen_ms": -1},
        {"filters": {"state": "nowhere"}},
        {"surprise": 1},
    ],
)
def test_what_does_not_fit_is_a_sentence_and_changes_nothing(
    client: TestClient, project: Project, change: dict
) -> None:
    answer = client.post("/api/decide", json=decision(1) | change)
    assert answer.status_code in (400, 422)
    assert answer.json()["error"].strip() and "Traceback" not in answer.text
    assert candidate_view(project, 1).version == 0


def test_filters_gallery_and_progress(client: TestClient, project: Project) -> None:
    record_measurements(project, 2, {"coverage": 0.25}, ["mist"], [], "1", 0.0)
    filtered = client.get("/api/next", params={"flag": "mist"}).json()["candidate"]
    assert filtered["id"] == 2 and filtered["measurements"] == {"coverage": 0.25}
    client.post("/api/decide", json=decision(2))
    client.post("/api/decide", json=decision(3, "skip"))
    gallery = client.get("/api/gallery", params={"state": "decided"}).json()
    assert [view["id"] for view in gallery["views"]] == [3, 2] and gallery["pages"] == 1
    in_queue = client.get("/api/gallery", params={"state": "all", "order": "queue"}).json()
    assert [view["id"] for view in in_queue["views"]] == [1, 2, 3]
    assert client.get("/api/gallery", params={"state": "decided", "reason": "snow", "page": 0}).json()["total"] == 1
    progress = client.get("/api/progress").json()
    assert progress["states"] == {"pending": 1, "accepted": 0, "rejected": 1, "skipped": 1, "disputed": 0}
    assert progress["rate"] > 0
    about = client.get("/api/project").json()
    assert about["flags"] == {"mist": 1} and about["reasons"][0] == {"code": "snow", "label": "snow", "key": "Digit1"}


def test_uploads_are_imported_under_their_names(client: TestClient, project: Project) -> None:
    def photo(seed: int) -> bytes:
        stream = io.BytesIO()
        pixels = np.random.default_rng(seed).integers(0, 256, (150, 160, 3), np.uint8)
        Image.fromarray(pixels).save(stream, "PNG")
        return stream.getvalue()

    def upload(name: str, content: bytes):  # type: ignore[no-untyped-def]
        from urllib.parse import quote

        return client.post("/api/upload", content=content, headers={"x-name": quote(name)})

    name = "../../雨 <img src=x onerror=alert(1)>.png"
    assert upload(name, photo(1)).json() == {"taken": 1, "known": 0, "refused": []}
    assert upload("again.png", photo(1)).json()["known"] == 1
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        entries.writestr("a/b.png", photo(2))
        entries.writestr("readme.txt", "none")
    assert upload("more.zip", archive.getvalue()).json()["taken"] == 1
    assert upload("broken.jpg", b"\xff\xd8\xff\xe0 nothing").json()["refused"][0][0] == "broken.jpg"
    for refused in ("list.csv", "paths.txt", "", "x"):
        assert upload(refused, b"/etc/passwd").status_code == 400
    assert list((project.folder / "uploads").iterdir()) == []
    names = [view["name"] for view in client.get("/api/gallery", params={"state": "all"}).json()["views"]]
    assert "雨 <img src=x onerror=alert(1)>.png" in names and "a/b.png" in str(names)


def test_names_of_uploads_are_files_names() -> None:
    assert safe_name("..\\..\\x.JPG") == "x.JPG"
    assert safe_name("a\0b/c.png") == "c.png"
    long = safe_name("雨" * 200 + ".png")
    assert len(long.encode()) <= 180 and long.endswith("雨.png")


def test_a_project_made_anew_in_a_folder_is_another_to_the_browser(project: Project) -> None:
    """What the browser kept for candidate 1 must not fall on another photo; after a backup's return it is the same."""
    named = client_of(project).get("/api/project").json()["project"]
    backup = back_up_project(project).file
    project.close()
    (project.folder / "annotator.sqlite").unlink()
    anew = open_project(project.folder)
    assert client_of(anew).get("/api/project").json()["project"] != named
    restore_project(anew, backup)
    assert client_of(anew).get("/api/project").json()["project"] == named
    anew.close()
