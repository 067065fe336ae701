"""Real200-style sets: exports and manifests read to the pixel, and what is wrong with them told in one sentence."""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets.errors import DatasetError
from datasets.real200 import open_manifest, open_real200

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)


def write(path: Path, pixels: np.ndarray = PIXELS) -> str:
    """Writes a PNG and gives its sha256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), pixels[..., ::-1])
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lines(path: Path, *entries: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    return path


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    write(tmp_path / "train" / "a.png")
    write(tmp_path / "train" / "b.png", PIXELS[::-1])
    write(tmp_path / "test" / "c.png", PIXELS[:, ::-1])
    lines(tmp_path / "train" / "metadata.jsonl", {"file_name": "a.png", "x": 1}, {"file_name": "b.png"})
    lines(tmp_path / "test" / "metadata.jsonl", {"file_name": "c.png"})
    return tmp_path


def test_an_export(exported: Path) -> None:
    found = open_real200(exported)
    assert [name for name, _ in found] == ["test/c", "train/a", "train/b"] and len(found) == 3
    np.testing.assert_array_equal(found[1][1], PIXELS)
    assert [name for name, _ in open_real200(exported, "train")] == ["train/a", "train/b"]
    assert [name for name, _ in open_real200(exported / "test")] == ["c"]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"file_name": "../test/c.png"}, "names no file beside it"),
        ({"name": "a"}, "names no file"),
        ([], "not a JSON object"),
    ],
)
def test_a_broken_export(exported: Path, entry: object, sentence: str) -> None:
    lines(exported / "train" / "metadata.jsonl", entry)
    with pytest.raises(DatasetError, match=sentence):
        open_real200(exported)


def test_what_is_no_export(exported: Path) -> None:
    with pytest.raises(DatasetError, match="has no split 'val'; it has test, train"):
        open_real200(exported, "val")
    (exported / "train" / "a.png").unlink()
    with pytest.raises(DatasetError, match=r"a\.png is missing"):
        open_real200(exported)
    with pytest.raises(DatasetError, match="no folder"):
        open_real200(exported / "nothing")
    (exported / "empty").mkdir()
    with pytest.raises(DatasetError, match="no export"):
        open_real200(exported / "empty")


def test_a_manifest_finds_originals_by_content(tmp_path: Path) -> None:
    sha256 = write(tmp_path / "photos" / "deep" / "renamed.png")
    write(tmp_path / "photos" / "other.png", PIXELS[::-1])
    manifest = lines(
        tmp_path / "m.jsonl",
        {"sha256": sha256, "name": "first.png", "verdict": "accept", "crops": [[0, 0, 50, 40], [7, 5, 20, 30]]},
        {"sha256": "f" * 64, "verdict": "reject", "crops": []},
    )
    (first, whole), (second, part) = open_manifest(manifest, tmp_path / "photos")
    assert first != second
    np.testing.assert_array_equal(whole, PIXELS)
    np.testing.assert_array_equal(part, PIXELS[5:35, 7:27])


def test_a_broken_manifest(tmp_path: Path) -> None:
    sha256 = write(tmp_path / "photos" / "a.png")
    good = {"sha256": sha256, "name": "a.png", "verdict": "accept", "crops": [[0, 0, 10, 10]]}
    for entry, sentence in (
        ({**good, "sha256": "f" * 64}, "lacks 1 of the 1 originals, such as a.png"),
        ({**good, "crops": [[0, 0, 10]]}, "no crops in whole pixels"),
        ({**good, "crops": [[-1, 0, 10, 10]]}, "no crops in whole pixels"),
        ({**good, "crops": [[0, 0, 10.7, 10]]}, "no crops in whole pixels"),
        ({**good, "verdict": "reject"}, "accepts no photo"),
    ):
        with pytest.raises(DatasetError, match=sentence):
            open_manifest(lines(tmp_path / "m.jsonl", entry), tmp_path / "photos")
    found = open_manifest(lines(tmp_path / "m.jsonl", {**good, "crops": [[45, 0, 10, 10]]}), tmp_path / "photos")
    with pytest.raises(DatasetError, match="too few for its crop"):
        found[0]
