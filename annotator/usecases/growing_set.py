"""The set as it grows: what an export would hold now, and what training would take of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from annotator.candidate import CandidateView
from annotator.export.splits import DEFAULT_SPLITS
from annotator.project import Project
from annotator.usecases.chosen import choose

PATCH = 96
"""Side in pixels of what configs/from-curation.yaml trains on."""

TRAINING_SPLIT = "train"


@dataclass(frozen=True)
class GrowingSet:
    """What an export with the default splits and seed would hold now.

    Attributes:
        photos, rejected: how many are accepted, and rejected.
        waiting: candidates on which nothing holds.
        crops: of each split.
        sides: shorter sides of the crops: 5 %, median, 95 %; empty without crops.
        megapixels: of all crops.
        patches: how many patches of PATCH × PATCH fit side by side into the crops of TRAINING_SPLIT.
        measured: share of the accepted photos that the pre-screening has measured.
        licences: accepted photos by licence, "" for unknown, the most frequent first.
        views, tables: what `annotator.export.card.statistics_pictures` draws.
    """

    photos: int
    rejected: int
    waiting: int
    crops: dict[str, int]
    sides: tuple[float, ...]
    megapixels: float
    patches: int
    measured: float
    licences: dict[str, int]
    views: list[CandidateView]
    tables: dict[str, pd.DataFrame]


def growing_set(project: Project, splits: Mapping[str, float] = DEFAULT_SPLITS, seed: int = 0) -> GrowingSet:
    """Reads it (AnnotatorError where the database cannot be used)."""
    chosen = choose(project, splits, seed)
    crops = [(chosen.split[view.id], crop) for view in chosen.accepted if view.decision for crop in view.decision.crops]
    sides = [min(crop.w, crop.h) for _, crop in crops]
    licences = pd.Series([view.source.licence for view in chosen.accepted], dtype=object).value_counts()
    states = dict(zip(chosen.tables["progress"]["state"], chosen.tables["progress"]["candidates"]))
    return GrowingSet(
        photos=len(chosen.accepted),
        rejected=len(chosen.views) - len(chosen.accepted),
        waiting=int(states["pending"] + states["disputed"] + states["skipped"]),
        crops={name: sum(split == name for split, _ in crops) for name in splits},
        sides=tuple(float(side) for side in np.percentile(sides, [5, 50, 95])) if sides else (),
        megapixels=sum(crop.w * crop.h for _, crop in crops) / 1e6,
        patches=sum((crop.w // PATCH) * (crop.h // PATCH) for split, crop in crops if split == TRAINING_SPLIT),
        measured=1 - len(chosen.unmeasured & {view.id for view in chosen.accepted}) / max(len(chosen.accepted), 1),
        licences={str(name): int(count) for name, count in licences.items()},
        views=chosen.views,
        tables=chosen.tables,
    )
