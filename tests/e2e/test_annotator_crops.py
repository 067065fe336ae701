"""The page's arithmetic of crops, run in the browser against a reference in Python that knows only the rules."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser

from tests.e2e.conftest import Annotator

RUN = """async (cases) => {
  const crops = await import("/static/crops.js");
  return cases.map(([name, ...given]) => crops[name](...given));
}"""
ASPECTS = (None, 1.0, 4 / 3, 0.5)


def run(browser: Browser, annotator: Annotator, cases: list[list[Any]]) -> list[dict[str, int]]:
    page = browser.new_page()
    page.goto(annotator.address + "/login.html")  # any page of the server will do
    results = page.evaluate(RUN, cases)
    page.close()
    return results


def limits_of(random: np.random.Generator, number: int) -> dict[str, Any]:
    width, height = (int(side) for side in random.integers(130, 900, 2))
    aspect = ASPECTS[number % len(ASPECTS)]
    least = int(random.integers(20, 60))
    return {"width": width, "height": height, "least": [least, least], "aspect": aspect}


def obeys(crop: dict[str, int], limits: dict[str, Any]) -> bool:
    x, y, w, h = (crop[name] for name in "xywh")
    whole = all(isinstance(value, int) for value in (x, y, w, h))
    inside = x >= 0 and y >= 0 and x + w <= limits["width"] and y + h <= limits["height"]
    large = w >= limits["least"][0] and h >= limits["least"][1]
    aspect = limits["aspect"]
    return whole and inside and large and (aspect is None or abs(w - aspect * h) <= max(1.0, aspect))


def test_no_gesture_makes_a_crop_that_breaks_a_rule(browser: Browser, annotator: Annotator) -> None:
    random = np.random.default_rng(5)
    cases: list[list[Any]] = []
    for number in range(3000):
        limits = limits_of(random, number)
        ax, px = (int(value) for value in random.integers(0, limits["width"] + 1, 2))
        ay, py = (int(value) for value in random.integers(0, limits["height"] + 1, 2))
        cases.append(["span", ax, ay, px, py, limits])
    spans = run(browser, annotator, cases)
    assert [case for case, crop in zip(cases, spans) if not obeys(crop, case[-1])] == []

    later: list[list[Any]] = []
    for case, crop in zip(cases, spans):
        limits = case[-1]
        px, py = (int(value) for value in random.integers(-200, 1100, 2))
        inside = [min(max(px, 0), limits["width"]), min(max(py, 0), limits["height"])]
        handle = str(random.choice(["n", "s", "e", "w", "nw", "ne", "sw", "se"]))
        later.append(["resize", crop, handle, *inside, limits])
        later.append(["move", crop, px, py, limits])
        later.append(["grow", crop, *(int(value) for value in random.integers(-40, 40, 2)), limits])
        later.append(["around", px, py, 90.5, 70.2, limits])
        later.append(["reshape", crop, limits])
    assert [case for case, crop in zip(later, run(browser, annotator, later)) if not obeys(crop, case[-1])] == []


def test_what_is_free_to_follow_the_pointer_follows_it_exactly(browser: Browser, annotator: Annotator) -> None:
    limits = {"width": 1000, "height": 800, "least": [100, 100], "aspect": None}
    crop = {"x": 200, "y": 200, "w": 300, "h": 300}
    cases = [
        ["span", 10, 20, 210, 420, limits],
        ["span", 210, 420, 10, 20, limits],
        ["span", 990, 790, 995, 795, limits],
        ["resize", crop, "nw", 150, 120, limits],
        ["resize", crop, "e", 640, 5, limits],
        ["resize", crop, "s", 5, 520, limits],
        ["resize", crop, "n", 5, 700, limits],
        ["move", crop, 850.4, -3, limits],
        ["grow", crop, 1, -10, limits],
        ["grow", crop, -900, 900, limits],
    ]
    expected = [
        (10, 20, 200, 400),
        (10, 20, 200, 400),
        (900, 700, 100, 100),
        (150, 120, 350, 380),
        (200, 200, 440, 300),
        (200, 200, 300, 320),
        (200, 400, 300, 100),
        (700, 0, 300, 300),
        (200, 200, 301, 290),
        (200, 200, 100, 600),
    ]
    got = [tuple(crop[name] for name in "xywh") for crop in run(browser, annotator, cases)]
    assert got == expected
