"""What a visitor of the static page does."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect

PATIENCE = 180_000


def open_page(browser: Browser, address: str, **options) -> Page:
    page = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options)).new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(address)
    return page


def scene(width: int, height: int, seed: int = 2) -> np.ndarray:
    """(height, width, 3) uint8: something with edges, and light streaks."""
    rng = np.random.default_rng(seed)
    pixels = cv2.resize(rng.integers(0, 200, (12, 16, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    for x, y in rng.integers(0, (width, height), (width * height // 600, 2)):
        cv2.line(pixels, (int(x), int(y)), (int(x) + 3, int(y) + 14), (225, 225, 230), 1, cv2.LINE_AA)
    return pixels


def saved(pixels: np.ndarray, path: Path, **options) -> Path:
    Image.fromarray(pixels).save(path, **options)
    return path


def choose(page: Page, photo: Path) -> None:
    page.set_input_files("#file", photo)


def choose_scale(page: Page, value: str) -> None:
    page.locator("#advanced").evaluate("details => { details.open = true; }")
    page.check(f"#scale input[value='{value}']")


def wait_until_done(page: Page, facts: str) -> None:
    """Until the photo of these facts is derained and measured."""
    expect(page.locator("#rainy-facts")).to_contain_text(facts)
    expect(page.locator("#measures .measure")).to_have_count(4)
    expect(page.locator("#save")).to_be_enabled()


def download(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as event:
        page.click(button)
    return event.value.suggested_filename, Path(event.value.path()).read_bytes()


def pixels_of(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(content)))
