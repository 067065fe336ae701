import numpy as np
import pytest

from annotator.prescreen.measures import MAPS
from annotator.prescreen.suggestions import (
    MOST,
    NO_TWO,
    CropModel,
    choose,
    contents,
    fit_crops,
    overlaps,
    propose_crops,
    read_crop_model,
    shipped_crops,
)

LEFT, RIGHT, WHOLE, UPPER = [0, 0, 0.5, 1], [0.5, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 0.5]
SHAPES = np.array([LEFT, RIGHT, WHOLE, UPPER], float)


def maps_with(name: str, columns: slice, value: float = 1.0) -> np.ndarray:
    maps = np.zeros((len(MAPS), 10, 15), np.float32)
    maps[MAPS.index(name), :, columns] = value
    return maps


def model(**weights: float) -> CropModel:
    return CropModel(SHAPES, np.array([weights.get(name, 0.0) for name in MAPS]))


def test_overlap_is_intersection_over_union():
    found = overlaps(SHAPES, SHAPES)
    assert np.allclose(np.diag(found), 1) and np.allclose(found, found.T)
    assert found[0, 1] == 0 and found[0, 2] == 0.5 and found[0, 3] == pytest.approx(0.25 / 0.75)


def test_contents_are_means_inside_less_the_mean():
    held = contents(maps_with("rain", slice(0, 8)), SHAPES)[:, 0]
    assert held[0] > 0.35 and held[1] < -0.35
    assert held[2] == pytest.approx(0, abs=1e-6) and held[3] == pytest.approx(0, abs=1e-6)


def test_the_rainy_side_is_proposed_first():
    rain = maps_with("rain", slice(8, 15))
    first = propose_crops(rain, (600, 400), 128, model(rain=9.0))[0]
    assert (first.x, first.y, first.w, first.h) == (300, 0, 300, 400) and 0.5 < first.score <= 1
    light = maps_with("light", slice(8, 15))
    first = propose_crops(light, (600, 400), 128, model(light=-9.0))[0]
    assert (first.x, first.w) == (0, 300)


def test_together_they_are_the_likeliest_of_different_shape():
    chances = np.array([0.4, 0.1, 0.2, 0.3])
    assert [place for place, _ in choose(SHAPES, chances)] == [0, 3, 2]
    near = np.array([LEFT, [0, 0, 0.55, 1], RIGHT])
    assert [place for place, _ in choose(near, np.array([0.4, 0.5, 0.1]))] == [0, 2]


def test_a_fit_finds_what_its_curator_goes_by():
    draw = np.random.default_rng(0)
    photos = []
    for _ in range(30):
        left = bool(draw.integers(2))
        maps = draw.normal(0, 0.1, (len(MAPS), 10, 15)).astype(np.float32)
        maps[0, :, slice(0, 8) if left else slice(8, 15)] += 1
        photos.append((maps, np.array([LEFT if left else RIGHT], float)))
    fitted = fit_crops(photos)
    assert len(fitted.shapes) == 30 and fitted.weights[0] > 1
    right = maps_with("rain", slice(8, 15))
    assert propose_crops(right, (600, 400), 128, fitted)[0].x == 300
    pulled = fit_crops(photos, np.full(len(MAPS), -5.0))
    assert pulled.weights[0] < fitted.weights[0]


def test_a_model_is_read_as_it_was_written():
    again = read_crop_model(model(rain=2.5).as_json())
    assert np.array_equal(again.shapes, SHAPES) and again.weights[0] == 2.5
    shipped = shipped_crops()
    assert shipped.weights.shape == (len(MAPS),) and len(shipped.shapes) > 100
    assert (shipped.shapes[:, :2] < shipped.shapes[:, 2:]).all()


@pytest.mark.parametrize("seed", range(20))
def test_crops_keep_the_rules(seed: int):
    draw = np.random.default_rng(seed)
    width, height = (int(length) for length in draw.integers(128, 900, 2))
    maps = draw.normal(size=(len(MAPS), max(1, height // 40), max(1, width // 40))).astype(np.float32)
    crops = propose_crops(maps, (width, height), 128, shipped_crops())
    assert 1 <= len(crops) <= MOST
    for crop in crops:
        assert min(crop.x, crop.y) >= 0 and min(crop.w, crop.h) >= 128
        assert crop.x + crop.w <= width and crop.y + crop.h <= height
        assert all(isinstance(value, int) for value in (crop.x, crop.y, crop.w, crop.h))
    edges = np.array([[crop.x, crop.y, crop.x + crop.w, crop.y + crop.h] for crop in crops], float)
    assert (overlaps(edges, edges) - np.eye(len(crops))).max() <= NO_TWO


def test_no_room_no_crop():
    assert propose_crops(maps_with("rain", slice(0, 15)), (160, 100), 128, shipped_crops()) == []
