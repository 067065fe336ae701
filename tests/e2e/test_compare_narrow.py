"""The page Compare on a phone and on a tablet: what is needed comes first, nothing covers anything."""

import pytest

pytest.importorskip("playwright")

from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from tests.e2e.test_compare import open_page

WORDS = """(box) => {
  const words = document.createRange();
  words.selectNodeContents(box.querySelector('.upload-container .wrap'));
  const tops = [...words.getClientRects()].filter((line) => line.width).map((line) => line.top);
  return Math.min(...tops) - box.querySelector('label').getBoundingClientRect().bottom;
}"""
"""How far below a box's label its words begin, in pixels."""


def place(element: Locator) -> tuple[float, float, float]:
    """(left edge, upper edge, height)"""
    box = element.bounding_box()
    assert box
    return box["x"], box["y"], box["height"]


def test_a_phone_shows_the_photo_the_button_and_an_example_first(browser: Browser, demo: str, photos: Path) -> None:
    page = open_page(browser, demo, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    rainy, button = page.locator("#given-rainy"), page.locator("#choose .intake button")
    optional = [page.locator(f"#given-{name}") for name in ("clean", "others")]
    for element in (rainy, button, *optional, page.locator("#compare-examples button").first):
        expect(element).to_be_in_viewport(ratio=1)
    for element in optional:
        assert place(rainy)[1] < place(button)[1] < place(element)[1]
        assert place(element)[2] <= 44
    tops = [place(one)[1] for one in page.locator("#choose button").all()]
    assert len(tops) == 3 and max(tops) - min(tops) < 8  # one row
    assert place(rainy)[0] == place(page.locator("header"))[0] == 14  # as near the edge as phones have it

    with page.expect_file_chooser() as chooser:
        optional[0].tap()  # in its middle
    chooser.value.set_files(photos / "street.png")
    expect(optional[0]).to_contain_text("street")
    assert place(optional[0])[2] > 80  # its name and the way to take it off have room
    page.context.close()


@pytest.mark.parametrize("width", [641, 768])
def test_no_label_covers_the_words_below_it(browser: Browser, demo: str, width: int) -> None:
    page = open_page(browser, demo, viewport={"width": width, "height": 900})
    for name in ("rainy", "clean", "others"):
        assert page.locator(f"#given-{name}").evaluate(WORDS) > 2
    page.context.close()
