"""Around the decisions: many photos at once, pre-screening from the page, what the model sees, the set as it grows."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from annotator.prescreen import run
from annotator.prescreen.run import PrescreenReport
from annotator.project import Project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.measuring import record_groups, record_measurements, unmeasured
from core.methods import Derained, Method
from tests.e2e.conftest import Annotator

PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def page(browser: Browser, annotator: Annotator) -> Iterator[Page]:
    for image, _ in unmeasured(annotator.project, "1"):
        record_measurements(annotator.project, image, {"rain": image / 10}, [], [], "1", 1 - image / 10)
    record_groups(annotator.project, {candidate_view(annotator.project, number).sha256: "g" for number in (2, 5, 7)})
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(annotator.address)
    page.wait_for_selector("body[data-shown]")
    yield page
    context.close()


def until(page: Page, expression: str) -> None:
    """Waits from outside: the page's policy lets no text be evaluated within."""
    end = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


def names(page: Page) -> list[str]:
    return page.locator("#grid .tile b").all_text_contents()


def verdicts(annotator: Annotator) -> dict[str, str]:
    found = {name: annotator.decision(name) for name in (f"{number}.png" for number in range(1, 9))}
    return {name: decision.verdict for name, decision in found.items() if decision}


def test_many_photos_are_decided_at_once_and_taken_back_as_one(page: Page, annotator: Annotator) -> None:
    page.keyboard.press("t")
    status = page.locator("#grid [role=status]")
    expect(page.locator("#grid h2")).to_have_text("8 photos")
    page.get_by_label("Order").select_option("rain down")
    expect(page.locator("#grid .tile b").first).to_have_text("8.png")
    page.locator("#grid .tile", has_text="8.png").click()
    page.locator("#grid .tile", has_text="6.png").click(modifiers=["Shift"])
    expect(status).to_have_text("3 photos selected")
    page.keyboard.press("Digit1")
    expect(status).to_have_text("3 photos rejected: snow.")
    assert names(page) == [f"{number}.png" for number in (5, 4, 3, 2, 1)]
    page.locator("#grid .tile", has_text="4.png").click()
    page.keyboard.press("w")
    expect(status).to_have_text("one photo accepted whole.")
    assert verdicts(annotator) == {"4.png": "accept", "6.png": "reject", "7.png": "reject", "8.png": "reject"}
    page.keyboard.press("Control+z")
    expect(status).to_contain_text("4.png is no longer accepted")
    page.keyboard.press("Control+z")
    expect(status).to_have_text("Taken back: 3 photos are no longer rejected.")
    assert verdicts(annotator) == {} and len(names(page)) == 8

    page.get_by_label("Order").select_option("duplicates")
    expect(page.locator("#grid h2")).to_have_text("3 photos")
    page.locator("#grid .tile", has_text="5.png").click()
    page.get_by_role("button", name="Keep this, reject its 2 duplicates").click()
    expect(status).to_have_text("2 photos rejected: duplicate.")
    assert verdicts(annotator) == {"2.png": "reject", "7.png": "reject"}
    page.get_by_role("button", name="More like this").click()
    expect(page.locator("#grid h2")).to_have_text("6 photos")
    assert names(page)[0] == "5.png" and set(names(page)[1:3]) == {"4.png", "6.png"}
    page.keyboard.press("Control+a")
    expect(status).to_have_text("6 photos selected")
    page.keyboard.press("Escape")
    expect(status).to_contain_text("Click photos")
    page.keyboard.press("Escape")
    expect(page.locator("#grid")).to_be_hidden()
    expect(page.locator("#name")).to_have_text("4.png")  # the photo that was taken back by itself


def test_a_grid_decision_survives_a_dead_network(page: Page, annotator: Annotator) -> None:
    page.keyboard.press("t")
    page.locator("#grid .tile", has_text="3.png").click()
    page.route("**/api/grid/decide", lambda route: route.abort())
    page.keyboard.press("Digit2")
    until(page, "Object.keys(localStorage).some((key) => key.includes(':write:'))")
    page.unroute("**/api/grid/decide")
    page.reload()
    page.wait_for_selector("body[data-shown]")
    until(page, "!Object.keys(localStorage).some((key) => key.includes(':write:'))")
    assert verdicts(annotator) == {"3.png": "reject"}


