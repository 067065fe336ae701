"""A crop of an original as a PNG, without any loss, and what is known of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotator.candidate import CandidateView, Crop
from core.images import Photo, encode_photo

MEASUREMENTS = ("coverage", "direction", "density")
"""Those of the pre-screening that go with each crop."""


def write_crops(photo: Photo, view: CandidateView, group: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Cuts an accepted photo's crops into a folder, and gives what is known of each (OSError where that fails)."""
    assert view.decision is not None
    folder.mkdir(exist_ok=True)
    for number, crop in enumerate(view.decision.crops):
        content = encode_photo(cut(photo, crop), ".png", name=view.name)
        file = file_name(view.sha256, crop)
        (folder / file).write_bytes(content)
        yield {
            "file_name": file,
            "crop_sha256": hashlib.sha256(content).hexdigest(),
            "crop_number": number,
            "x": crop.x,
            "y": crop.y,
            "w": crop.w,
            "h": crop.h,
            "sha256": view.sha256,
            "original_width": view.width,
            "original_height": view.height,
            "group": group,
            "name": view.name,
            "url": view.source.url,
            "page": view.source.page,
            "author": view.source.author,
            "licence": view.source.licence,
            **{name: view.measurements.get(name) for name in MEASUREMENTS},
            "note": view.decision.note,
            "curator": view.decision.curator,
            "decision": view.decision.uuid,
            "decided_at": view.decision.decided_at.isoformat(),
        }


def cut(photo: Photo, crop: Crop) -> Photo:
    """The crop of an upright photo: its pixels as they are, 8 or 16 bits, with alpha and colour profile, without EXIF.

    EXIF stays behind: it may tell where and by whom a photo was taken.
    """
    rows, columns = slice(crop.y, crop.y + crop.h), slice(crop.x, crop.x + crop.w)
    alpha = None if photo.alpha is None else photo.alpha[rows, columns].copy()
    return replace(
        photo, pixels=photo.pixels[rows, columns].copy(), alpha=alpha, exif=None, format="PNG", lossless=True
    )


def file_name(sha256: str, crop: Crop) -> str:
    """A crop's file: the same crop of the same original has the same name in every export."""
    return f"{sha256[:16]}-{crop.x}-{crop.y}-{crop.w}x{crop.h}.png"
