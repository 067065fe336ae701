"""Pairs kept as grey rain layers over clean photos that lie elsewhere: x = min(255, y + R)."""

import json
from pathlib import Path

from datasets.errors import DatasetError
from datasets.folders import list_photos, name_of
from datasets.layouts import Layout
from datasets.pairs import Pair, PairedFolder

INDEX = "index.json"
"""Name of the file that says where each layer's clean photo lies, as {"1": "../clean/100007.jpg", …}."""

RAIN_LAYERS = Layout("rain-layers", "RainTrainL as grey layers over clean photos", "rain/{}.*", INDEX)


def holds_layers(folder: Path) -> bool:
    """Whether the folder has an index of layers."""
    return (folder / INDEX).is_file()


def open_layers(folder: str | Path) -> PairedFolder:
    """Pairs in the order of their numbers; each layer has an entry in the index, and each entry its layer and photo.

    Args:
        folder: holds `INDEX` and `rain/N.*`. Clean photos lie in it, or in a folder beside it.

    Raises:
        DatasetError: the index is broken, an entry lacks its layer or clean photo, or a layer its entry.
    """
    root = Path(folder)
    index = _read_index(root / INDEX)
    layers = {name_of(name): root / "rain" / name for name in list_photos(root / "rain").photos}
    if stray := sorted(layers.keys() ^ index.keys()):
        lacking = "the index has no entry for it" if stray[0] in layers else "its layer is missing"
        raise DatasetError(f"{root} holds {len(layers)} layers and {len(index)} entries: {stray[0]}, {lacking}.")
    pairs = []
    for number in sorted(index, key=int):
        clean = root / index[number]
        if not clean.resolve().is_relative_to(root.resolve().parent):
            raise DatasetError(f"{root / INDEX} names {index[number]}, which lies neither in the set nor beside it.")
        if not clean.is_file():
            raise DatasetError(f"{clean} is missing, though {root / INDEX} names it.")
        pairs.append(Pair(number, layers[number], clean, is_layer=True))
    return PairedFolder(root, RAIN_LAYERS, tuple(pairs))


def _read_index(path: Path) -> dict[str, str]:
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as JSON.") from error
    if not isinstance(index, dict) or not index or not all(isinstance(name, str) for name in index.values()):
        raise DatasetError(f"{path} should name a clean photo for each layer.")
    if odd := [number for number in index if not (number.isascii() and number.isdigit())]:
        raise DatasetError(f"{path} numbers a pair {odd[0]!r}, which is no number.")
    return index
