"""Photos of a zip archive, read in memory: nothing is ever unpacked to a path that the archive names."""

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from annotator.errors import AnnotatorError
from annotator.sources.found import LARGEST_FILE, Found, clean_text
from core.images import IMAGE_SUFFIXES
from core.images.walk import is_litter

MOST_ENTRIES = 200_000
LARGEST_ARCHIVE = 50_000_000_000
"""Bytes of all entries together, unpacked."""

MOST_PACKED = 500
"""How many times smaller than its content an entry may be; photos hardly shrink at all, zip bombs do by 1,000."""

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, ValueError, RuntimeError, OSError),
)
"""What reading a damaged entry raises."""

_ARCHIVES = (".zip", ".rar", ".7z")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


def photos_in_archive(path: Path) -> Iterator[Found]:
    """Every photo of an archive, in its order. Entries that are no photos by their names are left alone.

    An archive inside it is offered, and refused when read, as is an entry with an absolute path or `..`, a link, an
    encrypted one or a zip bomb.

    Raises:
        AnnotatorError: the archive is broken, or as a whole too large.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise AnnotatorError(f"{path} is a broken or cut off zip archive.") from error
    except OSError as error:
        raise AnnotatorError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        total = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_ENTRIES:
            raise AnnotatorError(f"{path} holds {len(entries)} files, more than the {MOST_ENTRIES} that are allowed.")
        if total > LARGEST_ARCHIVE:
            raise AnnotatorError(
                f"{path} unpacks to {total / 1e9:.0f} GB, more than the {LARGEST_ARCHIVE / 1e9:.0f} that are allowed."
            )
        found = False
        for entry, path_inside in zip(entries, names_of(entries)):
            name = PurePosixPath(path_inside.replace("\\", "/"))
            litter = any(is_litter(part) for part in name.parts if part != "..")
            if litter or name.suffix.lower() not in (*IMAGE_SUFFIXES, *_ARCHIVES):
                continue
            found = True
            yield Found(clean_text(str(name)), partial(_read, archive, entry, name))
        if not found:
            raise AnnotatorError(f"{path} holds no photo.")


def names_of(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The entries' names, with `/` or `\\` in them.

    Those that are not marked as UTF-8 are in whatever encoding their computer had. All of them together tell which:
    UTF-8 where that fits all (many programs write it and do not say so), else cp932 where that makes Japanese words of
    all, else cp437, Windows' own for western languages and the zip format's.
    """
    marked = [bool(entry.flag_bits & _UTF8_NAME) for entry in entries]
    unmarked = [entry.filename.encode("cp437") for entry, known in zip(entries, marked) if not known]
    encoding = next(
        (each for each, fits in (("utf-8", str), ("cp932", _japanese)) if _fits(unmarked, each, fits)), None
    )
    return [
        entry.filename if known or encoding is None else entry.filename.encode("cp437").decode(encoding)
        for entry, known in zip(entries, marked)
    ]


def _fits(names: Sequence[bytes], encoding: str, meaning: Callable[[str], object]) -> bool:
    try:
        return all(meaning(name.decode(encoding)) or name.isascii() for name in names)
    except UnicodeDecodeError:
        return False


def _japanese(name: str) -> bool:
    """Whether everything beyond ASCII is kana or kanji, and none of it a single letter within a western word."""
    foreign = re.sub(r"[\x00-\x7f\u3000-\u303f\u3041-\u30ff\u4e00-\u9fff\uff08\uff09]", "", name)
    return not foreign and not re.search(
        r"(?i)(?<=[a-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[a-z])", name
    )


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: PurePosixPath) -> bytes:
    label = clean_text(str(name))
    if name.is_absolute() or ".." in name.parts or (name.parts and name.parts[0].endswith(":")):
        raise AnnotatorError(f"{label} is refused: its path leads out of the archive.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise AnnotatorError(f"{label} is refused: it is a link.")
    if entry.flag_bits & _ENCRYPTED:
        raise AnnotatorError(f"{label} is encrypted.")
    if name.suffix.lower() in _ARCHIVES:
        raise AnnotatorError(f"{label} is an archive inside the archive: unpack it and import it by itself.")
    if entry.file_size == 0:
        raise AnnotatorError(f"{label} is empty.")
    if entry.file_size > LARGEST_FILE:
        raise AnnotatorError(
            f"{label} is {entry.file_size / 1e6:.0f} MB large, more than the {LARGEST_FILE / 1e6:.0f} allowed."
        )
    if entry.file_size > MOST_PACKED * max(entry.compress_size, 1):
        raise AnnotatorError(f"{label} is refused: it is packed like a zip bomb.")
    try:
        with archive.open(entry) as stream:
            content = stream.read(entry.file_size + 1)
    except _BROKEN as error:
        raise AnnotatorError(f"{label} is broken inside the archive.") from error
    if len(content) != entry.file_size:
        raise AnnotatorError(f"{label} is broken inside the archive.")
    return content
