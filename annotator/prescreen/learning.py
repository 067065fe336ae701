"""What a project's own decisions teach: an order, flags and crops, each used where it is better than what ships."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from annotator.prescreen.fitting import PRECISION, auc, fit_score, limit_for
from annotator.prescreen.score import Score, likelihood, read_score
from annotator.prescreen.suggestions import (
    ALIKE,
    CropModel,
    choose,
    fit_crops,
    overlaps,
    read_crop_model,
    shipped_crops,
)

EVERY = 25
"""Decisions between one fit and the next."""

MEASURES = (
    "agreement",
    "brightness",
    "bright",
    "bright_sky",
    "change_least",
    "change_smooth",
    "colour",
    "coverage",
    "fine_energy",
    "haze",
    "line_concentration",
    "line_skewness",
    "mask_least",
    "mask_smooth",
    "specks_round",
    "specks_upright",
    "streaky_smooth",
    "upright",
    "white_ground",
)
"""What is learnt from, besides the log odds of the shipped likelihood."""

SHIPPED = "shipped"
"""The log odds of the shipped likelihood, as a measure."""

_EMPHASIS = {SHIPPED: 4.0}
_STRENGTH = 0.1
_STRENGTHS = (0.01, 0.1, 1.0)
_SURE, _DRAWS = 0.9, 200
"""An order is better where it is so in this share of bootstrap samples of the photos decided."""

_FOLDS = 5
_FEWEST = 8
_FEWEST_CROPS = 20
_FEWEST_FLAGGED = 5
_BY_RULE = ("duplicate", "low_res", "too_light", "other")


@dataclass(frozen=True)
class Decided:
    """A photo on which a decision holds.

    Attributes:
        values: its measures and shipped scores.
        flags: those that the shipped pre-screening gives.
        accepted: whether it was accepted; else rejected.
        reasons: of the rejection.
        group: the same for near-duplicates.
        crops: (n, 4) as shares of its sides.
        maps: as annotator.prescreen.measures gives them; None where they were not kept.
    """

    values: Mapping[str, float]
    flags: frozenset[str]
    accepted: bool
    reasons: frozenset[str]
    group: str
    crops: np.ndarray = field(default_factory=lambda: np.zeros((0, 4)))
    maps: np.ndarray | None = None


@dataclass(frozen=True)
class Learnt:
    """What was learnt.

    Attributes:
        version: the pre-screening's whose measures it was learnt from.
        decisions: from how many.
        auc, shipped_auc: how often an accepted photo comes before a rejected one, by the order fitted without either
            and by the shipped one; None before there are enough of both.
        order: how likely a curator accepts; None where it is not surely better than the shipped order.
        flags: own scores by reason, with their limits, in the place of the shipped ones.
        hidden: shipped flags that are wrong here too often.
        crops: None where they are no better than the shipped ones.
        crop_hits, shipped_crop_hits: share of accepted photos with a proposal ALIKE to the curator's crop.
    """

    version: str
    decisions: int
    auc: float | None = None
    shipped_auc: float | None = None
    order: Score | None = None
    flags: Mapping[str, Score] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    crops: CropModel | None = None
    crop_hits: float | None = None
    shipped_crop_hits: float | None = None

    def likely(self, values: Mapping[str, float]) -> float | None:
        """How likely a photo is accepted, 0…1; None where the shipped order is used."""
        return None if self.order is None else self.order(with_shipped(values))

    def flags_of(self, values: Mapping[str, float], shipped: Collection[str]) -> list[str]:
        """The flags of a photo in the place of the shipped ones."""
        kept = [flag for flag in shipped if flag not in self.flags and flag not in self.hidden]
        everything = with_shipped(values)
        return kept + [code for code, one in self.flags.items() if one.limit and one(everything) > one.limit]

    def as_json(self) -> dict[str, Any]:
        """As `read_learnt` reads it."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return plain | {
            "hidden": list(self.hidden),
            "order": None if self.order is None else asdict(self.order),
            "flags": {code: asdict(one) for code, one in self.flags.items()},
            "crops": None if self.crops is None else self.crops.as_json(),
        }


_PLAIN = ("version", "decisions", "auc", "shipped_auc", "crop_hits", "shipped_crop_hits")


def read_learnt(stored: Mapping[str, Any]) -> Learnt:
    """What `Learnt.as_json` gave (KeyError, TypeError, ValueError for anything else)."""
    return Learnt(
        **{name: stored[name] for name in _PLAIN},
        hidden=tuple(stored["hidden"]),
        order=None if stored["order"] is None else read_score(stored["order"]),
        flags={code: read_score(one) for code, one in stored["flags"].items()},
        crops=None if stored["crops"] is None else read_crop_model(stored["crops"]),
    )


def learn(decided: Sequence[Decided], version: str) -> Learnt:
    """Fits order, flags and crops anew, and keeps what cross-validation (by near-duplicates) finds better here."""
    telling = [one for one in decided if one.accepted or one.reasons - {"duplicate"}]
    found = fit_order(telling)
    order: tuple[float | None, float | None, Score | None] = (None, None, None)
    if found is not None:
        order = (found.auc, found.shipped_auc, found.score if found.better else None)
    own, hidden = _flags(telling)
    crops, hits, shipped_hits = _crops(telling)
    return Learnt(version, len(decided), *order, own, hidden, crops, hits, shipped_hits)


def with_shipped(values: Mapping[str, float]) -> dict[str, float]:
    """Measures with SHIPPED among them."""
    likely = min(max(likelihood(values), 1e-6), 1 - 1e-6)
    return {**values, SHIPPED: math.log(likely / (1 - likely))}


