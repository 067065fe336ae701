"""Takes the picture of the annotator's screen in docs/pictures, in headless Chromium.

    python scripts/annotator_picture.py [--chromium chromium]

Makes a project of the demo's examples in a temporary folder, measures them, and draws two crops. Look at the picture
before committing it.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.examples import rendered_examples
from scripts.annotator_figures import FLAGS, server

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURE = REPOSITORY / "docs" / "pictures" / "annotator.png"
PHOTO = "coffee"
CROPS = ((93, 24, 183, 243), (343, 32, 176, 260))
"""Left edge, upper edge, width and height of each, in pixels of the photo."""


def main() -> None:
    """Writes annotator.png."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser (chromium)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        photos = [str(example.path) for example in rendered_examples(Path(folder))]
        for command in (["import", str(project), *photos], ["prescreen", str(project), "--processes", "1"]):
            subprocess.run([sys.executable, "-m", "annotator", *command], cwd=REPOSITORY, check=True)
        with server(project) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=arguments.chromium, args=FLAGS.split())
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address)
            show(page)
            for number, crop in enumerate(CROPS, 1):
                draw(page, number, crop)
            page.locator("#stage").focus()
            page.wait_for_timeout(1000)
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
            picture.quantize(256).save(PICTURE, optimize=True)  # a third of the bytes
            browser.close()


def show(page: Page) -> None:
    """Filters for the photo."""
    page.wait_for_selector("body[data-shown]")
    page.keyboard.press("x")
    page.get_by_role("searchbox").fill(PHOTO)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#name")).to_contain_text(PHOTO)
    page.wait_for_selector("body[data-shown]:not([aria-busy])")


def draw(page: Page, number: int, crop: tuple[int, int, int, int]) -> None:
    """A crop by its numbers; the size first, as the photo's edges limit the place."""
    page.locator("#stage").focus()
    page.keyboard.press("r")
    values = dict(zip(("left edge", "upper edge", "width", "height"), crop))
    for name in ("width", "height", "left edge", "upper edge"):
        page.get_by_label(f"Crop {number}, {name}").fill(str(values[name]))
        page.keyboard.press("Tab")


if __name__ == "__main__":
    main()
