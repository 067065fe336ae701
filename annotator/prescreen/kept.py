"""What is kept of a measured photo beside the originals, under `prescreen/`: local features, and maps of its rain."""

import io
from pathlib import Path

import numpy as np

from annotator.errors import AnnotatorError
from annotator.prescreen.local_features import LocalFeatures
from core.images.atomic import write_atomically


def keep(folder: Path, sha256: str, features: LocalFeatures, maps: np.ndarray | None) -> None:
    """Keeps what was found of a photo (AnnotatorError where nothing can be written).

    Args:
        folder: the project's.
        sha256: of the original.
        features: what near-duplicates are found by.
        maps: what crops are proposed by; None where they are not known.
    """
    content = io.BytesIO()
    found = {"points": features.points, "descriptors": features.descriptors, "size": np.array(features.size)}
    if maps is not None:
        found["maps"] = maps.astype(np.float16)
    np.savez(content, allow_pickle=False, **found)
    path = _path(folder, sha256)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnnotatorError(f"{path.parent} cannot be made: {(error.strerror or str(error)).lower()}.") from error
    write_atomically(path, content.getvalue())


def kept_features(folder: Path, sha256: str) -> LocalFeatures | None:
    """The features of a photo; None where they are lost."""
    try:
        with np.load(_path(folder, sha256), allow_pickle=False) as kept:
            width, height = (int(length) for length in kept["size"])
            return LocalFeatures(kept["points"], kept["descriptors"], (width, height))
    except (OSError, ValueError, KeyError):
        return None


def kept_maps(folder: Path, sha256: str) -> np.ndarray | None:
    """The maps of a photo, (len(MAPS), rows, columns) float32 (annotator.prescreen.measures); None where lost."""
    try:
        with np.load(_path(folder, sha256), allow_pickle=False) as kept:
            return np.asarray(kept["maps"], np.float32)
    except (OSError, ValueError, KeyError):
        return None


def _path(folder: Path, sha256: str) -> Path:
    return folder / "prescreen" / sha256[:2] / f"{sha256}.npz"
