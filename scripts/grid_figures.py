"""Measures how many decisions a minute the grid allows against one photo at a time, in headless Chromium.

    python scripts/grid_figures.py PHOTOS MANIFEST

Every decision of MANIFEST (such as datasets/manifests/real-more.jsonl) is entered twice, each time in a new project:
with a key a photo on the desk, and in the grid, selected by reason, the rest of a page accepted together. In both,
accepted photos are accepted whole and rejected ones get their first reason. The machine's part is measured; the
person's is stated (LOOK_*, CLICK) and added, not waited for.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from annotator.project import open_project
from annotator.rules import REASONS
from annotator.usecases.importing import import_photos
from scripts.annotator_figures import FLAGS, server

LOOK_ACCEPT, LOOK_REJECT = 2.5, 1.2
"""Seconds that a person looks at a photo on the desk before accepting, and before rejecting."""

LOOK_THUMBNAIL, CLICK = 0.8, 0.6
"""Seconds for a thumbnail in the grid, and for a click on one or a key for several."""

KEYS = {reason.code: reason.key for reason in REASONS}
SHOWN = "() => document.body.dataset.shown !== window.before && !document.body.hasAttribute('aria-busy')"


def main() -> None:
    """Prints decisions a minute both ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("manifest", type=Path)
    args = parser.parse_args()
    lines = map(json.loads, args.manifest.read_text(encoding="utf-8").splitlines())
    reasons = {line["name"]: (line["reasons"] or [None])[0] for line in lines}
    for name, way in (("a key a photo", one_by_one), ("in the grid", together)):
        folder = Path(tempfile.mkdtemp(prefix="annotator-"))
        try:
            project = open_project(folder)
            import_photos(project, *(args.photos / photo for photo in reasons))
            project.close()
            with server(folder) as address:
                stated, measured, count = on_page(address, way, reasons)
        finally:
            shutil.rmtree(folder)
        rate = 60 * count / (stated + measured)
        print(f"{name}: {count} decisions, {stated:.0f} s stated, {measured:.0f} s measured, {rate:.1f} a minute")


def on_page(address: str, way: Any, reasons: dict[str, str | None]) -> tuple[float, float, int]:
    """(seconds stated, seconds measured, decisions) of one way."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(address)
        page.wait_for_selector("body[data-shown]")
        start = time.perf_counter()
        stated, count = way(page, reasons)
        measured = time.perf_counter() - start
        browser.close()
    return stated, measured, count


def one_by_one(page: Page, reasons: dict[str, str | None]) -> tuple[float, int]:
    """Every photo on the desk with one key."""
    stated, count = 0.0, 0
    while (name := page.locator("#name").inner_text()) in reasons:
        reason = reasons[name]
        stated += LOOK_ACCEPT if reason is None else LOOK_REJECT
        page.evaluate("window.before = document.body.dataset.shown")
        page.keyboard.press("KeyW" if reason is None else KEYS[reason])
        count += 1
        if page.locator("body.without").count() or count == len(reasons):
            break
        page.wait_for_function(SHOWN)
    return stated, count


def together(page: Page, reasons: dict[str, str | None]) -> tuple[float, int]:
    """Page after page of the grid: those of a reason are clicked, its key pressed; the rest is accepted whole."""
    stated, count = 0.0, 0
    page.keyboard.press("KeyT")
    page.wait_for_selector("#grid[open] .tile")
    while names := page.locator("#grid .tile b").all_inner_texts():
        stated += LOOK_THUMBNAIL * len(names)
        groups = defaultdict(list)
        for name in names:
            groups[reasons[name]].append(name)
        accepted = groups.pop(None, [])
        for reason, members in groups.items():
            for name in members:
                page.locator("#grid .tile", has=page.locator(f"b:text-is('{name}')")).click()
            decide(page, KEYS[reason or ""])
            stated += CLICK * (len(members) + 1)
        if accepted:
            places = [page.locator("#grid .tile b").all_inner_texts().index(name) for name in accepted]
            tiles = page.locator("#grid .tile")
            tiles.nth(min(places)).click()
            tiles.nth(max(places)).click(modifiers=["Shift"])
            decide(page, "KeyW")
            stated += 3 * CLICK
        count += len(names)
    return stated, count


def decide(page: Page, key: str) -> None:
    """A key on what is selected, until the grid shows what is left."""
    page.keyboard.press(key)
    page.wait_for_function("() => !document.getElementById('grid').hasAttribute('aria-busy')")


if __name__ == "__main__":
    main()
