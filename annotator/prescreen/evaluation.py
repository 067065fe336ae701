"""How well the pre-screening tells photos apart: scores fitted and measured on different photos, with intervals."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from annotator.prescreen.duplicates import find_pairs
from annotator.prescreen.hashes import hash_photo
from annotator.prescreen.light import light_map
from annotator.prescreen.local_features import find_features
from annotator.prescreen.score import FEATURES, WEIGHTS
from annotator.prescreen.suggestions import propose_crops
from annotator.prescreen.working_copy import working_copy
from core.images import read_photo

FOLDS = 10
_RIDGE = 1.0
_DRAWS = 2000
_FLAGGED = 0.05
_CROP_SIDE = 128
_NOT_DROPS = ("1_clean.png", "3_clean.png")
"""The two photos of curation/lens_drops that are the clean halves of pairs."""

Rows = list[dict[str, Any]]


def report(rows: Rows, manifest: Path, photos: Path, groups: Path, *, fit: bool) -> dict[str, Any]:
    """Every figure of docs/prescreen.md, and with `fit` the weights, written beside this module.

    Args:
        rows: measured photos: set, name, size, values, patch, rain (scripts/prescreen_figures.py).
        manifest: decisions on SIRR-Data, JSON lines.
        photos: the folder of SIRR-Data.
        groups: JSON object, file name -> number of its group of near-duplicates, found by eye.
    """
    decisions = {line["name"]: line for line in map(json.loads, manifest.read_text().splitlines())}
    kinds = [_kind(row, decisions) for row in rows]
    fitted, limits = {}, {}
    for name in FEATURES:
        positive = np.array([kind == name for kind in kinds])
        known = np.array([kind != "unclear" for kind in kinds])
        fitted[name] = _cross_validated(rows, FEATURES[name], positive, known)
        accepted = np.array(
            [kind == "rain" and decisions[row["name"]]["verdict"] == "accept" for row, kind in zip(rows, kinds)]
        )
        limits[name] = float(np.quantile(fitted[name][accepted], _FLAGGED if name == "rain" else 1 - _FLAGGED))
        if fit:
            _store(name, rows, positive, known, limits[name])
    return {
        "photos": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "rain against": _aucs(rows, kinds, decisions, fitted["rain"]),
        "single measures, rain against all others": _singles(rows, kinds),
        "flags": {name: _flag(fitted[name], kinds, name, limits[name]) for name in ("snow", "mist", "lens_drops")},
        "duplicates": _duplicates(photos, json.loads(groups.read_text())),
        "suggested crops": _crops(rows, decisions, photos),
    }


def auc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the ROC curve: how often a positive scores above a negative, ties counting half."""
    above = (positive[:, None] > negative[None]).mean() + 0.5 * (positive[:, None] == negative[None]).mean()
    return float(above)


def interval(statistic: Callable[..., float], *samples: np.ndarray) -> list[float]:
    """95 % percentile bootstrap interval of a statistic of independent samples, each drawn again by itself."""
    draw = np.random.default_rng(0)
    values = [statistic(*(draw.choice(sample, len(sample)) for sample in samples)) for _ in range(_DRAWS)]
    return [round(float(value), 3) for value in np.quantile(values, (0.025, 0.975))]


