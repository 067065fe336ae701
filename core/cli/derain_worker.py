"""`python -m core derain --dask`: photos derained by a Dask cluster, in folders that its machines share."""

import argparse
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from core.cli.derain_photo import derain_job, load_derainer
from core.cli.derain_plan import Job
from core.cluster import spread
from core.errors import UserError
from core.inference import Derainer


def derain_by_cluster(
    address: str, jobs: Sequence[Job], args: argparse.Namespace
) -> Iterator[tuple[Job, dict[str, Any]]]:
    """(job, status and figures) of every photo, as they get ready.

    Raises:
        UserError: as for core.cluster.spread.
    """
    settings = {name: getattr(args, name) for name in _SETTINGS}
    if settings["weights"]:
        settings["weights"] = str(Path(settings["weights"]).resolve())
    work = partial(derain_on_worker, tuple(sorted(settings.items())))
    known = {absolute(job): job for job in jobs}
    for job, found in spread(address, work, list(known), lambda error: {"status": "failed", "error": error}):
        yield known[job], found


def absolute(job: Job) -> Job:
    """The job with whole paths, as a worker that runs in another folder needs them."""
    return Job(job.source.absolute(), job.target.absolute(), job.mask and job.mask.absolute())


def derain_on_worker(settings: tuple[tuple[str, Any], ...], job: Job) -> dict[str, Any]:
    """What a worker does with a photo: derains it, writes what is not there yet, and gives its status and figures.

    Args:
        settings: those of the arguments of `python -m core derain` that matter here.
        job: with whole paths.
    """
    args = argparse.Namespace(**dict(settings))
    try:
        return derain_job(job, _derainer(settings), args, lambda done, total: None)
    except UserError as error:  # the model cannot be loaded
        return {"status": "failed", "error": str(error)}


_SETTINGS = (
    *("engine", "quiet", "weights", "device", "tile", "self_ensemble", "generator"),
    *("strength", "scale", "max_megapixels", "overwrite", "json"),
)


@cache
def _derainer(settings: tuple[tuple[str, Any], ...]) -> Derainer:
    return load_derainer(argparse.Namespace(**dict(settings)))[0]
