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


@contextmanager
def served_demo(program: list[str], repository: Path, folder: Path) -> Iterator[str]:
    """The address of a demo that a Python of its own runs, with what it writes below `folder`.

    Port 0 would be Gradio's own choice, so a free one is taken.
    """
    places = {"XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data", "GRADIO_TEMP_DIR": "gradio"}
    environment = os.environ | {name: str(folder / below) for name, below in places.items()}
    environment["PYTHONUNBUFFERED"] = "1"
    environment.pop("DERAIN_PEERS", None)
    command = [sys.executable, *program, "--host", "127.0.0.1", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=repository, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            for line in server.stdout:
                if address := re.search(r"http://[\d.:]+", line):
                    yield address[0]
                    break
            else:
                raise RuntimeError("the demo ended before it served its page")
        finally:
            server.terminate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
