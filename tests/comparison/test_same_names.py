"""Photos of one name: never compared with each other's output, and told where nothing tells them apart."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.comparison.outputs import OutputError, open_outputs
from core.comparison.subjects import open_subjects
from datasets.errors import DatasetError


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(path)


def test_two_photos_share_no_output(tmp_path: Path) -> None:
    for name in (
        "set/a/1.png",
        "set/b/1.png",
        "outputs/Flat/1.png",
        "outputs/Nested/a/1.png",
        "outputs/Nested/b/1.png",
    ):
        write(tmp_path / name)
    names = [(subject.name,) for subject in open_subjects(tmp_path / "set", paired=False).subjects]
    flat, nested = open_outputs(tmp_path / "outputs")
    nested.check_complete(names)
    with pytest.raises(OutputError, match=r"1\.png would be the derained image of both a/1 and b/1: "):
        flat.check_complete(names)


def test_names_that_differ_by_suffix_alone(tmp_path: Path) -> None:
    for name in ("a.png", "a.jpg", "b.png"):
        write(tmp_path / name)
    with pytest.raises(DatasetError, match="holds more than one photo a: "):
        open_subjects(tmp_path, paired=False)
