"""The demo as a person uses it, in headless Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

PATIENCE = 120_000


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    page = open_page(browser, demo)
    yield page
    page.context.close()


def open_page(browser: Browser, demo: str, **options) -> Page:
    page = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options)).new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(demo)
    page.wait_for_selector(".intake input[type=file]", state="attached")
    expect(page.locator("p.loading")).to_have_count(0)  # Gradio's own, beside the page until all of it is there
    return page


def upload(page: Page, photo: Path) -> None:
    page.set_input_files(".intake input[type=file]", photo)


def drop(page: Page, photo: Path, target: str) -> None:
    """A real drag's events over `target`, with the file."""
    data = page.evaluate_handle(
        """([name, bytes]) => { const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' })); return transfer; }""",
        [photo.name, list(photo.read_bytes())],
    )
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event(target, kind, {"dataTransfer": data})


def wait_for_outcome(page: Page, facts: str = "") -> None:
    expect(page.locator("#rainy-panel .caption")).to_contain_text(facts)
    for name in ("rainy", "mask", "derained"):
        there = f"(i => i && i.complete && i.naturalWidth > 0)(document.querySelector('#{name} img'))"
        page.wait_for_function(
            there, polling=100
        )  # by frames, as is usual, nothing is heard of a page in the background
    expect(page.locator("#save")).to_be_enabled()


