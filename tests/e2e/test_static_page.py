"""The static page as a visitor uses it: privacy, offline, stopping, errors, keyboard, touch, and without good eyes."""

import re
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from PIL import Image

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.axe import violations
from tests.e2e.served_page import served_page
from tests.e2e.static_steps import choose, choose_scale, download, open_page, saved, scene, wait_until_done

NO_WORKER = {"service_workers": "block"}
"""So that requests can be answered by the test."""


@pytest.fixture
def page(browser: Browser, static_page: str) -> Iterator[Page]:
    page = open_page(browser, static_page, **NO_WORKER)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(scene(160, 120), tmp_path_factory.mktemp("photo") / "street.png")


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy for all that does not go to this machine: its address, and the first lines of what came."""
    asked: list[bytes] = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_address[1]}", asked
        proxy.shutdown()


def test_nothing_leaves_the_page(
    browser: Browser, static_page: str, photo: Path, elsewhere: tuple[str, list[bytes]]
) -> None:
    """Of all that the page and its workers ask for, nothing goes to another origin, and nothing holds a photo."""
    proxy, asked = elsewhere
    page = open_page(browser, static_page, proxy={"server": proxy, "bypass": "127.0.0.1"})
    requests: list[Request] = []
    page.context.on("request", lambda request: requests.append(request))
    page.reload()
    choose(page, photo)
    wait_until_done(page, "PNG, 160 × 120")
    for button in ("#save", "#save-mask"):
        download(page, button)
    page.locator("#strength").fill("0.5")
    page.wait_for_timeout(500)
    assert requests
    for request in requests:
        assert request.url.startswith((static_page, "blob:" + static_page)), request.url
        assert request.method == "GET" and request.post_data is None
    assert asked == []
    other = page.context.new_page()
    other.evaluate("fetch('http://elsewhere.example/').catch(() => {})")
    assert b"elsewhere.example" in asked[0], "such a request would have been seen"
    page.context.close()


def test_what_the_policy_forbids(page: Page, static_page: str) -> None:
    """Even a script that wanted to could send nothing away: by the header, and by the page where a host sends none."""
    answer = page.request.get(static_page)
    policy = answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert page.evaluate("crossOriginIsolated")
    in_page = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content") or ""
    for rule in (
        "default-src 'none'",
        "connect-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "form-action 'none'",
    ):
        assert rule in policy and rule in in_page
    assert "unsafe-inline" not in policy + in_page and "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    refused = page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
          fetch('https://example.org/', { method: 'POST', body: 'photo' }).catch(() => {});
        })"""
    )
    assert refused == "connect-src"


def test_offline_after_the_first_visit(browser: Browser, static_folder: Path, photo: Path) -> None:
    with served_page(static_folder) as address:
        page = open_page(browser, address)
        choose(page, photo)
        wait_until_done(page, "PNG, 160 × 120")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # the server is gone
    choose(page, photo)
    wait_until_done(page, "PNG, 160 × 120")
    page.context.close()


def test_it_can_be_installed(page: Page, static_page: str) -> None:
    manifest = page.request.get(static_page + "manifest.webmanifest").json()
    assert manifest["display"] == "standalone" and manifest["start_url"] == "./"
    for icon in manifest["icons"]:
        answer = page.request.get(static_page + icon["src"])
        assert answer.ok
        if icon["type"] == "image/png":
            (side,) = {int(side) for side in icon["sizes"].split("x")}
            from io import BytesIO

            assert Image.open(BytesIO(answer.body())).size == (side, side)


def test_stop_and_start_again(page: Page, tmp_path: Path) -> None:
    photo = saved(scene(2000, 1500), tmp_path / "large.png")
    choose_scale(page, "1")
    choose(page, photo)
    expect(page.locator("#status")).to_contain_text(re.compile("part [2-9] of"))
    page.click("#stop")
    expect(page.locator("#status")).to_have_text("Stopped.")
    page.wait_for_timeout(1000)
    expect(page.locator("#status")).to_have_text("Stopped.")
    assert page.locator("#rainy img").count() == 1
    choose_scale(page, "4")  # another scale starts as the button does
    wait_until_done(page, "2000 × 1500")
    expect(page.locator("#again")).to_be_hidden()
    page.click("#clear")
    expect(page.locator("#rainy img")).to_have_count(0)
    expect(page.locator("#save")).to_be_disabled()


