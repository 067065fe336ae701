"""A folder that is written whole or not at all, be it new, the present one, a link, or a mounted volume."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from annotator.errors import AnnotatorError

LAST = "README.md"
"""What comes last into a folder that was there: where it lies, the rest does too."""

_OF_THE_SYSTEM = ("lost+found",)


class WholeFolder:
    """A context manager: what is written into `temporary` has the folder's name after `finish`, else nothing is left.

    A new folder gets its name in one step. One that is there, which nobody can replace where it is a volume or the
    present folder, gets its files one after the other, LAST at the end; hidden files in it stay.

    Raises:
        AnnotatorError: the folder holds something already.
        OSError: it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._there = self.folder.is_dir()
        if self._there:
            taken = [name for name in os.listdir(self.folder) if name not in _OF_THE_SYSTEM and name[0] != "."]
        else:
            taken = [folder.name] if os.path.lexists(self.folder) else []
        if taken:
            raise AnnotatorError(f"{folder} exists already and holds something: export into a new or empty folder.")
        parent = self.folder if self._there else self.folder.parent
        self.temporary = parent / f".{self.folder.name}.{secrets.token_hex(8)}.part"

    def __enter__(self) -> "WholeFolder":
        self.temporary.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.temporary, ignore_errors=True)

    def finish(self) -> None:
        """Gives the folder its content (OSError where that fails: nothing is in it then)."""
        if not self._there:
            os.replace(self.temporary, self.folder)
            return
        moved: list[str] = []
        try:
            for name in sorted(os.listdir(self.temporary), key=lambda name: (name == LAST, name)):
                os.rename(self.temporary / name, self.folder / name)
                moved.append(name)
        except OSError:
            for name in moved:
                with suppress(OSError):
                    os.rename(self.folder / name, self.temporary / name)
            raise
