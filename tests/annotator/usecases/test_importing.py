"""Importing: what is taken, what is refused with which sentence, and that nothing is ever half there."""

import io
import os
import resource
import signal
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from pillow_heif import register_heif_opener
from sqlalchemy import func, select

from annotator.blobs import file_sha256
from annotator.candidate import CandidateView
from annotator.database.models import Candidate, Image, Source
from annotator.errors import AnnotatorError
from annotator.project import Project, open_project
from annotator.usecases.importing import import_photos
from annotator.usecases.originals import OriginalsReport, check_originals
from annotator.usecases.queue import Filters
from annotator.usecases.review import gallery
from tests.annotator.photos import import_arrays, photo_arrays


def png(seed: int = 0, side: int = 64) -> bytes:
    stream = io.BytesIO()
    PillowImage.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def jpeg(seed: int = 0) -> bytes:
    stream = io.BytesIO()
    PillowImage.open(io.BytesIO(png(seed))).save(stream, "JPEG", exif=orientation(6))
    return stream.getvalue()


def orientation(value: int) -> PillowImage.Exif:
    exif = PillowImage.Exif()
    exif[0x0112] = value
    return exif


def huge_png() -> bytes:
    """12,000 × 12,000 pixels (144 megapixels) in a file of some hundred kilobytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = zlib.compressobj(1)
    row = bytes(1 + 12_000 * 3)
    data = b"".join(rows.compress(row) for _ in range(12_000)) + rows.flush()
    header = struct.pack(">IIBBBBB", 12_000, 12_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def views(project: Project) -> dict[str, CandidateView]:
    return {view.name: view for view in gallery(project, Filters(states=()), size=500).views}


def whole(project: Project) -> bool:
    """Whether every image has its candidate, its source and its original, and no other file lies about."""
    with project.read() as session:
        hashes = session.scalars(select(Image.sha256)).all()
        counts = {table: session.scalar(select(func.count()).select_from(table)) for table in (Candidate, Image)}
        sourced = session.scalar(select(func.count(func.distinct(Source.image_id))))
    files = sorted(path for path in project.blobs.folder.rglob("*") if path.is_file())
    return (
        set(counts.values()) == {len(hashes)}
        and sourced == len(hashes)
        and sorted(path.name for path in files) == sorted(hashes)
        and all(file_sha256(path) == path.name for path in files)
    )


def test_a_folder(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "b.png").write_bytes(png(1))
    (folder / "deep" / "a.jpg").write_bytes(jpeg(2))
    (folder / "copy.png").write_bytes(png(1))
    (folder / "notes.txt").write_text("not a photo")
    told: list[tuple[int, str]] = []
    report = import_photos(project, folder, progress=lambda done, name: told.append((done, name)))
    assert (report.taken, report.known, report.refused) == (2, 1, ())
    assert told == [(1, "b.png"), (2, "copy.png"), (3, "deep/a.jpg")]
    found = views(project)
    assert set(found) == {"b.png", "deep/a.jpg"}
    assert found["b.png"].source.names == ("b.png", "copy.png")
    again = import_photos(project, folder)
    assert (again.taken, again.known) == (0, 3) and views(project) == found and whole(project)


def test_originals_are_kept_byte_for_byte_and_cannot_be_written(local: Project, tmp_path: Path) -> None:
    content = jpeg()
    (tmp_path / "a.jpg").write_bytes(content)
    import_photos(local, tmp_path / "a.jpg")
    (view,) = views(local).values()
    path = local.blobs.path(view.sha256)
    assert path.read_bytes() == content and stat.S_IMODE(path.stat().st_mode) == 0o444
    with local.read() as session:
        image = session.scalars(select(Image)).one()
    assert (image.mime, image.orientation, image.bytes) == ("image/jpeg", 6, len(content))


def test_importing_again_mends_what_was_damaged_or_lost(local: Project, tmp_path: Path) -> None:
    """Also where the damaged file is as long as it was."""
    import_arrays(local, tmp_path / "photos", photo_arrays(3))
    one, two, _ = (local.blobs.path(views(local)[f"{n}.png"].sha256) for n in (1, 2, 3))
    one.chmod(0o644)
    one.write_bytes(one.read_bytes()[:-1] + b"x")
    two.unlink()
    assert check_originals(local) == OriginalsReport(1, missing=("2.png",), damaged=("1.png",))
    with pytest.raises(AnnotatorError, match=r"was damaged: import the photo again to put it right\.$"):
        local.blobs.read(one.name)
    report = import_photos(local, tmp_path / "photos")
    assert (report.taken, report.known, report.mended, report.refused) == (0, 3, 2, ()) and whole(local)
    assert check_originals(local) == OriginalsReport(3, (), ())
    assert import_photos(local, tmp_path / "photos").mended == 0


def test_width_and_height_are_the_upright_ones(local: Project, tmp_path: Path) -> None:
    stream = io.BytesIO()
    PillowImage.new("RGB", (80, 50)).save(stream, "JPEG", exif=orientation(6))
    (tmp_path / "a.jpg").write_bytes(stream.getvalue())
    import_photos(local, tmp_path / "a.jpg")
    (view,) = views(local).values()
    assert (view.width, view.height) == (50, 80)


BAD_FILES = {
    "is a web page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "is empty": b"",
    "broken or cut off": png()[:-600],
    "is not a JPEG": b"no photo at all, only words",
    "144 megapixels": huge_png(),
}


@pytest.mark.parametrize("sentence", BAD_FILES)
def test_a_bad_file_is_refused_and_the_others_are_taken(local: Project, tmp_path: Path, sentence: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(BAD_FILES[sentence])
    (folder / "b.png").write_bytes(png())
    report = import_photos(local, folder)
    ((name, said),) = report.refused
    assert report.taken == 1 and name == "a.jpg" and sentence in said
    assert "\n" not in said and said.endswith(".") and said.startswith("a.jpg ")
    assert set(views(local)) == {"b.png"} and whole(local)


@pytest.mark.parametrize("name", ["雨の写真.png", "Größe ß.png", "صورة.png", "дождь 1.png", "🌧️.png", "a'b\"<i>.png"])
def test_names_in_any_script(project: Project, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(png())
    import_photos(project, folder)
    assert set(views(project)) == {name}


def test_a_name_that_is_no_text(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/\xff\xfe.png", "wb") as stream:
        stream.write(png())
    assert import_photos(project, folder).taken == 1
    assert set(views(project)) == {"\ufffd\ufffd.png"}


def make_zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_zip(project: Project, tmp_path: Path) -> None:
    entries = {"in/a.png": png(1), "雨.png": png(2), "__MACOSX/in/._a.png": b"x", "read.me": b"x"}
    path = make_zip(tmp_path / "a.zip", entries)
    assert import_photos(project, path).taken == 2
    assert set(views(project)) == {"in/a.png", "雨.png"} and whole(project)


def test_utf8_names_that_do_not_say_so(local: Project, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"雨.png": png()})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + offset
        content[at : at + 2] = bytes(2)
    path.write_bytes(content)
    import_photos(local, path)
    assert set(views(local)) == {"雨.png"}


@pytest.mark.parametrize("name", ["../../evil.png", "/etc/evil.png", "a/../../evil.png", "C:/evil.png", "..\\evil.png"])
def test_paths_that_lead_out_of_a_zip(local: Project, tmp_path: Path, name: str) -> None:
    (tmp_path / "deep").mkdir()
    path = make_zip(tmp_path / "deep" / "a.zip", {name: png(1), "b.png": png(2)})
    before = {found for found in tmp_path.rglob("*") if "project" not in found.parts}
    report = import_photos(local, path)
    ((_, sentence),) = report.refused
    assert report.taken == 1 and sentence.endswith("its path leads out of the archive.")
    assert {found for found in tmp_path.rglob("*") if "project" not in found.parts} == before


def test_links_in_a_zip(local: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.png")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    ((_, sentence),) = import_photos(local, path).refused
    assert sentence == "a.png is refused: it is a link." and whole(local)


def test_links_in_a_folder_are_not_followed(local: Project, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(png(1))
    (folder / "a.png").symlink_to(tmp_path / "secret.png")
    (folder / "b.png").write_bytes(png(2))
    assert import_photos(local, folder).taken == 1
    assert set(views(local)) == {"b.png"}


def test_a_zip_bomb(local: Project, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"bomb.png": bytes(50_000_000), "b.png": png()})
    assert path.stat().st_size < 200_000
    report = import_photos(local, path)
    ((_, sentence),) = report.refused
    assert report.taken == 1 and sentence == "bomb.png is refused: it is packed like a zip bomb."


def test_an_entry_that_claims_to_be_small(local: Project, tmp_path: Path) -> None:
    """Its headers say 1,000 bytes, but it unpacks to 50 million: it is never unpacked further than it says."""
    path = make_zip(tmp_path / "a.zip", {"bomb.png": bytes(50_000_000)})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature) + offset
        content[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(content)
    ((_, sentence),) = import_photos(local, path).refused
    assert sentence == "bomb.png is broken inside the archive."


def test_an_archive_that_is_too_large_as_a_whole(
    local: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.png": png(1), "b.png": png(2)})
    monkeypatch.setattr("annotator.sources.archive.LARGEST_ARCHIVE", len(png(1)) + 10)
    with pytest.raises(AnnotatorError, match="unpacks to"):
        import_photos(local, path)
    monkeypatch.setattr("annotator.sources.archive.MOST_ENTRIES", 1)
    with pytest.raises(AnnotatorError, match="holds 2 files"):
        import_photos(local, path)
    assert views(local) == {}


def test_a_file_that_is_too_large(local: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(png())
    monkeypatch.setattr("annotator.sources.found.LARGEST_FILE", 100)
    ((_, sentence),) = import_photos(local, tmp_path / "a.png").refused
    assert "more than the" in sentence


@pytest.mark.parametrize("keep", [0, 20, 500, -20])
def test_a_broken_zip(local: Project, tmp_path: Path, keep: int) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.png": png()})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(AnnotatorError, match="broken or cut off zip archive"):
        import_photos(local, path)


def test_a_damaged_entry(local: Project, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.png": png(1), "b.png": png(2)})
    content = bytearray(path.read_bytes())
    content[2000] ^= 0xFF
    path.write_bytes(content)
    report = import_photos(local, path)
    assert report.taken == 1 and report.refused == (("a.png", "a.png is broken inside the archive."),)


def test_a_damaged_entry_packed_by_lzma(local: Project, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.png", png(1))
        archive.writestr("b.png", png(2))
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[39:44] = b"\xff" * 5  # LZMA's properties, behind the entry's header, its name, and four bytes
    (tmp_path / "a.zip").write_bytes(content)
    report = import_photos(local, tmp_path / "a.zip")
    assert report.taken == 1 and report.refused == (("a.png", "a.png is broken inside the archive."),)


@pytest.mark.parametrize(("format", "mime"), [("AVIF", "image/avif"), ("WEBP", "image/webp"), ("HEIF", "image/heif")])
def test_what_phones_and_the_web_make(local: Project, tmp_path: Path, format: str, mime: str) -> None:
    register_heif_opener()
    (tmp_path / "photos").mkdir()
    PillowImage.new("RGB", (64, 48), (90, 120, 60)).save(tmp_path / "photos" / f"a.{format.lower()}", format)
    assert import_photos(local, tmp_path / "photos").taken == 1
    with local.read() as session:
        assert session.execute(select(Image.mime, Image.width, Image.height)).all() == [(mime, 64, 48)]


def test_lists_of_paths_and_urls(local: Project, tmp_path: Path) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        if "gone" in url:
            raise AnnotatorError(f"{url} was answered with 404 Not Found.")
        return png(len(url))

    (tmp_path / "a.png").write_bytes(png(1))
    listed = tmp_path / "list.txt"
    listed.write_text(
        "# photos\na.png\n\nhttps://example.org/x/r%C3%A9gen.png?s=1\nhttps://example.org/gone.png\nno.png\n"
    )
    report = import_photos(local, listed, fetch=fetch)
    assert report.taken == 2 and [name for name, _ in report.refused] == ["gone.png", "no.png"]
    found = views(local)
    assert found["régen.png"].source.url == "https://example.org/x/r%C3%A9gen.png?s=1"
    assert len(asked) == 2


def test_a_table_says_where_photos_come_from(project: Project, tmp_path: Path) -> None:
    table = tmp_path / "urls.csv"
    table.write_text(
        "URL,Page,Author,License,query\n"
        'https://e.org/1.png,https://e.org/p1,"Ö, A.",CC BY 4.0,heavy rain\n'
        "https://e.org/2.png,,,,\n",
        encoding="utf-8-sig",
    )
    assert import_photos(project, table, fetch=lambda url: png(int(url[-5]))).taken == 2
    source = views(project)["1.png"].source
    assert (source.url, source.page) == ("https://e.org/1.png", "https://e.org/p1")
    assert (source.author, source.licence, source.query) == ("Ö, A.", "CC BY 4.0", "heavy rain")


def test_a_table_beside_a_folder(local: Project, tmp_path: Path) -> None:
    import_arrays(local, tmp_path / "photos", photo_arrays(2))
    table = tmp_path / "t.csv"
    table.write_text("file,author\n1.png,A\nelsewhere/2.png,B\n")
    assert import_photos(local, tmp_path / "photos", csv=table).known == 2
    assert {name: view.source.author for name, view in views(local).items()} == {"1.png": "A", "2.png": ""}
    assert all(len(view.source.names) == 1 for view in views(local).values())


def test_a_title_too_long_for_a_file_and_one_of_two_lines(local: Project, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        f'name,url,author\n{"rain " * 60},https://e.org/1.png,"Ada\nByron"\nb,https://e.org/2.png,\u2028B\n'
    )
    assert import_photos(local, table, fetch=lambda url: png(int(url[-5]))).taken == 2
    assert [view.source.author for view in views(local).values()] == ["Ada\nByron", "B"]


@pytest.mark.parametrize("content", ["", "colour\nred\n", "\xff\xfe", f"name\n{'a' * 200_000}\n"])
def test_a_table_without_sense(local: Project, tmp_path: Path, content: str) -> None:
    (tmp_path / "t.csv").write_bytes(content.encode("latin-1"))
    with pytest.raises(AnnotatorError, match=r"no row with a name|not text in UTF-8|is no CSV table"):
        import_photos(local, tmp_path / "t.csv")


def test_a_source_that_is_not_there(local: Project, tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="There is no"):
        import_photos(local, tmp_path / "nothing")
    (tmp_path / "none").mkdir()
    with pytest.raises(AnnotatorError, match="holds no photo"):
        import_photos(local, tmp_path / "none")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Writes beyond `size` bytes fail in this process, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_no_room_for_an_original(local: Project, tmp_path: Path) -> None:
    import_arrays(local, tmp_path / "photos", photo_arrays(1))
    (tmp_path / "large.png").write_bytes(png(5, 1200))
    with largest_file(3_000_000), pytest.raises(AnnotatorError, match=r"cannot be kept in .*: file too large\.$"):
        import_photos(local, tmp_path / "large.png")
    assert set(views(local)) == {"1.png"} and whole(local)
    assert import_photos(local, tmp_path / "large.png").taken == 1 and whole(local)


def test_no_room_in_the_database(local: Project, tmp_path: Path) -> None:
    """The original is kept, the database cannot grow: a sentence, no candidate, and running it again mends it."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.png").write_bytes(png(number, 8))
    with local.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with local.read() as session:
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(AnnotatorError, match="the disk is full"):
        import_photos(local, folder)
    with local.read() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1000000")
        taken = session.scalar(select(func.count()).select_from(Image)) or 0
    assert taken < 60
    assert import_photos(local, folder).taken == 60 - taken and whole(local)


def test_a_read_only_folder(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="cannot be made"):
        open_project(Path("/proc/annotator"))


def test_a_read_only_database(local: Project, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    with local.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(AnnotatorError, match=r"is read-only\.$"):
        import_photos(local, tmp_path / "a.png")
    local.engine.dispose()
    assert import_photos(local, tmp_path / "a.png").taken == 1 and whole(local)
