"""Patches and validation sets: reproducible, apart from each other, and what the mix says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from core.training.checks import ConfigError
from core.training.config import DataConfig
from core.training.config_file import load_config
from core.training.cutting import crop, spread
from core.training.patches import RainPatches, load_material, validation_sets
from datasets.errors import DatasetError


@pytest.fixture()
def data(settings: dict[str, Any], write_config: Any) -> DataConfig:
    return load_config(write_config(settings)).data


def test_a_patch_depends_on_its_number_and_the_seed_alone(data: DataConfig, data_root: Path) -> None:
    material, _ = load_material(data, data_root)
    one, other = (RainPatches(material, data, seed, 50) for seed in (1, 2))
    backwards = [one[i] for i in reversed(range(8))][::-1]
    for index, (rainy, clean) in enumerate(backwards):
        again = one[index]
        assert torch.equal(rainy, again[0]) and torch.equal(clean, again[1])
        assert rainy.shape == clean.shape == (3, 32, 32) and rainy.dtype == torch.float32
        assert rainy.min() >= 0 and rainy.max() <= 1
    assert not all(torch.equal(one[i][0], other[i][0]) for i in range(4))


def test_the_mix_is_kept(data: DataConfig, data_root: Path) -> None:
    material, _ = load_material(data, data_root)
    patches = RainPatches(material, data, 0, 200)
    share = np.mean([torch.equal(*patches[i]) for i in range(200)])
    assert share == pytest.approx(0.5 / 3.5, abs=0.08)


def test_validation_is_apart_from_training_and_always_the_same(data: DataConfig, data_root: Path) -> None:
    material, held_out = load_material(data, data_root)
    assert len(material.clean) == 4 and len(held_out.clean) == 2
    assert not any(np.array_equal(a, b) for a in material.clean for b in held_out.clean)
    assert len(material.pairs["rain800"]) == 2 and len(held_out.pairs["rain800"]) == 2
    sets, again = (validation_sets(held_out, data, 2) for _ in range(2))
    assert set(sets) == {"light", "heavy", "rain800", "clean"}
    for name, pairs in sets.items():
        assert len(pairs) == 2
        for a, b in zip(pairs, again[name]):
            assert np.array_equal(a.rainy, b.rainy)
            assert np.array_equal(a.rainy, a.clean) == (name == "clean")


def test_a_scene_that_one_set_holds_out_is_in_no_other_sets_training(data: DataConfig, data_root: Path) -> None:
    """0.png and 5.png are held out, and so are pairs 1 and 4: here 0.png is in pair 2 again, and pair 4 in 3.png."""
    side_by_side = cv2.imread(str(data_root / "rain800" / "2.jpg"))
    side_by_side[:, :48] = cv2.imread(str(data_root / "clean" / "0.png"))
    cv2.imwrite(str(data_root / "rain800" / "2.jpg"), side_by_side)
    cv2.imwrite(str(data_root / "clean" / "3.png"), cv2.imread(str(data_root / "rain800" / "4.jpg"))[:, :48])
    material, held_out = load_material(data, data_root)
    assert [pair.name for pair in material.pairs["rain800"]] == ["3"]
    assert [pair.name for pair in held_out.pairs["rain800"]] == ["1", "4"]
    assert len(material.clean) == 3 and len(held_out.clean) == 2


def test_pairs_clean_photos_get_rendered_rain_where_the_config_says_so(data: DataConfig, data_root: Path) -> None:
    material, held_out = load_material(replace(data, backgrounds=("rain800",)), data_root)
    assert len(material.clean) == 6 and len(held_out.clean) == 2
    for photo, pair in zip(material.clean[4:], material.pairs["rain800"]):
        assert np.array_equal(photo, pair.clean)


def test_a_folder_of_further_photos_is_all_trained_on(data: DataConfig, data_root: Path) -> None:
    """Three photos, one of which shows what 0.png shows, which is held out."""
    (data_root / "more").mkdir()
    for name, source in (("a", "clean/0.png"), ("b", "streaks/1.png"), ("c", "rain800/2.jpg")):
        cv2.imwrite(str(data_root / "more" / f"{name}.png"), cv2.imread(str(data_root / source)))
    material, held_out = load_material(replace(data, backgrounds=("more",)), data_root)
    assert len(material.clean) == 6 and len(held_out.clean) == 2
    assert np.array_equal(material.clean[5][..., ::-1], cv2.imread(str(data_root / "more" / "c.png")))
    with pytest.raises(DatasetError, match="rain12"):
        load_material(replace(data, backgrounds=("rain12",)), data_root)


def test_no_photo_left_to_train_on_is_told(data: DataConfig, data_root: Path) -> None:
    photo = cv2.imread(str(data_root / "clean" / "0.png"))
    for index in range(6):
        cv2.imwrite(str(data_root / "clean" / f"{index}.png"), photo)
    with pytest.raises(ConfigError, match="none is left"):
        load_material(data, data_root)


def test_crop_takes_the_same_square_and_reflects_small_photos() -> None:
    photo = np.arange(20 * 30 * 3).reshape(20, 30, 3)
    a, b = crop((photo, photo + 1), 8, np.random.default_rng(0))
    assert a.shape == (8, 8, 3) and np.array_equal(a + 1, b)
    (small,) = crop((photo,), 40, np.random.default_rng(0))
    assert small.shape == (40, 40, 3) and np.array_equal(small[20:], small[:20][::-1])


def test_spread_keeps_the_ends() -> None:
    assert spread(list(range(10)), 4) == [0, 3, 6, 9]
    assert spread([1, 2], 5) == [1, 2]
