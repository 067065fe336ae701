"""The annotator on screens of every width: nothing is cut, covered or left behind in a row of its own."""

import pytest

pytest.importorskip("playwright")

from collections import Counter
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Annotator
from tests.e2e.test_annotator_screen import PATIENCE, open_page, shows

WIDTHS = (320, 360, 390, 600, 768, 821, 1024, 1181, 1280, 1361, 1440, 1920)

CUT = """() => [...document.querySelectorAll('header button, #tools button, #verdicts button, #walk button')]
  .filter((one) => {
    const { left, right } = one.getBoundingClientRect();
    const around = one.closest('#desk, #panel, header').getBoundingClientRect();
    return left < around.left || right > Math.min(around.right, innerWidth) || one.scrollWidth > one.clientWidth;
  }).map((one) => one.textContent.trim() || one.id)"""


@pytest.fixture
def phone(browser: Browser, annotator: Annotator) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    open_page(page, annotator.address)
    shows(page, "1.png")
    yield page
    context.close()


def tops(page: Page, selector: str) -> list[int]:
    """How far down the page each begins, in whole pixels."""
    return page.locator(selector).evaluate_all("all => all.map((one) => Math.round(one.getBoundingClientRect().top))")


def bottom(page: Page, selector: str) -> float:
    return page.locator(selector).evaluate("one => one.getBoundingClientRect().bottom")


def test_no_button_is_cut_at_any_width(browser: Browser, annotator: Annotator) -> None:
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    open_page(page, annotator.address)
    shows(page, "1.png")
    cut: dict[int, list[str]] = {}
    uneven: dict[int, Counter[int]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if found := page.evaluate(CUT):
            cut[width] = found
        rows = Counter(tops(page, "#verdicts button"))
        if len(set(rows.values())) > 1:
            uneven[width] = rows
    assert not cut
    assert not uneven  # no decision stands alone below the others
    context.close()


def test_what_a_phone_shows_at_its_foot_covers_nothing(phone: Page) -> None:
    phone.keyboard.press("Enter")
    expect(phone.locator("#status")).to_contain_text("at least one crop")
    assert bottom(phone, "#status") <= min(tops(phone, "#tools"))
    phone.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert bottom(phone, "#walk") <= min(tops(phone, "#verdicts"))


def test_a_phone_shows_all_of_the_grids_head(phone: Page) -> None:
    phone.get_by_role("button", name="Grid", exact=True).tap()
    expect(phone.locator("#grid .tile")).to_have_count(8)
    for control in phone.locator("#grid .heading :is(select, .close)").all():
        box = control.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert phone.locator("#grid").evaluate("grid => grid.scrollWidth === grid.clientWidth")


def test_what_a_phone_offers_for_selected_photos_leaves_them_room(phone: Page) -> None:
    """At most three rows above the foot, two until something is selected; the reasons stay where they were moved to."""
    phone.get_by_role("button", name="Grid", exact=True).tap()
    tiles, deed = phone.locator("#grid .tile"), phone.locator("#grid .deed")
    expect(tiles).to_have_count(8)
    heights = [deed.evaluate("deed => deed.clientHeight")]
    tiles.first.tap()
    last = deed.locator("[data-reason]").last
    last.scroll_into_view_if_needed()
    moved = deed.locator(".row").first.evaluate("row => row.scrollLeft")
    tiles.nth(1).tap()
    heights.append(deed.evaluate("deed => deed.clientHeight"))
    assert moved > 0 and deed.locator(".row").first.evaluate("row => row.scrollLeft") == moved
    assert heights[0] < heights[1] < 844 / 4
    last.tap()
    expect(tiles).to_have_count(6)
