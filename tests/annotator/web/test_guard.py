"""Who gets in and who does not: hosts, origins, sessions, sizes, headers, paths."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.web.access import MOST_FAILURES, Access
from annotator.web.server import is_loopback, serve
from tests.annotator.web.conftest import client_of

PASSWORD = "correct horse"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.0.7", "", "[::2]", "a b", "[::1"])
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:7861", "127.0.0.1:7861", "[::1]:7861", "LOCALHOST", "127.0.0.5"])
def test_this_machine_is_known_by_all_its_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


def test_a_name_or_address_that_was_given_is_known(project: Project) -> None:
    client = client_of(project, names=["Rain.example.org"], any_address=True)
    for host in ("rain.example.org", "192.168.0.7:7861", "[fe80::1]:80"):
        assert client.get("/", headers={"host": host}).status_code == 200
    assert client.get("/", headers={"host": "other.example.org"}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:81", "", "localhost", "http://["])
def test_other_origins_cannot_write(client: TestClient, origin: str) -> None:
    for path in ("/api/undo", "/api/decide", "/api/upload", "/api/candidates/1/open"):
        assert client.post(path, json={}, headers={"origin": origin}).status_code == 403
    del client.headers["origin"]
    assert client.post("/api/candidates/1/open", json={}).status_code == 403


def test_a_large_request_is_refused_unread(client: TestClient) -> None:
    assert client.post("/api/decide", content=b" " * 1_000_001).status_code == 413
    pieces = {"content-length": "2", "transfer-encoding": "chunked"}  # where both are given, the pieces count
    assert client.post("/login", content=b"{}", headers=pieces).status_code == 413


def test_every_answer_has_the_headers_of_a_safe_page(client: TestClient) -> None:
    for path in ("/", "/static/main.js", "/api/next", "/nowhere", "/photos/../../etc/passwd"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/fonts/..%2f..%2findex.html",
        "/photos/..%2f..%2f..%2fannotator.sqlite/preview",
        "/photos/" + "g" * 64 + "/preview",
        "/photos/" + "0" * 64 + "/annotator.sqlite",
        "/docs",
        "/openapi.json",
    ],
)
def test_nothing_outside_can_be_read(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "SQLite" not in answer.text and "import " not in answer.text


def test_an_unknown_photo_is_a_sentence(client: TestClient) -> None:
    answer = client.get(f"/photos/{'0' * 64}/preview")
    assert answer.status_code == 400 and answer.json()["error"].endswith(".")


def test_without_a_session_only_the_sign_in_is_served(project: Project) -> None:
    client = client_of(project, access=Access(PASSWORD))
    assert client.get("/", follow_redirects=False).headers["location"] == "/login"
    for path in ("/login", "/static/login.js"):
        assert client.get(path).status_code == 200
    for path in ("/api/next", "/api/project", f"/photos/{'0' * 64}/preview", "/loginx/../api/next"):
        assert client.get(path).status_code == 401
    assert client.post("/api/candidates/1/open", json={}).status_code == 401


def test_signing_in_and_out(project: Project) -> None:
    client = client_of(project, access=Access(PASSWORD))
    wrong = client.post("/login", json={"curator": "berta", "password": "wrong"})
    assert wrong.status_code == 400 and "set-cookie" not in wrong.headers
    cookie = client.post("/login", json={"curator": "berta", "password": PASSWORD}).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Secure" not in cookie
    assert client.get("/api/project").json()["curator"] == "berta"  # whatever the page's own header says
    kept = client.cookies.get("annotator_session")
    client.post("/logout", content=b"")
    assert client.get("/api/project", headers={"cookie": f"annotator_session={kept}"}).status_code == 401


def test_the_cookie_is_for_https_alone_where_the_page_came_by_it(project: Project) -> None:
    client = client_of(project, access=Access(PASSWORD))
    client.base_url = "https://localhost"
    client.headers["origin"] = "https://localhost"
    assert "Secure" in client.post("/login", json={"curator": "b", "password": PASSWORD}).headers["set-cookie"]


def test_guessing_ends_after_some_failures(project: Project) -> None:
    client = client_of(project, access=Access(PASSWORD))
    for _ in range(MOST_FAILURES):
        assert client.post("/login", json={"curator": "b", "password": "guess"}).status_code == 400
    assert client.post("/login", json={"curator": "b", "password": PASSWORD}).status_code == 429


def test_sessions_hold_no_password_and_no_token() -> None:
    access = Access(PASSWORD)
    token = access.sign_in("anna", PASSWORD, "")
    assert PASSWORD not in repr(vars(access)) and token not in repr(vars(access))
    assert access.curator(token) == "anna" and access.curator("") is None


def test_other_hosts_need_a_password(project: Project) -> None:
    for host in ("0.0.0.0", "::", "192.168.0.7", "example.org", ""):
        assert not is_loopback(host)
        with pytest.raises(AnnotatorError, match="password"):
            serve(project, host, 0)
    with pytest.raises(AnnotatorError, match="8 characters"):
        serve(project, "0.0.0.0", 0, password="short")
    assert is_loopback("127.0.0.1") and is_loopback("::1") and is_loopback("localhost")


def test_a_second_server_and_a_taken_port_are_one_sentence(project: Project) -> None:
    import socket

    with project.served(), pytest.raises(AnnotatorError, match="Another server"):
        serve(project, "127.0.0.1", 0)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(AnnotatorError, match="cannot listen"):
        serve(project, "127.0.0.1", taken.getsockname()[1])


def test_no_script_puts_text_in_as_markup() -> None:
    """The policy forbids inline scripts; and no module has a way to make one."""
    folder = Path(__file__).resolve().parents[3] / "annotator" / "web" / "static"
    forbidden = re.compile(r"(inner|outer|Adjacent)HTML|document\.write|\beval\b|new Function|createContextual")
    for script in folder.glob("*.js"):
        assert not forbidden.search(script.read_text(encoding="utf-8")), script.name
    for page in folder.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"\son\w+=|style=|<script>|https?://", text), page.name
