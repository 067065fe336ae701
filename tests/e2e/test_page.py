"""The demo as a person uses it, in headless Chromium."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

PATIENCE = 120_000


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(demo)
    page.wait_for_selector("#rainy input[type=file]", state="attached")
    yield page
    context.close()


def upload(page: Page, photo: Path) -> None:
    page.set_input_files("#rainy input[type=file]", photo)


def wait_for_outcome(page: Page) -> None:
    for name in ("rainy", "mask", "derained"):
        page.wait_for_function(f"(i => i && i.complete && i.naturalWidth > 0)(document.querySelector('#{name} img'))")
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
    """Three pictures, strength without the network, mask in colours, steps, slider, measures, and clearing it all."""
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    rainy, derained = pixels(photos / "street.png"), pixels(by_command_line / "png/street.png")
    assert np.array_equal(shown(page, "rainy"), rainy)
    assert np.array_equal(shown(page, "derained"), derained)
    expect(page.locator(".measure")).to_have_count(4)

    before = page.locator("#derained img").get_attribute("src")
    page.locator("#strength input[type=number]").fill("50")
    page.locator("#strength input[type=number]").press("Enter")
    expect(page.locator("#derained img")).not_to_have_attribute("src", before)
    halfway = (rainy.astype(float) + derained) / 2
    assert np.abs(shown(page, "derained") - halfway).max() <= 1
    assert np.abs(pixels(download(page, "#save", tmp_path)) - halfway).max() <= 1

    grey = page.locator("#mask img").get_attribute("src")
    page.get_by_label("Colours on photo").check()
    expect(page.locator("#mask img")).not_to_have_attribute("src", grey)

    expect(page.locator("#slider img").first).to_be_visible()
    page.get_by_role("tab", name="Mask at each step").click()
    expect(page.locator("#steps .gallery-item")).to_have_count(3)

    page.click("#clear")
    expect(page.locator("#derained img")).to_have_count(0)
    expect(page.locator("#save")).to_be_disabled()
    expect(page.locator("#closer")).to_have_count(0)


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


def test_a_bad_file_is_one_sentence_and_the_page_goes_on(page: Page, photos: Path) -> None:
    upload(page, photos / "broken.jpg")
    notice = page.get_by_test_id("toast-body")
    expect(notice).to_contain_text("broken.jpg")
    assert "Traceback" not in notice.inner_text()
    expect(page.locator("#save")).to_be_disabled()
    upload(page, photos / "street.png")
    wait_for_outcome(page)


def test_a_phone_scrolls_only_down_and_nothing_leaves_the_host(browser: Browser, demo: str, photos: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(demo)
    upload(page, photos / "street.jpg")
    wait_for_outcome(page)
    page.get_by_role("tab", name="Mask at each step").click()
    expect(page.locator("#steps .gallery-item")).to_have_count(3)
    page.get_by_text("Use it from a script").click()
    expect(page.locator("#api")).to_contain_text(f'Client("{demo}")')
    expect(page.locator("#api .cm-content").last).to_be_visible()
    width, scroll = page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]")
    assert (width, scroll) == (390, 390)
    assert asked and [url for url in asked if not url.startswith((demo, "data:", "blob:"))] == []
    context.close()


def test_every_control_has_a_name(page: Page) -> None:
    nameless = page.evaluate("""() => [...document.querySelectorAll('button, input, select, textarea')]
      .filter((e) => e.offsetParent && !e.labels?.length && !(e.ariaLabel || e.title || e.innerText.trim()
        || e.querySelector('img[alt]:not([alt=""])')))
      .map((e) => e.outerHTML.slice(0, 200))""")
    assert nameless == []
