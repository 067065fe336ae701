"""The static page's arithmetic in JavaScript against what it is taken from, in Node: no browser is needed."""

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from core.inference import rain_scale, tiles, working_scale
from core.metrics.rain_measures import measure_rain
from tests.conftest import REPOSITORY, skip_or_fail
from tests.e2e.static_steps import scene

HEIGHT, WIDTH = 1131, 803
CUTS = [(5000, 832, 224, 16), (1700, 1024, 224, 16), (1025, 1024, 224, 16), (833, 832, 224, 16), (480, 832, 224, 16)]
CUTS += [(length, 672, 224, 16) for length in range(673, 2400, 111)]
FREE = [
    (1500, 2000, 832**2, 224, 16),
    (2000, 3000, 832**2, 224, 16),
    (1131, 803, 672**2, 224, 16),
    (167, 10_000, 832**2, 224, 16),
]


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """Higher than a band of the measures, with saturated pixels in its middle."""
    pixels = scene(WIDTH, HEIGHT)
    pixels[500:540, 200:260] = 255
    return pixels


@pytest.fixture(scope="module")
def folder(photo: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Node made of the photo."""
    node = shutil.which("node")
    if node is None:
        skip_or_fail("Node is not installed")
    folder = tmp_path_factory.mktemp("numbers")
    np.dstack([photo, np.full((HEIGHT, WIDTH), 255, np.uint8)]).tofile(folder / "photo.bin")
    constants = json.loads(rain_scale.CONSTANTS.read_text())
    given = {"height": HEIGHT, "width": WIDTH, "constants": constants, "cuts": CUTS, "free": FREE}
    (folder / "given.json").write_text(json.dumps(given))
    subprocess.run([node, str(Path(__file__).with_name("numbers.mjs")), str(REPOSITORY), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> dict:
    return json.loads((folder / "made.json").read_text())


def planes(folder: Path, name: str, kind: type, height: int, width: int) -> np.ndarray:
    files = [folder / f"{name}-{channel}.bin" for channel in range(3)]
    return np.stack([np.fromfile(path, kind).reshape(height, width) for path in files], 2)


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_shrinking(photo: np.ndarray, folder: Path, scale: int) -> None:
    expected = working_scale.shrink(photo, scale)
    small = planes(folder, f"small-{scale}", np.uint8, *expected.shape[:2]).astype(int)
    assert np.abs(small - expected).max() <= 1
    assert (small != expected).mean() < 1e-3


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_enlarging(photo: np.ndarray, folder: Path, scale: int) -> None:
    height, width = (working_scale.shrunk_size(length, scale) for length in (HEIGHT, WIDTH))
    small = planes(folder, f"small-{scale}", np.uint8, height, width)
    rain = np.maximum(0, (small.astype(np.float32) - 100) / 600)
    layer = planes(folder, f"layer-{scale}", np.float32, HEIGHT, WIDTH)
    mask = np.fromfile(folder / f"mask-{scale}.bin", np.float32).reshape(HEIGHT, WIDTH)
    for y, expected, masks in working_scale.enlarged_bands(photo, small, rain, rain[..., :1], scale):
        assert np.abs(layer[y] - expected).max() < 0.01 / 255
        assert np.abs(np.clip(mask[y], 0, 1) - masks[0]).max() < 0.01 / 255


def test_the_rain_s_own_scale(photo: np.ndarray, made: dict) -> None:
    def mask_of(pixels: np.ndarray) -> np.ndarray:
        return np.maximum(0, (pixels[..., 0].astype(np.float32) - 120) / 500)

    features, presence = rain_scale.look(photo, mask_of)
    assert np.abs(np.array(made["features"]) - features).max() < 1e-3
    assert np.abs(np.array(made["presence"]) - presence).max() < 1e-3
    assert made["width"] == pytest.approx(rain_scale.rain_width(features, presence), rel=1e-3)


def test_measures(photo: np.ndarray, made: dict) -> None:
    expected = asdict(measure_rain(np.maximum(0, (photo[..., 0].astype(np.float32) - 150) / 500)))
    assert made["measures"] == pytest.approx(expected, rel=1e-3)


def test_tiles(made: dict) -> None:
    assert made["spans"] == [[vars(span) for span in tiles.split(*cut)] for cut in CUTS]
    assert made["free"] == [[[vars(span) for span in spans] for spans in tiles.split_both(*cut)] for cut in FREE]
    assert np.allclose(made["ramp"], tiles.ramp(224), atol=1e-6)


def test_words_that_the_demo_says_too() -> None:
    from app.derain.measures import DEFINITIONS
    from app.derain.words import LITTLE, NOTHING, brightened
    from app.frame import HEADER

    words = (REPOSITORY / "web" / "words.js").read_text(encoding="utf-8")
    for name, definition in DEFINITIONS.items():
        assert f"{name}: '{definition}'" in words
    assert brightened(3).replace("3", "${gain}") in words
    assert all(f"'{sentence}'" in words for sentence in (NOTHING, LITTLE))
    page = (REPOSITORY / "web" / "index.html").read_text(encoding="utf-8")
    mark = HEADER[HEADER.index("<svg") : HEADER.index("</svg>")]
    assert mark in page
