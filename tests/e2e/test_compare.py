"""The page Compare as a person uses it, in headless Chromium; of the peers the demo has only stored outputs."""

import base64
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Locator, Page, expect

from app import settings
from app.compare.stored import RECORD
from app.examples import RENDERED, clean_photo
from core.metrics import measure
from tests.e2e.test_page import drop

PATIENCE = 120_000
OURS, PRENET = "Semi-DerainGAN (G_s)", "PReNet"
NAMES = ("PReNet", "DDN", "SIRR", "DerainGAN")
CAT = 0


def open_page(browser: Browser, demo: str, **options) -> Page:
    page = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options)).new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.goto(f"{demo}/compare")
    expect(page.locator("#compare-examples button")).to_have_count(len(RENDERED))
    expect(page.locator("p.loading")).to_have_count(0)  # Gradio's own, beside the page until all of it is there
    return page


def compare_the_cat(page: Page) -> Page:
    page.locator("#compare-examples button").nth(CAT).click()
    expect(page.locator("#viewer canvas")).to_have_count(6)
    expect(page.locator("#stop")).to_be_disabled()
    return page


@pytest.fixture(scope="module")
def shared_page(browser: Browser, demo: str) -> Iterator[Page]:
    page = compare_the_cat(open_page(browser, demo))
    yield page
    page.context.close()


@pytest.fixture
def cat(shared_page: Page) -> Page:
    """The comparison of the example "chelsea", as it is when it opens."""
    if shared_page.get_by_role("button", name="Wipe").get_attribute("aria-pressed") == "true":
        shared_page.get_by_role("button", name="Side by side").click()
    shared_page.get_by_label("Show", exact=True).first.select_option("picture")
    shared_page.get_by_role("button", name="Fit").click()
    return shared_page


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    page = open_page(browser, demo)
    yield page
    page.context.close()


def drawn(canvas: Locator) -> np.ndarray:
    """The pixels of a canvas, (H, W, 3) RGB."""
    data = canvas.evaluate("canvas => canvas.toDataURL('image/png').split(',')[1]")
    return cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(int)


def transforms(page: Page) -> list[str]:
    return page.locator("#viewer canvas").evaluate_all("all => all.map(canvas => canvas.style.transform)")


def scale(page: Page) -> float:
    found = set(transforms(page))
    assert len(found) == 1, found
    return float(re.findall(r"scale\(([\d.]+)\)", found.pop())[0])


def pane(page: Page, key: str) -> Locator:
    return page.locator(f"#viewer .pane[data-id='{key}']")


def test_both_pages_have_the_same_margins(page: Page, demo: str) -> None:
    before = page.locator("header").bounding_box()
    page.goto(demo)
    expect(page.locator("#examples button")).to_have_count(len(RENDERED))
    assert page.locator("header").bounding_box() == before


def test_an_example_is_compared_without_any_download(cat: Page) -> None:
    record = json.loads((settings.PEERS_OUTPUTS / RECORD).read_text())
    assert cat.locator("#viewer .missing").count() == 0
    for key, outputs in record["methods"].items():
        output = outputs["chelsea-drizzle"]
        psnr, ssim = output["scores"]["y"].values()
        row = cat.locator("#figures tr", has_text=output["label"])
        expect(row).to_contain_text(f"{psnr:.2f}")
        expect(row).to_contain_text(f"weights {output['weights']} ({output['sha256'][:8]}…), made for")
        expect(pane(cat, key)).to_contain_text(f"{psnr:.2f} dB, SSIM {ssim:.4f}")
    expect(pane(cat, "ours")).to_contain_text(re.compile(r"\d s, "))


def test_figures_are_those_of_the_pictures_shown(cat: Page) -> None:
    clean = cv2.imread(str(clean_photo(RENDERED[CAT])))[..., ::-1]
    assert np.array_equal(drawn(pane(cat, "clean").locator("canvas")), clean)
    for key, label in (("rainy", "Rainy photo"), ("ours", OURS)):
        picture = drawn(pane(cat, key).locator("canvas")).astype(np.uint8)
        cells = cat.locator("#figures tr", has_text=label).locator("td").all_inner_texts()
        for protocol, place in (("y", 1), ("rgb", 3)):
            scores = measure(protocol, clean, picture)
            assert cells[place : place + 2] == [f"{scores['psnr']:.2f}", f"{scores['ssim']:.4f}"]


