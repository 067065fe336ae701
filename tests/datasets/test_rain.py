"""The rain renderer: seeded, additive, bounded, and with the direction, length and cover that it was asked for."""

import dataclasses

import cv2
import numpy as np
import pytest

from datasets.rain import RECIPES, Recipe, StreakDatabase, render
from datasets.rain.filtered_noise import line_kernel, noise_layer
from datasets.rain.photographed import photographed
from datasets.rain.procedural import streak_layer
from datasets.rain.recipes import FAMILIES
from datasets.rain.render import to_uint8


@pytest.fixture(scope="module")
def clean() -> np.ndarray:
    rng = np.random.default_rng(0)
    return cv2.GaussianBlur(rng.integers(0, 256, (120, 160, 3)).astype(np.uint8), (0, 0), 3)


@pytest.fixture(scope="module")
def streaks() -> StreakDatabase:
    image = np.zeros((90, 130), np.uint8)
    cv2.line(image, (40, 10), (40, 70), 200, 2)
    return StreakDatabase([image])


@pytest.mark.parametrize("name", [*FAMILIES, "light-slanted", "photoshop-wide"])
@pytest.mark.parametrize("with_database", [False, True])
def test_the_same_seed_gives_the_same_rain(
    name: str, with_database: bool, clean: np.ndarray, streaks: StreakDatabase
) -> None:
    database = streaks if with_database else None
    first, layer = render(clean, name, np.random.default_rng(5), database)
    again, _ = render(clean, name, np.random.default_rng(5), database)
    other, _ = render(clean, name, np.random.default_rng(6), database)
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert first.shape == clean.shape and first.dtype == np.float32 and layer.shape == clean.shape[:2]
    assert first.min() >= 0 and first.max() <= 1 and layer.min() >= 0 and layer.max() > 0.02


def test_without_veil_rain_adds_up(clean: np.ndarray) -> None:
    rainy, layer = render(clean, "heavy", np.random.default_rng(1))
    assert np.allclose(rainy, np.clip(clean / np.float32(255) + layer[..., None], 0, 1), atol=1e-5)


def test_screened_rain_lightens_towards_white(clean: np.ndarray) -> None:
    recipe = dataclasses.replace(RECIPES["shower"], veil=(0.0, 0.0))
    rainy, layer = render(clean, recipe, np.random.default_rng(1))
    y = clean / np.float32(255)
    assert np.allclose(rainy, y + layer[..., None] * (1 - y), atol=1e-5)


def test_a_veil_alone_moves_every_pixel_towards_the_airlight(clean: np.ndarray) -> None:
    rainy, layer = render(clean, Recipe(veil=(0.25, 0.25), airlight=(0.8, 0.8)), np.random.default_rng(0))
    assert not layer.any()
    assert np.allclose(rainy, 0.75 * clean / 255 + 0.2, atol=1e-5)


@pytest.mark.parametrize("tilt", [-40, -10, 0, 25])
def test_streaks_have_the_direction_asked_for(tilt: float) -> None:
    layer = streak_layer(
        300, 300, density=0.1, length=(30, 30), thickness=1, tilt=tilt, jitter=0, brightness=(0.5, 0.5),
        rng=np.random.default_rng(3),
    )  # fmt: skip
    assert direction(layer) == pytest.approx(tilt, abs=2)


