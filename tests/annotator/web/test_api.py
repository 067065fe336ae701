"""The API as the page uses it: what it answers, and what the project then holds."""

import io
import zipfile
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from annotator.project import Project, open_project
from annotator.usecases.backups import back_up_project, restore_project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.measuring import record_measurements
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
    assert [view["id"] for view in gallery["views"]] == [2, 3] and gallery["pages"] == 1
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
    backup = back_up_project(project)
    project.close()
    (project.folder / "annotator.sqlite").unlink()
    anew = open_project(project.folder)
    assert client_of(anew).get("/api/project").json()["project"] != named
    restore_project(anew, backup)
    assert client_of(anew).get("/api/project").json()["project"] == named
    anew.close()
