"""Exports: pixels exact, nothing lost, groups in one split; read back by our loader and by Hugging Face's library."""

import csv
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image as PillowImage
from PIL import ImageFont, ImageOps
from sqlalchemy import select

from annotator.candidate import Crop
from annotator.database.models import ExportItem
from annotator.errors import AnnotatorError
from annotator.export import pictures
from annotator.export.rejected import REJECTED
from annotator.export.splits import check_splits, split_of
from annotator.export.tables import write_both
from annotator.project import Project, open_project
from annotator.usecases.candidates import candidate_view
from annotator.usecases.decisions import decide, undo
from annotator.usecases.exporting import export
from annotator.usecases.importing import import_photos
from annotator.usecases.manifest import apply_manifest, write_manifest
from annotator.usecases.measuring import record_groups, record_measurements, unmeasured
from annotator.usecases.queue import Filters, next_candidate
from annotator.usecases.review import gallery
from datasets.real200 import open_manifest, open_real200
from tests.annotator.photos import accept, import_arrays, new_uuid, photo_arrays, reject

ALL = {"all": 1.0}


def test_500_random_crops_are_the_originals_pixels(local: Project, tmp_path: Path) -> None:
    """The reference is Pillow's decoder and exif_transpose: JPEG, PNG and WebP of every EXIF orientation."""
    rng = random.Random(7)
    noise = np.random.default_rng(7)
    folder = tmp_path / "photos"
    folder.mkdir()
    for orientation in range(1, 9):
        for kind in ("JPEG", "PNG", "WEBP"):
            width, height = rng.randrange(150, 230), rng.randrange(150, 230)
            pixels = cv2.resize(noise.integers(0, 256, (24, 24, 3), np.uint8), (width, height))
            exif = PillowImage.Exif()
            exif[0x0112] = orientation
            PillowImage.fromarray(pixels).save(folder / f"{orientation}.{kind.lower()}", kind, exif=exif)
    assert import_photos(local, folder).taken == 24
    expected: dict[str, np.ndarray] = {}
    left = 500
    candidates = gallery(local, Filters()).views
    for number, view in enumerate(candidates):
        upright = ImageOps.exif_transpose(PillowImage.open(folder / view.name)).convert("RGB")
        assert upright.size == (view.width, view.height)
        crops = set()
        while len(crops) < -(-left // (len(candidates) - number)):
            w, h = rng.randrange(128, view.width + 1), rng.randrange(128, view.height + 1)
            crops.add((rng.randrange(view.width - w + 1), rng.randrange(view.height - h + 1), w, h))
        left -= len(crops)
        decide(local, accept(view, *crops))
        for x, y, w, h in crops:
            expected[f"{view.sha256[:16]}-{x}-{y}-{w}x{h}.png"] = np.asarray(upright.crop((x, y, x + w, y + h)))
    assert len(expected) == 500
    export(local, tmp_path / "out", splits=ALL)
    for name, pixels in expected.items():
        np.testing.assert_array_equal(np.asarray(PillowImage.open(tmp_path / "out" / "all" / name)), pixels)
    assert len(list((tmp_path / "out" / "all").glob("*.png"))) == 500


def test_16_bits_alpha_and_profile_stay_and_exif_goes(local: Project, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    deep = np.random.default_rng(1).integers(0, 65536, (150, 160, 3), np.uint16)
    cv2.imwrite(str(folder / "1.png"), deep)
    clear = np.random.default_rng(2).integers(0, 256, (150, 160, 4), np.uint8)
    exif = PillowImage.Exif()
    exif[0x010E] = "secret place"
    profile = b"any profile" * 20
    PillowImage.fromarray(clear).save(folder / "2.png", exif=exif, icc_profile=profile)
    import_photos(local, folder)
    for number in (1, 2):
        decide(local, accept(candidate_view(local, number), (3, 5, 130, 140)))
    export(local, tmp_path / "out", splits=ALL)
    by_original = {entry["name"]: entry["file_name"] for entry in metadata(tmp_path / "out" / "all")}
    found = cv2.imread(str(tmp_path / "out" / "all" / by_original["1.png"]), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(found, deep[5:145, 3:133])
    picture = PillowImage.open(tmp_path / "out" / "all" / by_original["2.png"])
    np.testing.assert_array_equal(np.asarray(picture), clear[5:145, 3:133])
    assert picture.info["icc_profile"] == profile and not picture.getexif()


def metadata(folder: Path) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def decided(filled: Project) -> Project:
    """1 and 2 accepted (1 with two crops), 3 and 4 rejected, 5 undone, 6 pending; measured, one group."""
    for image, _ in unmeasured(filled, "1"):
        values = {"direction": 10.0 * image, "coverage": 5.0, "density": 100.0}
        record_measurements(filled, image, values, [], [], "1", 0.0)
    decide(filled, reject(candidate_view(filled, 1), note="first thought"))
    decide(
        filled,
        accept(candidate_view(filled, 1), (0, 0, 130, 131), (200, 100, 140, 150), note="a|b <script>雨</script>"),
    )
    decide(filled, accept(candidate_view(filled, 2), (1, 2, 133, 134), curator="bert"))
    decide(filled, reject(candidate_view(filled, 3), "spray", "mist", note='=cmd|"x",\n2'))
    decide(filled, reject(candidate_view(filled, 4), curator="bert"))
    decide(filled, reject(candidate_view(filled, 5)))
    undo(filled, new_uuid(), 5, "anna", 1)
    record_groups(filled, {candidate_view(filled, n).sha256: "g" for n in (1, 2)})
    return filled


def test_everything_is_in_the_export(decided: Project, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    report = export(decided, folder)
    assert (sum(report.splits.values()), report.photos, report.rejected, report.events) == (3, 2, 2, 7)
    assert report.ungrouped == 0
    (split,) = report.splits  # both photos are of one group
    entries = metadata(folder / split)
    view = candidate_view(decided, 1)
    first = [entry for entry in entries if entry["sha256"] == view.sha256]
    assert [(e["x"], e["y"], e["w"], e["h"]) for e in first] == [(0, 0, 130, 131), (200, 100, 140, 150)]
    assert first[0]["direction"] == 10.0 and first[0]["note"] == "a|b <script>雨</script>"
    assert len({entry["group"] for entry in entries}) == 1
    arrays = photo_arrays(2)
    for entry in entries:
        pixels = np.asarray(PillowImage.open(folder / split / entry["file_name"]))
        original = arrays[int(entry["name"][0]) - 1]
        x, y, w, h = (entry[key] for key in "xywh")
        np.testing.assert_array_equal(pixels, original[y : y + h, x : x + w])

    events = pq.read_table(folder / "events.parquet").to_pylist()
    assert [event["kind"] for event in events] == ["decide"] * 6 + ["undo"]
    assert events[1]["supersedes"] == events[0]["uuid"] and events[6]["supersedes"] == events[5]["uuid"]
    assert events[1]["crops"] == [{"x": 0, "y": 0, "w": 130, "h": 131}, {"x": 200, "y": 100, "w": 140, "h": 150}]
    assert events[3]["reasons"] == ["spray", "mist"] and events[3]["note"] == '=cmd|"x",\n2'
    rejected = pq.read_table(folder / "rejected.parquet").to_pylist()
    assert [(row["name"], row["reasons"]) for row in rejected] == [("3.png", ["spray", "mist"]), ("4.png", ["snow"])]
    with open(folder / "events.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["uuid"] for row in rows] == [event["uuid"] for event in events]
    assert json.loads(rows[1]["crops"]) == events[1]["crops"] and rows[3]["note"] == '\'=cmd|"x",\n2'
    assert len(pd.read_csv(folder / "rejected.csv")) == 2

    coco = json.loads((folder / "coco.json").read_text(encoding="utf-8"))
    assert len(coco["images"]) == 4 and len(coco["annotations"]) == 3
    names = {image["id"]: image["file_name"] for image in coco["images"]}
    assert {(names[a["image_id"]], *a["bbox"]) for a in coco["annotations"]} == {
        ("1.png", 0, 0, 130, 131),
        ("1.png", 200, 100, 140, 150),
        ("2.png", 1, 2, 133, 134),
    }
    with decided.read() as session:
        items = session.scalars(select(ExportItem).order_by(ExportItem.event_id, ExportItem.position)).all()
    assert [(item.event_id, item.position) for item in items] == [(2, 0), (2, 1), (3, 0)]
    assert {item.file for item in items} == {f"{split}/{entry['file_name']}" for entry in entries}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''@x", "＝1"])
def test_a_spreadsheet_runs_no_cell(text: str, tmp_path: Path) -> None:
    """A quote stands before it in the CSV, and without that one it is the text again; parquet has it as it is."""
    written = {"sha256": "0" * 64, "name": text, "author": "'tis", "licence": "a=1", "reasons": ["-"], "note": text}
    write_both(pa.Table.from_pylist([written], REJECTED), tmp_path / "table")
    with open(tmp_path / "table.csv", encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["name"], row["note"], row["author"], row["licence"]) == (f"'{text}", f"'{text}", "'tis", "a=1")
    assert row["reasons"] == '["-"]' and row["url"] == ""
    assert pq.read_table(tmp_path / "table.parquet").to_pylist()[0]["note"] == text


def test_the_card(decided: Project, tmp_path: Path) -> None:
    export(decided, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "3 crops of 2 photos" in card and "<script>" not in card
    for name in ("directions", "coverage", "density", "sizes", "reasons"):
        assert f"pictures/{name}.png" in card
        PillowImage.open(tmp_path / "out" / "pictures" / f"{name}.png").verify()


def test_the_card_shows_crops_and_every_letter_of_its_pictures(decided: Project, tmp_path: Path) -> None:
    """The contact sheet holds the crops; no title or unit has a sign that the font lacks."""
    from annotator.export import card

    export(decided, tmp_path / "out")
    sheet = np.asarray(PillowImage.open(tmp_path / "out" / "pictures" / "crops.jpg"))
    assert sheet.shape == (216, 632, 3) and "pictures/crops.jpg" in (tmp_path / "out" / "README.md").read_text()
    middles = [sheet[108, 108 + 208 * n].astype(int) for n in range(3)]
    assert all(middle.min() < 250 for middle in middles), "three crops, none of them white"
    source = Path(card.__file__).read_text(encoding="utf-8") + Path(pictures.__file__).read_text(encoding="utf-8")
    font = ImageFont.load_default(20)
    lacking = font.getmask("\uffff").getbbox(), bytes(font.getmask("\uffff"))
    signs = set("".join(re.findall(r"(?:rose|histogram|bars)\(.*", source))) | {"°"}
    for sign in signs - set(" \n"):
        assert (font.getmask(sign).getbbox(), bytes(font.getmask(sign))) != lacking, sign


@pytest.mark.parametrize(
    ("low", "high"), [(0.06156, 0.9), (131, 812), (128, 128), (-3, 17), (0, 0), (1e-5, 3e-5), (0.1, 0.1000001)]
)
def test_axes_have_round_numbers(low: float, high: float) -> None:
    found = pictures.ticks(low, high)
    assert found[0] <= low and found[-1] >= high and 2 <= len(found) <= 8
    steps = {round(b - a, 9) for a, b in itertools.pairwise(found)}
    (step,) = steps
    assert float(f"{step:.0e}") == step and f"{step:e}"[0] in "125"


def test_directions_fall_where_they_should(tmp_path: Path) -> None:
    """Rain whose upper ends lean right by 20° colours the rose up and to the right, nothing to the left."""
    from annotator.export.pictures import rose

    picture = np.asarray(rose([20.0, 22.0], "")).astype(int)
    filled = np.argwhere(picture[..., 2] - picture[..., 0] > 60).astype(float)
    row, column = filled.mean(0)
    angle = np.degrees(np.arctan2(column - picture.shape[1] / 2, picture.shape[0] - 50 - row))
    assert angle == pytest.approx(25, abs=1)  # the middle of the bar from 20° to 30°


def test_our_loader_reads_an_export_and_a_manifest_alike(decided: Project, tmp_path: Path) -> None:
    export(decided, tmp_path / "out")
    exported = dict(open_real200(tmp_path / "out"))
    assert len(exported) == 3 and all(a.dtype == np.uint8 and a.shape[2] == 3 for a in exported.values())
    assert write_manifest(decided, tmp_path / "manifest.jsonl") == 4
    originals = dict(open_manifest(tmp_path / "manifest.jsonl", tmp_path / "photos"))
    assert sorted(a.tobytes() for a in exported.values()) == sorted(a.tobytes() for a in originals.values())


def test_a_manifest_makes_the_same_project_again(decided: Project, tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    write_manifest(decided, path)
    assert "png" in path.read_text(encoding="utf-8") and path.stat().st_size < 2000
    again = open_project(tmp_path / "again")
    report = apply_manifest(again, path, tmp_path / "photos")
    assert (report.applied, report.known, report.refused) == (4, 0, ())
    for view in gallery(decided, Filters(states=("accepted", "rejected"))).views:
        (other,) = (v for v in gallery(again, Filters(states=())).views if v.sha256 == view.sha256)
        assert view.decision is not None and other.decision is not None
        for key in ("verdict", "reasons", "crops", "note"):
            assert getattr(other.decision, key) == getattr(view.decision, key)
    assert apply_manifest(again, path, tmp_path / "photos").known == 4
    write_manifest(again, tmp_path / "second.jsonl")
    assert sorted((tmp_path / "second.jsonl").read_text().splitlines()) == sorted(path.read_text().splitlines())
    decide(again, reject(next(iter(gallery(again, Filters(states=("accepted",))).views))))
    report = apply_manifest(again, path, tmp_path / "photos")
    assert report.known == 3 and "decided otherwise" in report.refused[0][1]
    again.close()


def test_a_note_with_any_line_end_comes_back(decided: Project, tmp_path: Path) -> None:
    """U+2028, U+0085 and their like end lines for Python, but not in JSON."""
    note = "first\u2028second\x85third\u2029\nfourth"
    view = candidate_view(decided, 1)
    decide(decided, accept(view, note=note))
    write_manifest(decided, tmp_path / "m.jsonl")
    again = open_project(tmp_path / "again")
    report = apply_manifest(again, tmp_path / "m.jsonl", tmp_path / "photos")
    assert report.applied == 4 and not report.refused
    found = {other.sha256: other for other in gallery(again, Filters(states=())).views}[view.sha256]
    assert found.decision is not None and found.decision.note == note
    again.close()
    export(decided, tmp_path / "out", splits=ALL)
    assert len(open_real200(tmp_path / "out")) == len(open_manifest(tmp_path / "m.jsonl", tmp_path / "photos"))


def test_a_manifests_note_is_kept_as_one_of_the_screen_is(decided: Project, tmp_path: Path) -> None:
    """And as it is kept it is compared, so that the manifest can be applied again."""
    view = candidate_view(decided, 6)
    line = {"sha256": view.sha256, "verdict": "skip", "note": "  drawn\0 \ud800\n", "name": None, "crops": None}
    (tmp_path / "m.jsonl").write_text(json.dumps(line))
    assert apply_manifest(decided, tmp_path / "m.jsonl", tmp_path / "photos").applied == 1
    view = candidate_view(decided, 6)
    assert view.decision is not None and view.decision.note == "drawn\ufffd \ufffd"
    assert apply_manifest(decided, tmp_path / "m.jsonl", tmp_path / "photos").known == 1


@pytest.mark.parametrize("crop", [[0, 0, 150.4, 150], [0, 0, 150.0, 150], [0, 0, "150", 150], [True, 0, 150, 150], [0]])
def test_a_manifests_crops_are_never_rounded(crop: list[object], local: Project, tmp_path: Path) -> None:
    good = {"sha256": "a" * 64, "verdict": "accept", "crops": [[0, 0, 150, 150]]}
    (tmp_path / "m.jsonl").write_text(json.dumps(good) + "\n" + json.dumps({**good, "crops": [crop]}))
    (tmp_path / "photos").mkdir()
    refused = dict(apply_manifest(local, tmp_path / "m.jsonl", tmp_path / "photos").refused)
    assert refused["line 2"] == f"Line 2 of the manifest {tmp_path}/m.jsonl has crops not in whole pixels."
    assert len(refused) == 2  # the good one's photo is not there


def test_a_manifest_without_its_photos(decided: Project, tmp_path: Path) -> None:
    write_manifest(decided, tmp_path / "m.jsonl")
    (tmp_path / "photos" / "3.png").unlink()
    again = open_project(tmp_path / "again")
    report = apply_manifest(again, tmp_path / "m.jsonl", tmp_path / "photos")
    assert report.applied == 3 and report.refused == (("3.png", "3.png is not among the photos."),)
    for line in ("nothing", "[]", '{"sha256": 1, "verdict": "accept"}', '{"sha256": "a", "verdict": "maybe"}'):
        (tmp_path / "bad.jsonl").write_text(line)
        with pytest.raises(AnnotatorError, match="Line 1 of the manifest"):
            apply_manifest(again, tmp_path / "bad.jsonl", tmp_path / "photos")
    again.close()


def test_hugging_faces_library_loads_an_export(decided: Project, tmp_path: Path) -> None:
    """In a process of its own and from another folder: here `datasets` is ours. In one split nothing was measured."""
    record_groups(decided, {})
    record_measurements(decided, 2, {"coverage": 3.0}, [], [], "1", 0.0)
    names = [candidate_view(decided, n).sha256 for n in (1, 2)]
    shares = {"train": 0.5, "test": 0.5}
    seed = next(n for n in range(99) if [split_of(name, shares, n) for name in names] == ["train", "test"])
    export(decided, tmp_path / "out", splits=shares, seed=seed)
    entries = [entry for split in shares for entry in metadata(tmp_path / "out" / split)]
    assert [entry["coverage"] for entry in entries] == [5.0, 5.0, 3.0]
    assert not any("direction" in entry or "density" in entry for entry in entries)
    script = """
import json, sys
from datasets import load_dataset
found = load_dataset(sys.argv[1], cache_dir=sys.argv[2])
keys = ("x", "y", "w", "h", "name")
rows = [{"size": row["image"].size, **{k: row[k] for k in keys}} for split in found for row in found[split]]
pixel = found["train"][0]["image"].convert("RGB").getpixel((7, 9))
print(json.dumps([sorted(found), rows, pixel]))
"""
    environment = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "PATH": "/usr/bin:/bin",
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "out"), str(tmp_path / "cache")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    splits, rows, pixel = json.loads(done.stdout.splitlines()[-1])
    assert splits == ["test", "train"] and len(rows) == 3
    assert all(row["size"] == [row["w"], row["h"]] for row in rows)
    first = next(row for row in rows if row["name"] == "1.png")
    original = photo_arrays(2)[int(first["name"][0]) - 1]
    assert pixel == original[first["y"] + 9, first["x"] + 7].tolist()


def test_an_export_is_whole_or_nothing(decided: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("annotator.export.events.write_both", full)
        with pytest.raises(AnnotatorError, match=r"cannot be written: no space left on device\.$"):
            export(decided, tmp_path / "out")
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]
    export(decided, tmp_path / "out")
    with pytest.raises(AnnotatorError, match="exists already"):
        export(decided, tmp_path / "out")


def test_into_the_present_folder_a_link_and_what_is_mounted(
    decided: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is there stays itself: what is hidden in it, and a volume's own entry, are left alone."""
    expected = set(os.listdir(export(decided, tmp_path / "new").folder))
    there = tmp_path / "there"
    (there / ".git").mkdir(parents=True)
    (there / "lost+found").mkdir()
    inode = there.stat().st_ino
    (tmp_path / "link").symlink_to(there)

    def fails(source: Path, target: Path) -> None:
        if target.name == "README.md":
            raise OSError(5, "Input/output error")
        real(source, target)

    real = os.rename
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", fails)
        with pytest.raises(AnnotatorError, match="cannot be written: input/output error"):
            export(decided, tmp_path / "link")
    assert set(os.listdir(there)) == {".git", "lost+found"}
    export(decided, tmp_path / "link")
    assert set(os.listdir(there)) == {".git", "lost+found", *expected} and there.stat().st_ino == inode
    with pytest.raises(AnnotatorError, match="exists already"):
        export(decided, tmp_path / "link")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export(decided, Path("."))
    assert set(os.listdir()) == expected
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone" / "out")
    with pytest.raises(AnnotatorError, match="exists already"):
        export(decided, tmp_path / "new" / "README.md")
    export(decided, tmp_path / "nowhere")
    assert set(os.listdir(tmp_path / "gone" / "out")) == expected


def test_a_format_is_one_file_and_one_line(local: Project, tmp_path: Path, repository: Path) -> None:
    """In a copy of the program, as somebody would add one."""
    import_arrays(local, tmp_path / "photos", photo_arrays(1))
    decide(local, accept(candidate_view(local, 1)))
    copy = tmp_path / "program"
    shutil.copytree(repository / "annotator", copy / "annotator", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("core", "datasets", "app", "weights"):
        (copy / name).symlink_to(repository / name)
    (copy / "annotator" / "export" / "names.py").write_text(
        "def write(content, folder):\n"
        '    (folder / "names.txt").write_text("".join(f"{view.name}\\n" for view in content.accepted))\n'
    )
    formats = copy / "annotator" / "export" / "formats.py"
    before, last = formats.read_text().split('    "card":')
    formats.write_text(f'{before}    "names": "`names.txt`: what the photos were called",\n    "card":{last}')
    command = [sys.executable, "-m", "annotator", "export", local.folder, tmp_path / "out"]
    done = subprocess.run(list(map(str, command)), cwd=copy, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "1.png" in (tmp_path / "out" / "names.txt").read_text().splitlines()
    assert "- `names.txt`: what the photos were called.\n" in (tmp_path / "out" / "README.md").read_text()


def test_a_damaged_original_is_not_exported(decided: Project, tmp_path: Path) -> None:
    path = decided.blobs.path(candidate_view(decided, 1).sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(AnnotatorError, match=r"^1\.png cannot be exported, so nothing is: The original .* was damaged"):
        export(decided, tmp_path / "out")
    path.unlink()
    with pytest.raises(AnnotatorError, match=r"^Originals are missing, so nothing is exported: 1\.png\. Import"):
        export(decided, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_to_export(local: Project, tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="Nothing is accepted"):
        export(local, tmp_path / "out")


def test_splits_hold_on_average_and_stay_when_photos_are_added() -> None:
    shares = {"train": 0.7, "validation": 0.2, "test": 0.1}
    drawn = [split_of(f"group {n}", shares, 0) for n in range(5000)]
    for name, share in shares.items():
        assert drawn.count(name) / 5000 == pytest.approx(share, abs=0.03)
    assert drawn != [split_of(f"group {n}", shares, 1) for n in range(5000)]
    for bad in ({}, {"train": 0.5}, {"Train": 1.0}, {"../x": 1.0}, {"a": 1.5, "b": -0.5}):
        with pytest.raises(AnnotatorError):
            check_splits(bad)


def exported_splits(folder: Path) -> dict[str, str]:
    """Original -> its split."""
    return {
        entry["sha256"]: file.parent.name for file in folder.glob("*/metadata.jsonl") for entry in metadata(file.parent)
    }


def test_a_photo_stays_in_its_split_when_a_near_duplicate_joins(filled: Project, tmp_path: Path) -> None:
    """Even one with a smaller sha256; where two groups become one, the younger follows the older, and is counted."""
    names = {n: candidate_view(filled, n).sha256 for n in range(1, 7)}
    old, new = next((a, b) for a in names for b in names if a < b and names[a] > names[b])
    shares = {"train": 0.5, "test": 0.5}
    seed = next(n for n in range(100) if split_of(names[old], shares, n) != split_of(names[new], shares, n))
    decide(filled, accept(candidate_view(filled, old)))
    assert export(filled, tmp_path / "1", splits=shares, seed=seed).moved == 0
    first = exported_splits(tmp_path / "1")
    decide(filled, accept(candidate_view(filled, new)))
    assert export(filled, tmp_path / "2", splits=shares, seed=seed).moved == 0
    apart = exported_splits(tmp_path / "2")
    assert apart[names[old]] == first[names[old]] != apart[names[new]]
    record_groups(filled, {names[old]: "g", names[new]: "g"})
    assert export(filled, tmp_path / "3", splits=shares, seed=seed).moved == 1
    assert exported_splits(tmp_path / "3") == {names[old]: first[names[old]], names[new]: first[names[old]]}
    assert export(filled, tmp_path / "4", splits=shares, seed=seed).moved == 0
    assert export(filled, tmp_path / "5", splits=shares, seed=seed + 100).moved == 0


def test_pending_is_not_exported(decided: Project, tmp_path: Path) -> None:
    assert next_candidate(decided, "anna") is not None
    export(decided, tmp_path / "out", splits=ALL)
    assert {entry["name"] for entry in metadata(tmp_path / "out" / "all")} == {"1.png", "2.png"}
    assert Crop(1, 2, 133, 134) in {Crop(e["x"], e["y"], e["w"], e["h"]) for e in metadata(tmp_path / "out" / "all")}