@pytest.mark.parametrize("tilt", [-40, -10, 0, 25])
def test_filtered_noise_has_the_direction_asked_for(tilt: float) -> None:
    layer = noise_layer(
        300, 300, coarseness=1.5, length=30, tilt=tilt, black=0.7, white=0.01, brightness=0.6,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    assert direction(layer) == pytest.approx(tilt, abs=3)
    assert (layer == 0).mean() == pytest.approx(0.7, abs=0.02)
    assert (layer == layer.max()).mean() == pytest.approx(0.01, abs=0.005) and layer.max() == pytest.approx(0.6)


@pytest.mark.parametrize("length", [1, 2.5, 40])
def test_motion_blur_keeps_the_brightness_and_has_its_length(length: float) -> None:
    kernel = line_kernel(length, 90)
    assert kernel.sum() == pytest.approx(1)
    assert (kernel.sum(0) > 0.5 / length).sum() == pytest.approx(length, abs=1.5)


@pytest.mark.parametrize("name", ["light-slanted", "heavy-slanted", "photoshop-slanted"])
def test_slanted_rain_falls_at_30_to_60_degrees_to_either_side(name: str, streaks: StreakDatabase) -> None:
    black = np.zeros((200, 200, 3), np.uint8)
    recipe = dataclasses.replace(RECIPES[name], layer_tilt=0, jitter=(0, 0), database_rotation=0)
    found = [direction(render(black, recipe, np.random.default_rng(seed), streaks)[1]) for seed in range(12)]
    assert all(27 < abs(tilt) < 63 for tilt in found)
    assert {np.sign(tilt) for tilt in found} == {-1, 1}


def test_the_database_is_slanted_to_the_same_side_as_lines(streaks: StreakDatabase) -> None:
    for seed in range(4):
        layer = streaks.layer(200, 200, (1, 1), 0, np.random.default_rng(seed), slant=40)
        assert direction(layer) == pytest.approx(40, abs=4)


def test_wide_rain_is_the_familys_rain_enlarged(clean: np.ndarray) -> None:
    recipe = dataclasses.replace(RECIPES["heavy"], magnified=(4, 4))
    _, wide = render(clean, recipe, np.random.default_rng(2))
    rng = np.random.default_rng(2)
    rng.uniform()
    _, small = render(clean[:30, :40], "heavy", rng)
    shrunk = cv2.resize(wide, (40, 30), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.95


def test_a_veil_over_the_rain_dims_it_and_changes_smoothly(clean: np.ndarray) -> None:
    recipe = dataclasses.replace(RECIPES["veil"], veil=(0.2, 0.6), airlight=(0.8, 0.8))
    rainy, layer = render(clean, recipe, np.random.default_rng(1))
    lit = np.clip(clean / np.float32(255) + layer[..., None], 0, 1)
    veil = ((rainy - lit) / np.where(np.abs(0.8 - lit) < 0.05, np.nan, 0.8 - lit))[..., 0]
    assert np.nanmin(veil) + 1e-3 >= 0.2 and np.nanmax(veil) <= 0.6 + 1e-3 and np.nanstd(veil) > 0.01
    assert np.nanmax(np.abs(np.diff(veil, axis=1))) < 0.01


def test_what_happens_after_the_rain_happens_to_both_photos_alike(clean: np.ndarray) -> None:
    y = clean / np.float32(255)
    x = np.clip(y + 0.1, 0, 1)
    changed = 0
    for seed in range(16):
        rainy, dry = photographed(x, y, np.random.default_rng(seed))
        same = photographed(y, y, np.random.default_rng(seed))
        assert np.array_equal(same[0], same[1]) and rainy.min() >= 0 and rainy.max() <= 1
        assert np.abs((rainy - dry).mean() - (x - y).mean()) < 0.01
        changed += not np.array_equal(dry, y)
    assert 8 < changed < 16


def direction(layer: np.ndarray) -> float:
    """Degrees from the vertical, by the structure tensor, positive where the upper end lies to the right."""
    smooth = cv2.GaussianBlur(layer, (0, 0), 1)
    gx, gy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return float(np.rad2deg(0.5 * np.arctan2(2 * (gx * gy).sum(), (gx * gx - gy * gy).sum())))


def test_a_positive_tilt_leans_to_the_right() -> None:
    layer = streak_layer(
        200, 200, density=0.02, length=(60, 60), thickness=1, tilt=30, jitter=0, brightness=(1, 1),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    _, labels = cv2.connectedComponents((layer > 0.2).astype(np.uint8))
    rows, columns = np.nonzero(labels == np.bincount(labels[labels > 0]).argmax())
    assert columns[rows == rows.min()].mean() > columns[rows == rows.max()].mean()


def test_density_is_the_share_of_pixels_drawn() -> None:
    covers = [
        (
            streak_layer(
                400, 400, density=density, length=(20, 40), thickness=1, tilt=0, jitter=2, brightness=(1, 1),
                rng=np.random.default_rng(0),
            )
        ).mean()
        for density in (0.02, 0.04)
    ]  # fmt: skip
    assert covers[0] == pytest.approx(1.5 * 0.02, rel=0.15)
    assert covers[1] == pytest.approx(2 * covers[0], rel=0.15)


def test_cuts_of_the_database_mirror_turn_and_go_beyond_its_images(streaks: StreakDatabase) -> None:
    plain = streaks.layer(90, 130, (1, 1), 0, np.random.default_rng(1))
    image = streaks.images[0].astype(np.float32) / 255
    assert np.allclose(plain, image, atol=0.01) or np.allclose(plain, image[:, ::-1], atol=0.01)
    assert streaks.layer(300, 400, (1, 1), 5, np.random.default_rng(0)).shape == (300, 400)


def test_refuses_unknown_recipes_and_wrong_photos(clean: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no rain recipe 'hail'"):
        render(clean, "hail", np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"\(H, W, 3\)"):
        render(clean[..., 0], "light", np.random.default_rng(0))
    assert to_uint8(np.array([0.0, 0.5, 1.0, 2.0])).tolist() == [0, 128, 255, 255]
