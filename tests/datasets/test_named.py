"""Sets by name: every published set in every place it has, stand-ins, and what is said of what is missing."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets import named
from datasets.catalogue import CATALOGUE, CuratedSet, PairedSet, StandIn
from datasets.errors import DatasetError
from datasets.layouts import LAYOUTS
from datasets.named import data_root, find_entry, open_set
from datasets.pairs import PairedFolder
from datasets.rain import RECIPES
from datasets.rain.rendered_pairs import RenderedPairs

NAMES = {
    "rain100": ("rainy/rain-{:03}.png", "norain-{:03}.png"),
    "rain100-later": ("rain/X2/norain-{:03}x2.png", "norain/norain-{:03}.png"),
    "raintrain": ("rain-{}.png", "norain-{}.png"),
    "mspfn": ("inputcrop/{}.png", "cleancrop/{}.png"),
    "rain12": ("input/{:03}_in.png", "groundtruth/{:03}_GT.png"),
    "nturain": ("rain/{:05}.jpg", "clean/{:05}.jpg"),
    "rain13k": ("input/{}.png", "target/{}.png"),
    "rain1400-train": ("rainy_image/{}_{}.jpg", "ground_truth/{}.jpg"),
    "rain1400-test": ("rainy_image/{}_{}.jpg", "ground_truth/{}.jpg"),
    "rain800": ("{}.jpg", "{}.jpg"),
    "rain-layers": ("rain/{}.webp", "clean/{}.webp"),
}
"""Rainy and clean file names by layout, as published; held apart from the patterns that are tested."""


def touch(folder: Path, name: str) -> None:
    """An empty file: finding, counting and pairing look at names alone."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def write_scene(folder: Path, layout: str, scene: int) -> None:
    rainy, clean = NAMES[layout]
    touch(folder, clean.format(scene))
    for rain in range(1, 15 if layout.startswith("rain1400") else 2):
        touch(folder, rainy.format(scene, rain))


def write_set(entry: PairedSet, folder: Path, place: int = 0, count: int | None = None) -> None:
    inner, layout = entry.places[place]
    rainy_per_clean = LAYOUTS[layout].rainy_per_clean if layout in LAYOUTS else 1
    scenes = (count or entry.counts[0][0]) // (rainy_per_clean or 1) + len(entry.left_out)
    for scene in range(entry.first, entry.first + scenes):
        write_scene(folder / inner, layout, scene)
    if layout == "rain-layers":
        index = {str(scene): f"clean/{scene}.webp" for scene in range(entry.first, entry.first + scenes)}
        (folder / inner / "index.json").write_text(json.dumps(index), encoding="utf-8")


PAIRED = [entry for entry in CATALOGUE.values() if isinstance(entry, PairedSet)]


@pytest.mark.parametrize(
    ("entry", "place"),
    [(entry, place) for entry in PAIRED if entry.counts[0][0] <= 1400 for place in range(len(entry.places))],
    ids=lambda value: getattr(value, "name", value),
)
def test_every_set_in_every_place_it_has(tmp_path: Path, entry: PairedSet, place: int) -> None:
    write_set(entry, tmp_path / "sets" / entry.folders[-1].upper(), place)
    found = open_set(entry.name.lower(), tmp_path)
    assert isinstance(found.photos, PairedFolder) and found.whole
    assert len(found.photos) == entry.counts[0][0]
    inner, layout = entry.places[place]
    assert found.photos.layout.name == layout
    assert found.folder == tmp_path / "sets" / entry.folders[-1].upper() / inner
    assert (
        found.sentence == f"{entry.name}: {len(found.photos)} pairs in {found.folder} (layout {layout}), all of them."
    )


def test_the_large_sets_are_counted_too(tmp_path: Path) -> None:
    """Rain1400's two halves in one folder, told apart by their numbers; the counts are those of the papers."""
    counts = {entry.name: entry.counts[0][0] for entry in PAIRED}
    published = {"RainTrainH": 1800, "Rain1400-train": 12600, "Rain13K": 13712, "Test2800": 2800, "Rain1400": 1400}
    assert {name: counts[name] for name in published} == published
    for scene in (1, 2, 900, 901, 1000):
        write_scene(tmp_path / "Rain1400", "rain1400-train", scene)
    training = open_set("Rain1400-train", tmp_path)
    assert [pair.name for pair in training.photos.pairs][::14] == ["1_1", "2_1", "900_1"]  # type: ignore[union-attr]
    assert "42 of 12600 pairs" in training.sentence and "12558 are missing, such as 3, 4, 5." in training.sentence
    with pytest.raises(DatasetError, match=r"28 of 1400 pairs .* 1372 are missing, such as 902, 903, 904\.$"):
        open_set("Rain1400", tmp_path)


