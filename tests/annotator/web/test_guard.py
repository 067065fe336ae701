"""Who gets in and who does not: hosts, origins, sessions, sizes, headers, paths."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.web.access import MOST_FAILURES, Access, TooMany
from annotator.web.application import make_application
from annotator.web.outside import Outside
from annotator.web.server import configuration, is_loopback, serve
from tests.annotator.web.conftest import ADDRESS, client_of

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


def proxied(project: Project, outside: Outside, proxy: str = "10.1.2.3") -> TestClient:
    """A client of the server as uvicorn serves it, whose requests come from a proxy's address."""
    application = make_application(
        project, default_curator="user", access=Access(PASSWORD), names=outside.names, frames=outside.frames
    )
    config = configuration(application, outside)
    config.load()
    return TestClient(config.loaded_app, base_url=ADDRESS, headers={"origin": ADDRESS}, client=(proxy, 5))


def sign_in(client: TestClient, password: str = PASSWORD, **headers: str):  # type: ignore[no-untyped-def]
    forwarded = {f"x-forwarded-{name}": value for name, value in headers.items()}
    return client.post("/login", json={"curator": "b", "password": password}, headers=forwarded)


def test_behind_a_proxy_one_who_guesses_locks_nobody_else_out(project: Project) -> None:
    client = proxied(project, Outside(proxies=("10.0.0.0/8",)))
    for number in range(MOST_FAILURES):  # what he claims before the proxy's own word does not count
        assert sign_in(client, "guess", **{"for": f"198.51.100.{number}, 203.0.113.1, 10.9.9.9"}).status_code == 400
    assert sign_in(client, **{"for": "203.0.113.1"}).status_code == 429
    assert sign_in(client, **{"for": "203.0.113.2"}).status_code == 200


@pytest.mark.parametrize("outside", [Outside(), Outside(proxies=("127.0.0.1",))])
def test_what_others_say_was_forwarded_is_not_believed(project: Project, outside: Outside) -> None:
    client = proxied(project, outside)
    assert "Secure" not in sign_in(client, proto="https").headers["set-cookie"]
    for number in range(MOST_FAILURES):
        sign_in(client, "guess", **{"for": f"203.0.113.{number}"})
    assert sign_in(client, **{"for": "203.0.113.99"}).status_code == 429


def test_nothing_forwarded_is_believed_of_this_machine_either_until_it_is_said(project: Project) -> None:
    assert "Secure" not in sign_in(proxied(project, Outside(), "127.0.0.1"), proto="https").headers["set-cookie"]


def test_behind_a_proxy_with_https_the_cookie_is_for_https_alone(project: Project) -> None:
    cookie = sign_in(proxied(project, Outside(proxies=("10.1.2.3",))), proto="https").headers["set-cookie"]
    assert "Secure" in cookie and "SameSite=strict" in cookie


def test_no_page_frames_this_one_unless_it_was_named(project: Project, client: TestClient) -> None:
    assert client.get("/").headers["content-security-policy"].endswith("frame-ancestors 'none'")
    framed = client_of(project, frames=["https://a.example", "https://b.example:8443"])
    policy = framed.get("/").headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors https://a.example https://b.example:8443")


def test_a_session_works_within_a_frame_of_another_site(project: Project) -> None:
    client = proxied(project, Outside(proxies=("10.1.2.3",), frames=("https://a.example",)))
    signed_in = sign_in(client, proto="https").headers["set-cookie"]
    client.base_url = "https://localhost"
    headers = {"origin": "https://localhost", "x-forwarded-proto": "https"}
    signed_out = client.post("/logout", content=b"", headers=headers).headers["set-cookie"]
    for cookie in (signed_in, signed_out):  # a browser deletes only the cookie that looks the same
        assert "SameSite=none; Secure; Partitioned" in cookie and "HttpOnly" in cookie
    assert "Max-Age=0" in signed_out
    assert (
        "SameSite=strict" in sign_in(client, proto="http").headers["set-cookie"]
    )  # without https there is no such cookie


def test_on_a_space_its_name_proxies_and_frame_are_known() -> None:
    assert Outside(names=("a",)).with_space({}) == Outside(names=("a",))
    on_space = Outside(names=("a",)).with_space({"SPACE_HOST": "anna-rain.hf.space"})
    assert on_space == Outside(("a", "anna-rain.hf.space"), ("10.0.0.0/8",), ("https://huggingface.co",))


@pytest.mark.parametrize("proxy", ["*", "proxy.example.org", "10.0.0.0/99", ""])
def test_a_proxy_is_an_address(proxy: str) -> None:
    with pytest.raises(AnnotatorError, match="A proxy is an address"):
        Outside(proxies=(proxy,))


@pytest.mark.parametrize("frame", ["*", "example.org", "https://a.example/page", "https://a.example; script-src *", ""])
def test_a_frame_is_an_origin(frame: str) -> None:
    with pytest.raises(AnnotatorError, match="origin"):
        Outside(frames=(frame,))
    assert Outside(frames=("https://*.example.org", "http://localhost:3000"))


def test_tries_at_the_same_time_all_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """More threads than tries look at a wrong password together: no more than the ten get to compare it."""
    access = Access(PASSWORD)
    compared = threading.Semaphore(0)
    go = threading.Event()

    def hashed(password: str) -> bytes:
        compared.release()
        go.wait(30)
        return b""

    monkeypatch.setattr(access, "_hashed", hashed)

    def guess(number: int) -> type[Exception]:
        with pytest.raises(AnnotatorError) as raised:
            access.sign_in("b", "guess", "203.0.113.1")
        return raised.type

    with ThreadPoolExecutor(2 * MOST_FAILURES) as pool:
        guesses = [pool.submit(guess, number) for number in range(2 * MOST_FAILURES)]
        for _ in range(MOST_FAILURES):
            assert compared.acquire(timeout=30)
        go.set()
        kinds = [guess.result() for guess in guesses]
    assert kinds.count(AnnotatorError) == kinds.count(TooMany) == MOST_FAILURES


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
    with pytest.raises(AnnotatorError, match="through a proxy only with a password"):
        serve(project, "127.0.0.1", 0, outside=Outside(proxies=("127.0.0.1",)))
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