def test_wheel_drag_keys_and_buttons_move_every_picture(cat: Page) -> None:
    fitted = scale(cat)
    stage = cat.locator("#viewer .stage").nth(2)
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    cat.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    cat.keyboard.down("Control")
    cat.mouse.wheel(0, -400)
    cat.keyboard.up("Control")
    cat.wait_for_timeout(200)
    zoomed = scale(cat)
    assert zoomed > 1.2 * fitted
    before = transforms(cat)[0]
    cat.mouse.down()
    cat.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    cat.mouse.up()
    assert transforms(cat)[0] != before and scale(cat) == zoomed
    before = transforms(cat)[0]
    stage.focus()
    cat.keyboard.press("ArrowRight")
    cat.keyboard.press("ArrowDown")
    assert transforms(cat)[0] != before
    cat.keyboard.press("+")
    assert scale(cat) == pytest.approx(1.3 * zoomed, rel=1e-3)
    cat.get_by_role("button", name="Zoom out").first.click()
    assert scale(cat) == pytest.approx(zoomed, rel=1e-3)
    stage.focus()
    cat.keyboard.press("f")
    assert scale(cat) == fitted
    stage.dblclick()
    assert scale(cat) > 1.2 * fitted


def test_zooming_keeps_the_point_under_the_mouse(cat: Page) -> None:
    stage = cat.locator("#viewer .stage").first
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    x, y = 0.7 * box["width"], 0.4 * box["height"]

    def under() -> np.ndarray:
        tx, ty, s = map(float, re.findall(r"-?[\d.]+", transforms(cat)[0]))
        return (np.array([x, y]) - (tx, ty)) / s

    before = under()
    cat.mouse.move(box["x"] + x, box["y"] + y)
    cat.keyboard.down("Control")
    for _ in range(5):
        cat.mouse.wheel(0, -100)
    cat.keyboard.up("Control")
    cat.wait_for_timeout(200)
    assert scale(cat) > 1.3 and np.abs(under() - before).max() < 1


def test_the_wheel_scrolls_the_page_until_a_picture_is_clicked(cat: Page) -> None:
    cat.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    box = cat.locator("#viewer .stage").first.bounding_box()
    cat.mouse.move(box["x"] + 30, box["y"] + 30)
    fitted = scale(cat)
    cat.mouse.wheel(0, 120)
    cat.wait_for_function("scrollY > 0")
    assert scale(cat) == fitted


def test_maps_show_what_was_removed_and_what_differs(cat: Page) -> None:
    rainy, clean, ours = (drawn(pane(cat, key).locator("canvas")) for key in ("rainy", "clean", "ours"))
    cat.get_by_label("Show", exact=True).first.select_option("layer")
    cat.wait_for_function(
        "[...document.querySelectorAll('#viewer canvas')].every(c => c.dataset.drawn?.includes('layer'))"
    )
    layer = rainy - ours
    added = layer.mean(2) < 0
    shown = drawn(pane(cat, "ours").locator("canvas"))
    assert np.array_equal(shown[~added], np.clip(2 * layer, 0, 255)[~added])
    magenta = shown[added]
    assert (magenta[:, 1] == 0).all() and (magenta[:, 0] == magenta[:, 2]).all()
    assert np.abs(magenta[:, 0] - np.clip(-2 * layer.mean(2)[added], 0, 255)).max() <= 0.51
    assert np.array_equal(drawn(pane(cat, "rainy").locator("canvas")), rainy)
    expect(cat.locator("#viewer .legend")).to_contain_text("×2")

    cat.get_by_label("Show", exact=True).first.select_option("difference")
    cat.wait_for_function(
        "[...document.querySelectorAll('#viewer canvas')].every(c => c.dataset.drawn?.includes('diff'))"
    )
    heat = drawn(pane(cat, "ours").locator("canvas")).sum(2)
    difference = np.abs(ours - clean).mean(2)
    assert heat[difference == 0].max(initial=4) == 4 and np.corrcoef(heat.ravel(), difference.ravel())[0, 1] > 0.9
    assert np.array_equal(drawn(pane(cat, "clean").locator("canvas")), clean)
    cat.get_by_label("Gain").fill("16")
    cat.wait_for_function("document.querySelector('#viewer [data-id=ours] canvas').dataset.drawn.endsWith(' 16')")
    assert drawn(pane(cat, "ours").locator("canvas")).sum(2).mean() > heat.mean()


