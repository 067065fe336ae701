"""The curated sets that are shipped as decisions: whole, consistent, and readable over the originals."""

import json
from collections import Counter
from pathlib import Path

import pytest

from datasets.real200 import open_manifest


@pytest.fixture(scope="module")
def manifests(repository: Path) -> Path:
    return repository / "datasets/manifests"


@pytest.mark.parametrize(
    ("name", "files", "photos", "accepted", "duplicates", "redundant"),
    [("sirr-data", 147, 147, 74, 48, 48), ("real-more", 155, 152, 103, 6, 8)],
)
def test_every_photo_has_a_decision_and_a_group(
    manifests: Path, name: str, files: int, photos: int, accepted: int, duplicates: int, redundant: int
):
    """Files that are the same byte for byte are one photo, with one decision."""
    lines = _lines(manifests / f"{name}.jsonl")
    groups = json.loads((manifests / f"{name}-groups.json").read_text())
    assert {line["name"] for line in lines} <= set(groups) and len(groups) == files
    assert len(lines) == len({line["sha256"] for line in lines}) == photos
    kept = [line for line in lines if line["verdict"] == "accept"]
    assert len(kept) == accepted
    assert max(Counter(groups[line["name"]] for line in kept).values()) == 1
    assert len([line for line in lines if "duplicate" in line["reasons"]]) == duplicates
    assert files - len(set(groups.values())) == redundant
    for line in lines:
        assert bool(line["crops"]) == (line["verdict"] == "accept") != bool(line["reasons"])
        for x, y, w, h in line["crops"]:
            assert min(x, y) >= 0 and min(w, h) >= 128 and x + w <= line["width"] and y + h <= line["height"]


@pytest.mark.parametrize(("name", "photos"), [("sirr-data", 40), ("real-more", 25)])
def test_photos_are_held_out_by_whole_groups(manifests: Path, name: str, photos: int):
    held = _names(manifests / f"{name}-held-out.txt")
    groups = json.loads((manifests / f"{name}-groups.json").read_text())
    assert len(held) == photos and held <= set(groups)
    chosen = {groups[photo] for photo in held}
    assert held == {photo for photo, group in groups.items() if group in chosen}


def test_copies_of_held_out_photos_of_the_other_set_are_held_out_as_well(manifests: Path):
    more, sirr = (_names(manifests / f"{name}-held-out.txt") for name in ("real-more", "sirr-data"))
    for photo, original in (("r55.jpg", "44.jpg"), ("r258.jpg", "136.jpg")):
        assert photo in more and original in sirr
    by_name = {line["name"]: line for line in _lines(manifests / "real-more.jsonl")}
    assert by_name["r242.jpg"]["reasons"] == ["duplicate"] and "143.jpg" in by_name["r242.jpg"]["note"]


def _lines(manifest: Path) -> list[dict]:
    return [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]


def _names(held_out: Path) -> set[str]:
    return {line for line in held_out.read_text().splitlines() if not line.startswith("#")}


@pytest.mark.parametrize(
    ("name", "folder", "crops", "first", "shape"),
    [
        ("sirr-data", "SIRR-Data", 81, "1-0-57-492x195", (195, 492, 3)),
        ("real-more", "more", 103, "r2-0-0-1024x640", (640, 1024, 3)),
    ],
)
def test_the_loader_reads_it_over_the_originals(
    manifests: Path, shared: Path, name: str, folder: str, crops: int, first: str, shape: tuple[int, int, int]
):
    read = open_manifest(manifests / f"{name}.jsonl", shared / "data/train/real" / folder)
    assert len(read) == crops
    label, pixels = read[0]
    assert label == first and pixels.shape == shape
