"""A Dask scheduler and two workers, each a process of its own, for tests."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.conftest import skip_or_fail

START_SECONDS, TEST_SECONDS = 120, 900


@dataclass
class Cluster:
    """A running cluster.

    Attributes:
        address: of its scheduler.
        workers: their processes.
        deadline: time.monotonic() at which a test should give up.
    """

    address: str
    workers: list["subprocess.Popen[bytes]"]
    deadline: float

    def kill_a_worker(self) -> None:
        """Kills one without warning, as a machine that loses its power."""
        self.workers[0].kill()
        self.workers[0].wait(30)


@contextmanager
def running_cluster(folder: Path, repository: Path) -> Iterator[Cluster]:
    """A cluster of two workers of one thread; gone at the end."""
    if find_spec("distributed") is None:
        skip_or_fail("Dask is not installed (requirements-cluster.txt)")
    where = folder / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(repository), "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "20s"}
    common = ["--scheduler-file", str(where), "--no-dashboard"]
    scheduler = ["scheduler", *common, "--host", "127.0.0.1", "--port", "0"]
    worker = ["worker", *common, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--death-timeout", "60"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for number, arguments in enumerate((scheduler, worker, worker)):
            if number == 1:
                _wait_for(where, started[0])
            with open(folder / f"log-{number}", "wb") as log:
                command = [sys.executable, "-m", "dask", *arguments]
                started.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log))
        address = json.loads(where.read_text())["address"]
        _wait_for_workers(address)
        yield Cluster(address, started[1:], time.monotonic() + TEST_SECONDS)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait(30)


def _wait_for(file: Path, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while not (file.is_file() and file.read_text().endswith("}")):
        assert process.poll() is None and time.monotonic() < end, "the scheduler did not start"
        time.sleep(0.1)


def _wait_for_workers(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=START_SECONDS, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=START_SECONDS)
