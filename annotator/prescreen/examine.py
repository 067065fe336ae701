"""Everything that the pre-screening says about one photo, in one piece that can be sent between processes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotator.prescreen.hashes import Hashes, hash_photo
from annotator.prescreen.local_features import LocalFeatures, find_features
from annotator.prescreen.measures import measure
from annotator.prescreen.score import likelihood, priority, score_photo
from annotator.prescreen.suggestions import Proposal, propose_crops, shipped_crops
from annotator.prescreen.working_copy import working_copy
from annotator.rules import Rules
from core.images import read_photo
from core.methods import Method


@dataclass(frozen=True)
class Examined:
    """What is known of a photo.

    Attributes:
        values: measures and scores by name.
        flags: what speaks against it, as codes of reasons.
        proposals: crops, the best first.
        hashes, features: what near-duplicates are found by.
        maps: what crops are proposed by (annotator.prescreen.measures).
    """

    values: dict[str, float]
    flags: list[str]
    proposals: list[Proposal]
    hashes: Hashes
    features: LocalFeatures
    maps: np.ndarray

    @property
    def priority(self) -> float:
        """Place in the queue, before anything is learnt and near-duplicates are found."""
        return priority(likelihood(self.values), self.flags)


def examine(path: Path, method: Method, rules: Rules) -> Examined:
    """Reads and measures a photo.

    Args:
        path: the original.
        method: gives the rain mask and the derained image.
        rules: the project's, for the least sides of photos and crops.

    Raises:
        core.images.ImageFileError: it cannot be read.
        core.errors.UserError: the method cannot derain it, or gives no mask.
    """
    pixels = read_photo(path, name="The original").pixels
    height, width = pixels.shape[:2]
    found = measure(pixels, method.derain)
    scores, flags = score_photo(found.values, rules.min_side)
    proposals = propose_crops(found.maps, (width, height), rules.crop_min_side, shipped_crops())
    copy = working_copy(pixels)
    return Examined(found.values | scores, flags, proposals, hash_photo(copy), find_features(copy), found.maps)