def test_the_strict_copy_of_the_heavy_training_set(tmp_path: Path) -> None:
    for scene in range(1, 1255):
        write_scene(tmp_path / "RainTrainH", "raintrain", scene)
    found = open_set("RainTrainH", tmp_path)
    assert found.sentence.endswith("(layout raintrain), the strict copy without the test scenes.")


def test_a_training_set_may_be_a_part_and_a_test_set_may_not(tmp_path: Path) -> None:
    for name in ("RainTrainL", "Rain12"):
        entry = CATALOGUE[name]
        assert isinstance(entry, PairedSet)
        write_set(entry, tmp_path / name, count=entry.counts[0][0] - 2)
    found = open_set("RainTrainL", tmp_path)
    assert len(found.photos) == 198 and not found.whole
    assert found.sentence.endswith(
        f"198 of 200 pairs in {found.folder} (layout raintrain); 2 are missing, such as 199, 200."
    )
    with pytest.raises(DatasetError, match=r"Rain12: 10 of 12 pairs .*; 2 are missing, such as 11, 12\.$"):
        open_set("Rain12", tmp_path)
    for scene in (11, 12, 13):
        write_scene(tmp_path / "Rain12", "rain100", scene)
    with pytest.raises(DatasetError, match=r"Rain12: 13 pairs .*, 1 more than the 12 that it has\.$"):
        open_set("Rain12", tmp_path)


def test_a_photo_without_its_partner_is_named(tmp_path: Path) -> None:
    entry = CATALOGUE["Rain12"]
    assert isinstance(entry, PairedSet)
    write_set(entry, tmp_path / "Rain12")
    (tmp_path / "Rain12/rainy/rain-007.png").unlink()
    with pytest.raises(DatasetError, match=r"norain-007\.png has no rainy photo like rainy/rain-\{\}"):
        open_set("Rain12", tmp_path)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("norain-001.png", r"0 rainy photos and 1 clean photo: none like rainy/rain-\{\}"),
        ("rainy/rain-001.png", r"1 rainy photo and 0 clean photos: none like norain-\{\}"),
    ],
)
def test_one_half_alone_is_said(tmp_path: Path, name: str, sentence: str) -> None:
    touch(tmp_path / "Rain12", name)
    with pytest.raises(DatasetError, match=sentence):
        open_set("Rain12", tmp_path)


def test_a_folder_of_the_name_with_something_else_in_it(tmp_path: Path) -> None:
    touch(tmp_path / "Rain800", "holiday.jpg")
    with pytest.raises(
        DatasetError, match=r"Rain800 is missing: .*Rain800 holds none of its 100 pairs; tried test_syn/ \(layo"
    ):
        open_set("Rain800", tmp_path)


def test_what_lies_less_deep_goes_first_and_a_folder_that_does_not_fit_is_passed_over(tmp_path: Path) -> None:
    entry = CATALOGUE["Rain12"]
    assert isinstance(entry, PairedSet)
    (tmp_path / "Rain12").mkdir()
    write_set(entry, tmp_path / "a/b/rain12", place=1)
    assert open_set("Rain12", tmp_path).folder == tmp_path / "a/b/rain12"
    write_set(entry, tmp_path / "c/Rain12", count=11)
    write_set(entry, tmp_path / "d/Rain12")
    (tmp_path / "d/Rain12/norain-001.png").unlink()
    assert open_set("Rain12", tmp_path).folder == tmp_path / "a/b/rain12", "the whole one, though it lies deeper"
    write_set(entry, tmp_path / "z/Rain12")
    assert open_set("Rain12", tmp_path).folder == tmp_path / "z/Rain12"
    assert open_set("Rain12", tmp_path / "z/Rain12").folder == tmp_path / "z/Rain12", "the root may be the set"


