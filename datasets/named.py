"""Opens data sets by name below a data root, and says in a sentence what was found and what is missing."""

import os
import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from pathlib import Path

from core.text import natural_key
from datasets.catalogue import CATALOGUE, CuratedSet, NamedSet, PairedSet, StandIn, UnpairedSet
from datasets.errors import DatasetError
from datasets.folders import PhotoFolder, list_photos, open_photos
from datasets.layouts import LAYOUTS, Layout
from datasets.pairs import Pair, PairedFolder, open_pairs
from datasets.rain.rendered_pairs import RenderedPairs
from datasets.rain_layers import RAIN_LAYERS, holds_layers, open_layers
from datasets.real200 import MANIFESTS, RainCrop, Real200, open_manifest, open_real200

DATA_ROOT_VARIABLE = "DERAIN_DATA"
DEPTH = 3
"""How many folders deep below the data root a set's folder may lie."""

MENTIONED = 3


@dataclass(frozen=True)
class FoundSet:
    """A set that was found.

    Attributes:
        entry: what the catalogue says of it.
        folder: where it lies.
        photos: a `PairedFolder` or `RenderedPairs`, `set[i] -> (name, rainy, clean)`, or real rain, a `PhotoFolder` or
            `Real200`, `set[i] -> (name, pixels)`; pictures are (H, W, 3) uint8 RGB.
        sentence: what was found, where, and what is missing.
        whole: whether it holds as many as a published copy.
    """

    entry: NamedSet
    folder: Path
    photos: PairedFolder | RenderedPairs | PhotoFolder | Real200
    sentence: str
    whole: bool


def data_root(given: str | Path | None = None) -> Path:
    """The folder that sets are looked for in: the one given, else that of the environment variable DERAIN_DATA.

    Raises:
        DatasetError: neither says one, or it is no folder.
    """
    named = given or os.environ.get(DATA_ROOT_VARIABLE)
    if not named:
        raise DatasetError(
            f"Say which folder the data sets are in, by --data-root or the environment variable {DATA_ROOT_VARIABLE}."
        )
    root = Path(named)
    if not root.is_dir():
        raise DatasetError(
            f"The data root {root} is not a folder." if root.exists() else f"There is no data root {root}."
        )
    return root


def open_set(name: str, root: str | Path | None = None) -> FoundSet:
    """Opens a set of `datasets.catalogue.CATALOGUE` and checks its pairs and how many there are. No photo is read yet.

    A training set may be a part of the published one: the sentence says so. A test set must be whole, as a figure over
    a part of it is another figure.

    Args:
        name: its name; capitals do not matter.
        root: the data root, see `data_root`. Below it the set's folder is looked for by its names, the ones that lie
            less deep first, then in the order of their paths; the first that holds the whole set in a layout of its is
            taken, else the first that holds a part.

    Raises:
        DatasetError: no such name, data root or folder; photos lack their partners; a test set is not whole.
    """
    entry = find_entry(name)
    if entry is None:
        raise DatasetError(f"There is no data set named {name!r}; there are {', '.join(CATALOGUE)}.")
    root = data_root(root)
    if isinstance(entry, StandIn):
        return _render(entry, root)
    if isinstance(entry, CuratedSet):
        return _open_curated(entry, root)
    folders = list(_folders_named(entry.folders, root))
    if not folders:
        raise DatasetError(f"{entry.name} is missing: there is no folder named {' or '.join(entry.folders)} in {root}.")
    return _open_paired(entry, folders) if isinstance(entry, PairedSet) else _open_unpaired(entry, folders)


def find_entry(name: str) -> NamedSet | None:
    """The catalogue's entry of that name, whatever its capitals; None where there is none."""
    by_name = {known.lower(): entry for known, entry in CATALOGUE.items()}
    return by_name.get(name.lower())


def _folders_named(names: Iterable[str], root: Path) -> Iterable[Path]:
    """Folders of these names, the root first, then level by level; neither links nor hidden folders are entered."""
    wanted = {name.lower() for name in names}
    level = [root]
    for depth in range(DEPTH + 1):
        yield from (folder for folder in level if (folder.resolve() if not depth else folder).name.lower() in wanted)
        below = []
        for folder in level if depth < DEPTH else ():
            try:
                with os.scandir(folder) as found:
                    below += [
                        folder / inner.name
                        for inner in found
                        if not inner.name.startswith(".") and inner.is_dir(follow_symlinks=False)
                    ]
            except PermissionError:
                continue
        level = sorted(below, key=lambda folder: natural_key(str(folder)))


def _open_paired(entry: PairedSet, folders: list[Path]) -> FoundSet:
    """The first whole copy; without one the first copy, where a part does; else what is wrong with the first."""
    parts: list[FoundSet] = []
    complaints: list[DatasetError] = []
    for folder in folders:
        for inner, layout in entry.places:
            try:
                pairs = _pairs_at(folder / inner, layout)
            except DatasetError as error:
                complaints.append(error)
                continue
            if pairs is None:
                continue
            found = _counted(entry, _without(pairs, entry.left_out))
            if found.whole:
                return found
            parts.append(found)
    if parts and entry.use != "test":
        return parts[0]
    if parts or complaints:
        raise DatasetError(parts[0].sentence) if parts else complaints[0]
    places = [f"{inner}/ (layout {layout})" if inner else f"it (layout {layout})" for inner, layout in entry.places]
    where = " and ".join(map(str, folders[:MENTIONED]))
    whole = entry.counts[0][0]
    raise DatasetError(f"{entry.name} is missing: {where} holds none of its {whole} pairs; tried {', '.join(places)}.")


