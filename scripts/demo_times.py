"""Times what a visitor waits for: from dropping a photo on the demo to its first look, and to the finished photo.

    python scripts/demo_times.py [--runs 3] [--chromium chromium]

Serves the demo with the weights that ship. The photos are an example, enlarged to 4000 × 3000 and at 481 × 321 (which
needs no first look). Before and after each run PReNet (random weights, float32, which is as fast) derains 481 × 321
pixels: on a busy machine read the times against it, since on an idle one of two cores it has a known time
(docs/benchmark.md).
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.examples import rendered_examples
from core.methods import Method, Sources, find_methods
from tests.e2e.served_demo import FLAGS, served_demo

REPOSITORY = Path(__file__).resolve().parents[1]
PATIENCE = 600_000
SIZES = ((4000, 3000), (481, 321))
WATCH = """() => {
  const begun = performance.now();
  const seen = window.seen = {};
  const look = setInterval(() => {
    const image = document.querySelector('#derained img');
    if (!seen.first && image?.complete && image.naturalWidth) seen.first = (performance.now() - begun) / 1000;
    if (!document.querySelector('#save').disabled) seen.done = (performance.now() - begun) / 1000;
    if (seen.first && seen.done) clearInterval(look);
  }, 20);
}"""
"""Notes when the first picture without rain is there, and when it is finished, in seconds from now."""


def main() -> None:
    """Prints a line for each run and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="runs of each photo (3)")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser (chromium)")
    arguments = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        photos = [make_photo(folder, size) for size in SIZES]
        with served_demo(["-m", "app"], REPOSITORY, folder) as address:
            browser = driver.chromium.launch(executable_path=arguments.chromium, args=FLAGS.split())
            visit(browser, address, photos[-1])
            for size, photo in zip(SIZES, photos):
                report(size, [one_run(browser, address, photo) for _ in range(arguments.runs)])
            browser.close()


def make_photo(folder: Path, size: tuple[int, int]) -> Path:
    """The last example in this size, a JPEG."""
    *_, example = rendered_examples(folder / "examples")
    path = folder / f"{size[0]}x{size[1]}.jpg"
    Image.open(example.path).convert("RGB").resize(size, Image.Resampling.BICUBIC).save(path, quality=90)
    return path


def one_run(browser: Browser, address: str, photo: Path) -> tuple[float, float, float]:
    """Seconds to the first picture, seconds to the finished one, and PReNet's seconds meanwhile."""
    before = peer_seconds()
    first, done = visit(browser, address, photo)
    return first, done, (before + peer_seconds()) / 2


def visit(browser: Browser, address: str, photo: Path) -> tuple[float, float]:
    """Drops a photo on a new page; seconds to the first picture without rain, and to the finished one."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector(".intake input[type=file]", state="attached")
    page.evaluate(WATCH)
    page.set_input_files(".intake input[type=file]", photo)
    page.wait_for_function("window.seen.first && window.seen.done", polling=100)
    seen: dict[str, float] = page.evaluate("window.seen")
    page.close()
    return seen["first"], seen["done"]


def peer_seconds() -> float:
    """What PReNet takes for 481 × 321 pixels at this moment."""
    method, pixels = prenet(), np.random.default_rng(0).integers(0, 256, (321, 481, 3), np.uint8)
    start = time.perf_counter()
    method.derain(pixels)
    return time.perf_counter() - start


@cache
def prenet() -> Method:
    """PReNet with random weights."""
    (method,) = find_methods(["prenet"], Sources(random_peers=True, peers_dtype="float32"))
    return method


def report(size: tuple[int, int], runs: list[tuple[float, float, float]]) -> None:
    """Prints every run and the medians."""
    for first, done, beside in runs:
        print(f"{size[0]}x{size[1]}: first {first:.2f} s, finished {done:.2f} s, PReNet {beside:.2f} s", flush=True)
    first, done, beside = (statistics.median(column) for column in zip(*runs))
    print(
        f"{size[0]}x{size[1]}, median: first {first:.2f} s ({first / beside:.2f} of PReNet), finished {done:.2f} s "
        f"({done / beside:.2f}), PReNet {beside:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
