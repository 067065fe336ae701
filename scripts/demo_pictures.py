"""Takes the pictures of the demo's two pages in docs/pictures, in headless Chromium.

    python scripts/demo_pictures.py [--chromium chromium]

Serves the demo with the weights that ship and derains two of its examples. Look at the pictures before committing them.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.e2e.served_demo import FLAGS, served_demo

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURES = REPOSITORY / "docs" / "pictures"
PATIENCE = 300_000
ROCKET, COFFEE = 3, 1
"""Examples by their place on the page."""


def main() -> None:
    """Writes demo.png and compare.png."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser (chromium)")
    arguments = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    with (
        tempfile.TemporaryDirectory() as folder,
        served_demo(["-m", "app"], REPOSITORY, Path(folder)) as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=arguments.chromium, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        derain(page)
        page.screenshot(path=PICTURES / "demo.png")
        page.goto(f"{address}/compare")
        compare(page)
        page.screenshot(path=PICTURES / "compare.png")
        browser.close()


def derain(page: Page) -> None:
    """An example with what was taken out of it."""
    page.locator("#examples button").nth(ROCKET).click()
    expect(page.locator("#save")).to_be_enabled()
    expect(page.locator("#mask img")).to_have_attribute("src", re.compile("removed"))
    settle(page)


def compare(page: Page) -> None:
    """Another one by every method."""
    page.locator("#compare-examples button").nth(COFFEE).click()
    expect(page.locator("#viewer canvas")).to_have_count(6)
    expect(page.locator("#stop")).to_be_disabled()
    settle(page)


def settle(page: Page) -> None:
    """Waits at the top of the page until every picture is drawn and nothing moves."""
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    page.wait_for_timeout(2000)


if __name__ == "__main__":
    main()
