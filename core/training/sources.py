"""What a training's data settings name: data sets of the catalogue by their names, or folders below the data root."""

from pathlib import Path

import numpy as np

from core.training.checks import ConfigError
from datasets.catalogue import CATALOGUE, PairedSet, UnpairedSet
from datasets.folders import open_photos
from datasets.named import FoundSet, open_set
from datasets.pairs import PairedFolder, PairedPhotos, open_pairs
from datasets.rain.rendered_pairs import RenderedPairs


def read_pairs(where: str, root: Path) -> list[PairedPhotos]:
    """The pairs of a set, in memory.

    Args:
        where: a name of the catalogue as it is written there, or a folder below the root.
        root: the data root.

    Raises:
        ConfigError: that set has no pairs, or is a test set.
        DatasetError: it is not there, or not whole.
        core.images.ImageFileError: a photo cannot be read.
    """
    photos = _named(where, root).photos if where in CATALOGUE else open_pairs(root / where)
    if not isinstance(photos, PairedFolder | RenderedPairs):
        raise ConfigError(f"{where} is a set of single photos, where pairs are asked for.")
    return [photos[index] for index in range(len(photos))]


def read_clean(where: str, root: Path) -> list[np.ndarray]:
    """Photos without rain, (H, W, 3) uint8, in memory: those of a folder, or a paired set's clean ones.

    Args and Raises: as `read_pairs`.
    """
    if where in CATALOGUE:
        return [pair.clean for pair in read_pairs(where, root)]
    photos = open_photos(root / where)
    return [photos[index][1] for index in range(len(photos))]


def real_folder(where: str, root: Path) -> Path:
    """The folder of a set of real rainy photos; `where` and `root` as in `read_pairs`.

    Raises:
        ConfigError: that set has pairs.
        DatasetError: it is not there.
    """
    if where not in CATALOGUE:
        return root / where
    if not isinstance(CATALOGUE[where], UnpairedSet):
        raise ConfigError(f"{where} is a set of pairs, where real rainy photos are asked for.")
    return _named(where, root).folder


def _named(where: str, root: Path) -> FoundSet:
    entry = CATALOGUE[where]
    if isinstance(entry, PairedSet) and entry.use == "test":
        raise ConfigError(f"{where} is a test set, which nothing is trained on; a folder of that name is ./{where}.")
    return open_set(where, root)
