"""A report has at most its limit, whatever it is of, and says what there is less of."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.comparison.budget import fit
from core.comparison.pictures import QUALITIES, THUMBNAILS, Quality
from core.comparison.report import LIMIT, Facts, make_page
from core.comparison.subjects import Photos
from core.methods import Method

CASES = {"worst": ["1", "2", "3"], "best": ["4", "5"], "spaced": ["6"]}
SHEET = [str(number) for number in range(10)]


def of_bytes(per_pixel: int) -> Callable[[str, Quality], str]:
    """Pieces whose size goes with the side of their pictures."""
    return lambda name, quality: name.ljust(per_pixel * quality.side, ".")


def test_everything_in_the_best_quality_where_there_is_room() -> None:
    fitted = fit(10**7, ["row"] * 10, CASES, of_bytes(10), SHEET, of_bytes(5))
    assert (fitted.quality, list(fitted.reduced)) == (QUALITIES[0], [])
    assert {reason: len(strips) for reason, strips in fitted.cases.items()} == {"worst": 3, "best": 2, "spaced": 1}
    assert len(fitted.rows) == len(fitted.thumbnails) == 10 and len(fitted.thumbnails[0]) == 5 * THUMBNAILS[0].side


@pytest.mark.parametrize("room", [2_500, 10_000, 30_000, 60_000])
def test_never_more_than_there_is_room_for(room: int) -> None:
    fitted = fit(room, ["row " * 100] * 50, CASES, of_bytes(30), SHEET, of_bytes(20))
    strips = [strip for strips in fitted.cases.values() for strip in strips]
    assert sum(len(piece) + 1 for piece in [*fitted.rows, *strips, *fitted.thumbnails]) <= room - 2_000
    said = "; ".join(fitted.reduced)
    assert ("the table to" in said) == (len(fitted.rows) < 50)
    assert (f"the cases to {len(strips)} of 6" in said) == (len(strips) < 6)
    assert (f"the contact sheet to {len(fitted.thumbnails)} of 10" in said) == (len(fitted.thumbnails) < 10)


def test_first_smaller_then_fewer_and_of_every_reason_one() -> None:
    smaller = fit(60_000, [], CASES, of_bytes(10), [], of_bytes(0))
    assert smaller.quality == QUALITIES[1]
    assert list(smaller.reduced) == ["the cases' pictures to 720 pixels and quality 85"]
    fewer = fit(2_000 + 3 * 2_001, [], CASES, of_bytes(10), [], of_bytes(0))
    assert fewer.quality == QUALITIES[-1] and "the cases to 3 of 6" in fewer.reduced
    assert {reason: [strip[0] for strip in strips] for reason, strips in fewer.cases.items()} == {
        "worst": ["1"],
        "best": ["4"],
        "spaced": ["6"],
    }


def report_of(count: int, names: list[str], limit: int, side: int) -> str:
    """A report over photos of noise, which no format makes small."""
    methods = [Method(name, name, "outputs") for name in names]
    keys = ["rainy", *names]
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "photo": np.repeat([f"photo-{number:06}" for number in range(count)], len(keys)),
            "method": keys * count,
            "width": side,
            "height": side,
            "seconds": 0.1,
            "change": 1.0,
            "psnr_y": rng.normal(30, 2, count * len(keys)),
            "ssim_y": rng.uniform(0.8, 1, count * len(keys)),
        }
    )
    noise = rng.integers(0, 256, (side, side, 3), np.uint8)

    def look(name: str) -> tuple[Photos, dict[str, np.ndarray]]:
        return Photos(noise, noise), dict.fromkeys(names, noise)

    facts = Facts("Large", f"{count} photos", "compare", "a machine", "today")
    return make_page(table, methods, [replace(methods[0], missing="It is missing.")], look, facts, limit=limit)


def test_a_set_of_very_many_photos(capsys: pytest.CaptureFixture[str]) -> None:
    page = report_of(60_000, ["a", "b"], LIMIT, 24)
    assert len(page.encode()) <= LIMIT
    assert "of 60000 photos; the CSV beside this file has all" in page and "the table to" in page
    assert "<dt>Reduced</dt><dd>So that this file has at most 25 MB: " in page


def test_pictures_that_no_format_makes_small() -> None:
    names = [f"method-{number}" for number in range(12)]
    limit = 1_500_000
    page = report_of(60, names, limit, 120)
    assert 0.5 * limit < len(page.encode()) <= limit
    assert "the cases to" in page and 'id="cases"' in page and page.count('<article class="strip">') > 0
