"""Stop on the page Compare, in headless Chromium, while a method runs that takes as long as the test wants."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image

pytest.importorskip("playwright")

from playwright.sync_api import Browser, expect

from core.peers.prenet import PReNet
from tests.e2e.served_demo import served_demo
from tests.e2e.test_compare import OURS, open_page, pane

SLOW = """
import sys, time
from pathlib import Path
from core.peers.prenet import PReNet

go = Path(sys.argv.pop(1))

def wait(self, rainy):
    while not go.exists():
        time.sleep(0.05)
    return rainy

PReNet.forward = wait
from app.main import main
sys.exit(main())
"""
"""A demo whose PReNet gives the rainy photo back once a file is there."""


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """The file that PReNet waits for."""
    return tmp_path / "go"


@pytest.fixture
def another(photos: Path, tmp_path: Path) -> Path:
    """A second photo."""
    path = tmp_path / "another.png"
    Image.open(photos / "street.png").transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path)
    return path


@pytest.fixture
def slow_demo(go: Path, weights: Path, repository: Path, tmp_path: Path) -> Iterator[str]:
    checkpoint = tmp_path / "peers/PReNet/Rain1400/net_latest.pth"
    checkpoint.parent.mkdir(parents=True)
    torch.save(PReNet().state_dict(), checkpoint)
    program = ["-c", SLOW, str(go), "--weights", str(weights), "--peers", str(tmp_path / "peers")]
    with served_demo(program, repository, tmp_path) as address:
        yield address
        go.touch()


def test_stop_keeps_what_is_done_and_tells_what_is_not(
    browser: Browser, slow_demo: str, go: Path, photos: Path, another: Path
) -> None:
    page = open_page(browser, slow_demo)
    page.set_input_files("#given-rainy input[type=file]", photos / "street.png")
    expect(pane(page, "prenet")).to_contain_text("Running")
    ours = pane(page, "ours").get_attribute("data-pane")

    page.locator("#stop").click()
    expect(pane(page, "prenet")).to_contain_text("Stopped before it was done.")
    expect(page.locator("#stop")).to_be_disabled()
    expect(pane(page, "ours").locator("canvas")).to_be_visible()
    assert pane(page, "ours").get_attribute("data-pane") == ours
    expect(page.locator("#figures tr", has_text=OURS)).to_have_count(1)
    expect(page.locator("#figures tr", has_text="PReNet")).to_have_count(0)

    page.set_input_files(".intake input[type=file]", another)
    expect(page.locator("#facts")).to_contain_text("another")
    expect(pane(page, "ours").locator("canvas")).to_be_visible()
    expect(page.locator("#stop")).to_be_enabled()
    go.touch()
    expect(pane(page, "prenet").locator("canvas")).to_be_visible()
    expect(page.locator("#stop")).to_be_disabled()

    page.get_by_label("PReNet").first.uncheck()
    expect(pane(page, "prenet")).to_have_count(0)
    page.get_by_label("PReNet").first.check()
    expect(pane(page, "prenet").locator("canvas")).to_be_visible()
    page.context.close()


def test_what_is_begun_anew_or_cleared_does_not_come_back(
    browser: Browser, slow_demo: str, go: Path, photos: Path, another: Path
) -> None:
    """A second photo takes the first one's place while that is still at work, and what is cleared stays away."""
    page = open_page(browser, slow_demo)
    page.set_input_files("#given-rainy input[type=file]", photos / "street.png")
    expect(pane(page, "prenet")).to_contain_text("Running")
    page.set_input_files(".intake input[type=file]", another)
    expect(page.locator("#facts")).to_contain_text("another")
    expect(pane(page, "prenet")).to_contain_text("Running")
    expect(page.locator("#viewer .pane")).to_have_count(3)
    page.get_by_label("PReNet").first.uncheck()
    expect(page.locator("#viewer .pane")).to_have_count(2)
    expect(page.locator("#stop")).to_be_disabled()
    page.get_by_label("PReNet").first.check()
    expect(pane(page, "prenet")).to_contain_text("Running")

    page.locator("#clear-comparison").click()
    expect(page.locator("#viewer canvas")).to_have_count(0)
    go.touch()
    page.wait_for_timeout(3000)
    expect(page.locator("#viewer canvas")).to_have_count(0)
    expect(page.locator("#facts")).not_to_contain_text("another")
    page.context.close()
