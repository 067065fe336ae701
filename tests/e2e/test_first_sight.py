"""What a newcomer sees first: no holes, the result at once and in its place, pictures as large as asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_page import open_page, upload, wait_for_outcome


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    page = open_page(browser, demo)
    yield page
    page.context.close()


def top(page: Page, selector: str) -> float:
    """Where an element begins, pixels below the top of the page."""
    return page.locator(selector).evaluate("node => node.getBoundingClientRect().top + scrollY")


def bottom(page: Page, selector: str) -> float:
    """Where it ends."""
    return page.locator(selector).evaluate("node => node.getBoundingClientRect().bottom + scrollY")


def test_the_examples_follow_the_empty_page_without_a_gap(page: Page) -> None:
    assert top(page, "#examples") - bottom(page, "#triptych") < 80
    for picture in ("#mask", "#derained"):
        assert len(page.locator(picture).evaluate("node => getComputedStyle(node, '::after').content")) > 10


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (949, 800)])
def test_a_small_screen_shows_examples_at_first_sight_and_the_result_once_there_is_a_photo(
    browser: Browser, demo: str, photos: Path, width: int, height: int
) -> None:
    page = open_page(browser, demo, viewport={"width": width, "height": height}, is_mobile=width < 640, has_touch=True)
    expect(page.locator("#examples button").first).to_be_in_viewport(ratio=1)
    for panel in ("#mask-panel", "#derained-panel"):
        expect(page.locator(panel)).to_be_hidden()
    upload(page, photos / "street.jpg")
    wait_for_outcome(page)
    for panel in ("#mask-panel", "#derained-panel"):
        expect(page.locator(panel)).to_be_visible()
    expect(page.locator("#derained-panel h2")).to_be_focused()
    page.context.close()


def test_before_and_after_stand_above_the_figures(page: Page, photos: Path) -> None:
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    expect(page.locator("#closer canvas")).to_have_count(2)
    assert bottom(page, "#triptych") < top(page, "#closer") < top(page, "#measures") < top(page, "#brush")


def test_the_result_comes_without_a_further_question(page: Page, photos: Path) -> None:
    """One event reads the photo, one runs the network over it: every other would be a wait of its own."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/queue/join" in request.url else None)
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    expect(page.locator("#closer canvas")).to_have_count(2)
    expect(page.locator("#brush canvas")).to_be_visible()
    assert len(asked) == 2


@pytest.mark.parametrize("width", [1024, 390])
def test_the_ways_to_show_the_rain_stand_in_a_row(browser: Browser, demo: str, photos: Path, width: int) -> None:
    page = open_page(browser, demo, viewport={"width": width, "height": 800})
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    tops = page.evaluate("[...document.querySelectorAll('#view label')].map((one) => one.getBoundingClientRect().top)")
    assert len(tops) == 3 and len(set(tops)) == 1
    before = page.locator("#mask img").get_attribute("src")
    page.get_by_label("Taken out", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Mask", exact=True)).to_be_checked()
    expect(page.locator("#mask img")).not_to_have_attribute("src", before)
    page.context.close()


def test_a_picture_fills_the_screen_and_gives_the_focus_back(page: Page, photos: Path) -> None:
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    page.locator("#derained").get_by_role("button", name="Fullscreen").focus()
    page.keyboard.press("Enter")
    leave = page.locator("#derained").get_by_role("button", name="Exit fullscreen mode")
    expect(leave).to_be_focused()
    page.wait_for_timeout(500)  # it grows
    box = page.locator("#derained img").bounding_box()
    assert box and box["height"] >= 899 and box["width"] <= 1440
    page.keyboard.press("Escape")
    expect(page.locator("#derained").get_by_role("button", name="Fullscreen")).to_be_focused()
    expect(leave).to_have_count(0)


def test_a_phone_has_the_brushs_tools_in_two_rows(browser: Browser, demo: str, photos: Path) -> None:
    page = open_page(browser, demo, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    upload(page, photos / "street.jpg")
    wait_for_outcome(page)
    expect(page.locator("#brush canvas")).to_be_visible()
    middles = page.locator("#brush .tools button").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map(({ top, height }) => Math.round(top + height / 2))"
    )
    assert len(middles) == 5 and len(set(middles)) == 2
    page.context.close()


def test_the_brush_says_what_it_needs_and_shows_how_large_it_is(page: Page, photos: Path) -> None:
    upload(page, photos / "street.png")
    wait_for_outcome(page)
    canvas = page.locator("#brush canvas")
    canvas.click()
    expect(page.locator("#brush [role=status]")).to_contain_text("First choose")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_role("button", name="Put back").click()
    expect(page.locator("#brush [role=status]")).not_to_contain_text("First choose")
    page.get_by_label("Size of the brush").fill("60")
    canvas.hover()
    spot = page.locator("#brush .spot")
    expect(spot).to_be_visible()
    box, middle = canvas.bounding_box(), spot.bounding_box()
    assert box and middle and abs(middle["width"] - 60) < 5
    assert abs(middle["x"] + middle["width"] / 2 - (box["x"] + box["width"] / 2)) < 2
    page.mouse.move(5, 5)
    expect(spot).to_be_hidden()
