"""The report of `core compare` as a person opens it: from disk, without a network, in headless Chromium."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli import main

pytest.importorskip("playwright")

from playwright.sync_api import Browser

from tests.e2e.axe import violations


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Path:
    folder = tmp_path_factory.mktemp("report")
    rng = np.random.default_rng(0)
    for name in ("set/rainy", "outputs/other"):
        (folder / name).mkdir(parents=True)
    for number in (1, 2, 10):
        clean = rng.integers(0, 190, (40, 60, 3), np.uint8)
        Image.fromarray(clean).save(folder / f"set/norain-{number}.png")
        Image.fromarray(clean + np.uint8(6 * number)).save(folder / f"set/rainy/rain-{number}.png")
        Image.fromarray(clean + np.uint8(20 - number)).save(folder / f"outputs/other/rain-{number}.png")
    arguments = ["--data", str(folder / "set"), "--outputs", str(folder / "outputs"), "--weights", str(weights)]
    path = folder / "report.html"
    assert main(["compare", *arguments, "--methods", "ours", "--device", "cpu", "-o", str(path)]) == 0
    return path


def test_offline_sorting_filtering_and_turning_over(browser: Browser, report: Path) -> None:
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())

    def column(index: int) -> list[str]:
        cells = page.locator(f"table.sortable tbody tr:visible td:nth-child({index})")
        return cells.all_inner_texts()

    page.select_option("#only", "other (outputs)")
    assert column(1) == ["rain-1", "rain-2", "rain-10"]
    page.get_by_role("button", name="PSNR, dB (rgb)").click()
    figures = [float(text) for text in column(7)]
    assert figures == sorted(figures) and column(1) == ["rain-1", "rain-2", "rain-10"]
    page.get_by_role("button", name="PSNR, dB (rgb)").click()
    assert column(1) == ["rain-10", "rain-2", "rain-1"]
    page.get_by_role("button", name="Photo", exact=True).click()
    assert column(1) == ["rain-1", "rain-2", "rain-10"]

    page.locator(".whole").first.click()
    caption = page.locator("dialog p")
    assert caption.inner_text().startswith("(a) Rainy image")
    for expected in ("(b) Ground truth", "(c) other (outputs)", "(d) Semi-DerainGAN", "(a) Rainy image"):
        page.keyboard.press("ArrowRight")
        assert caption.inner_text().startswith(expected)
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    loaded = page.evaluate(
        "async () => { for (const i of document.images) i.loading = 'eager';"
        " await Promise.all([...document.images].filter(i => i.src).map(i => i.decode())); return true; }"
    )
    assert loaded and complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.fixture(scope="module")
def without_ground_truth(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Path:
    """Every figure without a reference, of two methods beside ours: the widest table."""
    folder = tmp_path_factory.mktemp("unpaired")
    rng = np.random.default_rng(1)
    methods = ("another method (v2)", "one more method (v3)")
    places = ("photos", *(f"outputs/{method}" for method in methods))
    for place in places:
        (folder / place).mkdir(parents=True)
    for number in (1, 2, 3):
        rainy = rng.integers(0, 190, (90, 120, 3), np.uint8)
        for take, place in enumerate(places):
            Image.fromarray(rainy - np.minimum(rainy, take * number * 9)).save(folder / place / f"{number}.png")
    path = folder / "report.html"
    arguments = ["--data", str(folder / "photos"), "--outputs", str(folder / "outputs"), "--weights", str(weights)]
    assert main(["compare", *arguments, "--methods", "ours", "--unpaired", "--device", "cpu", "-o", str(path)]) == 0
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_table_is_cut_and_axe_finds_nothing(
    browser: Browser, report: Path, without_ground_truth: Path, scheme: str
) -> None:
    for path in (report, without_ground_truth):
        page = browser.new_page(color_scheme=scheme, viewport={"width": 1440, "height": 900})
        page.goto(path.as_uri())
        cut = page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth).map(s => s.innerText)"
        )
        assert cut == []
        assert violations(page) == []
        page.locator(".whole").first.click()
        assert violations(page, "dialog") == []
        page.close()
