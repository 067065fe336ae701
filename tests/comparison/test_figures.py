"""Means, intervals and cases of a comparison, against sums done by hand and scipy's own bootstrap."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.comparison.figures import lead_of, pick_cases, summarise
from core.comparison.pictures import Part, data_uri, find_part


def table_of(figures: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        {"photo": f"p{index}", "method": method, "psnr_y": value}
        for method, values in figures.items()
        for index, value in enumerate(values)
    ]
    return pd.DataFrame(rows).sort_values("photo", kind="stable")


def test_means_and_differences() -> None:
    table = table_of({"rainy": [20, 22, 24], "ours": [30, 31, math.inf], "prenet": [33, math.nan, 36]})
    means = summarise(table, "psnr_y", "ours")
    assert means["ours"].mean == pytest.approx((30 + 31 + 100) / 3)
    assert (means["ours"].median, means["ours"].least) == (31, 30)
    assert math.isnan(means["ours"].difference)
    assert means["prenet"].photos == 2
    assert means["prenet"].difference == pytest.approx(((30 - 33) + (100 - 36)) / 2)


def test_interval_is_that_of_a_bootstrap() -> None:
    ahead = np.random.default_rng(3).normal(1, 2, 60)
    means = summarise(table_of({"ours": list(ahead), "ddn": [0.0] * 60}), "psnr_y", "ours")
    expected = stats.bootstrap((ahead,), np.mean, method="percentile", rng=np.random.default_rng(5))
    assert means["ddn"].interval == pytest.approx(tuple(expected.confidence_interval), abs=0.06)


def test_cases() -> None:
    ours = [30.0 + index for index in range(24)]
    rival = [29.0 + index for index in range(24)]
    rival[7], rival[9], rival[12] = 60, 10, 70
    table = table_of({"rainy": [20.0] * 24, "ours": ours, "prenet": rival})
    cases = pick_cases(table, "ours", "psnr_y", count=2)
    assert cases["worst"] == ["p0", "p1"]
    assert cases["best"] == ["p23", "p22"]
    assert cases["behind"] == ["p12", "p7"]
    assert cases["ahead"][0] == "p9"
    chosen = [photo for photos in cases.values() for photo in photos]
    assert len(chosen) == len(set(chosen)) == 12


def test_heavy_rain_that_was_taken_out_is_not_worst() -> None:
    """The photo of the lowest figure may be the one that gained most."""
    table = table_of({"rainy": [10.0, 25.0, 28.0], "ours": [20.0, 26.0, 33.0], "ddn": [12.0, 25.0, 30.0]})
    cases = pick_cases(table, "ours", "psnr_y")
    assert (cases["worst"], cases["best"]) == (["p1"], ["p0"])


def test_one_photo_ranks_nowhere() -> None:
    assert pick_cases(table_of({"rainy": [10.0], "ours": [20.0]}), "ours", "psnr_y") == {"spaced": ["p0"]}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_cases_of_few_photos_show_each_once(count: int) -> None:
    table = table_of({"rainy": [20.0] * count, "ours": [30.0 + n for n in range(count)]})
    chosen = [photo for photos in pick_cases(table, "ours", "psnr_y").values() for photo in photos]
    assert sorted(chosen) == [f"p{n}" for n in range(count)]


def test_photos_without_a_figure_are_no_cases() -> None:
    table = table_of({"rainy": [0.0] * 4, "ours": [math.nan, 1.0, 2.0, math.nan], "ddn": [math.nan] * 4})
    cases = pick_cases(table, "ours", "psnr_y")
    assert cases["worst"] == ["p1"]
    assert set(cases["spaced"]) == {"p0", "p3"}


def test_lead() -> None:
    assert lead_of(["prenet", "ours:gs"]) == "ours:gs"
    assert lead_of(["prenet", "ddn"]) == "prenet"


def test_the_part_is_where_pictures_differ() -> None:
    a = np.full((120, 200, 3), 90, np.uint8)
    b = a.copy()
    b[70:90, 130:150] = 200
    part = find_part([a, a, b])
    assert part.side == 40
    assert part.x <= 130 and part.x + part.side >= 150
    assert part.y <= 70 and part.y + part.side >= 90
    assert np.array_equal(part.cut(b), b[part.y : part.y + 40, part.x : part.x + 40])


@pytest.mark.parametrize("shape", [(1, 1, 3), (20, 300, 3), (33, 32, 3)])
def test_parts_of_small_photos(shape: tuple[int, int, int]) -> None:
    part = find_part([np.zeros(shape, np.uint8)] * 2)
    assert part.cut(np.zeros(shape, np.uint8)).shape[:2] == (part.side, part.side)


def test_pictures_are_reduced() -> None:
    import base64
    import io

    from PIL import Image

    uri = data_uri(np.full((300, 600, 3), 120, np.uint8), 200, 90)
    head, content = uri.split(",")
    assert head == "data:image/webp;base64"
    assert Image.open(io.BytesIO(base64.b64decode(content))).size == (200, 100)
    assert Part(1, 2, 3).cut(np.zeros((9, 9, 3))).shape == (3, 3, 3)
