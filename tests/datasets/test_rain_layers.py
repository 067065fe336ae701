"""Pairs as grey layers over clean photos: the sum, the index, the pairs that share no test scene."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets.catalogue import CATALOGUE, PairedSet
from datasets.errors import DatasetError
from datasets.named import open_set
from datasets.pairs import PairedFolder
from datasets.rain_layers import open_layers


@pytest.fixture()
def layers(tmp_path: Path) -> Path:
    """Pairs 2 and 10 of 12×16; the first clean photo lies beside the set, the other in it."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "RainTrainL"
    for inner in (folder / "rain", folder / "clean", tmp_path / "clean"):
        inner.mkdir(parents=True)
    for number, place in ((2, tmp_path / "clean" / "100007.png"), (10, folder / "clean" / "10.png")):
        Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8)).save(place)
        layer = Image.fromarray(rng.integers(0, 200, (12, 16), np.uint8))
        layer.save(folder / "rain" / f"{number}.webp", lossless=True)
    write_index(folder, {"10": "clean/10.png", "2": "../clean/100007.png"})
    return folder


def write_index(folder: Path, index: object) -> None:
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")


def test_rain_adds_to_the_clean_photo_and_is_cut_at_255(layers: Path) -> None:
    pairs = open_layers(layers)
    assert [pair.name for pair in pairs.pairs] == ["2", "10"]
    for index in range(2):
        name, rainy, clean = pairs[index]
        with Image.open(layers / "rain" / f"{name}.webp") as image:
            layer = np.asarray(image.convert("L")).astype(int)
        assert np.array_equal(rainy, np.minimum(255, clean + layer[..., None]))
        assert rainy.dtype == np.uint8 and (rainy == 255).any() and (rainy < 255).any()


@pytest.mark.parametrize(
    ("index", "sentence"),
    [
        ({"2": "../clean/100007.png"}, "holds 2 layers and 1 entries: 10, the index has no entry for it"),
        ({"2": "clean/10.png", "10": "clean/10.png", "3": "clean/3.png"}, "3, its layer is missing"),
        ({"2": "clean/none.png", "10": "clean/10.png"}, r"none\.png is missing, though"),
        ({"2": "../../secret.png", "10": "clean/10.png"}, "neither in the set nor beside it"),
        ({"2": 2, "10": "clean/10.png"}, "should name a clean photo for each layer"),
        ({"two": "clean/10.png", "10": "clean/10.png"}, "numbers a pair 'two'"),
        ([], "should name a clean photo"),
    ],
)
def test_what_does_not_fit_is_told(layers: Path, index: object, sentence: str) -> None:
    if isinstance(index, dict) and "two" in index:
        (layers / "rain" / "2.webp").rename(layers / "rain" / "two.webp")
    write_index(layers, index)
    with pytest.raises(DatasetError, match=sentence):
        open_layers(layers)
    (layers / "index.json").write_text("{", encoding="utf-8")
    with pytest.raises(DatasetError, match="cannot be read as JSON"):
        open_layers(layers)


def test_the_strict_part_leaves_out_the_scenes_of_test_sets(layers: Path, tmp_path: Path) -> None:
    strict = CATALOGUE["RainTrainL-strict"]
    assert isinstance(strict, PairedSet) and len(strict.left_out) == 200 - strict.counts[0][0]
    (layers / "rain" / "10.webp").rename(layers / "rain" / "5.webp")
    write_index(layers, {"2": "../clean/100007.png", "5": "clean/10.png"})
    found = open_set("RainTrainL-strict", tmp_path)
    assert isinstance(found.photos, PairedFolder) and [pair.name for pair in found.photos.pairs] == ["2"]
    assert found.sentence.endswith(
        f"1 of 153 pairs in {layers} (layout rain-layers); 152 are missing, such as 1, 3, 4."
    )
    assert len(open_set("RainTrainL", tmp_path).photos) == 2


def test_the_whole_set_as_it_lies_beside_the_repository(shared: Path) -> None:
    root = shared / "data" / "train"
    whole, strict = (open_set(name, root) for name in ("RainTrainL", "RainTrainL-strict"))
    assert whole.whole and len(whole.photos) == 200 and strict.whole and len(strict.photos) == 153
    assert isinstance(strict.photos, PairedFolder)
    assert {pair.clean.parent.name for pair in strict.photos.pairs} == {"clean"}
    assert all(pair.clean.resolve().parent == root.resolve() / "clean" for pair in strict.photos.pairs)
    _, rainy, clean = whole.photos[0]
    assert rainy.shape == clean.shape and (rainy >= clean).all()