@dataclass(frozen=True)
class FittedOrder:
    """An order fitted on decisions: its AUC, cross-validated; the shipped order's; whether it is surely better."""

    auc: float
    shipped_auc: float
    score: Score
    better: bool


def fit_order(decided: Sequence[Decided]) -> FittedOrder | None:
    """Fits how likely a photo is accepted; None before there are enough of both verdicts."""
    accepted = np.array([one.accepted for one in decided], bool)
    if not _enough(accepted, decided):
        return None
    rows = [with_shipped(one.values) for one in decided]
    tried = {strength: _unseen(rows, accepted, decided, strength) for strength in _STRENGTHS}
    strength, own = max(tried.items(), key=lambda item: auc(item[1][accepted], item[1][~accepted]))
    shipped = np.array([row[SHIPPED] for row in rows])
    here, before = (round(auc(score[accepted], score[~accepted]), 4) for score in (own, shipped))
    return FittedOrder(here, before, _fit(rows, accepted, strength), surely_better(own, shipped, accepted))


def surely_better(own: np.ndarray, shipped: np.ndarray, accepted: np.ndarray) -> bool:
    """Whether one order (n,) tells accepted photos from rejected ones better than another, not by chance alone."""
    draw = np.random.default_rng(0)
    sides = np.flatnonzero(accepted), np.flatnonzero(~accepted)
    won = 0
    for _ in range(_DRAWS):
        yes, no = (draw.choice(side, len(side)) for side in sides)
        won += auc(own[yes], own[no]) > auc(shipped[yes], shipped[no])
    return bool(won >= _SURE * _DRAWS)


def _fit(rows: Sequence[Mapping[str, float]], positive: np.ndarray, strength: float = _STRENGTH) -> Score:
    return fit_score(rows, positive, (*MEASURES, SHIPPED), strength=strength, emphasis=_EMPHASIS)


def _enough(positive: np.ndarray, decided: Sequence[Decided]) -> bool:
    """Whether there are enough photos of both sides, near-duplicates counting as one."""
    sides = [{one.group for one, yes in zip(decided, positive) if yes == side} for side in (True, False)]
    return min(map(len, sides)) >= _FEWEST


def _folds(positive: np.ndarray, decided: Sequence[Decided]) -> list[tuple[np.ndarray, np.ndarray]]:
    from sklearn.model_selection import StratifiedGroupKFold

    split = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    return list(split.split(np.zeros(len(positive)), positive, [one.group for one in decided]))


def _unseen(
    rows: Sequence[Mapping[str, float]],
    positive: np.ndarray,
    decided: Sequence[Decided],
    strength: float = _STRENGTH,
) -> np.ndarray:
    """(n,) scores, each of a fit that saw neither the photo nor a near-duplicate of it."""
    score = np.zeros(len(rows))
    for train, test in _folds(positive, decided):
        fitted = _fit([rows[n] for n in train], positive[train], strength)
        score[test] = [fitted(rows[n]) for n in test]
    return score


def _flags(decided: Sequence[Decided]) -> tuple[dict[str, Score], tuple[str, ...]]:
    rows = [with_shipped(one.values) for one in decided]
    own: dict[str, Score] = {}
    for code in sorted({code for one in decided for code in one.reasons} - set(_BY_RULE)):
        positive = np.array([code in one.reasons for one in decided])
        if not _enough(positive, decided):
            continue
        limit = limit_for(_unseen(rows, positive, decided), positive)
        if limit is not None:
            fitted = _fit(rows, positive)
            own[code] = Score(fitted.names, fitted.mean, fitted.scale, fitted.weights, fitted.bias, limit)
    hidden = []
    for code in sorted({code for one in decided for code in one.flags} - {*own, "duplicate"}):
        right = [code in one.reasons for one in decided if code in one.flags]
        if len(right) >= _FEWEST_FLAGGED and np.mean(right) < PRECISION:
            hidden.append(code)
    return own, tuple(hidden)


def _crops(decided: Sequence[Decided]) -> tuple[CropModel | None, float | None, float | None]:
    known = [one for one in decided if one.accepted and one.maps is not None]
    if len(known) < _FEWEST_CROPS:
        return None, None, None
    shipped = shipped_crops()
    own, before = np.zeros(len(known)), np.zeros(len(known))
    fold = np.random.default_rng(0).permutation(len(groups := sorted({one.group for one in known}))) % _FOLDS
    fold_of = dict(zip(groups, fold))
    for turn in range(_FOLDS):
        test = [n for n, one in enumerate(known) if fold_of[one.group] == turn]
        model = _fit_crops([one for one in known if fold_of[one.group] != turn], shipped)
        for n in test:
            own[n], before[n] = _hit(known[n], model), _hit(known[n], shipped)
    hits = round(float(own.mean()), 4), round(float(before.mean()), 4)
    return _fit_crops(known, shipped) if hits[0] > hits[1] else None, *hits


def _fit_crops(known: Sequence[Decided], shipped: CropModel) -> CropModel:
    photos = [(one.maps, one.crops) for one in known if one.maps is not None]
    return fit_crops(photos, shipped.weights)


def _hit(one: Decided, model: CropModel) -> bool:
    assert one.maps is not None
    chosen = [place for place, _ in choose(model.shapes, model.chances(one.maps))]
    return bool(overlaps(model.shapes[chosen], one.crops).max() > ALIKE)
