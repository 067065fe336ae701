"""Names compared as people do, and files found by them."""

import unicodedata
import zipfile
from pathlib import Path

import pytest

from annotator.sources.archive import names_of
from annotator.sources.found import Details, Found
from annotator.sources.matching import match_rows
from annotator.sources.names import find_file, folded, matches
from annotator.sources.table import Row, read_table


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def test_composition_and_capitals_do_not_matter() -> None:
    assert folded("Régen É.JPG") == folded(decomposed("RÉGEN é.jpg")) != folded("Regen E.jpg")
    assert folded("STRASSE") == folded("straße")


def test_a_file_is_found_as_a_list_names_it(tmp_path: Path) -> None:
    (tmp_path / decomposed("Frühling")).mkdir()
    photo = tmp_path / decomposed("Frühling") / "IMG 1.JPG"
    photo.touch()
    for name in (
        "Frühling/IMG 1.JPG",
        "frühling/img 1.jpg",
        "FRÜHLING\\IMG 1.JPG",
        str(tmp_path / "frühling/img 1.jpg"),
    ):
        assert find_file(tmp_path, name) == photo
    for name in ("Frühling/IMG 2.JPG", "a\0b", "x" * 5000, "Frühling/IMG 1.JPG/x"):
        assert find_file(tmp_path, name) == tmp_path / name
    (tmp_path / decomposed("Frühling") / "img 1.JPG").touch()
    assert not find_file(tmp_path, "Frühling/img 1.jpg").exists()  # which of the two is meant?
    assert find_file(tmp_path, "Frühling/IMG 1.JPG").samefile(photo)


def test_a_pattern_in_a_folder_with_brackets(tmp_path: Path) -> None:
    folder = tmp_path / "photos [2024]"
    (folder / "sub").mkdir(parents=True)
    for name in ("10.jpg", "2.jpg", ".3.jpg", "4.png", "sub/5.jpg"):
        (folder / name).touch()
    found = [str(path.relative_to(tmp_path)) for path in matches(f"{tmp_path}/photos [2024]/*.jpg")]
    assert found == ["photos [2024]/2.jpg", "photos [2024]/10.jpg"]
    assert len(matches(f"{tmp_path}/photos [[]2024]/*.jpg")) == 2 and len(matches(f"{tmp_path}/**/[2-5].*")) == 3
    assert matches(f"{tmp_path}/nothing/*") == []


def row(name: str) -> Row:
    return Row(name, Details(author=f"of {name}"))


def photo(name: str, url: str = "") -> Found:
    return Found(name, bytes, Details(url=url))


def test_rows_and_photos_find_each_other() -> None:
    rows = [row("Régen.jpg"), row("b.jpg"), row("https://e.org/c"), row("twice.jpg"), row("TWICE.JPG"), row("gone.jpg")]
    photos = [photo(decomposed("x/régen.JPG")), photo("B.JPG"), photo("c", "https://e.org/c"), photo("b.jpg")]
    photos += [photo("Twice.jpg"), photo("other.jpg")]
    matching = match_rows(rows, photos)
    authors = [matching.details_of(each).author for each in photos]
    assert authors == ["of Régen.jpg", "", "of https://e.org/c", "of b.jpg", "", ""]
    assert matching.rows_left == ("twice.jpg", "TWICE.JPG", "gone.jpg")
    assert matching.photos_left == ("B.JPG", "Twice.jpg", "other.jpg")


@pytest.mark.parametrize("header", ["name;author;licence", "sep=;\r\nname;author;licence", "name\tauthor\tlicence"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_from_a_spreadsheet(tmp_path: Path, header: str, encoding: str) -> None:
    between = "\t" if "\t" in header else ";"
    lines = [header, between.join(["photos\\ü, 1.jpg", '"Ada; Lovelace, A."', "CC BY 4.0"])]
    (tmp_path / "t.csv").write_bytes("\r\n".join(lines).encode(encoding))
    assert read_table(tmp_path / "t.csv") == (
        Row("photos/ü, 1.jpg", Details(author="Ada; Lovelace, A.", licence="CC BY 4.0")),
    )


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp437", ["Österreich/Größe é.jpg", "Château.jpg", "Straße.jpg", "Año.jpg", "plain.jpg"]),
        ("cp932", ["雨の日/写真_01.jpg", "IMG_雨.jpg", "東京 梅雨.jpg", "plain.jpg"]),
        ("utf-8", ["雨の日/写真_01.jpg", "Größe.jpg", "plain.jpg"]),
    ],
)
def test_zip_names_in_the_encoding_of_their_computer(tmp_path: Path, encoding: str, names: list[str]) -> None:
    placeholders = [f"{number}".rjust(len(name.encode(encoding)), "_") for number, name in enumerate(names)]
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for placeholder in placeholders:
            archive.writestr(placeholder, b"")
    content = path.read_bytes()
    for placeholder, name in zip(placeholders, names):
        content = content.replace(placeholder.encode(), name.encode(encoding))
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        assert names_of(archive.infolist()) == names
