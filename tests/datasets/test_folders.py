"""Folders of photos: what is found, in what order, how it is read, and that links do not lead out."""

import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets.errors import DatasetError
from datasets.folders import find_named, list_photos, open_photos, read_names


def write(path: Path, value: int = 7, mode: str = "RGB") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (6, 4), value if mode == "L" else (value,) * len(mode)).save(path)
    return path


def test_sorted_as_people_count_and_recursive(tmp_path: Path) -> None:
    for name in ("10.png", "2.jpg", "b/1.webp", "a/deep/3.bmp", "b/c.TIF"):
        write(tmp_path / name)
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / ".hidden/4.png")
    photos = open_photos(tmp_path)
    assert photos.photos == ("2.jpg", "10.png", "a/deep/3.bmp", "b/1.webp", "b/c.TIF")
    assert len(photos) == 5
    name, pixels = photos[3]
    assert name == "b/1"
    assert pixels.shape == (4, 6, 3)
    assert pixels.dtype == np.uint8


def test_litter_is_left_alone_and_content_counts(tmp_path: Path) -> None:
    for name in (
        "a.png",
        "._a.png",
        "@eaDir/a.png",
        "__MACOSX/b.png",
        "$RECYCLE.BIN/c.png",
        "b.png",
        "c.jfif",
        "d.png",
    ):
        write(tmp_path / name)
    (tmp_path / "b.png").rename(tmp_path / "b.png~")
    (tmp_path / "d.png").rename(tmp_path / "d")
    photos = open_photos(tmp_path)
    assert photos.photos == ("a.png", "c.jfif", "d")
    assert [photos[i][0] for i in range(3)] == ["a", "c", "d"]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    folder = tmp_path / "folder"
    write(outside / "secret.png")
    write(folder / "own.png")
    os.symlink(outside, folder / "linked")
    os.symlink(outside / "secret.png", folder / "secret.png")
    os.symlink(folder / "own.png", folder / "twin.png")
    os.symlink(folder, folder / "loop")
    listing = list_photos(folder)
    assert listing.photos == ("own.png", "twin.png")
    assert listing.links_left_out == 3


def test_a_folder_that_is_itself_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real" / "1.png")
    os.symlink(tmp_path / "real", tmp_path / "link")
    assert list_photos(tmp_path / "link").photos == ("1.png",)


def test_nothing_found_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no photo"):
        open_photos(tmp_path)
    os.symlink(write(tmp_path.parent / f"{tmp_path.name}.png"), tmp_path / "link.png")
    with pytest.raises(DatasetError, match=r"holds no photo .* \(1 link is not followed\)\.$"):
        open_photos(tmp_path)
    with pytest.raises(DatasetError, match="There is no folder"):
        open_photos(tmp_path / "absent")


def test_grey_becomes_three_channels_and_16_bit_is_rounded(tmp_path: Path) -> None:
    write(tmp_path / "1.png", 90, "L")
    deep = np.full((4, 6), 128, np.uint16)
    deep[0, 0] = 129
    deep[1, 1] = 65535
    Image.fromarray(deep).save(tmp_path / "2.png")
    write(tmp_path / "3.png", 30, "RGBA")
    photos = open_photos(tmp_path)
    assert photos[0][1].shape == (4, 6, 3)
    assert np.unique(photos[0][1]).tolist() == [90]
    pixels = photos[1][1]
    assert pixels.dtype == np.uint8
    assert (pixels[0, 0].tolist(), pixels[1, 1].tolist(), pixels[2, 2].tolist()) == ([1] * 3, [255] * 3, [0] * 3)
    assert photos[2][1].shape == (4, 6, 3)


def test_a_broken_photo_is_named(tmp_path: Path) -> None:
    from core.images import ImageFileError

    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    with pytest.raises(ImageFileError, match=r"broken\.png"):
        open_photos(tmp_path)[0]


def test_a_list_names_photos_in_any_spelling(tmp_path: Path) -> None:
    written = unicodedata.normalize("NFD", "b/Größe.png")
    for name in ("a.png", "c.png", written):
        write(tmp_path / "photos" / name)
    photos = open_photos(tmp_path / "photos")
    assert photos[photos.photos.index(written)][0] == "b/Größe", "names are shown and compared in composed form"
    file = tmp_path / "list.txt"
    file.write_text("A.png\r\nb\\Größe.png  # from Windows\r\n", encoding="utf-8-sig")
    found = find_named(photos.photos, read_names(file), folder=photos.folder, where=file)
    assert found == {"a.png", written}
    file.write_text("d.png", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"photos lacks d\.png, which .*list\.txt names\.$"):
        find_named(photos.photos, read_names(file), folder=photos.folder, where=file)


def test_a_list_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes("Größe.png".encode("latin-1"))
    with pytest.raises(DatasetError, match=r"list\.txt cannot be read as text \(UTF-8\)"):
        read_names(tmp_path / "list.txt")
