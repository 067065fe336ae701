"""Fetching by URL: never a private address, whatever names, redirects or changing look-ups say; limits hold."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from annotator.errors import AnnotatorError
from annotator.sources.fetching import Address, Limits, fetch_photo, is_public

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((self.headers["Host"], self.path))
        if self.path == "/photo.png":
            self.answer(200, b"photo")
        elif self.path.startswith("/to/"):
            self.answer(302, b"", Location=self.path[4:])
        elif self.path == "/loop":
            self.answer(302, b"", Location="/loop")
        elif self.path == "/large":
            self.answer(200, bytes(2000))
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(bytes(1 << 16))
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b"x")
                    time.sleep(0.1)
        elif self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"only this")
        elif self.path == "/empty":
            self.answer(200, b"")
        else:
            self.answer(404, b"no")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    found: Any = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    found.asked = []
    found.daemon_threads = True
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()


@pytest.fixture
def base(server: Any) -> str:
    server.asked.clear()
    return f"http://127.0.0.1:{server.server_port}"


def anywhere(address: Address) -> bool:
    return True


def test_a_photo(base: str) -> None:
    assert fetch_photo(f"{base}/photo.png", allowed=anywhere) == b"photo"
    assert fetch_photo(f"{base}/to//to/{base}/photo.png", allowed=anywhere) == b"photo"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/nothing", "was answered with 404"),
        ("/loop", "more than 5 redirects"),
        ("/large", "is larger than the 0.001 MB"),
        ("/endless", "is larger than the 0.001 MB"),
        ("/slow", "took longer than 1 seconds"),
        ("/short", "cannot be fetched|was cut off"),
        ("/empty", "is empty"),
        ("/to/file:///etc/passwd", "only http and https are fetched, not file"),
        ("/to/http://user:secret@127.0.0.1/", "user name or password"),
        ("/to/http://[", "cannot be fetched"),
    ],
)
def test_limits(base: str, path: str, sentence: str) -> None:
    start = time.monotonic()
    with pytest.raises(AnnotatorError, match=sentence) as caught:
        fetch_photo(base + path, limits=Limits(seconds=1, bytes=1000), allowed=anywhere)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    assert time.monotonic() - start < 60


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a.png",
        "gopher://x/",
        "data:image/png;base64,AA",
        "//x/a",
        "http://",
        "http://[::1",
    ],
)
def test_only_http(url: str) -> None:
    with pytest.raises(AnnotatorError):
        fetch_photo(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
)
def test_a_private_address_is_never_connected_to(server: Any, base: str, host: str) -> None:
    with pytest.raises(AnnotatorError, match=r"private address|cannot be fetched"):
        fetch_photo(f"http://{host}:{server.server_port}/photo.png")
    assert server.asked == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Names stand for given addresses, one look-up after the other."""

    def set_names(**given: list[str]) -> None:
        real = socket.getaddrinfo

        def look_up(host: str, port: int, **more: Any) -> list[Any]:
            addresses = given.get(host.removesuffix(".test").replace("-", "_"))
            if addresses is None:
                return real(host, port, **more)
            address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (part, port)) for part in address.split(",")]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return set_names


def only_8(address: Address) -> bool:
    """Stands for "public" in tests: 127.0.0.8 leads to the test's server as 127.0.0.1 does."""
    return str(address) == "127.0.0.8"


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server on 127.0.0.8, which plays the open Internet."""
    found: Any = ThreadingHTTPServer(("127.0.0.8", 0), Answers)
    found.asked = []
    found.daemon_threads = True
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()


def test_a_redirect_to_a_private_address_is_refused(server: Any, base: str, outside: Any) -> None:
    url = f"http://127.0.0.8:{outside.server_port}/to/{base}/photo.png"
    with pytest.raises(AnnotatorError, match="private address"):
        fetch_photo(url, allowed=only_8)
    assert len(outside.asked) == 1 and server.asked == []


def test_a_name_that_changes_its_address_gains_nothing(server: Any, base: str, outside: Any, names: Any) -> None:
    """DNS rebinding: the first look-up is harmless, the second would not be. There is no second for one connection."""
    names(rebound=["127.0.0.8", "127.0.0.1"])
    port = outside.server_port
    assert fetch_photo(f"http://rebound.test:{port}/photo.png", allowed=only_8) == b"photo"
    assert outside.asked == [(f"rebound.test:{port}", "/photo.png")] and server.asked == []
    with pytest.raises(AnnotatorError, match="private address"):
        fetch_photo(f"http://rebound.test:{port}/photo.png", allowed=only_8)


def test_a_redirect_looks_the_name_up_anew(server: Any, base: str, outside: Any, names: Any) -> None:
    names(rebound=["127.0.0.8", "127.0.0.1"])
    target = f"http://rebound.test:{server.server_port}/photo.png"
    with pytest.raises(AnnotatorError, match="private address"):
        fetch_photo(f"http://rebound.test:{outside.server_port}/to/{target}", allowed=only_8)
    assert server.asked == []


def test_one_private_address_among_several_is_enough(server: Any, base: str, outside: Any, names: Any) -> None:
    names(mixed=["127.0.0.8,127.0.0.1"])
    with pytest.raises(AnnotatorError, match="private address"):
        fetch_photo(f"http://mixed.test:{outside.server_port}/photo.png", allowed=only_8)


def test_a_name_that_does_not_exist(names: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(AnnotatorError, match=r"cannot be fetched: name or service not known\.$"):
        fetch_photo("http://nowhere.test/a.png")