def download(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as event:
        page.click(button)
    path = folder / event.value.suggested_filename
    event.value.save_as(path)
    return path


def pixels(path: Path) -> np.ndarray:
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def shown(page: Page, name: str) -> np.ndarray:
    """The pixels of the picture that the page shows."""
    data = page.request.get(page.locator(f"#{name} img").get_attribute("src")).body()
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another photo, small.png, 96 × 64."""
    path = tmp_path_factory.mktemp("small") / "small.png"
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (64, 96, 3), np.uint8)).save(path)
    return path


@pytest.mark.parametrize("name", ["street.png", "street.jpg"])
def test_downloads_are_what_the_command_line_writes(
    page: Page, photos: Path, by_command_line: Path, tmp_path: Path, name: str
) -> None:
    upload(page, photos / name)
    wait_for_outcome(page)
    derained = download(page, "#save", tmp_path)
    assert derained.name == name.replace(".", "_derained.")
    assert derained.read_bytes() == (by_command_line / name[-3:] / name).read_bytes()
    assert not np.array_equal(pixels(derained), pixels(photos / name))
    mask = download(page, "#save-mask", tmp_path)
    assert mask.name == "street_mask.png"
    assert np.array_equal(pixels(mask), pixels(by_command_line / name[-3:] / "street_mask.png"))


def test_the_photo_is_explored(page: Page, photos: Path, by_command_line: Path, tmp_path: Path) -> None:
    """Three pictures, strength without the network, what was taken out, steps, wipe, measures, and clearing it all."""
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    rainy, derained = pixels(photos / "street.png"), pixels(by_command_line / "png/street.png")
    assert np.array_equal(shown(page, "rainy"), rainy)
    assert np.array_equal(shown(page, "derained"), derained)
    expect(page.locator(".measure")).to_have_count(4)
    expect(page.locator("#status")).to_contain_text("of the picture")

    heading = page.locator("#mask-panel .caption")
    expect(heading).to_contain_text(re.compile("brighter|not brightened"))
    gain = int((re.findall(r"(\d+) × brighter", heading.inner_text()) or ["1"])[0])
    assert np.array_equal(shown(page, "mask"), np.minimum(gain * np.maximum(rainy.astype(int) - derained, 0), 255))
    for view in ("Mask", "On the photo"):
        before = page.locator("#mask img").get_attribute("src")
        page.get_by_label(view, exact=True).check()
        expect(page.locator("#mask img")).not_to_have_attribute("src", before)

    before = page.locator("#derained img").get_attribute("src")
    page.locator("#strength input[type=number]").fill("0.5")
    page.locator("#strength input[type=number]").press("Enter")
    expect(page.locator("#derained img")).not_to_have_attribute("src", before)
    halfway = (rainy.astype(float) + derained) / 2
    assert np.abs(shown(page, "derained") - halfway).max() <= 1
    assert np.abs(pixels(download(page, "#save", tmp_path)) - halfway).max() <= 1

    handle = page.locator("#closer").get_by_role("slider", name="Wipe")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    expect(handle).to_have_attribute("aria-valuenow", "48")
    page.get_by_role("button", name="For researchers").click()
    expect(page.locator("#steps .gallery-item")).to_have_count(3)

    page.click("#clear")
    expect(page.locator("#derained img")).to_have_count(0)
    expect(page.locator("#save")).to_be_disabled()
    for part in ("#closer canvas", "#brush canvas", ".measure", "#steps img"):
        expect(page.locator(part)).to_have_count(0)


def test_what_is_painted_is_put_back(page: Page, photos: Path, by_command_line: Path, tmp_path: Path) -> None:
    """The left half is painted over: there the photo stays as it came, on the page and in the download."""
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    rainy, derained = pixels(photos / "street.png"), pixels(by_command_line / "png/street.png")
    canvas = page.locator("#brush canvas")
    canvas.scroll_into_view_if_needed()
    page.get_by_role("button", name="Put back").click()
    page.get_by_label("Size of the brush").fill("160")
    box = canvas.bounding_box()
    before = page.locator("#derained img").get_attribute("src")
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + box["height"] - 4, steps=6)
    page.mouse.up()
    expect(page.locator("#derained img")).not_to_have_attribute("src", before)
    column = rainy.shape[1] // 4
    for picture in (shown(page, "derained"), pixels(download(page, "#save", tmp_path))):
        assert np.abs(picture[:, column - 4 : column + 4].astype(int) - rainy[:, column - 4 : column + 4]).max() <= 1
        assert np.array_equal(picture[:, -60:], derained[:, -60:])

    before = page.locator("#derained img").get_attribute("src")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#derained img")).not_to_have_attribute("src", before)
    assert np.array_equal(shown(page, "derained"), derained)


def test_a_second_photo_dropped_on_the_filled_box_takes_its_place(page: Page, photos: Path, small: Path) -> None:
    drop(page, photos / "street.png", ".drop")
    wait_for_outcome(page, "320 × 240")
    drop(page, small, "#rainy img")
    wait_for_outcome(page, "96 × 64")
    assert np.array_equal(shown(page, "rainy"), pixels(small))


def test_a_photo_dropped_beside_the_box_is_taken(page: Page, small: Path) -> None:
    drop(page, small, "header")
    wait_for_outcome(page, "96 × 64")


def test_a_pasted_photo_is_taken_without_a_click(page: Page, small: Path) -> None:
    page.evaluate(
        """bytes => { const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true })); }""",
        list(small.read_bytes()),
    )
    wait_for_outcome(page, "96 × 64")


def test_the_wheel_over_before_and_after_moves_the_page(page: Page, photos: Path) -> None:
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    page.set_viewport_size({"width": 1440, "height": 600})
    stage = page.locator("#closer .stage")
    stage.scroll_into_view_if_needed()
    stage.hover()
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 200)
    page.wait_for_function(f"scrollY > {before}")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/", "/compare"])
def test_the_link_to_the_other_page_works_all_over(browser: Browser, demo: str, width: int, path: str) -> None:
    page = open_page(browser, f"{demo}{path}", viewport={"width": width, "height": 900})
    covered = page.evaluate("""() => [...document.querySelectorAll('.nav-holder a')].flatMap((link) => {
      const box = link.getBoundingClientRect();
      return [0.1, 0.5, 0.9].filter((at) =>
        !link.contains(document.elementFromPoint(box.left + box.width / 2, box.top + at * box.height))); })""")
    assert page.locator(".nav-holder a").count() == 2 and covered == []
    page.context.close()


def test_a_photo_goes_to_the_other_page(page: Page, small: Path) -> None:
    upload(page, small)
    wait_for_outcome(page)
    page.click("#hand-over")
    page.wait_for_url("**/compare?photo=*")
    expect(page.locator("#facts")).to_contain_text("small 96 × 64")
    expect(page.locator("#viewer .pane[data-id='ours'] canvas")).to_be_visible()


def test_an_example_runs_by_keyboard(page: Page) -> None:
    example = page.locator("#examples button").nth(2)
    expect(page.locator("#examples")).to_contain_text("rendered rain, drizzle")
    page.set_viewport_size({"width": 1440, "height": 600})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#derained")).not_to_be_in_viewport(ratio=0.9)
    example.focus()
    page.keyboard.press("Enter")
    wait_for_outcome(page)
    expect(page.locator("#derained")).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".caption").first).to_contain_text("PNG, 512 × 512, 8 bit, grey")


def test_a_bad_file_is_one_sentence_and_what_was_there_stays(page: Page, photos: Path, small: Path) -> None:
    upload(page, small)
    wait_for_outcome(page)
    upload(page, photos / "broken.jpg")
    notice = page.get_by_test_id("toast-body")
    expect(notice).to_contain_text("broken.jpg")
    assert "Traceback" not in notice.inner_text()
    assert np.array_equal(shown(page, "rainy"), pixels(small))
    expect(page.locator("#save")).to_be_enabled()
    upload(page, photos / "street.png")
    wait_for_outcome(page, "320 × 240")


def test_a_name_that_is_html_is_shown_as_it_is(page: Page, tmp_path: Path) -> None:
    name = "<b>rain<img src=x onerror=document.title='run'>.png"
    (tmp_path / name).write_bytes(b"no picture")
    upload(page, tmp_path / name)
    expect(page.get_by_test_id("toast-body")).to_contain_text("rain")
    assert page.get_by_test_id("toast-body").locator("b, img").count() == 0
    assert page.title() != "run"


def test_a_phone_shows_the_result_scrolls_only_down_and_nothing_leaves_the_host(
    browser: Browser, demo: str, photos: Path
) -> None:
    page = open_page(browser, demo, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(demo)
    upload(page, photos / "street.jpg")
    wait_for_outcome(page)
    expect(page.locator("#derained img")).to_be_in_viewport(ratio=0.9)
    page.get_by_text("Use it from a script").click()
    expect(page.locator("#api")).to_contain_text(f'Client("{demo}")')
    expect(page.locator("#api .cm-content").last).to_be_visible()
    width, scroll = page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]")
    assert (width, scroll) == (390, 390)
    assert asked and [url for url in asked if not url.startswith((demo, "data:", "blob:"))] == []
    page.context.close()


@pytest.mark.parametrize("width", [1024, 390])
def test_nothing_of_the_page_is_cut(browser: Browser, demo: str, small: Path, width: int) -> None:
    page = open_page(browser, demo, viewport={"width": width, "height": 800})
    upload(page, small)
    wait_for_outcome(page)
    cut = page.evaluate("""() => [...document.querySelectorAll(
      '#triptych label, #triptych button, #triptych input, #strength span, .measure *, .viewer button, .brush button')]
      .filter((e) => { const box = e.getBoundingClientRect();
        const card = e.closest('#triptych > .column, .measure, .viewer, .brush').getBoundingClientRect();
        return box.width && (box.left < card.left - 1 || box.right > card.right + 1); })
      .map((e) => e.outerHTML.slice(0, 120))""")
    assert cut == []
    page.context.close()


def test_every_control_has_a_name(page: Page) -> None:
    nameless = page.evaluate("""() => [...document.querySelectorAll('button, input, select, textarea')]
      .filter((e) => e.offsetParent && !e.labels?.length && !(e.ariaLabel || e.title || e.innerText.trim()
        || e.querySelector('img[alt]:not([alt=""])')))
      .map((e) => e.outerHTML.slice(0, 200))""")
    assert nameless == []
