"""The demo below a path of a proxy, as docs/demo.md tells: both pages, the links between them, what they ask for."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import numpy as np
import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, expect

from tests.e2e.served_demo import served_demo
from tests.e2e.test_page import download, open_page, pixels, shown, upload, wait_for_outcome

BELOW = "/rain/out"


@contextmanager
def proxy(target: str) -> Iterator[str]:
    """The address of a proxy that passes what lies below `BELOW` on to a server, without that path; nothing else."""

    class Pass(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            if not self.path.startswith(BELOW):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
            address = target + (self.path.removeprefix(BELOW) or "/")
            with client.stream(self.command, address, content=body, headers=headers) as answer:
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name not in ("transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                with suppress(OSError, httpx.HTTPError):  # a page that is left hears no more; so does one at the end
                    for part in answer.iter_raw():
                        self.wfile.write(part)
                        self.wfile.flush()

        do_GET = do_POST = do_HEAD = pass_on

        def log_message(self, *_: object) -> None:
            pass

    with httpx.Client(timeout=None) as client, ThreadingHTTPServer(("127.0.0.1", 0), Pass) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{BELOW}"
        server.shutdown()


@pytest.fixture(scope="module")
def below(weights: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = ["-m", "app", "--weights", str(weights)]
    folder = tmp_path_factory.mktemp("below")
    with served_demo(program, repository, folder, GRADIO_ROOT_PATH=BELOW) as demo, proxy(demo) as address:
        yield address


def test_both_pages_work_below_a_path(
    browser: Browser, below: str, photos: Path, by_command_line: Path, tmp_path: Path
) -> None:
    page = open_page(browser, f"{below}/")
    failed: list[str] = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    derained = pixels(by_command_line / "png/street.png")
    assert np.array_equal(shown(page, "derained"), derained)
    assert np.array_equal(pixels(download(page, "#save", tmp_path)), derained)
    page.get_by_text("Use it from a script").click()
    expect(page.locator("#api")).to_contain_text(f'Client("{below}")')

    page.click("#hand-over")
    page.wait_for_url(f"{below}/compare?photo=*")
    expect(page.locator("#viewer .pane[data-id='ours'] canvas")).to_be_visible()
    page.get_by_role("link", name="Derain").click()
    expect(page.locator("#examples button").first).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    page.locator("#compare-examples button").first.click()
    expect(page.locator("#viewer canvas")).to_have_count(6)
    assert page.url.startswith(f"{below}/compare")
    assert failed == []
    page.context.close()
