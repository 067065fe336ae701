"""The listed photos without rain: found wherever their folders lie, and what is missing is told."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.training.patches import split
from datasets import dry
from datasets.errors import DatasetError
from datasets.folders import open_photos


@pytest.fixture()
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of two kinds, and a data root that holds its photos at two depths."""
    root = tmp_path / "data"
    for name in ("curation/fog/a.png", "clean/b.png", "clean/c.png", "elsewhere/deep/er/fog/a.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6), (len(name), 0, 0)).save(root / name)
    names = tmp_path / "list.json"
    names.write_text(json.dumps({"fog": ["fog/a.png"], "leaves": ["clean/c.png", "clean/b.png"]}))
    monkeypatch.setattr(dry, "LIST", names)
    return root


def test_photos_in_the_order_of_the_list(listed: Path) -> None:
    photos = dry.open_dry(listed)
    assert [(photo.kind, photo.name) for photo in photos] == [
        ("fog", "fog/a.png"),
        ("leaves", "clean/c.png"),
        ("leaves", "clean/b.png"),
    ]
    assert (photos[0].read() == np.array([len("curation/fog/a.png"), 0, 0])).all(), "what lies less deep goes first"


def test_what_is_missing_is_told(listed: Path) -> None:
    (listed / "clean/b.png").unlink()
    with pytest.raises(DatasetError, match=r"clean lacks b\.png, which the list of dry photos names"):
        dry.open_dry(listed)
    with pytest.raises(DatasetError, match=r"curation has no folder clean"):
        dry.open_dry(listed / "curation")


def test_the_list_names_photos_that_no_training_sees(shared: Path) -> None:
    """Backgrounds are among the 50 that every config holds out; the others lie in no training folder."""
    photos = dry.open_dry(shared / "data")
    held_out = {f"clean/{photo}" for photo in split(open_photos(shared / "data/train/clean").photos, 50)[1]}
    assert len(photos) == len({photo.name for photo in photos}) >= 40
    for photo in photos:
        assert photo.name in held_out or "curation" in photo.path.parts