def _pairs_at(place: Path, layout: str) -> PairedFolder | None:
    """The pairs of a layout at a place; None where it has no photo of that layout.

    Raises:
        DatasetError: it has some, and not all have their partners.
    """
    if layout == RAIN_LAYERS.name:
        return open_layers(place) if holds_layers(place) else None
    return open_pairs(place, layout) if place.is_dir() and _has_either(place, LAYOUTS[layout]) else None


def _without(pairs: PairedFolder, numbers: Set[int]) -> PairedFolder:
    return replace(pairs, pairs=tuple(pair for pair in pairs.pairs if _number(pair) not in numbers))


def _number(pair: Pair) -> int | None:
    """The first number in the rainy photo's name."""
    found = re.search(r"\d+", pair.rainy.stem)
    return int(found[0]) if found else None


def _has_either(folder: Path, layout: Layout) -> bool:
    """Whether the folder holds a rainy or a clean photo of the layout."""
    return any(
        layout.clean_expression.fullmatch(photo) or layout.rainy_expression.fullmatch(photo)
        for photo in list_photos(folder).photos
    )


def _counted(entry: PairedSet, pairs: PairedFolder) -> FoundSet:
    published, count = entry.counts[0][0], len(pairs)
    where = f"in {pairs.folder} (layout {pairs.layout.name})"
    for known, copy in entry.counts:
        if count == known:
            return FoundSet(
                entry, pairs.folder, pairs, f"{entry.name}: {count} pairs {where}, {copy or 'all of them'}.", True
            )
    if count > published:
        more = f"{count - published} more than the {published} that it has"
        return FoundSet(entry, pairs.folder, pairs, f"{entry.name}: {count} pairs {where}, {more}.", False)
    lacking = _missing_numbers(entry, pairs)
    such = f", such as {', '.join(map(str, lacking[:MENTIONED]))}" if lacking else ""
    missing = f"{published - count} are missing{such}"
    return FoundSet(
        entry, pairs.folder, pairs, f"{entry.name}: {count} of {published} pairs {where}; {missing}.", False
    )


def _missing_numbers(entry: PairedSet, pairs: PairedFolder) -> list[int]:
    """Numbers of the scenes that this copy lacks; none where its names tell nothing of them."""
    numbers = {_number(pair) for pair in pairs.pairs}
    if None in numbers:
        return []
    whole, rainy_per_clean = entry.counts[0][0], pairs.layout.rainy_per_clean or 1
    last = entry.first + whole // rainy_per_clean + len(entry.left_out)
    lacking = sorted(set(range(entry.first, last)) - numbers - entry.left_out)
    return lacking if len(lacking) * rainy_per_clean == whole - len(pairs) else []


def _open_unpaired(entry: UnpairedSet, folders: list[Path]) -> FoundSet:
    folder = folders[0]
    photos = open_real200(folder) if entry.exported else open_photos(folder)
    count, published = len(photos), entry.count
    if published is None:
        return FoundSet(entry, folder, photos, f"{entry.name}: {count} crops of real photos in {folder}.", True)
    of, note = "", "all of them"
    if count > published:
        note = f"{count - published} more than the {published} that it has"
    elif count < published:
        of, note = f" of {published}", f"{published - count} of them are missing"
    sentence = f"{entry.name}: {count}{of} real photos in {folder}, {note}."
    return FoundSet(entry, folder, photos, sentence, count == published)


def _open_curated(entry: CuratedSet, root: Path) -> FoundSet:
    """Each part from the first folder of its names that holds all its originals, found by their content."""
    crops: list[RainCrop] = []
    places: list[Path] = []
    for manifest, names in entry.parts:
        complaint = f"there is no folder named {' or '.join(names)} in {root}."
        for folder in _folders_named(names, root):
            try:
                crops += open_manifest(MANIFESTS / manifest, folder).crops
            except DatasetError as error:
                complaint = str(error)
                continue
            places.append(folder)
            break
        else:
            raise DatasetError(f"{entry.name} is missing: {complaint}")
    where = " and ".join(map(str, places))
    sentence = f"{entry.name}: {len(crops)} crops of real photos in {where}, all of them."
    return FoundSet(entry, root, Real200(tuple(crops)), sentence, True)


def _render(entry: StandIn, root: Path) -> FoundSet:
    places = [place for place in (root, root / "train") if (place / "clean").is_dir() and (place / "streaks").is_dir()]
    if not places:
        raise DatasetError(
            f"{entry.name} is missing: {root} has no folders clean and streaks, nor train/clean and train/streaks, "
            "to render it from."
        )
    clean, streaks = open_photos(places[0] / "clean"), open_photos(places[0] / "streaks")
    return FoundSet(
        entry,
        clean.folder,
        RenderedPairs(clean, streaks, entry.recipe, entry.count),
        f"{entry.name}: {entry.count} pairs to be rendered from the {len(clean)} photos in {clean.folder} and the "
        f"{len(streaks)} streak images in {streaks.folder} by the recipe {entry.recipe}; it stands for "
        f"{entry.stands_for} and is not that set.",
        True,
    )
