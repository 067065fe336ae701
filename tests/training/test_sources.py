"""Data sets go into a config by their catalogue name; folder paths stay what they were; test sets are refused."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from core.training.checks import ConfigError
from core.training.config import DataConfig, RealConfig
from core.training.config_file import load_config
from core.training.patches import RainPatches, load_material
from core.training.real_patches import load_real
from core.training.sources import read_pairs
from datasets.errors import DatasetError


@pytest.fixture()
def data(settings: dict[str, Any], write_config: Any) -> DataConfig:
    return load_config(write_config(settings)).data


@pytest.fixture()
def rain_train_l(data_root: Path) -> Path:
    """Six pairs as grey layers over the clean photos beside them; pair 5 shows a scene of a test set."""
    folder = data_root / "RainTrainL"
    (folder / "rain").mkdir(parents=True)
    for number in range(1, 7):
        Image.fromarray(np.full((40, 48), 10 * number, np.uint8)).save(folder / "rain" / f"{number}.png")
    index = {str(number): f"../clean/{number - 1}.png" for number in range(1, 7)}
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


@pytest.mark.usefixtures("rain_train_l")
def test_pairs_by_catalogue_name(data: DataConfig, data_root: Path) -> None:
    named = replace(data, clean="RainTrainL", pairs=("RainTrainL",), mix={"RainTrainL": 1.0})
    material, held_out = load_material(named, data_root)
    assert [pair.name for pair in material.pairs["RainTrainL"]] == ["2", "3", "4", "5"]
    assert [pair.name for pair in held_out.pairs["RainTrainL"]] == ["1", "6"]
    assert len(material.clean) == 4, "no scene that is held out is among the clean photos"
    rainy, clean = RainPatches(material, named, 0, 9)[3]
    layer = (rainy - clean) * 255
    assert any(layer.max().item() == pytest.approx(10 * number, abs=1e-3) for number in range(2, 6))
    strict = replace(named, pairs={"ours": "RainTrainL-strict"}, mix={"ours": 1.0}, clean="clean")
    assert len(load_material(strict, data_root)[1].pairs["ours"]) == 2
    assert "5" not in [pair.name for pair in read_pairs("RainTrainL-strict", data_root)]


@pytest.mark.usefixtures("rain_train_l")
def test_backgrounds_by_catalogue_name(data: DataConfig, data_root: Path) -> None:
    for number in range(6):  # so that the layers' clean photos are not those that are held out
        photo = cv2.imread(str(data_root / "clean" / f"{number}.png"))
        (data_root / "others").mkdir(exist_ok=True)
        cv2.imwrite(str(data_root / "others" / f"{number}.png"), photo[::-1])
    further = replace(data, clean="others", backgrounds=("RainTrainL",))
    material, _ = load_material(further, data_root)
    assert len(material.clean) == 4 + 6


def test_test_sets_and_wrong_kinds_are_refused(data: DataConfig, data_root: Path) -> None:
    shutil.copytree(data_root / "rain800", data_root / "Rain100L")
    with pytest.raises(ConfigError, match="Rain100L is a test set, which nothing is trained on"):
        load_material(replace(data, pairs=("Rain100L",), mix={"Rain100L": 1.0}), data_root)
    path = replace(data, pairs={"mine": "./Rain100L"}, mix={"mine": 1.0})
    assert len(load_material(path, data_root)[0].pairs["mine"]) == 2
    with pytest.raises(DatasetError, match="RainTrainH is missing"):
        load_material(replace(data, pairs=("RainTrainH",), mix={"RainTrainH": 1.0}), data_root)
    with pytest.raises(ConfigError, match="no set of single real photos"):
        load_real(RealConfig("RainTrainH"), data_root, 32, transplant=False)


def test_real_photos_of_several_sets(data_root: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for folder, names in (("SIRR-Data", ("1", "2")), ("real/more", ("r1", "r2", "r3"))):
        (data_root / folder).mkdir(parents=True)
        for name in names:
            Image.fromarray(rng.integers(0, 255, (40, 48, 3), np.uint8)).save(data_root / folder / f"{name}.jpg")
    for name, photo in (("a.txt", "2.jpg"), ("b.txt", "r3.jpg")):
        (tmp_path / name).write_text(photo, encoding="utf-8")
    held_out = (str(tmp_path / "a.txt"), str(tmp_path / "b.txt"))
    material, held = load_real(RealConfig(("SIRR-Data", "real/more"), held_out), data_root, 32, transplant=False)
    assert len(material.photos) == 3 and list(held) == ["2.jpg", "r3.jpg"]
    shutil.copy(data_root / "SIRR-Data" / "1.jpg", data_root / "real" / "more")
    with pytest.raises(ConfigError, match=r"both have 1\.jpg"):
        load_real(RealConfig(("SIRR-Data", "real/more"), held_out), data_root, 32, transplant=False)
    with pytest.raises(ConfigError, match="as many files as there are sets"):
        RealConfig(("SIRR-Data", "real/more"), manifest="one.jsonl")


def test_the_papers_own_data_and_the_curated_set(shared: Path, repository: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(repository)
    root = shared / "data" / "train"
    material, held_out = load_material(load_config("configs/paper.yaml").data, root)
    assert len(material.pairs["RainTrainL"]) == 190 and len(held_out.pairs["RainTrainL"]) == 10
    lists = tuple(f"datasets/manifests/{name}-held-out.txt" for name in ("sirr-data", "real-more"))
    real, held = load_real(RealConfig("RealRain", lists), root, 64, transplant=False)
    assert len(held) == 65 and 184 - 2 * 65 < len(real.photos) < 184
