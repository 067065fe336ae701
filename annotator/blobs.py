"""Originals by their content: `blobs/ab/<sha256>`, written whole or not at all, never altered."""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import AnnotatorError

_PIECE = 1 << 20


@dataclass(frozen=True)
class Blobs:
    """The originals of a project."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the original with this sha256 (64 hexadecimal digits) lies, or would lie.

        Raises:
            AnnotatorError: that is no sha256.
        """
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise AnnotatorError(f"{sha256[:80]!r} is not a sha256.")
        return self.folder / sha256[:2] / sha256

    def holds(self, content: bytes) -> bool:
        """Whether an original is there, byte for byte."""
        path = self.path(hashlib.sha256(content).hexdigest())
        try:
            return path.stat().st_size == len(content) and path.read_bytes() == content
        except OSError:
            return False

    def put(self, content: bytes) -> str:
        """Keeps an original and gives its sha256; content that is there already is left as it is, damaged it is mended.

        Raises:
            AnnotatorError: it cannot be written (disk full, read-only folder …); nothing is left of it.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if self.holds(content):
            return sha256
        temporary = path.parent / f".{secrets.token_hex(8)}.part"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with open(temporary, "xb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                temporary.chmod(0o444)
                os.replace(temporary, path)
            finally:
                with suppress(OSError):
                    temporary.unlink()
            _sync_folder(path.parent)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise AnnotatorError(f"The original cannot be kept in {self.folder}: {reason}.") from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """An original's bytes, checked against its sha256.

        Raises:
            AnnotatorError: the file is missing, unreadable or no longer what was imported.
        """
        path = self.path(sha256)
        try:
            content = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise AnnotatorError(f"The original {path} cannot be read: {reason}.") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise AnnotatorError(f"The original {path} was damaged: import the photo again to put it right.")
        return content


def file_sha256(path: Path) -> str:
    """The sha256 of a file, read piece by piece (OSError where it cannot be read)."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Makes the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
