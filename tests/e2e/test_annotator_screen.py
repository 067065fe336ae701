"""The annotator as a curator uses it, in headless Chromium: what the database holds afterwards is what counts."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright")

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import func, select

from annotator.candidate import Crop, Suggestion
from annotator.database.models import Lease
from annotator.usecases.measuring import record_groups, record_measurements
from tests.e2e.conftest import Annotator

PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, annotator: Annotator) -> Page:
    page = context.new_page()
    open_page(page, annotator.address)
    return page


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-shown]")


def shows(page: Page, name: str) -> None:
    expect(page.locator("#name")).to_have_text(name)
    page.wait_for_selector("body[data-shown]:not([aria-busy])")


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where an original point of a fitted photo of 900 × 600 lies on the page."""
    box = page.locator("#stage").bounding_box()
    assert box is not None
    scale = min((box["width"] - 16) / 900, (box["height"] - 16) / 600)
    left, top = box["x"] + (box["width"] - 900 * scale) / 2, box["y"] + (box["height"] - 600 * scale) / 2
    return left + x * scale, top + y * scale


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    page.mouse.move(*at(page, *end))
    page.mouse.up()


def crops(page: Page) -> list[Crop]:
    """The crops as the list beside the photo shows them."""
    rows = page.locator("#crops li:has(input)").all()
    return [Crop(*(int(field.input_value()) for field in row.locator("input").all())) for row in rows]


def near(crop: Crop, x: int, y: int, w: int, h: int) -> bool:
    return all(abs(a - b) <= 1 for a, b in zip((crop.x, crop.y, crop.w, crop.h), (x, y, w, h)))


