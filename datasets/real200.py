"""Real200-style sets: crops with real rain, as the annotator exports them, or as a manifest over originals."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from datasets.errors import DatasetError
from datasets.folders import list_photos, name_of
from datasets.reading import read_rgb

METADATA = "metadata.jsonl"

MANIFESTS = Path(__file__).parent / "manifests"
"""Curated choices that are shipped as decisions."""

Rectangle = tuple[int, int, int, int]
"""x, y, w, h in whole upright pixels."""


@dataclass(frozen=True)
class RainCrop:
    """Where a crop lies: a file, and the rectangle (x, y, w, h) in its upright pixels; None for all of it."""

    name: str
    file: Path
    rectangle: Rectangle | None = None

    def read(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB.

        Raises:
            DatasetError: the photo is smaller than its crop says.
            core.images.ImageFileError: the file cannot be read as a photo.
        """
        pixels = read_rgb(self.file)
        if self.rectangle is None:
            return pixels
        x, y, w, h = self.rectangle
        height, width = pixels.shape[:2]
        if x + w > width or y + h > height:
            raise DatasetError(f"{self.file} has {width}×{height} pixels, too few for its crop {w}×{h} at ({x}, {y}).")
        return np.ascontiguousarray(pixels[y : y + h, x : x + w])


@dataclass(frozen=True)
class Real200:
    """Crops of real rain: `len(set)`, `set[i] -> (name, pixels (H, W, 3) uint8 RGB)`, and iteration over the same."""

    crops: tuple[RainCrop, ...]

    def __len__(self) -> int:
        return len(self.crops)

    def __getitem__(self, index: int) -> tuple[str, np.ndarray]:
        crop = self.crops[index]
        return crop.name, crop.read()

    def __iter__(self) -> Iterator[tuple[str, np.ndarray]]:
        return (self[index] for index in range(len(self)))


def open_real200(folder: str | Path, split: str | None = None) -> Real200:
    """Opens an export: a Hugging Face image folder, `SPLIT/metadata.jsonl` with `file_name` beside the crops.

    Args:
        folder: the export, or one split's folder.
        split: "train" …; None for all there are, in the order of their names.

    Raises:
        DatasetError: no such folder or split, a broken metadata.jsonl, a crop that is missing.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DatasetError(f"{folder} is not a folder." if root.exists() else f"There is no folder {folder}.")
    if split is not None:
        files = [root / split / METADATA]
        if not files[0].is_file():
            there = sorted(path.parent.name for path in root.glob(f"*/{METADATA}"))
            raise DatasetError(f"{folder} has no split {split!r}; it has {', '.join(there) or 'none'}.")
    else:
        files = [root / METADATA] if (root / METADATA).is_file() else sorted(root.glob(f"*/{METADATA}"))
    crops = []
    for file in files:
        inside = file.parent.resolve()
        for number, entry in _entries(file):
            name = entry.get("file_name")
            path = file.parent / name if isinstance(name, str) else None
            if path is None or not path.resolve().is_relative_to(inside):
                raise DatasetError(f"Line {number} of {file} names no file beside it.")
            if not path.is_file():
                raise DatasetError(f"{path} is missing, though {file} names it.")
            crops.append(RainCrop(name_of(path.relative_to(root).as_posix()), path))
    if not crops:
        raise DatasetError(f"{folder} holds no {METADATA} with crops: it is no export of the annotator.")
    return Real200(tuple(crops))


def open_manifest(manifest: str | Path, photos: str | Path) -> Real200:
    """Opens a manifest over a folder of originals, which are found by their content, whatever they are called.

    Args:
        manifest: JSON lines with sha256, verdict and crops [[x, y, w, h], …]; those with verdict "accept" count.
        photos: the folder of the originals.

    Raises:
        DatasetError: the manifest is broken, or an original that it needs is not in the folder.
    """
    path = Path(manifest)
    wanted: list[tuple[str, str, tuple[Rectangle, ...]]] = []
    for number, entry in _entries(path):
        if entry.get("verdict") != "accept":
            continue
        try:
            wanted.append((str(entry["sha256"]), str(entry.get("name", "")), rectangles(entry["crops"])))
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"Line {number} of {manifest} has no crops in whole pixels.") from error
    if not wanted:
        raise DatasetError(f"{manifest} accepts no photo.")
    files = {_sha256(Path(photos) / name): Path(photos) / name for name in reversed(list_photos(photos).photos)}
    missing = [name or sha256 for sha256, name, _ in wanted if sha256 not in files]
    if missing:
        raise DatasetError(f"{photos} lacks {len(missing)} of the {len(wanted)} originals, such as {missing[0]}.")
    return Real200(
        tuple(
            RainCrop(f"{files[sha256].stem}-{x}-{y}-{w}x{h}", files[sha256], (x, y, w, h))
            for sha256, _, crops in wanted
            for x, y, w, h in crops
        )
    )


def rectangles(crops: Any) -> tuple[Rectangle, ...]:
    """The crops [[x, y, w, h], …] of a manifest's line.

    Raises:
        TypeError, ValueError: that is no list of rectangles in whole pixels, or a number is written as 10.0 or "10".
    """
    found = tuple((x, y, w, h) for x, y, w, h in crops)
    if any(type(value) is not int for crop in found for value in crop):
        raise TypeError
    if any(min(crop) < 0 or min(crop[2:]) < 1 for crop in found):
        raise ValueError
    return found


def _entries(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number, content) of the lines of a file of JSON lines."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")  # notes may hold other characters that end lines
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file} cannot be read as text.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise DatasetError(f"Line {number} of {file} is not JSON.") from error
        if not isinstance(entry, dict):
            raise DatasetError(f"Line {number} of {file} is not a JSON object.")
        yield number, entry


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
