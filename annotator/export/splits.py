"""Which split a duplicate group belongs to."""

import hashlib
import re
from collections.abc import Mapping

from annotator.errors import AnnotatorError

DEFAULT_SPLITS = {"train": 0.8, "validation": 0.1, "test": 0.1}


def check_splits(splits: Mapping[str, float]) -> None:
    """Raises AnnotatorError unless the splits have simple names and shares that sum to 1."""
    for name in splits:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name):
            raise AnnotatorError(f"A split's name has small letters, digits and _, not {name[:40]!r}.")
    if not splits or any(not 0 < share <= 1 for share in splits.values()) or abs(sum(splits.values()) - 1) > 1e-6:
        raise AnnotatorError("The splits' shares must be more than 0 and sum to 1.")


def split_of(group: str, splits: Mapping[str, float], seed: int) -> str:
    """The split of a group, drawn by the group's name and the seed alone; the shares hold on average."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    draw = int.from_bytes(digest[:8], "big") / 2**64
    for name, share in splits.items():
        draw -= share
        if draw < 0:
            return name
    return list(splits)[-1]
