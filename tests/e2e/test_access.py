"""The demo for people who cannot see or point well: what axe-core says of both pages, three widths, light and dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from tests.e2e import test_compare, test_page
from tests.e2e.axe import violations


@pytest.fixture(params=[(1440, 900), (1024, 768), (390, 844)], ids=["1440", "1024", "390"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return dict(zip(("width", "height"), request.param))


@pytest.fixture(params=["light", "dark"])
def options(request: pytest.FixtureRequest, size: dict[str, int]) -> dict:
    return {"viewport": size, "color_scheme": request.param, "reduced_motion": "reduce"}


@pytest.fixture
def derain(browser: Browser, demo: str, options: dict) -> Iterator[Page]:
    page = test_page.open_page(browser, demo, **options)
    yield page
    page.context.close()


@pytest.fixture
def compare(browser: Browser, demo: str, options: dict) -> Iterator[Page]:
    page = test_compare.open_page(browser, demo, **options)
    yield page
    page.context.close()


def test_derain_breaks_no_rule(derain: Page, photos: Path) -> None:
    """Empty; with an outcome and everything unfolded; with a file that could not be read."""
    assert violations(derain) == []
    test_page.upload(derain, photos / "street.png")
    test_page.wait_for_outcome(derain)
    for name in ("Advanced", "For researchers", "Use it from a script"):
        derain.get_by_role("button", name=name).click()
    expect(derain.locator("#steps .gallery-item")).to_have_count(3)
    expect(derain.locator("#api .cm-content").last).to_be_visible()
    expect(derain.locator("#brush canvas")).to_be_visible()
    derain.wait_for_timeout(500)
    assert violations(derain) == []
    test_page.upload(derain, photos / "broken.jpg")
    expect(derain.get_by_test_id("toast-body")).to_be_visible()
    derain.wait_for_timeout(500)
    assert violations(derain) == []


def test_compare_breaks_no_rule(compare: Page) -> None:
    """Empty; with a comparison, side by side and under a wipe; the gallery; a round of the blind test and the tally."""
    assert violations(compare) == []
    test_compare.compare_the_cat(compare)
    assert violations(compare) == []
    compare.get_by_role("button", name="Wipe").click()
    compare.get_by_label("Show", exact=True).first.select_option("difference")
    assert violations(compare) == []
    compare.get_by_role("tab", name="Gallery").click()
    expect(compare.locator("#outputs button").first).to_be_visible()
    assert violations(compare) == []
    compare.get_by_role("tab", name="Blind test").click()
    compare.get_by_role("button", name="Tally").click()
    compare.locator("#begin").click()
    expect(compare.locator("#blind-viewer canvas")).to_have_count(5)
    assert violations(compare) == []
    compare.locator("body").press("2")
    expect(compare.locator("#blind-viewer .verdict")).to_contain_text("You picked")
    assert violations(compare) == []
