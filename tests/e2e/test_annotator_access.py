"""The annotator for people who cannot see or point well: what axe-core says of every view, light and dark."""

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from annotator.candidate import Suggestion
from annotator.usecases.candidates import candidate_view
from annotator.usecases.measuring import record_groups, record_measurements
from annotator.web.access import Access
from tests.e2e.axe import violations
from tests.e2e.conftest import Annotator, served

PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, annotator: Annotator) -> Iterator[Page]:
    """A photo with flags, measurements, duplicates and a suggestion; one more is decided."""
    suggestion = Suggestion(10, 20, 200, 150, 0.9, "test")
    record_measurements(annotator.project, 1, {"rain": 0.5, "odd": 1.0}, ["mist", "snow"], [suggestion], "1", 5.0)
    record_groups(annotator.project, {candidate_view(annotator.project, number).sha256: "g" for number in (1, 2)})
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=request.param, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(annotator.address)
    page.wait_for_selector("body[data-shown]")
    yield page
    context.close()


def test_no_view_breaks_a_rule(page: Page) -> None:
    page.keyboard.press("r")
    page.keyboard.press("Shift+Digit3")
    assert violations(page) == []
    page.keyboard.press("Shift+Digit3")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_text("2.png")
    expect(page.locator("#status.good")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#decision")).to_contain_text("Accepted")
    assert violations(page) == []
    for key, dialog in (
        ("t", "grid"),
        ("b", "set"),
        ("v", "gallery"),
        ("x", "filters"),
        ("c", "duplicates"),
        ("?", "help"),
    ):
        page.keyboard.press(key)
        expect(page.locator(f"#{dialog}")).to_be_visible()
        if dialog == "grid":
            page.locator("#grid .tile").first.click()
        assert violations(page) == [], dialog
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(page.locator(f"#{dialog}")).to_be_hidden()
    page.locator("#open-import").click()
    expect(page.locator("#import section[aria-label='Pre-screening'] p[role=status]")).to_be_visible()
    assert violations(page) == []


def test_nor_does_signing_in_or_an_empty_project(browser: Browser, annotator: Annotator) -> None:
    with served(annotator.project, Access("long enough")) as address:
        page = browser.new_page()
        page.goto(address)
        expect(page.locator("#login")).to_be_visible()
        assert violations(page) == []
        page.close()
