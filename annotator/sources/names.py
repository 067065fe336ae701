"""Names of files as people compare them: the same letters, whether composed (é) or not (e + ´), capitals or small."""

import fnmatch
import os
from functools import lru_cache
from pathlib import Path

from core.text import NameIndex, natural_key, one_spelling


def folded(name: str) -> str:
    """A name without what differs between systems: Unicode's composition (macOS writes NFD), and capitals."""
    return one_spelling(one_spelling(name).casefold())


def find_file(folder: Path, name: str) -> Path:
    """The file that a list means by a path from a folder on (or an absolute one); where there is none, the path itself.

    What is called exactly so comes first; then, part by part, what `core.text.NameIndex` finds; then, where the name
    holds `\\`, what Windows would mean.
    """
    for spelling in dict.fromkeys((name, name.replace("\\", "/"))):
        exact = folder / spelling
        if _exists(exact):
            return exact
        found = Path(exact.anchor)
        for part in exact.parts[1:] if exact.is_absolute() else exact.parts:
            following = _member(found, part)
            if following is None:
                break
            found = following
        else:
            return found
    return folder / name


def _member(folder: Path, part: str) -> Path | None:
    if part in ("..", ".") or _exists(folder / part):
        return folder / part
    try:
        found = _index(folder, folder.stat().st_mtime_ns).find(part)
    except (OSError, ValueError):
        return None
    return None if found is None else folder / found


@lru_cache(8)
def _index(folder: Path, changed: int) -> NameIndex:
    return NameIndex(os.listdir(folder))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a file's name, or NUL in it
        return False


def matches(pattern: str) -> list[Path]:
    """What a pattern with `*`, `?`, `[…]` or `**` stands for, in natural order; none where it stands for nothing.

    A part that exists as it is written, such as a folder called `photos [2024]`, means itself. Hidden names are left
    out.
    """
    path = Path(pattern)
    found = [Path(path.anchor)]
    for part in path.parts[1:] if path.is_absolute() else path.parts:
        found = [match for folder in found for match in _members(folder, part)]
    return sorted(found, key=lambda match: natural_key(str(match)))


def _members(folder: Path, part: str) -> list[Path]:
    if _exists(folder / part):
        return [folder / part]
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError:
        return []
    if part == "**":
        below = [folder / name for name in names if (folder / name).is_dir() and not (folder / name).is_symlink()]
        return [folder, *(match for inner in below for match in _members(inner, part))]
    return [folder / name for name in fnmatch.filter(names, part)]
