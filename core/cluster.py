"""Work spread over the machines of a Dask cluster: every task's result once, whichever workers are lost on the way."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import UserError

if TYPE_CHECKING:
    from distributed import Client, Future

Task = TypeVar("Task")
Result = TypeVar("Result")

REQUIREMENTS = "requirements-cluster.txt"
ANSWER_SECONDS, WORKER_SECONDS = 30.0, 300.0
"""How long a scheduler may take to answer, and how long there may be no worker."""

_LOOK_SECONDS = 5.0
_AHEAD = 3
"""Tasks that wait for each worker's thread: enough to keep it busy, few enough to stop soon."""


def spread(
    address: str,
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    lost: Callable[[str], Result],
    *,
    patience: float = WORKER_SECONDS,
) -> Iterator[tuple[Task, Result]]:
    """(task, result) of every task, as they get ready, each once.

    What a lost worker had in hand is done again by the others. Workers may come and go. The caller alone sees results,
    so one process writes what they say.

    Args:
        address: of the scheduler, such as tcp://host:8786.
        work: what a worker does with a task; a function of a module that workers can import, or a partial of one.
        tasks: what can be pickled.
        lost: the result, of a sentence, for a task that took several workers with it, as for lack of memory.
        patience: seconds without any worker after which it ends.

    Raises:
        UserError: no scheduler answers, no worker is there for so long, or Dask is not installed.
    """
    from_here = iter(tasks)
    client = _connected(address)
    running: dict[Future, Task] = {}
    try:
        while True:
            room = _AHEAD * max(1, _threads(client))
            while len(running) < room and (task := next(from_here, None)) is not None:
                running[client.submit(work, task, pure=False)] = task
            if not running:
                return
            for future in _ready(client, address, list(running), patience):
                yield running.pop(future), _result(future, lost)
    finally:
        client.close(timeout=ANSWER_SECONDS)


def _connected(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        raise UserError(f"--dask needs more packages: pip install -r {REQUIREMENTS}") from error
    try:
        return Client(address, timeout=ANSWER_SECONDS)
    except (OSError, ValueError) as error:
        raise UserError(f"No Dask scheduler answers at {address}.") from error


def _threads(client: "Client") -> int:
    workers: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    return sum(worker["nthreads"] for worker in workers.values())


def _ready(client: "Client", address: str, running: "list[Future]", patience: float) -> "set[Future]":
    """Those that are done, one at least."""
    from distributed import TimeoutError as DaskTimeout
    from distributed import wait

    seen = time.monotonic()
    while True:
        try:
            return wait(running, timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED").done
        except (DaskTimeout, TimeoutError):
            now = time.monotonic()
            if client.status != "running":
                raise UserError(
                    f"The Dask scheduler at {address} is gone. What is done is kept: run it again."
                ) from None
            if _threads(client):
                seen = now
            elif now - seen > patience:
                raise UserError(
                    f"There is no worker at {address}. What is done is kept: start workers, then run it again."
                ) from None


def _result(future: "Future", lost: Callable[[str], Result]) -> Result:
    from distributed import KilledWorker

    try:
        found: Result = future.result(timeout=WORKER_SECONDS)
        return found
    except KilledWorker:
        return lost("Every worker that tried it was lost, perhaps for lack of memory.")