def test_hidden_folders_links_and_great_depths_are_not_searched(tmp_path: Path) -> None:
    entry = CATALOGUE["Rain12"]
    assert isinstance(entry, PairedSet)
    root = tmp_path / "root"
    root.mkdir()
    write_set(entry, root / ".hidden/Rain12")
    write_set(entry, root / "1/2/3/Rain12")
    write_set(entry, tmp_path / "outside/Rain12")
    os.symlink(tmp_path / "outside", root / "linked")
    with pytest.raises(DatasetError, match=r"Rain12 is missing: there is no folder named Rain12 in .*root\.$"):
        open_set("Rain12", root)


def test_real_rain(tmp_path: Path) -> None:
    folder = tmp_path / "real/SIRR-Data"
    folder.mkdir(parents=True)
    for number in (1, 2):
        Image.new("RGB", (6, 4), (number, 0, 0)).save(folder / f"{number}.png")
    found = open_set("SIRR-Data", tmp_path)
    assert not found.whole
    assert found.sentence == f"SIRR-Data: 2 of 147 real photos in {folder}, 145 of them are missing."
    name, pixels = found.photos[1]  # type: ignore[misc]
    assert (name, pixels.shape, pixels[0, 0, 0]) == ("2", (4, 6, 3), 2)
    for number in range(3, 149):
        touch(folder, f"{number}.jpg")
    assert open_set("sirr-data", tmp_path).sentence.endswith(
        f"148 real photos in {folder}, 1 more than the 147 that it has."
    )


def test_crops_that_a_curator_exported(tmp_path: Path) -> None:
    for name in ("train/a-1.png", "train/a-2.png", "test/b-1.png"):
        path = tmp_path / "sets/real200" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (6, 4), (7, 0, 0)).save(path)
        with open(path.parent / "metadata.jsonl", "a") as stream:
            stream.write(json.dumps({"file_name": path.name}) + "\n")
    found = open_set("Real200", tmp_path)
    assert found.sentence == f"Real200: 3 crops of real photos in {tmp_path}/sets/real200."
    name, pixels = found.photos[0]  # type: ignore[misc]
    assert (name, pixels.shape, pixels[0, 0, 0]) == ("test/b-1", (4, 6, 3), 7)
    (tmp_path / "sets/real200/train/a-2.png").unlink()
    with pytest.raises(DatasetError, match=r"a-2\.png is missing, though .*metadata\.jsonl names it"):
        open_set("Real200", tmp_path)


def test_curated_crops_of_several_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = (("one.jsonl", ("First", "1st")), ("two.jsonl", ("Second",)))
    monkeypatch.setitem(CATALOGUE, "Both", CuratedSet("Both", "two choices", parts, 3))
    monkeypatch.setattr("datasets.named.MANIFESTS", tmp_path / "manifests")
    (tmp_path / "manifests").mkdir()
    data = tmp_path / "data"
    chosen = ("one", "a/1st", [[0, 0, 3, 4]]), ("two", "b/second", [[1, 0, 2, 2], [0, 1, 6, 3]])
    for manifest, folder, crops in chosen:
        file = data / folder / "photo.png"
        file.parent.mkdir(parents=True)
        Image.new("RGB", (6, 4), (len(crops), 0, 0)).save(file)
        line = {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "verdict": "accept", "crops": crops}
        (tmp_path / f"manifests/{manifest}.jsonl").write_text(json.dumps(line))
    (data / "First").mkdir()  # nothing of it: the next folder of a name is taken
    found = open_set("Both", data)
    assert found.whole and found.sentence == (
        f"Both: 3 crops of real photos in {data}/a/1st and {data}/b/second, all of them."
    )
    assert [(name, pixels.shape) for name, pixels in found.photos] == [  # type: ignore[misc]
        ("photo-0-0-3x4", (4, 3, 3)),
        ("photo-1-0-2x2", (2, 2, 3)),
        ("photo-0-1-6x3", (3, 6, 3)),
    ]
    (data / "b/second/photo.png").unlink()
    with pytest.raises(DatasetError, match=r"Both is missing: .*second lacks 1 of the 1 originals"):
        open_set("Both", data)
    (data / "b/second").rmdir()
    with pytest.raises(DatasetError, match=r"Both is missing: there is no folder named Second in "):
        open_set("Both", data)


