"""The static page in Firefox ESR, where Debian's package is installed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright")

from core.images import read_photo
from core.inference import Derainer
from tests.e2e.firefox import Firefox, find_firefox, firefox
from tests.e2e.served_page import TILE
from tests.e2e.static_steps import pixels_of, saved, scene


@pytest.fixture(scope="module")
def binary() -> str:
    found = find_firefox()
    if found is None:
        pytest.skip("no Firefox is installed (apt-get install firefox-esr)")
    return found


@pytest.fixture(scope="module")
def page(binary: str, static_page: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(binary, tmp_path_factory.mktemp("firefox")) as page:
        page.call("WebDriver:Navigate", url=static_page)
        yield page


@pytest.mark.parametrize(("width", "height", "grey"), [(203, 157, False), (150, 100, True), (803, 605, False)])
def test_the_pixels(page: Firefox, static_weights: Path, tmp_path: Path, width: int, height: int, grey: bool) -> None:
    pixels = scene(width, height)
    photo = saved(pixels[..., 1] if grey else pixels, tmp_path / "street.png")
    page.choose("#file", photo)
    page.wait_for(
        f"return document.querySelector('#rainy-facts').textContent.includes('{width} × {height}')"
        " && document.querySelectorAll('#measures .measure').length === 4"
    )
    assert page.run("return crossOriginIsolated")
    pixels = read_photo(photo).pixels
    expected = Derainer(static_weights, device="cpu", dtype="float32", tile=TILE)(pixels)
    made = pixels_of(page.download("#save", "street_derained.png")).reshape(pixels.shape)
    assert np.abs(made.astype(int) - expected.pixels).max() <= 1
    mask = pixels_of(page.download("#save-mask", "street_mask.png"))
    assert np.abs(mask - np.rint(expected.mask * 255)).max() <= 1


def test_noise_against_recognition_is_told(binary: str, static_page: str, tmp_path: Path) -> None:
    photo = saved(scene(160, 120), tmp_path / "street.png")
    with firefox(binary, tmp_path / "firefox", privacy__resistFingerprinting=True) as page:
        page.call("WebDriver:Navigate", url=static_page)
        page.choose("#file", photo)
        said = page.wait_for("return document.querySelector('#failure p').textContent")
        assert said.startswith("This browser alters what a page reads of a picture")
