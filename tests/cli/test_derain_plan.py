"""Which photos `derain` reads and where each goes."""

import os
from pathlib import Path
from typing import Any

import pytest

from core.cli.derain_plan import make_plan
from core.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """photos/{a.jpg, B.PNG, notes.txt, deep/a.jpg, deep/er/c.tiff}, below the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.jpg", "B.PNG", "notes.txt", "deep/a.jpg", "deep/er/c.tiff"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def planned(*inputs: str, output: str = "out", masks: bool = False) -> dict[str, str]:
    return {str(job.source): str(job.target) for job in make_plan(inputs, output, masks=masks).jobs}


def test_folder_keeps_names_and_places(folder: Path) -> None:
    expected = {
        "photos/B.PNG": "out/B.PNG",
        "photos/a.jpg": "out/a.jpg",
        "photos/deep/a.jpg": "out/deep/a.jpg",
        "photos/deep/er/c.tiff": "out/deep/er/c.tiff",
    }
    assert planned("photos") == expected
    assert planned("photos/") == expected


def test_quoted_globs(folder: Path) -> None:
    assert planned("photos/*") == {"photos/B.PNG": "out/B.PNG", "photos/a.jpg": "out/a.jpg"}
    assert planned("photos/**/*.jpg") == {"photos/a.jpg": "out/a.jpg", "photos/deep/a.jpg": "out/deep/a.jpg"}
    assert planned("*/deep/a.jpg") == {"photos/deep/a.jpg": "out/photos/deep/a.jpg"}


def test_a_folder_with_brackets_in_a_glob(folder: Path) -> None:
    for name in ("holiday [2024]/a.jpg", "holiday [2024]/[b]/c.jpg", "holiday 2/a.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert planned("holiday [2024]/*.jpg") == {"holiday [2024]/a.jpg": "out/a.jpg"}
    assert planned("holiday [2024]/[b]/*.jpg") == {"holiday [2024]/[b]/c.jpg": "out/c.jpg"}
    assert planned("holiday [2]/*.jpg") == {"holiday 2/a.jpg": "out/holiday 2/a.jpg"}


def test_litter_and_hidden_files_are_left_alone(folder: Path) -> None:
    litter = ("._a.jpg", ".Trash-1000/b.jpg", ".thumbnails/c.jpg", "@eaDir/a.jpg/d.jpg", "__MACOSX/e.jpg", "a.jpg~")
    for name in litter:
        (folder / "litter" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "litter" / name).write_bytes(b"\xff\xd8\xff")
    (folder / "litter" / "a.jpg").write_bytes(b"x")
    assert planned("litter") == planned("litter/**/*") == {"litter/a.jpg": "out/a.jpg"}
    assert planned("litter/.thumbnails/*.jpg") == {"litter/.thumbnails/c.jpg": "out/c.jpg"}, "what is named is meant"


def test_formats_that_are_only_read_become_jpeg(folder: Path) -> None:
    for name in ("IMG_1.HEIC", "IMG_1.jpg", "b.avif", "c", "d.xyz"):
        (folder / "phone" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "phone" / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    assert planned("phone") == {
        "phone/IMG_1.HEIC": "out/IMG_1.HEIC.jpg",
        "phone/IMG_1.jpg": "out/IMG_1.jpg",
        "phone/b.avif": "out/b.jpg",
        "phone/c": "out/c.png",
        "phone/d.xyz": "out/d.xyz.png",
    }
    assert planned("phone/IMG_1.HEIC") == {"phone/IMG_1.HEIC": "out/IMG_1.jpg"}
    jobs = make_plan(["phone"], "out", masks=False, suffix=".jpg").jobs
    assert sorted(job.target.name for job in jobs) == ["IMG_1.HEIC.jpg", "IMG_1.jpg", "b.jpg", "c.jpg", "d.xyz.jpg"]


def test_pictures_that_are_not_read_are_counted(folder: Path) -> None:
    Path("photos/moving.gif").write_bytes(b"GIF89a")
    Path("photos/raw.CR2").write_bytes(b"II*\0")
    others = {"a GIF picture or animation": 1, "a camera's raw file": 1}
    for given in ("photos", "photos/*"):
        assert make_plan([given], "out", masks=False).others == others
    ((_, sentence),) = make_plan(["photos/moving.gif"], "out", masks=False).failures
    assert sentence.startswith("photos/moving.gif is a GIF picture or animation, not a JPEG, PNG,")


def test_a_name_with_brackets_is_a_name(folder: Path) -> None:
    Path("photo[1].jpg").write_bytes(b"x")
    assert planned("photo[1].jpg") == {"photo[1].jpg": "out/photo[1].jpg"}


def test_single_photo_to_a_file(folder: Path) -> None:
    assert planned("photos/a.jpg", output="dry.png") == {"photos/a.jpg": "dry.png"}
    assert planned("photos/a.jpg", output="dry.png/") == {"photos/a.jpg": "dry.png/a.jpg"}
    Path("folder.png").mkdir()
    assert planned("photos/a.jpg", output="folder.png") == {"photos/a.jpg": "folder.png/a.jpg"}
    assert planned("photos/a.jpg", output="out") == {"photos/a.jpg": "out/a.jpg"}


def test_masks_lie_beside(folder: Path) -> None:
    jobs = make_plan(["photos"], "out", masks=True).jobs
    assert [str(job.mask) for job in jobs][:3] == ["out/B_mask.png", "out/a_mask.png", "out/deep/a_mask.png"]


def test_same_photo_twice_is_done_once(folder: Path) -> None:
    assert len(make_plan(["photos", "photos/a.jpg", "photos/../photos/a.jpg"], "out", masks=True).jobs) == 4


def test_the_folder_of_outputs_is_not_searched(folder: Path) -> None:
    Path("photos/dry").mkdir()
    Path("photos/dry/a.jpg").write_bytes(b"x")
    assert "photos/dry/a.jpg" not in planned("photos", output="photos/dry")
    assert "photos/dry/a.jpg" not in planned("photos/**/*.jpg", output="photos/dry")


def test_links_out_of_a_folder_are_left_out(folder: Path) -> None:
    outside = folder / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(b"x")
    Path("photos/linked").symlink_to(outside)
    Path("photos/link.jpg").symlink_to(outside / "secret.jpg")
    Path("photos/inside.jpg").symlink_to(folder / "photos" / "a.jpg")
    Path("photos/broken.jpg").symlink_to(folder / "photos" / "missing.jpg")
    for given in ("photos", "photos/**/*"):
        plan = make_plan([given], "out", masks=False)
        names = {job.source.name for job in plan.jobs}
        assert "secret.jpg" not in names and "link.jpg" not in names
        assert "inside.jpg" in names
        assert plan.links_left_out >= 2
    Path("loop").mkdir()
    Path("loop/again").symlink_to(folder / "loop")
    assert make_plan(["loop"], "out", masks=False).jobs == []
    assert planned("photos/link.jpg") == {"photos/link.jpg": "out/link.jpg"}, "a link that is named is meant"


@pytest.mark.parametrize("given", ["missing.jpg", "photos/*.bmp", "empty", "photos/notes.txt"])
def test_what_gives_no_photo_is_told(folder: Path, given: str) -> None:
    Path("empty").mkdir()
    plan = make_plan([given, "photos/a.jpg"], "out", masks=False)
    assert len(plan.jobs) == 1
    assert [name for name, _ in plan.failures] == [given]
    assert given in plan.failures[0][1]


@pytest.mark.parametrize(
    ("inputs", "output", "sentence"),
    [
        (["photos"], "photos", "written over the input"),
        (["photos/a.jpg"], "photos/a.jpg", "written over the input"),
        (["photos/a.jpg"], "photos", "written over the input"),
        (["photos/a.jpg"], "photos/B.PNG", None),
        (["photos/a.jpg", "photos/deep/a.jpg"], "out", "both be written to out/a.jpg"),
        (["photos", "photos/deep"], "out", "both be written to out/a.jpg"),
        (["photos/a.jpg", "photos/B.PNG"], "dry.png", "must be a folder"),
        (["photos"], "dry.jpg", "must be a folder"),
        (["photos"], "photos/notes.txt", "must be a folder"),
        (["photos/a.jpg"], "dry.gif", "no format that can be written"),
        (["photos/a.jpg"], "photos/notes.txt", "no format that can be written"),
    ],
)
def test_wrong_outputs_are_refused_before_any_work(
    folder: Path, inputs: list[str], output: str, sentence: str | None
) -> None:
    if sentence is None:
        make_plan(inputs, output, masks=False)
        return
    with pytest.raises(UsageError, match=sentence):
        make_plan(inputs, output, masks=False)


def test_an_input_behind_a_link_is_not_written_over(folder: Path) -> None:
    Path("out").symlink_to(folder / "photos")
    with pytest.raises(UsageError, match="written over the input"):
        make_plan(["photos/a.jpg"], "out", masks=False)


def test_masks_of_one_name_are_refused(folder: Path) -> None:
    Path("photos/a.png").write_bytes(b"x")
    assert len(make_plan(["photos"], "out", masks=False).jobs) == 5
    with pytest.raises(UsageError, match=r"both be written to out/a_mask\.png"):
        make_plan(["photos"], "out", masks=True)


def test_a_folder_that_cannot_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def closed(path: str) -> Any:
        if str(path).endswith("er"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", closed)
    plan = make_plan(["photos"], "out", masks=False)
    assert len(plan.jobs) == 3
    assert plan.failures == [("photos/deep/er", "photos/deep/er cannot be read: permission denied.")]
