"""The real rainy photos that a training works with, and those that it holds out."""

from pathlib import Path

import numpy as np

from core.text import natural_key
from core.training.checks import ConfigError
from core.training.config import RealConfig, listed
from core.training.sources import open_real
from datasets.folders import find_named, list_photos, read_names
from datasets.reading import read_rgb
from datasets.real200 import RainCrop


def load_photos(config: RealConfig, root: str | Path) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Real photos, or curated crops of them -> ((H, W, 3) uint8 each, those held out, whole, by name).

    A folder holds photos, of which a manifest may choose crops, or is an export of the annotator, whose crops are taken
    as they are.

    Raises:
        ConfigError: no photo is left to train on.
        DatasetError: the folder is missing or empty, lacks a photo to be held out, or the manifest does not fit it.
        core.images.ImageFileError: a photo cannot be read.
    """
    crops, files = _open_sources(config, Path(root))
    held_out = {
        files[name]: name
        for where in listed(config.held_out)
        for name in find_named(files, read_names(where), folder=", ".join(listed(config.photos)), where=where)
    }
    photos = [crop.read() for crop in crops if crop.file not in held_out]
    if not photos:
        raise ConfigError(f"{config.held_out} holds out every photo of {config.photos}.")
    held = {name: read_rgb(file) for file, name in sorted(held_out.items(), key=lambda item: natural_key(item[1]))}
    return photos, held


def _open_sources(config: RealConfig, root: Path) -> tuple[list[RainCrop], dict[str, Path]]:
    """The crops of every set of photos, and the files that their photos are chosen from, by name."""
    sets = listed(config.photos)
    crops: list[RainCrop] = []
    files: dict[str, Path] = {}
    for where, manifest in zip(sets, listed(config.manifest) or (None,) * len(sets)):
        found, folders = open_real(where, manifest, root)
        crops += found
        more = {name: folder / name for folder in folders for name in list_photos(folder).photos}
        if twice := sorted(files.keys() & more.keys()):
            raise ConfigError(f"{where} and another set of real photos both have {twice[0]}.")
        files |= more
    return crops, files
