"""Files that can be made again, kept on disk up to a number of bytes."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.images.atomic import write_atomically
from core.images.errors import ImageFileError

MOST_BYTES = 4_000_000_000
KEPT_SHARE = 0.8
"""When the cache is full, the files not used for longest go until this share is left."""


class DiskCache:
    """Bytes by name in one folder. Threads may share it; each name is made once at a time.

    Args:
        folder: made when first needed; `name` may hold one `/`.
        most_bytes: how much is kept.
        at_once: how many may be made at the same time.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, at_once: int = 2) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self._making = threading.BoundedSemaphore(at_once)
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._bytes: int | None = None

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under `name`, made by `make` where nothing is. A disk that is full only makes it slower."""
        if (kept := self._read(name)) is not None:
            return kept
        with self._guard:
            lock = self._locks.setdefault(name, threading.Lock())
        try:
            with lock:
                if (kept := self._read(name)) is not None:
                    return kept
                with self._making:
                    content = make()
                self._keep(name, content)
                return content
        finally:
            with self._guard:
                self._locks.pop(name, None)

    def _read(self, name: str) -> bytes | None:
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # a file's time is that of its last use
        return content

    def _keep(self, name: str, content: bytes) -> None:
        path = self.folder / name
        with suppress(ImageFileError, OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
            self._count(len(content))

    def _count(self, more: int) -> None:
        with self._guard:
            if self._bytes is None:
                self._bytes = sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())
            else:
                self._bytes += more
            if self._bytes > self.most_bytes:
                self._bytes = self._sweep()

    def _sweep(self) -> int:
        files = [(file, file.stat()) for file in self.folder.rglob("*") if file.is_file()]
        left = sum(status.st_size for _, status in files)
        for file, status in sorted(files, key=lambda entry: entry[1].st_mtime):
            if left <= KEPT_SHARE * self.most_bytes:
                break
            with suppress(OSError):
                file.unlink()
                left -= status.st_size
        return left
