"""The peers' outputs for the demo's own examples, which come with the repository."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app import settings
from core.images import read_photo
from core.methods import Weights
from core.metrics import Scores

RECORD = "outputs.json"


@dataclass(frozen=True)
class StoredOutput:
    """One output: its file, a JPEG; the label and weights of the method that made it; and its figures by protocol.

    The figures are those of the output itself, not of the JPEG, against the clean photo with these pixels.
    """

    path: Path
    label: str
    weights: Weights
    clean_sha256: str
    scores: dict[str, Scores]

    def read(self) -> np.ndarray:
        """(H, W, 3) uint8."""
        return read_photo(self.path).pixels


@dataclass(frozen=True)
class StoredOutputs:
    """Outputs by method and by the SHA-256 of the rainy photo's pixels: they belong to these pixels and no others.

    `names` are those of the photos, for people.
    """

    by_photo: dict[tuple[str, str], StoredOutput] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def find(self, method: str, photo_sha256: str) -> StoredOutput | None:
        """The output of a method for the photo with these pixels (`subject.pixels_sha256`), if it came along."""
        return self.by_photo.get((method, photo_sha256))

    @property
    def methods(self) -> set[str]:
        """The methods that have outputs."""
        return {method for method, _ in self.by_photo}


def load_stored_outputs(folder: Path = settings.PEERS_OUTPUTS) -> StoredOutputs:
    """What lies in a folder that `app.compare.make_stored` has written; nothing where there is none."""
    if not (folder / RECORD).is_file():
        return StoredOutputs()
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    photos = record["photos"]
    return StoredOutputs(
        {
            (key, photos[photo]["pixels_sha256"]): StoredOutput(
                folder / key / output["file"],
                output["label"],
                Weights(output["weights"], output["sha256"]),
                photos[photo]["clean_sha256"],
                output["scores"],
            )
            for key, outputs in record["methods"].items()
            for photo, output in outputs.items()
        },
        frozenset(photos),
    )
