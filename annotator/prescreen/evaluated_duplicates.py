"""How well near-duplicates are found: against groups found by eye, and against copies made here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from annotator.prescreen.duplicates import find_pairs
from annotator.prescreen.hashes import hash_photo
from annotator.prescreen.local_features import find_features
from annotator.prescreen.working_copy import working_copy
from core.images import read_photo


def duplicates_report(photos: Path, groups: dict[str, int]) -> dict[str, Any]:
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
