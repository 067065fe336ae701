"""Writing a file whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from core.images.errors import ImageFileError
from core.text import to_utf8


def write_text(path: str | Path, text: str) -> None:
    """Writes a text as UTF-8 (`to_utf8`), whole or not at all; raises as `write_atomically` does."""
    write_atomically(Path(path), to_utf8(text))


def write_atomically(path: Path, content: bytes) -> None:
    """Writes under a temporary name in the same folder, then renames, so that nobody ever sees half a file.

    Raises:
        ImageFileError: the folder is missing or closed, the disk is full, a folder has that name …; nothing is left.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        with open(temporary, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except FileNotFoundError as error:
        raise ImageFileError(f"{path} cannot be written: the folder {path.parent} does not exist.") from error
    except OSError as error:
        raise ImageFileError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink()