@pytest.fixture
def backgrounds(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for place, count in (("train/clean", 5), ("train/streaks", 2)):
        (tmp_path / place).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 120, (20, 30, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / place / f"{number}.png")
    return tmp_path


@pytest.mark.parametrize(
    "entry", [entry for entry in CATALOGUE.values() if isinstance(entry, StandIn)], ids=lambda e: e.name
)
def test_stand_ins_are_rendered_the_same_every_time(backgrounds: Path, entry: StandIn) -> None:
    assert entry.recipe in RECIPES
    stood_for = CATALOGUE[entry.stands_for]
    assert isinstance(stood_for, PairedSet) and stood_for.counts[0][0] == entry.count
    found, again = open_set(entry.name, backgrounds), open_set(entry.name, backgrounds / "train")
    assert len(found.photos) == entry.count
    for part in (
        f"{entry.count} pairs to be rendered from the 5 photos",
        "2 streak images",
        f"it stands for {entry.stands_for}",
    ):
        assert part in found.sentence
    for index in (0, 6, entry.count - 1):
        (name, rainy, clean), (_, same, _) = found.photos[index], again.photos[index]  # type: ignore[misc]
        assert name == f"{entry.recipe}-{index + 1:04}"
        assert rainy.dtype == clean.dtype == np.uint8 and rainy.shape == clean.shape == (20, 30, 3)
        assert np.array_equal(rainy, same)
        assert (rainy.astype(int) - clean).mean() > 0
    first, sixth = found.photos[0], found.photos[5]
    assert np.array_equal(first[-1], sixth[-1]) and not np.array_equal(first[1], sixth[1]), "another rain each time"
    with pytest.raises(IndexError):
        found.photos[entry.count]


def test_fewer_pairs_than_photos_take_photos_evenly(backgrounds: Path) -> None:
    found = open_set("Rain100L-standin", backgrounds).photos
    assert isinstance(found, RenderedPairs)
    few = RenderedPairs(found.clean, found.streaks, "light", 2)
    assert np.array_equal(few[0].clean, found.clean[0][1])
    assert np.array_equal(few[1].clean, found.clean[2][1])


def test_a_stand_in_without_backgrounds(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Rain100L-standin is missing: .* has no folders clean and streaks"):
        open_set("Rain100L-standin", tmp_path)


def test_the_data_root_is_given_or_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(named.DATA_ROOT_VARIABLE, raising=False)
    with pytest.raises(DatasetError, match=r"by --data-root or the environment variable DERAIN_DATA\.$"):
        open_set("Rain12")
    monkeypatch.setenv("DERAIN_DATA", str(tmp_path / "absent"))
    with pytest.raises(DatasetError, match=r"There is no data root .*absent\.$"):
        open_set("Rain12")
    monkeypatch.setenv("DERAIN_DATA", str(tmp_path))
    assert data_root() == tmp_path
    assert data_root(tmp_path.parent) == tmp_path.parent, "what is given goes first"
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match=r"file is not a folder\.$"):
        data_root(tmp_path / "file")


def test_unknown_names(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no data set named 'Rain99'; there are Rain100L, Rain100H, "):
        open_set("Rain99", tmp_path)
    assert find_entry("rain99") is None
    assert find_entry("rAIN100l") is CATALOGUE["Rain100L"]


def test_the_sets_beside_the_repository(shared: Path) -> None:
    for name, folder, count in (
        ("Rain100L", "test/Rain100L", 100),
        ("Rain100H", "test/Rain100H", 100),
        ("NTURain-a1", "test/NTURain-a1", 16),
        ("Rain800-train", "train/rain800", 351),
        ("SIRR-Data", "train/real/SIRR-Data", 147),
        ("Rain100L-standin", "train/clean", 200),
    ):
        found = open_set(name, shared / "data")
        assert (found.folder, len(found.photos)) == (shared / "data" / folder, count)
    crops = open_set("RealRain", shared / "data").photos
    assert len(crops) == CATALOGUE["RealRain"].count == 184  # type: ignore[union-attr]
    rainy, clean = (open_set("Rain100L", shared / "data").photos[0][index] for index in (1, 2))
    assert rainy.mean() > clean.mean()