def test_another_photo_ends_the_work_on_the_first(page: Page, photo: Path, tmp_path: Path) -> None:
    choose_scale(page, "1")
    choose(page, saved(scene(2000, 1500), tmp_path / "large.png"))
    expect(page.locator("#status")).to_contain_text("part 1 of")
    choose(page, photo)
    wait_until_done(page, "PNG, 160 × 120")
    assert download(page, "#save")[0] == "street_derained.png"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "photo.heic",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            "This browser cannot open HEIC photos such as photo.heic",
        ),
        ("scan.tif", b"II*\0\x08\0\0\0\0\0", "This browser cannot open TIFF photos such as scan.tif"),
        ("cut.png", None, "cut.png is broken or cut off"),
        ("words.txt", b"no picture", "words.txt is no photo that this browser can open."),
    ],
)
def test_what_cannot_be_opened(
    page: Page, photo: Path, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(photo.read_bytes()[:60] if content is None else content)
    choose(page, path)
    expect(page.locator("#failure p")).to_contain_text(sentence)
    choose(page, photo)
    expect(page.locator("#failure")).to_be_hidden()


def test_a_photo_that_is_too_large(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    Image.new("1", (10_000, 5_000)).save(path)
    choose(page, path)
    expect(page.locator("#failure p")).to_contain_text("The photo of 10000 × 5000 pixels is too large")


@pytest.mark.parametrize(
    ("script", "altered", "sentence"),
    [
        (
            "decode.js",
            """const read = OffscreenCanvasRenderingContext2D.prototype.getImageData;
            OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...place) {
              const seen = read.apply(this, place);
              seen.data[8] ^= 1;
              return seen;
            };
            """,
            "This browser alters what a page reads of a picture",
        ),
        (
            "network.js",
            """self.Worker = class extends EventTarget {
              postMessage({ id }) {
                const data = { id, error: { sentence: null, said: 'std::bad_alloc' } };
                setTimeout(() => this.dispatchEvent(new MessageEvent('message', { data })));
              }
              terminate() {}
            };
            """,
            "There is not enough memory here for this photo",
        ),
    ],
)
def test_what_a_browser_may_refuse(
    browser: Browser, static_page: str, photo: Path, script: str, altered: str, sentence: str
) -> None:
    page = browser.new_context(**NO_WORKER).new_page()
    page.context.route(
        "**/" + script, lambda route: route.fulfill(response=(got := route.fetch()), body=altered + got.text())
    )
    page.goto(static_page)
    choose(page, photo)
    expect(page.locator("#failure p")).to_contain_text(sentence)
    page.context.close()


def test_without_the_network_file(browser: Browser, static_page: str, photo: Path) -> None:
    page = browser.new_context(**NO_WORKER).new_page()
    page.context.route("**/*.gz", lambda route: route.abort())
    page.goto(static_page)
    choose(page, photo)
    expect(page.locator("#failure p")).to_contain_text("The network could not be fetched")
    expect(page.locator("#again")).to_be_visible()
    page.context.unroute("**/*.gz")
    page.click("#again")
    wait_until_done(page, "PNG, 160 × 120")
    page.context.close()


def test_paste_and_drop(page: Page, photo: Path) -> None:
    for kind in ("drop", "paste"):
        page.evaluate(
            """([kind, bytes]) => {
              const data = new DataTransfer();
              data.items.add(new File([new Uint8Array(bytes)], kind + '.png', { type: 'image/png' }));
              const told = { dataTransfer: data, clipboardData: data, bubbles: true, cancelable: true };
              const event = kind === 'drop' ? new DragEvent(kind, told) : new ClipboardEvent(kind, told);
              document.querySelector('main').dispatchEvent(event);
            }""",
            [kind, list(photo.read_bytes())],
        )
        wait_until_done(page, "PNG, 160 × 120")
        assert download(page, "#save")[0] == f"{kind}_derained.png"
        page.click("#clear")


def test_views_and_the_wipe_by_keyboard(page: Page, photo: Path) -> None:
    choose(page, photo)
    wait_until_done(page, "PNG, 160 × 120")
    removed = page.locator("#mask img").get_attribute("src")
    page.check("#view input[value=mask]")
    assert page.locator("#mask img").get_attribute("src") != removed
    handle = page.get_by_role("slider", name="Wipe")
    handle.focus()
    for key, value in (("ArrowRight", "52"), ("Home", "0"), ("End", "100")):
        page.keyboard.press(key)
        expect(handle).to_have_attribute("aria-valuenow", value)


def test_the_wipe_by_touch(browser: Browser, static_page: str, photo: Path) -> None:
    page = open_page(browser, static_page, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.locator("#camera-button")).to_be_visible()
    cut = page.evaluate(
        "[...document.querySelectorAll('.row button')].filter((one) => one.scrollWidth > one.clientWidth)"
    )
    assert cut == [], "words wider than their button"
    choose(page, photo)
    wait_until_done(page, "PNG, 160 × 120")
    handle = page.get_by_role("slider", name="Wipe")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, points in (("Start", [(x, y)]), ("Move", [(x + 60, y)]), ("End", [])):
        touch.send(
            "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [{"x": a, "y": b} for a, b in points]}
        )
    assert int(handle.get_attribute("aria-valuenow") or 0) > 55
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, static_page: str, photo: Path, scheme: str) -> None:
    page = browser.new_context(color_scheme=scheme, bypass_csp=True, **NO_WORKER).new_page()
    page.goto(static_page)
    assert violations(page) == []
    choose(page, photo)
    wait_until_done(page, "PNG, 160 × 120")
    page.evaluate("document.querySelector('#advanced').open = true; document.querySelector('#failure').hidden = false")
    for width in (1440, 820, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
    page.context.close()


def test_the_link_to_the_demo(page: Page) -> None:
    assert page.locator("#demo a[href='https://demo.example/']").count() == 1
