"""What comes while the network is still at work: another photo, another generator, Clear; a network that waits."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from core.networks import SIZES, SemiDerainGAN
from tests.e2e.served_demo import served_demo
from tests.e2e.test_page import open_page, pixels, shown, upload, wait_for_outcome

SLOW = """
import sys, time
from pathlib import Path
from core.inference import Derainer

go = Path(sys.argv.pop(1))
call = Derainer.__call__

def waiting(self, pixels, *, progress=None, **options):
    if progress:
        while not go.exists():
            progress(0, 7)
            time.sleep(0.05)
    return call(self, pixels, progress=progress, **options)

Derainer.__call__ = waiting
from app.main import main
sys.exit(main())
"""
"""A demo whose network waits for a file, telling all the time that of seven parts none is done."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slow")


@pytest.fixture(scope="module")
def address(folder: Path, repository: Path) -> Iterator[str]:
    torch.manual_seed(1)
    SemiDerainGAN(**SIZES["fast"], generators=("gs", "gr")).save_pretrained(folder / "weights")
    program = ["-c", SLOW, str(folder / "go"), "--weights", str(folder / "weights")]
    with served_demo(program, repository, folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str, folder: Path) -> Iterator[Page]:
    (folder / "go").unlink(missing_ok=True)
    page = open_page(browser, address)
    yield page
    page.context.close()
    (folder / "go").touch()


@pytest.fixture(scope="module")
def two(folder: Path) -> list[Path]:
    paths = [folder / "one.png", folder / "two.png"]
    for number, path in enumerate(paths, 1):
        pixels = np.random.default_rng(number).integers(0, 256, (64 * number, 96, 3), np.uint8)
        Image.fromarray(pixels).save(path)
    return paths


def test_a_second_photo_ends_the_run_and_takes_its_place(page: Page, folder: Path, two: list[Path]) -> None:
    upload(page, two[0])
    expect(page.locator("#status")).to_contain_text("part 1 of 7")
    upload(page, two[1])
    expect(page.locator("#rainy-panel .caption")).to_contain_text("96 × 128")
    expect(page.locator("#status")).to_contain_text("part 1 of 7")
    (folder / "go").touch()
    wait_for_outcome(page, "96 × 128")
    named = "Photo on the left and Without rain on the right, of two.png"
    expect(page.locator("#closer .stage")).to_have_attribute("aria-label", named)


def test_what_is_cleared_does_not_come_back(page: Page, folder: Path, two: list[Path]) -> None:
    upload(page, two[0])
    expect(page.locator("#status")).to_contain_text("part 1 of 7")
    expect(page.locator("#rainy img")).to_have_count(1)
    page.click("#clear")
    expect(page.locator("#rainy img")).to_have_count(0)
    (folder / "go").touch()
    page.wait_for_timeout(2000)
    for part in ("#rainy img", "#derained img", "#mask img", "#status progress"):
        expect(page.locator(part)).to_have_count(0)
    upload(page, two[1])
    wait_for_outcome(page, "96 × 128")


def second_visitor(page: Page, browser: Browser, address: str, two: list[Path]) -> Page:
    """The page of a visitor who brings the second photo while the network works on the first, the other page's."""
    upload(page, two[0])
    expect(page.locator("#status")).to_contain_text("part 1 of 7")
    other = open_page(browser, address)
    upload(other, two[1])
    return other


def test_a_visitor_in_the_queue_may_leave_it(
    page: Page, browser: Browser, address: str, folder: Path, two: list[Path]
) -> None:
    """Who waits for another's photo sees the own one at once, is told that it waits, and can clear it."""
    other = second_visitor(page, browser, address, two)
    expect(other.locator("#rainy-panel .caption")).to_contain_text("96 × 128")
    expect(other.locator("#status")).to_contain_text("Waiting")
    expect(other.locator("#clear")).to_be_enabled()
    other.click("#clear")
    expect(other.locator("#rainy img")).to_have_count(0)
    other.context.close()
    page.bring_to_front()
    (folder / "go").touch()
    wait_for_outcome(page)


def test_what_is_chosen_while_the_network_works_holds_for_its_outcome(
    page: Page, browser: Browser, address: str, folder: Path, two: list[Path]
) -> None:
    """Also by who still waits for another's photo: strength 0 is the photo as it came, and the mask is shown."""
    other = second_visitor(page, browser, address, two)
    expect(other.locator("#status")).to_contain_text("Waiting")
    for each in (page, other):
        each.bring_to_front()
        with each.expect_response(lambda answer: "/queue/join" in answer.url):
            each.locator("#strength input[type=number]").fill("0")
            each.locator("#strength input[type=number]").press("Enter")
        with each.expect_response(lambda answer: "/queue/join" in answer.url):
            each.get_by_label("Mask", exact=True).check()
        each.wait_for_timeout(1500)
    (folder / "go").touch()
    for each, photo in ((page, two[0]), (other, two[1])):
        each.bring_to_front()
        expect(each.locator("#mask img")).to_have_attribute("src", re.compile("mask.png"))
        wait_for_outcome(each)
        assert np.array_equal(shown(each, "derained"), pixels(photo))
    other.context.close()


def test_choosing_a_generator_runs_it(page: Page, folder: Path, two: list[Path]) -> None:
    (folder / "go").touch()
    upload(page, two[0])
    wait_for_outcome(page)
    heading = page.locator("#derained-panel .caption")
    expect(heading).to_contain_text("made for real rain")
    before = page.locator("#derained img").get_attribute("src")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Rendered rain, as in test sets").check()
    expect(heading).to_contain_text("made for rendered rain")
    expect(page.locator("#derained img")).not_to_have_attribute("src", before)
    wait_for_outcome(page)


def test_a_mistake_of_ours_is_told(page: Page, folder: Path, two: list[Path], address: str) -> None:
    """The files behind an outcome are gone: the click that needs them says so, and the log has the rest."""
    (folder / "go").touch()
    upload(page, two[0])
    wait_for_outcome(page)
    for file in folder.glob("gradio/*/derain-*/source/*"):
        file.unlink()
    for file in folder.glob("gradio/*/derain-*/derained.npy"):
        file.unlink()
    page.click("#save")
    expect(page.get_by_test_id("toast-body")).to_be_visible()
    assert len(page.get_by_test_id("toast-body").inner_text()) > 20