def fit_logistic(x: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights (k,) and bias of ridge logistic regression on standardised x (n, k), both classes weighing the same."""
    weight = np.where(positive, 0.5 / positive.mean(), 0.5 / (~positive).mean())
    design = np.column_stack((x, np.ones(len(x))))
    penalty = np.diag([_RIDGE] * x.shape[1] + [0.0])
    beta = np.zeros(design.shape[1])
    for _ in range(50):  # Newton's method
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (weight * (positive - p)) - penalty @ beta
        hessian = (design * (weight * p * (1 - p))[:, None]).T @ design + penalty
        beta += np.linalg.solve(hessian + 1e-9 * np.eye(len(beta)), gradient)
    return beta[:-1], float(beta[-1])


def _kind(row: dict[str, Any], decisions: dict[str, dict[str, Any]]) -> str:
    """What a photo is an example of; "unclear" for photos of SIRR-Data that are neither rain nor snow."""
    if row["set"] == "lens_drops":
        return "scenes" if row["name"] in _NOT_DROPS else "lens_drops"
    if row["set"] != "rain":
        return {"fog": "mist"}.get(row["set"], row["set"])
    reasons = decisions[row["name"]]["reasons"]
    if "snow" in reasons:
        return "snow"
    return "unclear" if {"rain_free", "spray", "lens_drops", "mist"} & set(reasons) else "rain"


def _matrix(rows: Rows, names: Sequence[str]) -> np.ndarray:
    return np.array([[row["values"][name] for name in names] for row in rows])


def _standard(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x.mean(0), np.maximum(x.std(0), 1e-6)


def _cross_validated(rows: Rows, names: Sequence[str], positive: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Scores (log odds) of every photo by a fit that saw neither it nor a near-duplicate of it.

    One photo stands for each group of near-duplicates of SIRR-Data, so that folds of photos are folds of groups.
    """
    x = _matrix(rows, names)
    fold = np.random.default_rng(0).permutation(len(rows)) % FOLDS
    result = np.zeros(len(rows))
    for n in range(FOLDS):
        train = (fold != n) & known
        mean, scale = _standard(x[train])
        weights, bias = fit_logistic((x[train] - mean) / scale, positive[train])
        result[fold == n] = ((x[fold == n] - mean) / scale) @ weights + bias
    return result


def _store(name: str, rows: Rows, positive: np.ndarray, known: np.ndarray, limit: float) -> None:
    x = _matrix(rows, FEATURES[name])[known]
    mean, scale = _standard(x)
    weights, bias = fit_logistic((x - mean) / scale, positive[known])
    stored = json.loads(WEIGHTS.read_text()) if WEIGHTS.exists() else {}
    stored[name] = {
        "names": list(FEATURES[name]),
        "mean": [round(float(value), 6) for value in mean],
        "scale": [round(float(value), 6) for value in scale],
        "weights": [round(float(value), 5) for value in weights],
        "bias": round(bias, 5),
        "limit": round(1 / (1 + float(np.exp(-limit))), 5),
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n")


def _aucs(rows: Rows, kinds: list[str], decisions: dict[str, dict[str, Any]], score: np.ndarray) -> dict[str, Any]:
    kind = np.array(kinds)
    sirr = np.array([row["set"] == "rain" for row in rows])
    accepted = np.array([decisions.get(row["name"], {}).get("verdict") == "accept" for row in rows]) & sirr
    found: dict[str, Any] = {}
    for label, positive in (("all but snow", sirr & (kind != "snow")), ("accepted", accepted)):
        found[label] = {}
        for other in ("clear", "mist", "snow", "wet_road", "lens_drops", "scenes"):
            negative = score[(kind == other) & ~positive]
            pair = (score[positive], negative)
            found[label][other] = {
                "auc": round(auc(*pair), 3),
                "interval": interval(auc, *pair),
                "photos": [int(positive.sum()), len(negative)],
            }
    return found


def _singles(rows: Rows, kinds: list[str]) -> dict[str, float]:
    kind = np.array(kinds)
    names = [name for name in rows[0]["values"] if all(name in row["values"] for row in rows)]
    x = _matrix(rows, names)
    other = (kind != "rain") & (kind != "unclear")
    found = {name: round(auc(x[kind == "rain", n], x[other, n]), 3) for n, name in enumerate(names)}
    return dict(sorted(found.items(), key=lambda item: -abs(item[1] - 0.5)))


def _flag(score: np.ndarray, kinds: list[str], name: str, limit: float) -> dict[str, Any]:
    kind = np.array(kinds)
    mine, rain = score[kind == name], score[kind == "rain"]
    return {
        "auc against rain": round(auc(mine, rain), 3),
        "interval": interval(auc, mine, rain),
        "photos": len(mine),
        "flagged of its own": round(float((mine > limit).mean()), 3),
        "flagged of rain": round(float((rain > limit).mean()), 3),
    }


def _duplicates(photos: Path, groups: dict[str, int]) -> dict[str, Any]:
    """Pairs found against the groups found by eye, and against copies made here of one photo of each group."""
    names = list(groups)
    copies = [working_copy(read_photo(photos / name).pixels) for name in names]
    hashes, features = [hash_photo(copy) for copy in copies], [find_features(copy) for copy in copies]
    found = {(names[i], names[j]) for i, j in find_pairs(hashes, features)}
    true = {(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if groups[a] == groups[b]}
    hit = np.array([pair in found for pair in sorted(true)], float)
    return {
        "pairs by eye": len(true),
        "redundant by eye": len(names) - len(set(groups.values())),
        "recall": round(float(hit.mean()), 3),
        "missed": sorted(true - found),
        "false": sorted(found - true),
        "true pairs that the hash alone finds": len(true & {(names[i], names[j]) for i, j in find_pairs(hashes, [])}),
        "copies made here": _made_copies(photos, groups),
    }


def _made_copies(photos: Path, groups: dict[str, int]) -> dict[str, str]:
    """How many copies of one photo a group are recognised, by kind of copy; the photos are every fifth group's."""
    names = list({group: name for name, group in groups.items()}.values())[::5]
    count = len(names)
    originals = [read_photo(photos / name).pixels for name in names]
    found = {}
    for kind, change in COPIES.items():
        copies = [working_copy(pixels) for pixels in originals + [change(pixels) for pixels in originals]]
        pairs = find_pairs([hash_photo(copy) for copy in copies], [find_features(copy) for copy in copies])
        hits = sum((n, n + count) in pairs for n in range(count))
        found[kind] = f"{hits} of {count}, {len(pairs) - hits} false"
    return found


def _jpeg(pixels: np.ndarray) -> np.ndarray:
    small = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    content = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR))


def _inner(pixels: np.ndarray, share: float) -> np.ndarray:
    """The middle of a photo, so many of its pixels a side."""
    height, width = pixels.shape[:2]
    top, left = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    return np.ascontiguousarray(pixels[top : height - top, left : width - left])


COPIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "half the size, JPEG 30": _jpeg,
    "mirrored": lambda pixels: np.ascontiguousarray(pixels[:, ::-1]),
    "squashed to a square": lambda pixels: cv2.resize(pixels, (512, 512), interpolation=cv2.INTER_AREA),
    "half the area, cropped": lambda pixels: _inner(pixels, 0.7),
    "a quarter of the area, cropped": lambda pixels: _inner(pixels, 0.5),
    "cropped and mirrored": lambda pixels: _inner(pixels, 0.7)[:, ::-1].copy(),
}
"""Ways to copy a photo (H, W, 3) that the search for duplicates is tried on."""


