"""Groups of near-duplicates: whole-picture hashes first, then local features for cropped and mirrored copies."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from annotator.prescreen.hashes import NEAR, Hashes, distances
from annotator.prescreen.local_features import LocalFeatures, count_agreeing

AGREEING = 20
"""Photos of which at least this many features agree show the same picture."""

_NEIGHBOURS = 4
_NEAR_DESCRIPTOR = 200.0
_LEAST_VOTES = 4
_TREES, _CHECKS = 4, 64
_BLOCK = 512


def find_pairs(hashes: Sequence[Hashes], features: Sequence[LocalFeatures]) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of photos that show the same picture: whole, cropped, squashed or mirrored.

    Memory and time grow with the number of photos, but for the comparison of hashes, which is quick, and quadratic.
    """
    pairs = set(_pairs_by_hash(hashes))
    for i, j, mirrored in _candidates(features):
        if (i, j) not in pairs:
            other = features[j].mirrored() if mirrored else features[j]
            if count_agreeing(features[i], other) >= AGREEING:
                pairs.add((i, j))
    return sorted(pairs)


def group(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Connected groups of at least two of `count` photos, each in order, the groups by their first members."""
    parent = list(range(count))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for i, j in pairs:
        first, second = sorted((root(i), root(j)))
        parent[second] = first
    members: dict[int, list[int]] = defaultdict(list)
    for n in range(count):
        members[root(n)].append(n)
    return [group for group in members.values() if len(group) > 1]


def best_of(members: Sequence[str], sizes: Mapping[str, tuple[int, int]]) -> str:
    """The member of a group that is worth keeping: the largest, but no square where others are none.

    Squares are what collections squash their photos to.
    """
    squares = {name for name in members if sizes[name][0] == sizes[name][1]}
    kept = [name for name in members if name not in squares] or list(members)
    return max(kept, key=lambda name: (sizes[name][0] * sizes[name][1], name))


def _pairs_by_hash(hashes: Sequence[Hashes]) -> list[tuple[int, int]]:
    if not hashes:
        return []
    upright = np.stack([each.upright for each in hashes])
    mirrored = np.stack([each.mirrored for each in hashes])
    found = []
    for start in range(0, len(hashes), _BLOCK):
        block = upright[start : start + _BLOCK]
        near = np.minimum(distances(block, upright), distances(block, mirrored)) <= NEAR
        found += [(start + int(i), int(j)) for i, j in zip(*np.nonzero(near)) if start + i < j]
    return found


def _candidates(features: Sequence[LocalFeatures]) -> list[tuple[int, int, bool]]:
    """(i, j, mirrored) of photos that share some features, found by nearest neighbours of descriptors."""
    owners = np.concatenate([np.full(len(each.points), n) for n, each in enumerate(features)] or [np.zeros(0, int)])
    if len(owners) <= _NEIGHBOURS:
        return []
    everything = np.concatenate([each.descriptors for each in features]).astype(np.float32)
    cv2.setRNGSeed(0)  # the trees are drawn at random
    index = cv2.flann.Index(everything, {"algorithm": 1, "trees": _TREES})
    votes: Counter[tuple[int, int, bool]] = Counter()
    for n, each in enumerate(features):
        if not len(each.points):
            continue
        for mirrored in (False, True):
            asked = (each.mirrored() if mirrored else each).descriptors.astype(np.float32)
            found, squared = index.knnSearch(asked, _NEIGHBOURS, params={"checks": _CHECKS})
            near = owners[found]
            near[(squared > _NEAR_DESCRIPTOR**2) | (near == n)] = -1
            for other, count in zip(*np.unique(near, return_counts=True)):
                if other >= 0:
                    votes[min(n, int(other)), max(n, int(other)), mirrored] += int(count)
    return [key for key, count in votes.items() if count >= _LEAST_VOTES]
