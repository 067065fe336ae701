"""The curated set that is shipped as decisions: whole, consistent, and readable over the originals."""

import json
from collections import Counter
from pathlib import Path

import pytest

from datasets.real200 import open_manifest


@pytest.fixture(scope="module")
def manifest(repository: Path) -> Path:
    return repository / "datasets/manifests/sirr-data.jsonl"


def test_every_photo_has_a_decision_and_a_group(manifest: Path):
    lines = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    groups = json.loads((manifest.parent / "sirr-data-groups.json").read_text())
    assert sorted(line["name"] for line in lines) == sorted(groups) and len(lines) == 147
    assert len({line["sha256"] for line in lines}) == 147
    accepted = [line for line in lines if line["verdict"] == "accept"]
    assert len(accepted) == 74
    assert max(Counter(groups[line["name"]] for line in accepted).values()) == 1
    copies = [line for line in lines if "duplicate" in line["reasons"]]
    assert len(copies) == 147 - len(set(groups.values())) == 48
    for line in lines:
        assert bool(line["crops"]) == (line["verdict"] == "accept") != bool(line["reasons"])
        for x, y, w, h in line["crops"]:
            assert min(x, y) >= 0 and min(w, h) >= 128 and x + w <= line["width"] and y + h <= line["height"]


def test_the_loader_reads_it_over_the_originals(manifest: Path, shared: Path):
    crops = open_manifest(manifest, shared / "data/train/real/SIRR-Data")
    assert len(crops) == 81
    name, pixels = crops[0]
    assert name == "1-0-57-492x195" and pixels.shape == (195, 492, 3)
