"""A blind test of two models as one HTML file: who looks does not know which is which until the last photo."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np

from core.comparison.pictures import QUALITIES, data_uri
from core.images.atomic import write_text
from core.methods import Method

LIMIT = 25_000_000
"""Bytes of the file, at most, as far as the worst quality allows."""

PAGE = Path(__file__).with_name("page")


@dataclass(frozen=True)
class Contender:
    """One of the two: what it is called afterwards, and the method."""

    label: str
    method: Method


def write_blind_test(
    path: Path,
    photos: Sequence[tuple[str, Callable[[], np.ndarray]]],
    contenders: tuple[Contender, Contender],
    *,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> None:
    """Derains every photo by both and writes the page, whole or not at all.

    Args:
        path: the HTML file.
        photos: name of each, and what reads it: (H, W, 3) uint8.
        contenders: the two, in the order of the results.
        seed: of the order of the photos, and of which of the two is A.
        progress: called with (photos done, all photos).

    Raises:
        core.images.ImageFileError: a photo cannot be read, or the page not be written.
    """
    rng = np.random.default_rng(seed)
    rounds: list[tuple[str, list[np.ndarray], int]] = []
    for done, place in enumerate(rng.permutation(len(photos)), 1):
        name, read = photos[place]
        rainy = read()
        first = int(rng.integers(2))
        derained = [contenders[which].method.derain(rainy).rounded for which in (first, 1 - first)]
        rounds.append((name, [rainy, *derained], first))
        if progress is not None:
            progress(done, len(photos))
    write_text(path, _page([contender.label for contender in contenders], rounds))


def _page(labels: list[str], rounds: Sequence[tuple[str, list[np.ndarray], int]]) -> str:
    for quality in QUALITIES:
        pictures = [[data_uri(picture, quality.side, quality.quality) for picture in shown] for _, shown, _ in rounds]
        if sum(len(uri) for shown in pictures for uri in shown) < LIMIT:
            break
    key = base64.b64encode(json.dumps({"labels": labels, "first": [first for *_, first in rounds]}).encode()).decode()
    # "<" is escaped, so that no name can end the script.
    data = json.dumps([{"name": name, "pictures": shown} for (name, _, _), shown in zip(rounds, pictures)])
    environment = jinja2.Environment(autoescape=True, loader=jinja2.FileSystemLoader(PAGE))
    return environment.get_template("blind.html").render(
        style=(PAGE / "blind.css").read_text(encoding="utf-8"),
        script=(PAGE / "blind.js").read_text(encoding="utf-8"),
        data=data.replace("<", "\\u003c"),
        key=key,
        test=hashlib.sha256((key + data).encode()).hexdigest()[:16],
    )
