"""Measures the annotator's screen in headless Chromium: from the key that rejects a photo to the next photo shown.

    python scripts/annotator_figures.py [--candidates 1000] [--keys 300] [--pace 1.0]

Makes a project of 4000 × 3000 JPEG photos in a temporary folder (rendered noise, no two files alike), serves it with
`python -m annotator serve`, and presses reason keys at a steady pace. A time runs from the key event's own time stamp
until the frame after the one in which the next photo was painted; whether it is the right one is read from the canvas.
"""

import argparse
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from annotator.project import open_project  # noqa: E402
from annotator.sources.found import Details  # noqa: E402
from annotator.usecases.importing import Original, store  # noqa: E402

WIDTH, HEIGHT = 4000, 3000
CONTENTS = 24
"""Pictures that differ; the files differ all the same, by a comment, so that none is cached for another."""

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)

CLOCK = """
addEventListener('keydown', (event) => { window.pressed = event.timeStamp; }, true);
addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  if (document.body.dataset.shown === undefined) return;
  requestAnimationFrame(() => { window.took = performance.now() - window.pressed; });
}).observe(document.body, { attributeFilter: ['data-shown'] }));
"""
MIDDLE = """(() => { const s = document.getElementById('stage');
  return s.getContext('2d').getImageData(s.width / 2, s.height / 2, 1, 1).data[0]; })()"""
SERVER_TIME = """performance.getEntriesByType('resource').filter((e) => e.name.endsWith('/api/decide'))
  .map((e) => e.responseEnd - e.requestStart)"""


def main() -> None:
    """Prints one row of a table, and what the rest of the time went to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=1000, help="photos in the project (1000)")
    parser.add_argument("--keys", type=int, default=300, help="photos that are rejected (300)")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds from a photo shown to the next key (1)")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="annotator-"))
    try:
        make_project(folder, args.candidates)
        with server(folder) as address:
            times, answers = measure(address, args.keys, args.pace)
    finally:
        shutil.rmtree(folder)
    print(f"{args.candidates} candidates of {WIDTH}×{HEIGHT}; {len(times)} rejected, each after {args.pace:g} s")
    print(f"key to next photo shown: {row(times)}")
    print(f"of it until the server's answer: {row(answers)}")


def row(times: list[float]) -> str:
    """Median and percentiles of times in milliseconds."""
    cuts = np.percentile(times, [95, 99])
    return f"median {statistics.median(times):.0f}, p95 {cuts[0]:.0f}, p99 {cuts[1]:.0f}, most {max(times):.0f} ms"


def shade(content: int) -> int:
    """The grey in the middle of a picture, by which it is told."""
    return 10 * content + 5


def make_project(folder: Path, candidates: int) -> None:
    """A project with this many photos; the pictures take turns."""
    encoded = [picture(content) for content in range(CONTENTS)]
    project = open_project(folder)
    for number in tqdm(range(candidates), unit="photo", disable=None, leave=False):
        comment = f"photo {number}".encode()
        content = encoded[number % CONTENTS]
        content = content[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + content[2:]
        original = Original(hashlib.sha256(content).hexdigest(), "image/jpeg", WIDTH, HEIGHT, 1)
        store(project, content, original, f"{number}.jpg", Details())
    project.close()


def picture(content: int) -> bytes:
    """A JPEG with the detail of a photo (3 to 4 MB) and a flat patch of its own grey in the middle."""
    random = np.random.default_rng(content)
    coarse = random.integers(0, 256, (HEIGHT // 100, WIDTH // 100, 3), np.uint8)
    scene = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    scene += random.normal(0, 9, (HEIGHT, WIDTH, 1)).astype(np.int16)
    pixels = np.clip(scene, 0, 255).astype(np.uint8)
    pixels[HEIGHT // 2 - 300 : HEIGHT // 2 + 300, WIDTH // 2 - 300 : WIDTH // 2 + 300] = shade(content)
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of `python -m annotator serve` in a process of its own."""
    command = [sys.executable, "-m", "annotator", "serve", str(folder), "--host", "127.0.0.1", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = re.search(r"http://\S+", process.stdout.readline())
        if address is None:
            raise SystemExit("the annotator did not start")
        try:
            yield address[0]
        finally:
            process.terminate()


def measure(address: str, keys: int, pace: float) -> tuple[list[float], list[float]]:
    """Milliseconds from key to photo, and from request to answer, of every key."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(120_000)
        page.add_init_script(CLOCK)
        page.goto(address)
        page.wait_for_selector("body[data-shown]")
        page.evaluate("performance.setResourceTimingBufferSize(100000)")
        page.wait_for_timeout(10_000)  # a person looks at the first photo, too
        times = []
        for number in tqdm(range(keys), unit="key", disable=None, leave=False):
            page.wait_for_timeout(1000 * pace)
            page.evaluate("window.took = null")
            page.keyboard.press(f"Digit{number % 9 + 1}")
            page.wait_for_function("() => window.took !== null && !document.body.hasAttribute('aria-busy')")
            times.append(page.evaluate("window.took"))
            wanted, shown = shade((number + 1) % CONTENTS), page.evaluate(MIDDLE)
            if abs(wanted - shown) > 3:
                raise SystemExit(f"photo {number + 2} is not the one on the screen: {shown} instead of {wanted}")
        answers = page.evaluate(SERVER_TIME)
        browser.close()
    return times, answers


if __name__ == "__main__":
    main()
