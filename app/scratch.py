"""Where a running demo keeps what visitors give it: a folder that goes when the demo ends, however it ends."""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

PREFIX = "rain-demo-"
IN_USE = "in-use"
"""A file of each folder that the demo which uses it holds locked; the system unlocks it when the demo dies."""


@contextmanager
def scratch() -> Iterator[Path]:
    """The folder; what Gradio is given and every temporary file lie in it.

    It goes on the way out, SIGTERM included. Folders of demos that were killed before they could are swept first.
    """
    place = Path(os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir())
    before, asked = tempfile.tempdir, os.environ.get("GRADIO_TEMP_DIR")
    folder, lock = claim(place)
    handler = signal.signal(signal.SIGTERM, end)
    if not (Path.home().is_dir() and os.access(Path.home(), os.W_OK)):
        # Else matplotlib, which Gradio loads, makes a folder of its own in ours and misses it at the very end.
        (folder / "matplotlib").mkdir()
        os.environ.setdefault("MPLCONFIGDIR", str(folder / "matplotlib"))
    try:
        tempfile.tempdir = str(folder)
        os.environ["GRADIO_TEMP_DIR"] = str(folder / "gradio")
        yield folder
    finally:
        signal.signal(signal.SIGTERM, handler)
        tempfile.tempdir = before
        if asked is None:
            del os.environ["GRADIO_TEMP_DIR"]
        else:
            os.environ["GRADIO_TEMP_DIR"] = asked
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def claim(place: Path) -> tuple[Path, IO[str]]:
    """A new folder in `place` and its lock, once the folders that nobody uses any more are gone."""
    place.mkdir(parents=True, exist_ok=True)
    with open(place / f"{PREFIX}{os.getuid()}.lock", "w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        for folder in place.glob(f"{PREFIX}*"):
            if folder.is_dir() and folder.stat().st_uid == os.getuid() and not in_use(folder):
                shutil.rmtree(folder, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        (folder / "gradio").mkdir()
        lock = open(folder / IN_USE, "w")  # noqa: SIM115
        fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def in_use(folder: Path) -> bool:
    """Whether a demo that runs has locked the folder."""
    with suppress(FileNotFoundError), open(folder / IN_USE) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def end(number: int, frame: FrameType | None) -> None:
    """Ends the demo as an interruption does, so that nothing of its visitors stays."""
    raise SystemExit(0)
