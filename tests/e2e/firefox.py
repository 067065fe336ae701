"""Firefox as Debian ships it, driven by its own protocol (Marionette): no further package, no further browser."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from tests.e2e.served_demo import free_port

PATIENCE = 180
"""Seconds."""
QUIET = {
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.download.folderList": 2,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


def find_firefox() -> str | None:
    """Path of the browser, if it is installed."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """A window of a running Firefox."""

    def __init__(self, connection: socket.socket, downloads: Path) -> None:
        self.stream = connection.makefile("rwb")
        self.numbers = count()
        self.downloads = downloads
        self._read()
        self.call("WebDriver:NewSession")

    def call(self, command: str, **parameters: Any) -> Any:
        """What a command of Marionette gives; an error of it is raised."""
        message = json.dumps([0, next(self.numbers), command, parameters]).encode()
        self.stream.write(b"%d:%s" % (len(message), message))
        self.stream.flush()
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def _read(self) -> Any:
        length = b""
        while (byte := self.stream.read(1)) not in (b":", b""):
            length += byte
        return json.loads(self.stream.read(int(length)))

    def run(self, script: str) -> Any:
        """What JavaScript in the page returns."""
        return self.call("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def wait_for(self, script: str) -> Any:
        """Asks again and again until the script returns something true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if value := self.run(script):
                return value
            time.sleep(0.2)
        raise TimeoutError(script)

    def choose(self, selector: str, path: Path) -> None:
        """Puts a file into a file input."""
        found = self.call("WebDriver:FindElement", using="css selector", value=selector)["value"]
        self.call("WebDriver:ElementSendKeys", id=next(iter(found.values())), text=str(path))

    def download(self, selector: str, name: str) -> bytes:
        """Presses a button and gives the file that comes of it."""
        path = self.downloads / name
        path.unlink(missing_ok=True)
        self.run(f"document.querySelector({selector!r}).click()")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if path.is_file() and path.stat().st_size and not path.with_suffix(path.suffix + ".part").exists():
                return path.read_bytes()
            time.sleep(0.2)
        raise TimeoutError(name)


@contextmanager
def firefox(binary: str, folder: Path, **settings: Any) -> Iterator[Firefox]:
    """A Firefox with a fresh profile below `folder`; settings are those of about:config, "__" for each dot."""
    port, downloads = free_port(), folder / "downloads"
    (folder / "profile").mkdir(parents=True)
    downloads.mkdir()
    wanted = QUIET | {"marionette.port": port, "browser.download.dir": str(downloads)}
    wanted |= {name.replace("__", "."): value for name, value in settings.items()}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
    (folder / "profile" / "user.js").write_text("\n".join(lines))
    command = [binary, "--headless", "--no-remote", "--marionette", "--profile", str(folder / "profile")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with _connected(port) as connection:
                yield Firefox(connection, downloads)
        finally:
            process.terminate()


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