def test_prescreening_is_started_and_stopped_in_the_page(
    page: Page, annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def prescreen(
        project: Project, *, progress: Callable[[int, int], object], stop: Callable[[], bool]
    ) -> PrescreenReport:
        progress(2, 8)
        while not stop() and not go.is_set():
            time.sleep(0.01)
        record_measurements(project, 8, {"rain": 1.0}, [], [], "2", 2.0)
        return PrescreenReport(2, 1, 1, (("3.png", "It is broken."),), stopped=stop())

    monkeypatch.setattr(run, "prescreen", prescreen)
    page.locator("#open-import").click()
    section = page.locator("section[aria-label='Pre-screening']")
    expect(section).to_contain_text("8 photos are not measured yet.")
    section.get_by_role("button", name="Pre-screen").click()
    expect(section).to_contain_text("2 of 8 photos are measured.")
    page.keyboard.press("Escape")
    expect(page.locator("#open-import")).to_have_text("Pre-screening 2 of 8")
    page.locator("#open-import").click()
    section.get_by_role("button", name="Stop").click()
    expect(section).to_contain_text("Pre-screening was stopped: 2 measured, 1 could not be measured.")
    expect(section).to_contain_text("3.png: It is broken.")
    go.set()
    section.get_by_role("button", name="Pre-screen").click()
    expect(section).to_contain_text("one group of near-duplicates")
    page.keyboard.press("Escape")
    expect(page.locator("#name")).to_have_text("8.png")  # now it comes first


def test_what_the_model_sees_is_held_over_the_photo(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def derain(pixels: np.ndarray, names: Sequence[str]) -> Derained:
        return Derained(pixels, np.zeros(pixels.shape[:2], np.float32))

    method = Method("stand-in", "Stand-in", run=derain)
    monkeypatch.setattr("core.methods.find_methods", lambda names, sources: [method])
    page.route("**/photos/*/derained", lambda route: (time.sleep(1), route.continue_()))
    page.keyboard.down("j")
    expect(page.locator("#status")).to_contain_text("Working on it")
    page.keyboard.up("j")
    expect(page.locator("#status")).to_be_hidden()
    expect(page.locator("[data-action=derained]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.down("k")
    expect(page.locator("[data-action=layer]")).to_have_attribute("aria-pressed", "true")
    until(page, "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/layer'))")
    expect(page.locator("#status")).to_be_hidden()
    black = "(c) => [...c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data.slice(0, 3)]"
    assert max(page.locator("#stage").evaluate(black)) < 60, "an even grey photo has no rain to take away"
    page.keyboard.up("k")
    asked = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/derained')).length"
    assert page.evaluate(asked) == 1


def test_the_set_grows_with_the_decisions(page: Page) -> None:
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_text("2.png")
    page.keyboard.press("Digit1")
    expect(page.locator("#name")).to_have_text("3.png")
    page.keyboard.press("b")
    expect(page.locator("#set")).to_contain_text("1 accepted, 1 rejected, 6 not settled")
    expect(page.locator("#set")).to_contain_text("300, 300, 300 pixels")
    expect(page.locator("#set img")).to_have_count(5)
    until(page, "[...document.querySelectorAll('#set img')].every((image) => image.naturalWidth === 560)")


def test_the_figures_keep_up_with_fast_keys(page: Page) -> None:
    """They come while keys are pressed, not only after a pause."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/api/progress") else None)
    page.evaluate("""async () => {
        const { Progress } = await import("/static/progress.js");
        const progress = new Progress(new EventTarget(), "");
        for (const begun = performance.now(); performance.now() - begun < 2500; ) {
            progress.refresh();
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }""")
    assert len(asked) >= 2