def _crops(rows: Rows, decisions: dict[str, dict[str, Any]], photos: Path) -> dict[str, Any]:
    """Overlap of the first suggestion, of all and of the whole photo with the crops that were made by eye."""
    first, union, whole, none = [], [], [], 0
    for row in rows:
        decision = decisions.get(row["name"]) if row["set"] == "rain" else None
        if decision is None or decision["verdict"] != "accept":
            continue
        size = (row["size"][0], row["size"][1])
        light = light_map(working_copy(read_photo(photos / row["name"]).pixels))
        proposals = propose_crops(np.array(row["rain"]), light, tuple(row["patch"]), size, _CROP_SIDE)
        none += not proposals
        eye = _painted(size, decision["crops"])
        boxes = [(p.x, p.y, p.w, p.h) for p in proposals]
        first.append(_iou(eye, _painted(size, boxes[:1])))
        union.append(_iou(eye, _painted(size, boxes)))
        whole.append(float(eye.mean()))
    return {
        "photos": len(first),
        "without a suggestion": none,
        **{
            f"mean IoU, {label}": {
                "value": round(float(np.mean(values)), 3),
                "interval": interval(np.mean, np.array(values)),
            }
            for label, values in (("first", first), ("all", union), ("whole photo", whole))
        },
    }


def _painted(size: tuple[int, int], boxes: Sequence[Sequence[int]]) -> np.ndarray:
    painted = np.zeros((size[1], size[0]), bool)
    for x, y, w, h in boxes:
        painted[y : y + h, x : x + w] = True
    return painted


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    either = int((a | b).sum())
    return float((a & b).sum()) / either if either else 0.0
