"""Photos and decisions for tests."""

import uuid
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from annotator.candidate import CandidateView, Crop
from annotator.project import Project
from annotator.usecases.decisions import Decision
from annotator.usecases.importing import import_photos

WIDTH, HEIGHT = 400, 300


def photo_arrays(count: int) -> list[np.ndarray]:
    """Random photos, (300, 400, 3) uint8, no two alike."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(count)]


def import_arrays(project: Project, folder: Path, arrays: list[np.ndarray]) -> None:
    """Writes photos as 1.png, 2.png … and imports them; pixels are RGB."""
    folder.mkdir()
    for number, pixels in enumerate(arrays, 1):
        cv2.imwrite(str(folder / f"{number}.png"), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    report = import_photos(project, folder)
    assert report.taken == len(arrays) and not report.refused


def accept(view: CandidateView, *crops: tuple[int, int, int, int], curator: str = "anna", **more: Any) -> Decision:
    """An acceptance of what the curator sees; one crop at the corner where none is given."""
    chosen = tuple(Crop(*crop) for crop in crops or [(0, 0, 200, 150)])
    return Decision(new_uuid(), view.id, curator, "accept", crops=chosen, base_version=view.version, **more)


def reject(view: CandidateView, *reasons: str, curator: str = "anna", **more: Any) -> Decision:
    """A rejection of what the curator sees, for snow where no reason is given."""
    given = reasons or ("snow",)
    return Decision(new_uuid(), view.id, curator, "reject", reasons=given, base_version=view.version, **more)


def skip(view: CandidateView, curator: str = "anna") -> Decision:
    """A skip of what the curator sees."""
    return Decision(new_uuid(), view.id, curator, "skip", base_version=view.version)


def new_uuid() -> str:
    return str(uuid.uuid4())
