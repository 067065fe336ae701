"""The demo served by a process of its own."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


class Address(str):
    """Where a demo is served.

    Attributes:
        pid: its process.
        errors: the file with what it said on standard error.
    """

    pid: int
    errors: Path


@contextmanager
def served_demo(program: list[str], repository: Path, folder: Path, **variables: str) -> Iterator[Address]:
    """The address of a demo that a Python of its own runs, with what it writes below `folder`.

    Port 0 would be Gradio's own choice, so a free one is taken. `variables` are added to its environment.
    """
    places = {"XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data", "GRADIO_TEMP_DIR": "gradio"}
    environment = os.environ | {name: str(folder / below) for name, below in places.items()} | variables
    environment["PYTHONUNBUFFERED"] = "1"
    environment.pop("DERAIN_PEERS", None)
    command = [sys.executable, *program, "--host", "127.0.0.1", "--port", str(free_port())]
    errors = folder / "errors.txt"
    with (
        open(errors, "w") as stream,
        subprocess.Popen(
            command, cwd=repository, env=environment, stdout=subprocess.PIPE, stderr=stream, text=True
        ) as server,
    ):
        assert server.stdout
        try:
            for line in server.stdout:
                if found := re.search(r"http://[\d.:]+", line):
                    address = Address(found[0])
                    address.pid, address.errors = server.pid, errors
                    yield address
                    break
            else:
                raise RuntimeError(f"the demo ended before it served its page: {errors.read_text()[-2000:]}")
        finally:
            server.terminate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
