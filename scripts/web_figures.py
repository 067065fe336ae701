"""Measures the built page in headless Chromium: first download, first result, a photo of 12 megapixels, memory.

    python scripts/web_figures.py [dist] [--chromium chromium] [--scale auto] [--json]

The photos are one of the demo's rendered examples, 481×321 of it and the whole enlarged to 4000×3000. Each figure is of
a fresh profile on the loopback; memory is what the page's process takes at its peak over what it took before the photo.
"""

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.examples import all_examples
from core.machine import describe_machine
from scripts.build_web import first_visit
from scripts.serve_web import make_server
from tests.e2e.served_demo import FLAGS

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600_000


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist", help="the built page (dist)")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser (chromium)")
    parser.add_argument(
        "--scale", choices=("auto", "1", "2", "3", "4"), default="auto", help="of the large photo (auto)"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    server = make_server(arguments.folder, "127.0.0.1", 0, quiet=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    figures: dict[str, Any] = {"machine": describe_machine(), "first download, MB": first_visit(arguments.folder) / 1e6}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        small, large = photos(Path(folder))
        browser = driver.chromium.launch(executable_path=arguments.chromium, args=FLAGS.split())
        figures["481×321 at the first visit"] = measure(browser, address, small, "auto")
        figures["12 megapixels"] = measure(browser, address, large, arguments.scale)
        browser.close()
    print(json.dumps(figures, indent=2, ensure_ascii=False) if arguments.json else as_text(figures))


def photos(folder: Path) -> tuple[Path, Path]:
    """The two photos, as PNG and as JPEG."""
    example = next(example for example in all_examples() if "coffee" in example.path.name)
    pixels = cv2.imread(str(example.path))
    small, large = folder / "small.png", folder / "large.jpg"
    cv2.imwrite(str(small), pixels[:321, :481])
    enlarged = cv2.resize(pixels, (4000, 3000), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(large), enlarged, (cv2.IMWRITE_JPEG_QUALITY, 92))
    return small, large


def measure(browser: Browser, address: str, photo: Path, scale: str) -> dict[str, Any]:
    """Seconds from the visit and from the photo to the derained photo and to the end, and megabytes."""
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    visited = time.perf_counter()
    page.goto(address)
    page.locator("#advanced").evaluate("details => { details.open = true; }")
    page.check(f"#scale input[value='{scale}']")
    before, peak, spent = memory(), Peak(), processor_seconds()
    chosen = time.perf_counter()
    page.set_input_files("#file", photo)
    page.wait_for_selector("#save:enabled")
    shown = time.perf_counter()
    page.wait_for_selector("#measures .measure")
    done = time.perf_counter()
    figures = {
        "visit to photo without rain, s": shown - visited,
        "photo to photo without rain, s": shown - chosen,
        "photo to measures, s": done - chosen,
        "processor seconds": processor_seconds() - spent,
        "peak memory, MB": (peak.stop() - before) / 1e6,
        "threads": threads_of(page),
        "said": page.locator("#status").inner_text(),
    }
    page.context.close()
    return figures


def threads_of(page: Page) -> int:
    """How many threads the network has."""
    return int(page.evaluate("crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, 8) : 1"))


class Peak:
    """Looks at the memory again and again, in a thread."""

    def __init__(self) -> None:
        self.most, self.going = 0, True
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self) -> None:
        """Until it is stopped."""
        while self.going:
            self.most = max(self.most, memory())
            time.sleep(0.1)

    def stop(self) -> int:
        """The most, in bytes."""
        self.going = False
        self.thread.join()
        return self.most


def memory() -> int:
    """Resident bytes, shared ones left out, of the largest process that shows a page."""
    counts = [(process / "statm").read_text().split() for process in renderers()]
    return max(((int(resident) - int(shared)) * 4096 for _, resident, shared, *_ in counts), default=0)


def processor_seconds() -> float:
    """What the processes that show pages have spent: on a busy machine it says more than the clock."""
    counts = [(process / "stat").read_text().rpartition(")")[2].split() for process in renderers()]
    return sum(int(count[11]) + int(count[12]) for count in counts) / os.sysconf("SC_CLK_TCK")


def renderers() -> list[Path]:
    """Chromium's processes that show pages, of those that this script started."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and b"--type=renderer" in (process / "cmdline").read_bytes():
                ancestors = list(parents(int(process.name)))
                found += [process] if os.getpid() in ancestors else []
    return found


def parents(process: int) -> Iterator[int]:
    """The processes above one."""
    while process > 1:
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        yield process


def as_text(figures: dict[str, Any]) -> str:
    """The figures as lines."""
    lines = [f"{name}: {value:.2f}" for name, value in figures.items() if isinstance(value, float)]
    for name, values in figures.items():
        if isinstance(values, dict):
            lines += [f"{name}:"]
            lines += [
                f"  {key}: {f'{value:.1f}' if isinstance(value, float) else value}" for key, value in values.items()
            ]
    return "\n".join([figures["machine"], *lines])


if __name__ == "__main__":
    main()