def test_crops_are_drawn_moved_resized_nudged_and_accepted(page: Page, annotator: Annotator) -> None:
    shows(page, "1.png")
    drag(page, (100, 50), (400, 350))
    assert near(crops(page)[0], 100, 50, 300, 300)
    drag(page, (250, 200), (350, 260))  # inside: moves
    assert near(crops(page)[0], 200, 110, 300, 300)
    drag(page, (500, 410), (560, 430))  # its lower right corner
    assert near(crops(page)[0], 200, 110, 360, 320)
    drag(page, (380, 110), (100, 60))  # its upper edge: only the height follows
    assert near(crops(page)[0], 200, 60, 360, 370)

    [before] = crops(page)
    for key in ("ArrowRight", "Shift+ArrowDown", "Alt+ArrowLeft", "Alt+Shift+ArrowUp"):
        page.keyboard.press(key)
    first = Crop(before.x + 1, before.y + 10, before.w - 1, before.h - 10)
    assert crops(page) == [first]

    drag(page, (700, 400), (705, 410))  # never smaller than the rules ask for
    second = crops(page)[1]
    assert (second.w, second.h) == (128, 128)
    page.keyboard.press("BracketLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("BracketRight")
    page.get_by_label("Crop 2, width").fill("151")
    page.get_by_label("Crop 2, width").press("Tab")
    page.keyboard.press("Escape")
    first, second = Crop(first.x - 1, first.y, first.w, first.h), Crop(second.x, second.y, 151, 128)
    assert crops(page) == [first, second]

    page.keyboard.press("Enter")
    shows(page, "2.png")
    decision = annotator.decision("1.png")
    assert decision and (decision.verdict, decision.curator) == ("accept", "anna")
    assert decision.crops == (first, second)


def test_the_keyboard_alone_does_everything(page: Page, annotator: Annotator) -> None:
    shows(page, "1.png")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("at least one crop")
    page.keyboard.press("r")
    assert crops(page) == [Crop(225, 150, 450, 300)]
    page.keyboard.press("q")
    [square] = crops(page)
    assert square.w == square.h and abs(square.w * square.h - 450 * 300) < 900
    page.keyboard.press("Control+z")
    assert crops(page) == [Crop(225, 150, 450, 300)]
    page.keyboard.press("n")
    page.keyboard.type("1 Enter s?")  # keys are text here
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    shows(page, "2.png")
    assert (annotator.decision("1.png") or pytest.fail()).note == "1 Enter s?"

    page.keyboard.press("Shift+Digit3")
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("Shift+Digit3")
    page.keyboard.press("Minus")
    shows(page, "3.png")
    assert set((annotator.decision("2.png") or pytest.fail()).reasons) == {"snow", "other"}
    page.keyboard.press("s")
    shows(page, "4.png")
    assert (annotator.decision("3.png") or pytest.fail()).verdict == "skip"

    page.keyboard.press("a")
    shows(page, "3.png")
    page.keyboard.press("a")
    shows(page, "2.png")
    expect(page.locator("#decision")).to_contain_text("Rejected: snow, other")
    page.keyboard.press("d")
    page.keyboard.press("d")
    shows(page, "4.png")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Digit1")
    page.keyboard.press("Escape")
    shows(page, "4.png")
    assert annotator.decision("4.png") is None


def test_a_key_kept_down_rejects_one_photo(page: Page, annotator: Annotator) -> None:
    shows(page, "1.png")
    page.keyboard.down("Digit4")
    shows(page, "2.png")
    for _ in range(5):
        page.keyboard.down("Digit4")
    page.keyboard.up("Digit4")
    page.wait_for_timeout(300)
    shows(page, "2.png")
    assert annotator.decision("2.png") is None


def test_undo_brings_the_photo_and_its_crops_back(page: Page, annotator: Annotator) -> None:
    shows(page, "1.png")
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    shows(page, "2.png")
    page.keyboard.press("Control+z")
    shows(page, "1.png")
    expect(page.locator("#status")).to_have_text("Taken back: 1.png is no longer accepted.")
    assert annotator.decision("1.png") is None
    assert crops(page) == [Crop(225, 150, 450, 300)]
    page.keyboard.press("Digit7")
    shows(page, "2.png")
    decision = annotator.decision("1.png")
    assert decision and (decision.verdict, decision.reasons, decision.crops) == ("reject", ("spray",), ())


def test_undo_walks_back_also_after_a_reload(page: Page, annotator: Annotator) -> None:
    from annotator.usecases.decisions import Decision, decide

    shows(page, "1.png")
    for number, keys in enumerate(("1", "2", "r Enter", "s"), 1):
        for key in keys.split():
            page.keyboard.press(key)
        shows(page, f"{number + 1}.png")
    uuid = "00000000-0000-4000-8000-000000000000"
    decide(annotator.project, Decision(uuid, 2, "berta", "skip", base_version=1))
    page.reload()
    shows(page, "5.png")
    page.keyboard.press("Control+z")
    shows(page, "4.png")
    expect(page.locator("#status")).to_have_text("Taken back: 4.png is no longer skipped.")
    page.keyboard.press("Control+z")
    shows(page, "3.png")
    assert crops(page) == [Crop(225, 150, 450, 300)]
    page.keyboard.press("Control+z")
    expect(page.locator("#status")).to_contain_text("Somebody else decided since you did on 2.png")
    shows(page, "3.png")
    assert annotator.decision("1.png") is not None
    page.keyboard.press("Control+z")
    shows(page, "1.png")
    page.keyboard.press("Control+z")
    expect(page.locator("#status")).to_have_text("There is nothing to undo.")
    held = [annotator.decision(f"{number}.png") for number in range(1, 5)]
    assert [decision and decision.curator for decision in held] == [None, "berta", None, None]


def test_skipped_photos_are_gone_through_one_after_the_other(page: Page) -> None:
    shows(page, "1.png")
    for number in (2, 3, 4):
        page.keyboard.press("s")
        shows(page, f"{number}.png")
    page.keyboard.press("v")
    names = page.locator(".tile b")
    expect(names).to_have_text(["3.png", "2.png", "1.png"])
    page.locator("#gallery").get_by_label("Order").select_option("queue")
    expect(names).to_have_text(["1.png", "2.png", "3.png"])
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.locator("#filters").get_by_label("State").select_option("skipped")
    page.get_by_role("button", name="Show", exact=True).click()
    shows(page, "1.png")
    page.keyboard.press("s")
    shows(page, "2.png")
    page.keyboard.press("d")
    shows(page, "3.png")
    page.keyboard.press("s")
    expect(page.locator("#empty")).to_contain_text("That was the last photo")
    page.get_by_role("button", name="From the first again").click()
    shows(page, "1.png")


def test_a_reload_in_the_middle_loses_nothing(page: Page, annotator: Annotator) -> None:
    shows(page, "1.png")
    drag(page, (100, 50), (400, 350))
    drag(page, (500, 100), (800, 300))
    page.keyboard.press("n")
    page.keyboard.type("half done")
    page.locator("#stage").focus()
    page.keyboard.press("Shift+Digit2")
    before = crops(page)
    assert len(before) == 2
    page.reload()
    page.wait_for_selector("body[data-shown]")
    shows(page, "1.png")
    assert crops(page) == before
    expect(page.locator("#note")).to_have_value("half done")
    expect(page.locator("[data-reason=mist]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Digit2")
    shows(page, "2.png")
    page.keyboard.press("a")
    shows(page, "1.png")
    assert crops(page) == []


def leases(annotator: Annotator) -> int:
    """How many photos somebody looks at."""
    with annotator.project.read() as session:
        return session.scalar(select(func.count()).select_from(Lease)) or 0


def test_a_window_that_is_closed_is_followed_by_one_with_the_same_photo(
    page: Page, context: BrowserContext, annotator: Annotator
) -> None:
    shows(page, "1.png")
    page.keyboard.press("r")
    page.close(run_before_unload=True)
    deadline = time.monotonic() + PATIENCE / 1000
    while leases(annotator) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert leases(annotator) == 0
    again = context.new_page()
    open_page(again, annotator.address)
    shows(again, "1.png")
    assert crops(again) == [Crop(225, 150, 450, 300)]


def test_an_empty_desk_has_nothing_of_the_photo_before(page: Page, annotator: Annotator) -> None:
    """And the last decision can be taken back there by the button, as on a phone."""
    for number in range(1, 9):
        shows(page, f"{number}.png")
        page.keyboard.press("Digit4")
    expect(page.locator("#status")).to_have_text("Rejected 8.png: no rain to see.")
    expect(page.locator("#empty")).to_contain_text("Every photo is decided")
    expect(page.locator("#reasons [aria-pressed=true]")).to_have_count(0)
    expect(page.locator("#reject-added")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    shows(page, "8.png")
    assert annotator.decision("8.png") is None


def test_a_decision_survives_a_dead_network_and_a_reload(page: Page, annotator: Annotator) -> None:
    """Saved at the server, but the answer got lost; then the page is reloaded: one event, no second one."""
    shows(page, "1.png")
    lost: list[str] = []

    def lose_answer(route: Route) -> None:
        route.fetch()
        lost.append(route.request.post_data or "")
        route.abort()

    page.route("**/api/decide", lose_answer)
    page.reload()  # Chromium may let requests of a page that is already open pass by a new route
    shows(page, "1.png")
    page.keyboard.press("Digit1")
    expect(page.locator("#status")).to_contain_text("Not saved yet")
    page.wait_for_timeout(700)  # a second try, with the same uuid
    page.unroute("**/api/decide")
    page.reload()
    page.wait_for_selector("body[data-shown]")
    shows(page, "2.png")
    assert len(lost) >= 2 and len(set(lost)) == 1
    first = annotator.decision("1.png")
    assert first and first.reasons == ("snow",)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':write:'))") == []


def test_two_browsers_never_get_the_same_photo(browser: Browser, annotator: Annotator) -> None:
    """Also when both are the same curator's; together they decide everything once."""
    contexts = [browser.new_context() for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    try:
        for page in pages:
            page.set_default_timeout(PATIENCE)
            open_page(page, annotator.address)
        seen: list[str] = []
        for _ in range(4):
            names = [page.locator("#name").inner_text() for page in pages]
            assert len(set(names)) == 2 and not set(names) & set(seen)
            seen += names
            for page, name in zip(pages, names):
                page.keyboard.press("Digit1")
                expect(page.locator("#name")).not_to_have_text(name)
                page.wait_for_selector("body[data-shown]:not([aria-busy])")
        assert sorted(seen) == [f"{number}.png" for number in range(1, 9)]
        for page in pages:
            expect(page.locator("#empty")).to_contain_text("Every photo is decided")
    finally:
        for context in contexts:
            context.close()


def test_a_stale_decision_is_a_conflict(page: Page, annotator: Annotator) -> None:
    from annotator.usecases.decisions import Decision, decide

    shows(page, "1.png")
    page.keyboard.press("r")
    uuid = "00000000-0000-4000-8000-000000000000"
    decide(annotator.project, Decision(uuid, 1, "berta", "reject", reasons=("snow",), base_version=0))
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Nothing was overwritten")
    expect(page.locator("#decision")).to_contain_text("Rejected: snow")
    expect(page.locator("#decision")).to_contain_text("berta")
    assert (annotator.decision("1.png") or pytest.fail()).verdict == "reject"
    assert crops(page) == [Crop(225, 150, 450, 300)]
    page.keyboard.press("Enter")  # now knowingly
    shows(page, "2.png")
    assert (annotator.decision("1.png") or pytest.fail()).verdict == "accept"


def test_one_key_accepts_the_first_suggestion_and_one_the_whole_photo(
    context: BrowserContext, annotator: Annotator
) -> None:
    suggestions = [Suggestion(10, 20, 200, 150, 0.9, "test"), Suggestion(300, 200, 400, 300, 0.5, "test")]
    record_measurements(annotator.project, 1, {"rain": 0.9}, [], suggestions, "1", 5.0)
    record_measurements(annotator.project, 2, {"rain": 0.8}, [], suggestions, "1", 4.0)
    page = context.new_page()
    open_page(page, annotator.address)
    shows(page, "1.png")
    page.keyboard.press("Enter")
    shows(page, "2.png")
    assert (annotator.decision("1.png") or pytest.fail()).crops == (Crop(10, 20, 200, 150),)
    page.keyboard.press("r")  # what the curator drew is what counts
    page.keyboard.press("Enter")
    shows(page, "3.png")
    assert (annotator.decision("2.png") or pytest.fail()).crops == (Crop(225, 150, 450, 300),)
    page.keyboard.press("w")
    shows(page, "4.png")
    assert (annotator.decision("3.png") or pytest.fail()).crops == (Crop(0, 0, 900, 600),)
    page.keyboard.press("Control+z")
    shows(page, "3.png")
    assert annotator.decision("3.png") is None

    page.keyboard.press("Shift+Digit1")  # a reason is added: neither key accepts, nor leaves a crop behind
    page.keyboard.press("Delete")
    page.keyboard.press("w")
    expect(page.locator("#status")).to_contain_text("Reasons are added")
    assert crops(page) == [] and annotator.decision("3.png") is None


def test_suggestions_duplicates_filter_and_gallery(context: BrowserContext, annotator: Annotator) -> None:
    from annotator.usecases.candidates import candidate_view

    project = annotator.project
    suggestion = Suggestion(10, 20, 200, 150, 0.9, "test")
    record_measurements(project, 3, {"coverage": 12.5}, ["mist"], [suggestion], "1", 5.0)
    record_groups(project, {candidate_view(project, id_).sha256: "g" for id_ in (3, 6)})
    page = context.new_page()
    open_page(page, annotator.address)
    shows(page, "3.png")  # the highest priority
    expect(page.locator("#flags")).to_have_text("mist")
    page.keyboard.press("g")
    assert crops(page) == [Crop(10, 20, 200, 150)]
    page.keyboard.press("g")
    expect(page.locator("#status")).to_contain_text("All suggested")

    page.keyboard.press("c")
    expect(page.locator(".pairs li")).to_have_count(2)
    expect(page.locator(".pairs li.here")).to_contain_text("900 × 600, waiting")
    page.get_by_role("button", name="Go to it").click()
    shows(page, "6.png")
    page.keyboard.press("Digit8")
    shows(page, "3.png")
    page.keyboard.press("Enter")
    shows(page, "1.png")

    page.keyboard.press("v")
    expect(page.locator(".tile")).to_have_count(2)
    expect(page.locator(".tile.accepted i")).to_have_count(1)
    expect(page.locator(".tile.accepted")).to_contain_text("anna, ")
    page.locator("#gallery").get_by_label("Reason").select_option("duplicate")
    expect(page.locator(".tile")).to_have_count(1)
    page.locator(".tile").click()
    shows(page, "6.png")

    page.keyboard.press("x")
    page.locator("#filters").get_by_label("State").select_option("accepted")
    page.get_by_role("button", name="Show", exact=True).click()
    shows(page, "3.png")
    assert crops(page) == [Crop(10, 20, 200, 150)]
    page.keyboard.press("x")
    page.get_by_role("button", name="No filter").click()
    shows(page, "1.png")


def test_the_rain_is_enhanced_while_a_key_is_held(page: Page) -> None:
    shows(page, "1.png")
    plain = pixel(page)
    page.keyboard.down("h")
    page.wait_for_function("(before) => " + PIXEL + " !== before", arg=plain)
    page.keyboard.up("h")
    page.wait_for_function("(before) => " + PIXEL + " === before", arg=plain)


def test_the_stage_turns_dark_with_the_page(page: Page) -> None:
    shows(page, "1.png")
    corner = PIXEL.replace("s.width / 2 + 9, s.height / 2 + 9", "3, 3")
    light = page.evaluate(corner)
    page.locator("#lamp").click()
    page.wait_for_function("(before) => " + corner + " !== before", arg=light)


PIXEL = """(() => { const s = document.getElementById('stage');
  return [...s.getContext('2d').getImageData(s.width / 2 + 9, s.height / 2 + 9, 1, 1).data].join(); })()"""


def pixel(page: Page) -> str:
    return page.evaluate(PIXEL)


def test_zoomed_in_the_original_pixels_are_shown(browser: Browser, annotator: Annotator, tmp_path: Path) -> None:
    """A photo larger than its preview: at 100 % the stage shows the original's own pixels, from tiles."""
    from annotator.usecases.importing import import_photos
    from annotator.web.previews import PREVIEW_SIDE

    width, height = 3 * PREVIEW_SIDE // 2, PREVIEW_SIDE
    checks = np.indices((height, width)).sum(0) % 2 * 255
    Image.fromarray(checks.astype(np.uint8)).save(tmp_path / "checks.png")
    import_photos(annotator.project, tmp_path / "checks.png")
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    page = context.new_page()
    open_page(page, annotator.address + "/")
    page.keyboard.press("x")
    page.get_by_role("searchbox").fill("CHECKS")
    page.get_by_role("button", name="Show", exact=True).click()
    shows(page, "checks.png")
    spread = """() => { const s = document.getElementById('stage');
      const d = s.getContext('2d').getImageData(s.width / 2, s.height / 2, 40, 1).data;
      const g = [...d].filter((_, i) => i % 4 === 0); return Math.max(...g) - Math.min(...g); }"""
    assert page.evaluate(spread) < 128
    page.keyboard.press("z")
    page.wait_for_function(f"() => ({spread})() > 200")
    context.close()


def test_fingers_draw_and_pinch(browser: Browser, annotator: Annotator) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    open_page(page, annotator.address)
    touch = context.new_cdp_session(page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        listed = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})

    fingers("touchStart", at(page, 100, 100))
    fingers("touchMove", at(page, 300, 250))
    fingers("touchMove", at(page, 500, 400))
    fingers("touchEnd")
    [crop] = crops(page)
    assert near(crop, 100, 100, 400, 300)
    a, b = at(page, 700, 500), at(page, 760, 500)
    fingers("touchStart", a, b)
    fingers("touchMove", (a[0] - 40, a[1]), (b[0] + 40, b[1]))
    fingers("touchEnd")
    assert crops(page) == [crop]
    width, scroll = page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]")
    assert (width, scroll) == (390, 390)
    snow = page.get_by_role("button", name="snow")
    colour = "(button) => getComputedStyle(button).backgroundColor"
    untouched = snow.evaluate(colour)
    snow.tap()
    shows(page, "2.png")
    assert snow.evaluate(colour) == untouched  # nothing looks chosen for the next photo
    page.get_by_role("button", name="Decided").tap()
    expect(page.locator(".tile")).to_have_count(1)
    for control in page.locator("#gallery :is(select, .close)").all():
        box = control.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.locator("#gallery .close").tap()
    page.locator("#open-help").tap()
    page.locator("#help").evaluate("(help) => help.scrollTo(0, help.scrollHeight)")
    assert page.locator("#help").evaluate("(help) => help.scrollTop") > 100
    box = page.locator("#help .close").bounding_box()
    assert box and 0 <= box["y"] <= 844 - box["height"]  # at hand wherever one has read to
    context.close()


@pytest.fixture
def nameless() -> Callable[[Page], list[str]]:
    return lambda page: page.evaluate("""() => [...document.querySelectorAll('button, input, select, textarea')]
      .filter((e) => e.offsetParent && !e.labels?.length && !(e.ariaLabel || e.title || e.innerText.trim()))
      .map((e) => e.outerHTML.slice(0, 200))""")


def test_every_control_has_a_name(page: Page, nameless: Callable[[Page], list[str]]) -> None:
    shows(page, "1.png")
    page.keyboard.press("r")
    assert nameless(page) == []
    for key in ("?", "v", "x"):
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open] h2")
        assert nameless(page) == []
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
