"""Takes the pictures of the demo's two pages in docs/pictures, in headless Chromium.

    python scripts/demo_pictures.py [--chromium chromium]

Serves the demo with the weights that ship, derains one of its examples and compares another, on three widths, light and
dark. Look at the pictures before committing them.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.e2e.served_demo import FLAGS, served_demo

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURES = REPOSITORY / "docs" / "pictures"
PATIENCE = 300_000
COFFEE, ROCKET = 1, 3
"""Examples by their place on the page."""
SCREENS = (("", 1440, 900, "light"), ("-1024-dark", 1024, 768, "dark"), ("-390", 390, 844, "light"))
"""What is added to a picture's name, the screen's size in pixels, the scheme."""
IN_SIGHT = """() => [...document.images].every((image) => {
  const { top, bottom } = image.getBoundingClientRect();
  return image.complete || !image.checkVisibility() || bottom < 0 || top > innerHeight;
})"""
"""Whether every picture that can be seen is there. One further down, or folded away, may never come: it is lazy."""


def main() -> None:
    """Writes demo.jpg, compare.jpg and their like for the other screens."""
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
        for addition, width, height, scheme in SCREENS:
            page = open_page(browser, width, height, scheme)
            page.goto(address)
            derain(page)
            take(page, f"demo{addition}")
            page.goto(f"{address}/compare")
            compare(page)
            page.set_viewport_size({"width": width, "height": round(1.35 * height)})
            take(page, f"compare{addition}")
            page.context.close()
        browser.close()


def open_page(browser: Browser, width: int, height: int, scheme: str) -> Page:
    """An empty page of this size; the narrowest is a phone's."""
    phone = width < 640
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, is_mobile=phone, has_touch=phone
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    return page


def derain(page: Page) -> None:
    """An example with what was taken out of it."""
    page.locator("#examples button").nth(ROCKET).click()
    expect(page.locator("#save")).to_be_enabled()
    expect(page.locator("#mask img")).to_have_attribute("src", re.compile("removed"))
    expect(page.locator("#closer canvas")).to_have_count(2)


def compare(page: Page) -> None:
    """Another one by every method."""
    page.locator("#compare-examples button").nth(COFFEE).click()
    expect(page.locator("#viewer canvas")).to_have_count(6)
    expect(page.locator("#stop")).to_be_disabled()


def take(page: Page, name: str) -> None:
    """Takes what can be seen, once every picture is drawn and nothing moves."""
    page.wait_for_timeout(1000)
    page.wait_for_function(IN_SIGHT, polling=100)
    page.wait_for_timeout(1000)
    page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=88)
    print(f"{name}.jpg", flush=True)


if __name__ == "__main__":
    main()
