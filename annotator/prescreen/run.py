"""Pre-screens a project: several processes measure what is not measured yet, then near-duplicates are grouped, and
what its decisions have taught is applied."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import cv2

from annotator.candidate import Suggestion
from annotator.errors import AnnotatorError
from annotator.prescreen.cluster import examined_by_cluster
from annotator.prescreen.duplicates import best_of, find_pairs, group
from annotator.prescreen.examine import Examined, examine
from annotator.prescreen.hashes import Hashes
from annotator.prescreen.kept import keep, kept_features
from annotator.prescreen.local_features import NO_FEATURES, LocalFeatures, find_features
from annotator.prescreen.own_decisions import learn_again
from annotator.prescreen.score import version
from annotator.prescreen.working_copy import working_copy
from annotator.project import Project
from annotator.rules import Rules
from annotator.usecases.measuring import (
    duplicate_groups,
    image_hashes,
    image_sizes,
    record_groups,
    record_measurements,
    replace_flag,
    unmeasured,
)
from annotator.usecases.originals import photo_names
from core.errors import UserError
from core.images import ImageFileError, read_photo
from core.inference import AUTO, DEFAULT_WEIGHTS
from core.methods import Method, Sources, find_methods

MOST_PROCESSES = 4
_AHEAD = 3
"""Photos that wait for each process: enough to keep it busy, few enough to stop soon."""


@dataclass(frozen=True)
class PrescreenReport:
    """What a run did.

    Attributes:
        measured: photos measured now.
        groups: groups of near-duplicates in the whole project.
        redundant: photos beyond the first of each group.
        refused: (name, sentence) of every photo that could not be measured or, its features lost, not be compared with
            others; the next run tries them again.
        stopped: whether it was asked to stop before it was through; groups and redundant are then 0.
    """

    measured: int
    groups: int
    redundant: int
    refused: tuple[tuple[str, str], ...]
    stopped: bool = False


def prescreen(
    project: Project,
    *,
    processes: int | None = None,
    cluster: str | None = None,
    weights: Path = DEFAULT_WEIGHTS,
    progress: Callable[[int, int], object] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> PrescreenReport:
    """Measures every photo that this version has not measured, groups near-duplicates of the whole project, and orders
    it by what its decisions have taught.

    Each photo is recorded as soon as it is measured: a run that was stopped goes on where it was. Nothing is decided.

    Args:
        project: which.
        processes: how many measure at once; None for the processors that there are, at most MOST_PROCESSES.
        cluster: the address of a Dask scheduler whose workers measure; they read the originals from the same folder.
        weights: of the model whose mask is measured.
        progress: called with (photos done, photos to measure), first with 0 done.
        stop: asked after every photo whether to end early; what was measured is kept, and nothing is grouped.

    Raises:
        AnnotatorError: the project cannot be written, or a process was killed, as for lack of memory.
        UserError: the cluster does not answer, or has lost its workers.
    """
    waiting = unmeasured(project, version())
    model = f"prescreen {version()}, {Path(weights).name}"
    if cluster is None:
        count = min(processes or min(len(os.sched_getaffinity(0)), MOST_PROCESSES), max(1, len(waiting)))
        results = _examined(waiting, count, weights, project.rules)
    else:
        results = examined_by_cluster(cluster, waiting, weights, project.rules)
    refused: dict[str, str] = {}
    if progress is not None:
        progress(0, len(waiting))
    for done, (image, path, found) in enumerate(results, 1):
        if isinstance(found, Examined):
            crops = [Suggestion(p.x, p.y, p.w, p.h, p.score, model) for p in found.proposals]
            keep(project.folder, path.name, found.features, found.maps)
            hashes = found.hashes.to_hex()
            record_measurements(
                project, image, found.values, found.flags, crops, version(), found.priority, hashes=hashes
            )
        else:
            refused[path.name] = found
        if progress is not None:
            progress(done, len(waiting))
        if stop():
            return PrescreenReport(done - len(refused), 0, 0, _by_name(project, refused), stopped=True)
    groups, unread = group_duplicates(project)
    learn_again(project)
    return PrescreenReport(
        len(waiting) - len(refused),
        len(groups),
        sum(len(members) - 1 for members in groups),
        _by_name(project, unread | refused),
    )


def _by_name(project: Project, refused: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """(name, sentence) for sha256 -> sentence."""
    names = photo_names(project) if refused else {}
    return tuple((names[sha256], sentence) for sha256, sentence in refused.items())


def group_duplicates(project: Project) -> tuple[list[list[str]], dict[str, str]]:
    """Groups the near-duplicates of all photos that have hashes, and flags all but the best of each group.

    Returns:
        The groups, each of at least two images' sha256; and sha256 -> sentence of the photos whose features were lost
        and whose originals cannot be read: they are compared by their hashes alone, and stay in the group they had.
    """
    hashes = image_hashes(project)
    names = sorted(hashes)
    features, unread = [], {}
    for name in names:
        try:
            features.append(_features(project, name))
        except ImageFileError as error:
            features.append(NO_FEATURES)
            unread[name] = str(error)
    pairs = find_pairs([Hashes.from_hex(hashes[name]) for name in names], features)
    pairs += _pairs_before(project, names, unread)
    groups = [[names[n] for n in members] for members in group(len(names), pairs)]
    record_groups(project, {name: members[0][:16] for members in groups for name in members})
    sizes = image_sizes(project)
    replace_flag(
        project, "duplicate", {name for members in groups for name in members if name != best_of(members, sizes)}
    )
    return groups, unread


def _pairs_before(project: Project, names: list[str], unread: Collection[str]) -> list[tuple[int, int]]:
    """Those of a group so far of which one cannot be compared by its features now."""
    if not unread:
        return []
    before = duplicate_groups(project)
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name in before:
            places.setdefault(before[name], []).append(place)
    pairs = (pair for members in places.values() for pair in combinations(members, 2))
    return [pair for pair in pairs if any(names[place] in unread for place in pair)]


def _features(project: Project, sha256: str) -> LocalFeatures:
    """The kept features of an image, found anew where they were not kept or cannot be read (ImageFileError)."""
    features = kept_features(project.folder, sha256)
    if features is None:
        features = find_features(working_copy(read_photo(project.blobs.path(sha256), name="The original").pixels))
        keep(project.folder, sha256, features, None)
    return features


Waiting = list[tuple[int, Path]]


def _examined(
    waiting: Waiting, processes: int, weights: Path, rules: Rules
) -> Iterator[tuple[int, Path, Examined | str]]:
    """(image, path, what was found or why it was not) of every photo, as they get ready."""
    if not waiting:
        return
    pool = ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_start, initargs=(weights, rules)
    )
    left = iter(waiting)
    running: dict[Future[Examined | str], tuple[int, Path]] = {}
    try:
        while True:
            while len(running) < processes * _AHEAD and (following := next(left, None)):
                running[pool.submit(_work, following[1])] = following
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield *running.pop(future), future.result()
    except BrokenProcessPool as error:
        raise AnnotatorError(
            "A process of the pre-screening was killed, perhaps for lack of memory. What it measured is kept: "
            "run it again, with fewer --processes."
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_method: Method
_rules: Rules


def _start(weights: Path, rules: Rules) -> None:
    """Makes a process ready: one thread, and the model. It ends with the process that started it."""
    global _method, _rules
    import torch

    _end_with_parent()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    (_method,) = find_methods(["ours"], Sources(weights, device="auto", scale=AUTO))
    _rules = rules


def _end_with_parent() -> None:
    """Ends this process as soon as the one that started it is gone, killed though it may be."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _work(path: Path) -> Examined | str:
    try:
        return examine(path, _method, _rules)
    except UserError as error:
        return str(error)
    except Exception as error:  # whatever is odd about one photo, the others are measured
        return f"It cannot be measured: {type(error).__name__}: {error}."
