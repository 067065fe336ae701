"""Takes the pictures of the demo's two pages in docs/pictures, in headless Chromium.

    python scripts/demo_pictures.py [--chromium chromium]

Serves the demo with the weights that ship and derains two of its examples. Look at the pictures before committing them.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURES = REPOSITORY / "docs" / "pictures"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
PATIENCE = 300_000
ROCKET, COFFEE = 3, 1
"""Examples by their place on the page."""


def main() -> None:
    """Writes demo.png and compare.png."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser (chromium)")
    arguments = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    with served() as address, sync_playwright() as driver:
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
    """An example with its mask in colours."""
    page.locator("#examples button").nth(ROCKET).click()
    expect(page.locator("#save")).to_be_enabled()
    page.get_by_label("Colours on photo").check()
    expect(page.locator("#mask img")).to_have_attribute("src", re.compile("colours"))
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


@contextmanager
def served() -> Iterator[str]:
    """The address of the demo."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"XDG_DATA_HOME": folder, "GRADIO_TEMP_DIR": folder, "PYTHONUNBUFFERED": "1"}
        environment.pop("DERAIN_PEERS", None)
        command = [sys.executable, "-m", "app", "--port", str(port)]
        with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            try:
                for line in server.stdout:
                    if address := re.search(r"http://[\d.:]+", line):
                        yield address[0]
                        break
                else:
                    sys.exit("The demo ended before it served its page.")
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