def test_rainy_is_shown_as_long_as_it_is_held(cat: Page) -> None:
    rainy, ours = (drawn(pane(cat, key).locator("canvas")) for key in ("rainy", "ours"))
    canvas = pane(cat, "ours").locator("canvas")
    before = canvas.get_attribute("data-drawn")
    pane(cat, "ours").locator(".stage").focus()
    cat.keyboard.down("r")
    expect(canvas).not_to_have_attribute("data-drawn", before)
    assert np.array_equal(drawn(canvas), rainy)
    cat.keyboard.up("r")
    expect(canvas).to_have_attribute("data-drawn", before)
    assert np.array_equal(drawn(canvas), ours)


def test_a_wipe_between_any_two_by_mouse_and_by_keys(cat: Page) -> None:
    ours, prenet = (drawn(pane(cat, key).locator("canvas")) for key in ("ours", "prenet"))
    cat.locator("#viewer .stage").first.focus()
    cat.keyboard.press("w")
    cat.get_by_label("Left", exact=True).select_option("prenet")
    cat.get_by_label("Right", exact=True).select_option("ours")
    expect(cat.locator("#viewer .wiped .left")).to_contain_text(PRENET)
    expect(cat.locator("#viewer .wiped .right")).to_have_text(OURS)
    layers = cat.locator("#viewer .wiped canvas")
    expect(layers).to_have_count(2)
    cat.wait_for_function("[...document.querySelectorAll('#viewer canvas')].every(c => c.dataset.drawn)")
    assert np.array_equal(drawn(layers.nth(0)), ours) and np.array_equal(drawn(layers.nth(1)), prenet)

    handle = cat.get_by_role("slider", name="Wipe")
    handle.scroll_into_view_if_needed()
    box, stage = handle.bounding_box(), cat.locator("#viewer .wiped .stage").bounding_box()
    cat.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    cat.mouse.down()
    cat.mouse.move(stage["x"] + stage["width"] / 4, box["y"] + 20, steps=5)
    cat.mouse.up()
    expect(handle).to_have_attribute("aria-valuenow", "25")
    upper = cat.locator("#viewer .wiped .layer").nth(1)
    assert upper.evaluate("node => node.style.clipPath") == "inset(0px 75% 0px 0px)"
    handle.press("ArrowRight")
    handle.press("Shift+ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", "37")
    handle.press("Home")
    expect(handle).to_have_attribute("aria-valuenow", "0")
    assert len(set(transforms(cat))) == 1


def test_every_control_has_a_name(cat: Page) -> None:
    nameless = cat.evaluate("""() => [...document.querySelectorAll('button, input, select, textarea, [tabindex="0"]')]
      .filter((e) => e.offsetParent && !e.labels?.length && !(e.ariaLabel || e.title || e.innerText.trim()
        || e.querySelector('img[alt]:not([alt=""])')))
      .map((e) => e.outerHTML.slice(0, 200))""")
    assert nameless == []


