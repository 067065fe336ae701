"""What a training's data settings name: data sets of the catalogue by their names, or folders below the data root."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from core.training.checks import ConfigError
from datasets.catalogue import CATALOGUE, CuratedSet, PairedSet, UnpairedSet
from datasets.dry import dry_names
from datasets.folders import name_of, open_photos
from datasets.named import FoundSet, open_set
from datasets.pairs import PairedFolder, PairedPhotos, open_pairs
from datasets.rain.rendered_pairs import RenderedPairs
from datasets.real200 import METADATA, RainCrop, Real200, open_manifest, open_real200


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


def read_background(where: str, root: Path) -> list[np.ndarray]:
    """More photos without rain, as `read_clean`; of a folder without those of the list of dry photos, as `read_dry`."""
    return read_clean(where, root) if where in CATALOGUE else read_dry(where, root)


def read_dry(where: str, root: Path) -> list[np.ndarray]:
    """Photos of a folder below the root, (H, W, 3) uint8, in memory, without those of the list of dry photos, which are
    measured on.

    Raises:
        ConfigError: none is left.
        DatasetError, ImageFileError: as `read_pairs`.
    """
    photos, kept_out = open_photos(root / where), dry_names()
    names = [f"{photos.folder.resolve().name}/{name}" for name in photos.photos]
    left = [photos[index][1] for index, name in enumerate(names) if name not in kept_out]
    if not left:
        raise ConfigError(f"Every photo of {where} is in the list of dry photos, which nothing is trained on.")
    return left


def open_real(where: str, manifest: str | None, root: Path) -> tuple[Sequence[RainCrop], list[Path]]:
    """Crops of real rainy photos, and the folders that their photos lie in.

    Args:
        where: a name of the catalogue, or a folder below the root of photos or exported by the annotator.
        manifest: curated choice of the crops; None for whole photos, or for what the set itself chooses.
        root: the data root.

    Raises:
        ConfigError: that set has pairs.
        DatasetError: it is not there, or does not fit the manifest.
    """
    entry = CATALOGUE.get(where)
    if isinstance(entry, CuratedSet) and manifest is None:
        photos = _named(where, root).photos
        assert isinstance(photos, Real200)
        return photos.crops, list(dict.fromkeys(crop.file.parent for crop in photos.crops))
    if entry is not None and not isinstance(entry, UnpairedSet):
        raise ConfigError(f"{where} is no set of single real photos, or one with a choice of its own.")
    folder = _named(where, root).folder if entry is not None else root / where
    if manifest is not None:
        return open_manifest(manifest, folder).crops, [folder]
    if any(folder.glob(METADATA)) or any(folder.glob(f"*/{METADATA}")):
        return open_real200(folder).crops, [folder]
    return [RainCrop(name_of(name), folder / name) for name in open_photos(folder).photos], [folder]


def refuse_test_sets(names: Iterable[str]) -> None:
    """Raises ConfigError where a name is that of one of the catalogue's test sets."""
    for where in names:
        entry = CATALOGUE.get(where)
        if isinstance(entry, PairedSet) and entry.use == "test":
            raise ConfigError(
                f"{where} is a test set, which nothing is trained on; a folder of that name is ./{where}."
            )


def _named(where: str, root: Path) -> FoundSet:
    refuse_test_sets([where])
    return open_set(where, root)
