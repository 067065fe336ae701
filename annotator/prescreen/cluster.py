"""Measuring on the machines of a Dask cluster, which read the originals from the folder that all of them share."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from annotator.prescreen.examine import Examined, examine
from annotator.prescreen.score import version
from annotator.rules import Rules
from core.cluster import spread
from core.errors import UserError
from core.inference import AUTO, DEFAULT_WEIGHTS
from core.methods import Method, Sources, find_methods

Waiting = Sequence[tuple[int, Path]]


def examined_by_cluster(
    address: str, waiting: Waiting, weights: Path, rules: Rules
) -> Iterator[tuple[int, Path, Examined | str]]:
    """(image, path, what was found or why it was not) of every photo, as they get ready.

    Raises:
        UserError: as for core.cluster.spread.
    """
    own = None if weights == DEFAULT_WEIGHTS else weights.resolve()  # each worker has those that ship
    work = partial(examine_on_worker, version(), own, rules)
    tasks = [(image, path.resolve()) for image, path in waiting]
    for (image, path), found in spread(address, work, tasks, str):
        yield image, path, found


def examine_on_worker(wanted: str, weights: Path | None, rules: Rules, task: tuple[int, Path]) -> Examined | str:
    """What a worker finds of a photo, or why it does not.

    Args:
        wanted: the pre-screening's version of who asks.
        weights: of the model; None for those that ship.
        rules: the project's.
        task: the image, and the path of its original.
    """
    if version() != wanted:
        return f"A worker has the pre-screening {version()}, not {wanted}: give all machines the same program."
    try:
        return examine(task[1], _method(weights), rules)
    except UserError as error:
        return str(error)
    except Exception as error:  # whatever is odd about one photo, the others are measured
        return f"It cannot be measured: {type(error).__name__}: {error}."


@cache
def _method(weights: Path | None) -> Method:
    import cv2
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    return find_methods(["ours"], Sources(weights or DEFAULT_WEIGHTS, device="auto", scale=AUTO))[0]
