"""Keeps derained images while a comparison runs, so that one that was stopped goes on: FOLDER/METHOD/NAME.png."""

import hashlib
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.errors import UserError
from core.images import ImageFileError
from core.images.atomic import write_atomically, write_text
from core.methods.method import Method
from datasets.reading import read_rgb

RECORD = "method.json"


class StoreError(UserError):
    """A folder of kept images belongs to other weights, or cannot be used; `str()` is one clear sentence."""


@dataclass
class Store:
    """One method's derained images in a folder, each with its seconds and the photo that it was made from."""

    folder: Path
    record: dict[str, Any] = field(default_factory=dict)

    def read(self, name: str, photo: np.ndarray) -> tuple[np.ndarray, float] | None:
        """The derained image of a photo and the seconds it took; None where it is not there, or of another photo."""
        entry = self.record["photos"].get(name)
        if entry is None or entry["photo_sha256"] != _digest(photo):
            return None
        try:
            pixels = read_rgb(self.folder / f"{name}.png")
        except ImageFileError:
            return None
        return (pixels, float(entry["seconds"])) if pixels.shape == photo.shape else None

    def write(self, name: str, photo: np.ndarray, derained: np.ndarray, seconds: float) -> None:
        """Keeps a derained image, then records it.

        Raises:
            core.images.ImageFileError: the folder cannot be written to.
        """
        path = self.folder / f"{name}.png"
        content = io.BytesIO()
        Image.fromarray(derained).save(content, "PNG", compress_level=1)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.getvalue())
        self.record["photos"][name] = {"photo_sha256": _digest(photo), "seconds": seconds}
        write_text(self.folder / RECORD, json.dumps(self.record, indent=1, ensure_ascii=False))


def open_store(folder: Path, method: Method) -> Store:
    """The store of a method that computes, made where it does not exist.

    Raises:
        StoreError: it was made with other weights or settings, or cannot be read.
    """
    below = folder / re.sub(r"[^\w.-]+", "-", method.key)
    made_by = {
        "method": method.label,
        "sha256": method.weights.sha256 if method.weights else None,
        "setting": method.needs.setting,
    }
    record: dict[str, Any] = {**made_by, "photos": {}}
    path = below / RECORD
    if path.exists():
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            found = {key: record[key] for key in made_by}
            known = isinstance(record["photos"], dict)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} cannot be read; delete {below} or keep the images elsewhere.") from error
        if found != made_by or not known:
            raise StoreError(f"{below} was made with other weights or settings; keep the images elsewhere.")
    elif below.exists():
        raise StoreError(f"{below} holds no {RECORD}, so it was not kept by a comparison; keep the images elsewhere.")
    try:
        below.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{below} cannot be made: {(error.strerror or str(error)).lower()}.") from error
    return Store(below, record)


def _digest(pixels: np.ndarray) -> str:
    return hashlib.sha256(pixels.tobytes()).hexdigest()