def test_a_photo_of_ones_own_with_clean_photo_and_other_outputs(page: Page, photos: Path, tmp_path: Path) -> None:
    """Missing peers say where their weights go; what is brought along joins, and what does not fit is one sentence."""
    rainy = np.asarray(Image.open(photos / "street.png"))
    clean = np.clip(rainy.astype(int) - 9, 0, 255).astype(np.uint8)
    Image.fromarray(clean).save(tmp_path / "clean.png")
    Image.fromarray(clean[:100]).save(tmp_path / "small.png")
    Image.fromarray(clean // 2).save(tmp_path / "MPRNet.png")
    page.set_input_files("#given-rainy input[type=file]", photos / "street.png")
    expect(pane(page, "ours").locator("canvas")).to_have_count(1)
    expect(page.locator("#stop")).to_be_disabled()
    expect(page.locator("#methods input:checked")).to_have_count(1)
    for sentence in page.locator("#viewer .missing li").all_inner_texts():
        where = r"put them at .* --peers or DERAIN_PEERS \(its authors publish at .*\)\."
        assert re.match(rf"(PReNet|DDN|SIRR) \(.*\) .* {where}", sentence)
    expect(page.locator("#viewer .missing li")).to_have_count(3)
    expect(page.locator("#figures")).to_contain_text("Figures need the clean photo")

    page.set_input_files("#given-clean input[type=file]", tmp_path / "clean.png")
    scores = measure("y", clean, rainy)
    expect(page.locator("#figures tr", has_text="Rainy photo")).to_contain_text(f"{scores['psnr']:.2f}")
    page.set_input_files("#given-others input[type=file]", tmp_path / "MPRNet.png")
    expect(page.locator("#figures tr", has_text="MPRNet")).to_contain_text("your file")
    assert np.array_equal(drawn(pane(page, "brought:MPRNet").locator("canvas")), clean // 2)

    page.get_by_label(OURS).first.uncheck()
    expect(pane(page, "ours")).to_have_count(0)
    expect(page.locator("#stop")).to_be_disabled()
    page.locator("#compare-examples button").nth(CAT).click()
    expect(page.locator("#viewer canvas")).to_have_count(5)
    for name, ticked in (("PReNet", True), ("DDN", True), ("SIRR", True), (OURS, False)):
        expect(page.get_by_label(name, exact=True).first).to_be_checked(checked=ticked)
    page.locator("#clear-comparison").click()
    expect(page.locator("#viewer canvas")).to_have_count(0)
    expect(page.locator("#figures table")).to_have_count(0)


def test_a_second_photo_dropped_takes_the_first_ones_place_with_all_that_lay_beside_it(
    page: Page, photos: Path, tmp_path: Path
) -> None:
    """On the filled box, and beside every box; a clean photo dropped on its own box is that."""
    rainy = np.asarray(Image.open(photos / "street.png"))
    for name, pixels in (("clean", rainy // 2), ("second", rainy[:, :200]), ("third", rainy[:100])):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    drop(page, photos / "street.png", "#given-rainy")
    expect(page.locator("#facts")).to_contain_text("street 320 × 240")
    expect(page.locator("#stop")).to_be_disabled()
    drop(page, tmp_path / "clean.png", "#given-clean button")
    expect(pane(page, "clean").locator("canvas")).to_have_count(1)
    expect(page.locator("#stop")).to_be_disabled()

    drop(page, tmp_path / "second.png", "#given-rainy")
    expect(page.locator("#facts")).to_contain_text("second 200 × 240")
    expect(pane(page, "ours").locator("canvas")).to_have_attribute("width", "200")
    expect(pane(page, "clean")).to_have_count(0)
    expect(page.locator("#given-clean")).not_to_contain_text("clean")
    drop(page, tmp_path / "third.png", "#figures")
    expect(page.locator("#facts")).to_contain_text("third 320 × 100")
    expect(pane(page, "ours").locator("canvas")).to_have_attribute("height", "100")
    expect(page.locator("#given-rainy")).to_contain_text("third")


@pytest.mark.parametrize("wrong", ["broken", "small"])
def test_a_file_that_does_not_fit_is_one_sentence(page: Page, photos: Path, tmp_path: Path, wrong: str) -> None:
    if wrong == "broken":
        page.set_input_files("#given-rainy input[type=file]", photos / "broken.jpg")
    else:
        Image.fromarray(np.zeros((40, 50, 3), np.uint8)).save(tmp_path / "small.png")
        page.set_input_files("#given-rainy input[type=file]", photos / "street.png")
        expect(pane(page, "ours").locator("canvas")).to_have_count(1)
        expect(page.locator("#stop")).to_be_disabled()
        page.set_input_files("#given-clean input[type=file]", tmp_path / "small.png")
    notice = page.get_by_test_id("toast-body")
    expect(notice).to_contain_text(
        "broken.jpg" if wrong == "broken" else "50×40 pixels, but the rainy photo has 320×240"
    )
    assert "Traceback" not in notice.inner_text()


def test_the_gallery_shows_outputs_with_figures_and_opens_them(page: Page) -> None:
    record = json.loads((settings.PEERS_OUTPUTS / RECORD).read_text())["methods"]["prenet"]
    page.get_by_role("tab", name="Gallery").click()
    page.get_by_label("Show").click()
    page.get_by_role("option", name=PRENET).click()
    psnr, ssim = record["camera-shower"]["scores"]["y"].values()
    camera = page.locator("#outputs button", has_text=f"camera-shower: {psnr:.2f} dB, SSIM {ssim:.4f}")
    camera.click()
    expect(page.locator("#facts")).to_contain_text("camera-shower")
    expect(pane(page, "prenet").locator("canvas")).to_be_visible()


def test_blind_picks_are_counted_and_named_only_afterwards(page: Page, tmp_path: Path) -> None:
    sent: list[str] = []
    page.get_by_role("tab", name="Blind test").click()
    page.on("response", lambda response: sent.append(response.url))
    page.locator("#begin").click()
    viewer = page.locator("#blind-viewer")
    expect(viewer.locator("canvas")).to_have_count(5)
    hidden = viewer.inner_html() + " ".join(sent)
    assert not [name for name in NAMES if name.lower() in hidden.lower()]
    assert not re.search(r"\d dB", hidden)

    page.locator("body").press("2")
    expect(viewer.locator(".pane.picked")).to_have_attribute("data-id", "B")
    named = viewer.locator(".pane figcaption b").all_inner_texts()
    assert sorted(name for name in NAMES if name in " ".join(named)) == sorted(NAMES)
    picked = named[2].removeprefix("B: ")
    expect(viewer.locator(".verdict")).to_contain_text(f"You picked {picked}.")
    expect(viewer.get_by_role("button", name="Pick A")).to_have_count(0)

    viewer.get_by_role("button", name="Next photo").click()
    expect(page.locator("#blind-status")).to_contain_text("Photo 2 of 4.")
    viewer.get_by_role("button", name="No difference").click()
    expect(viewer.locator(".verdict")).to_contain_text("You saw no difference.")

    page.get_by_role("button", name="Tally").click()
    rows = {row["label"]: row for row in csv.DictReader(download(page, "#save-tally", tmp_path).open())}
    picked = next(label for label in rows if picked.startswith(label))
    assert len(rows) == 4 and rows[picked]["picked"] == "1" and {row["shown"] for row in rows.values()} == {"2"}
    assert 0.09 < float(rows[picked]["wilson95_low"]) < 0.5 < float(rows[picked]["wilson95_high"])
    picks = list(csv.DictReader(download(page, "#save-picks", tmp_path).open()))
    assert [pick["picked"] == "no difference" for pick in picks] == [False, True]
    assert picks[0]["visitor"] == picks[1]["visitor"] and picks[0]["photo"] != picks[1]["photo"]


def test_a_phone_pinches_and_nothing_leaves_the_host(browser: Browser, demo: str) -> None:
    page = open_page(browser, demo, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    compare_the_cat(page)
    fitted = scale(page)
    pinch(page)
    assert scale(page) == pytest.approx(3 * fitted, rel=0.05)
    width, scroll = page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]")
    assert (width, scroll) == (390, 390)
    assert asked and [url for url in asked if not url.startswith((demo, "data:", "blob:"))] == []
    page.context.close()


def pinch(page: Page) -> None:
    """Two fingers on the first picture, from 40 to 120 px apart; anew if a busy browser loses the touch."""
    stage = page.locator("#viewer .stage").first
    touch = page.context.new_cdp_session(page)
    heard: list[str] = []
    for _ in range(3):
        page.get_by_role("button", name="Fit").click()
        stage.scroll_into_view_if_needed()
        stage.evaluate(LISTEN)
        box = stage.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60), ("touchEnd", 0)):
            points = [{"x": x - apart, "y": y}, {"x": x + apart, "y": y}] if apart else []
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(1000)
        heard = stage.evaluate("stage => stage.heard || []")
        if heard.count("pointerdown") == heard.count("pointerup") == 2:
            return
    pytest.fail(f"no whole pinch reached the picture in three; the last one: {heard}")


LISTEN = """stage => {
  if (!stage.heard) for (const name of ['pointerdown', 'pointerup', 'pointercancel'])
    stage.addEventListener(name, () => stage.heard.push(name));
  stage.heard = [];
}"""


def download(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as event:
        page.click(button)
    path = folder / event.value.suggested_filename
    event.value.save_as(path)
    return path
