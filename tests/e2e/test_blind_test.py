"""A blind test played in a browser: picks count for who made the picture, survive a reload, and can be taken back."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from core.comparison.blind import Contender, write_blind_test
from core.methods import Derained, Method
from tests.e2e.axe import violations

IS_LIGHT = """async () => {
    const picture = document.getElementById("picture");
    await picture.decode();
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.drawImage(picture, 0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data[0] > 128;
}"""


def pick(page: Page, light: bool) -> None:
    page.keyboard.press("a")
    page.keyboard.press("ArrowLeft" if page.evaluate(IS_LIGHT) == light else "ArrowRight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_better_one_wins(browser: Browser, tmp_path: Path, scheme: str) -> None:
    contenders = [
        Contender(
            name, Method(name, name, run=lambda pixels, names, value=value: Derained(np.full_like(pixels, value)))
        )
        for name, value in (("old", 0), ("new", 255))
    ]
    photos = [(f"<b>{number}", lambda: np.full((60, 80, 3), 99, np.uint8)) for number in range(8)]
    write_blind_test(tmp_path / "blind.html", photos, (contenders[0], contenders[1]))
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto((tmp_path / "blind.html").as_uri())
    expect(page.locator("#place")).to_have_text("Photo 1 of 8")
    assert violations(page) == []
    for _ in range(5):
        pick(page, light=True)
    pick(page, light=False)
    page.keyboard.press("z")
    expect(page.locator("#place")).to_have_text("Photo 6 of 8")
    page.reload()
    expect(page.locator("#place")).to_have_text("Photo 6 of 8")
    page.keyboard.press("ArrowDown")
    pick(page, light=True)
    pick(page, light=True)
    result = page.locator("#result")
    expect(result.locator("h2")).to_have_text("new is better")
    expect(result).to_contain_text("old: 0 · new: 7 · no difference: 1")
    expect(result).to_contain_text("in 1.6 % of such tests")
    assert result.locator("tr").count() == 9
    assert violations(page) == []
    context.close()
