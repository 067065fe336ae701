"""Photos of known kind and source that the pre-screening is fitted and measured on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

RAIN, NO_RAIN = "rain", "no rain"
UNTOLD = "untold"
"""Kind of photos from which nothing is learnt: drawn rain, watermarks, low resolution."""

CURATED = {"SIRR-Data": "sirr-data.jsonl", "more": "real-more.jsonl"}
"""Source -> its manifest in datasets/manifests: the two that a curator went through photo by photo."""

WITHOUT_RAIN = ("clear", "mist", "wet_road", "lens_drops", "scenes", NO_RAIN)

_KIND_OF = {"fog": "mist", "rain800": "scenes"}
_REASONS = (
    ("snow", "snow"),
    ("rain_free", NO_RAIN),
    ("spray", NO_RAIN),
    ("mist", "mist"),
    ("lens_drops", "lens_drops"),
)


@dataclass(frozen=True)
class Sample:
    """A photo.

    Attributes:
        source: the collection that it comes from.
        kind: what it is an example of.
        values: its measures.
        maps: (len(MAPS), rows, columns) (annotator.prescreen.measures).
        size: its width and height.
        accepted: what its curator decided; None where nobody did.
        reasons: his, or the one that follows from its kind.
        crops: (n, 4) of his, as shares of the photo's sides.
    """

    source: str
    name: str
    kind: str
    values: Mapping[str, float]
    maps: np.ndarray
    size: tuple[int, int]
    accepted: bool | None = None
    reasons: frozenset[str] = frozenset()
    crops: np.ndarray = field(default_factory=lambda: np.zeros((0, 4)))


def read_decisions(manifests: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """(source, name) -> line of its manifest, without near-duplicates of others."""
    found = {}
    for source, file in CURATED.items():
        for line in map(json.loads, (manifests / file).read_text(encoding="utf-8").splitlines()):
            if "duplicate" not in line["reasons"]:
                found[source, line["name"]] = line
    return found


def make_sample(row: Mapping[str, Any], decisions: Mapping[tuple[str, str], dict[str, Any]]) -> Sample:
    """A sample of a measured photo: source, name, size, values, maps."""
    source, name = row["source"], row["name"]
    width, height = row["size"]
    known = {"values": row["values"], "maps": np.array(row["maps"], np.float32), "size": (width, height)}
    line = decisions.get((source, name))
    if line is None:
        kind = "scenes" if source == "lens_drops" and name.endswith("_clean.png") else _KIND_OF.get(source, source)
        reasons = {kind} & {"snow", "mist", "lens_drops"} | ({"rain_free"} if kind in WITHOUT_RAIN else set())
        return Sample(source, name, kind, reasons=frozenset(reasons), **known)
    accepted, given = line["verdict"] == "accept", frozenset(line["reasons"])
    kind = RAIN if accepted else next((kind for reason, kind in _REASONS if reason in given), UNTOLD)
    crops = [[x / width, y / height, (x + w) / width, (y + h) / height] for x, y, w, h in line["crops"]]
    return Sample(
        source, name, kind, accepted=accepted, reasons=given, crops=np.array(crops, float).reshape(-1, 4), **known
    )
