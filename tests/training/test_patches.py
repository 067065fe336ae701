"""Patches and validation sets: reproducible, apart from each other, and what the mix says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.training.config import DataConfig
from core.training.config_file import load_config
from core.training.patches import RainPatches, crop, load_material, spread, validation_sets


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


def test_crop_takes_the_same_square_and_reflects_small_photos() -> None:
    photo = np.arange(20 * 30 * 3).reshape(20, 30, 3)
    a, b = crop((photo, photo + 1), 8, np.random.default_rng(0))
    assert a.shape == (8, 8, 3) and np.array_equal(a + 1, b)
    (small,) = crop((photo,), 40, np.random.default_rng(0))
    assert small.shape == (40, 40, 3) and np.array_equal(small[20:], small[:20][::-1])


def test_spread_keeps_the_ends() -> None:
    assert spread(list(range(10)), 4) == [0, 3, 6, 9]
    assert spread([1, 2], 5) == [1, 2]
