"""Decides, before any work, which photo `python -m core derain` reads from where and writes to where."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UsageError
from core.images.formats import IMAGE_SUFFIXES, READABLE

MASK_ENDING = "_mask.png"


@dataclass(frozen=True)
class Job:
    """One photo: where it lies, where the derained image goes, and where its mask goes, if it is wanted."""

    source: Path
    target: Path
    mask: Path | None = None

    @property
    def targets(self) -> tuple[Path, ...]:
        """The files that the job writes."""
        return (self.target,) if self.mask is None else (self.target, self.mask)


@dataclass
class Plan:
    """The jobs in order, the sentences about what cannot be done, and the number of links that were left out."""

    jobs: list[Job] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    links_left_out: int = 0


def make_plan(inputs: Sequence[str], output: str, *, masks: bool) -> Plan:
    """Finds the photos of files, folders (with all folders below) and globs, and names their outputs.

    A file keeps its name, a photo of a folder also its place below that folder, a photo of a glob its place below the
    part of the glob that has no wildcard. Links in a folder or a glob that lead out of it are left out. The folder of
    outputs is not searched for photos.

    Raises:
        UsageError: an output is one of the inputs, or two photos have the same output, or `output` cannot be what it
            has to be.
    """
    single = len(inputs) == 1 and not os.path.isdir(inputs[0]) and not _is_glob(inputs[0])
    as_file = _is_file_name(output) if single else _refuse_file_name(output)
    plan = Plan()
    seen: set[tuple[Path, Path]] = set()
    for given in inputs:
        for source, place in _photos(given, Path(output), plan):
            target = Path(output) if as_file else Path(output) / place
            mask = target.with_name(target.stem + MASK_ENDING) if masks else None
            if (source.resolve(), target) not in seen:
                seen.add((source.resolve(), target))
                plan.jobs.append(Job(source, target, mask))
    _refuse_collisions(plan.jobs)
    return plan


def _is_glob(given: str) -> bool:
    return glob.has_magic(given) and not os.path.lexists(given)


def _is_file_name(output: str) -> bool:
    """Whether the output of a single photo is meant as a file's name rather than as a folder."""
    path = Path(output)
    if path.is_dir() or output.endswith(("/", os.sep)) or (not path.suffix and not path.exists()):
        return False
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        raise UsageError(
            f"{output} names no format that can be written ({READABLE}); end it with / if it is meant as a folder."
        )
    return True


def _refuse_file_name(output: str) -> bool:
    """Checks that the output of several photos can be a folder."""
    path = Path(output)
    if path.exists() and not path.is_dir():
        raise UsageError(f"{output} is a file, but the output of several photos must be a folder.")
    if path.suffix.lower() in IMAGE_SUFFIXES and not path.is_dir() and not output.endswith(("/", os.sep)):
        raise UsageError(f"{output} is the name of one photo, but the output of several photos must be a folder.")
    return False


def _photos(given: str, output: Path, plan: Plan) -> Iterator[tuple[Path, Path]]:
    """The photos of one input, each with its place below the folder of outputs."""
    path = Path(given)
    if _is_glob(given):
        base = _fixed_part(given)
        found = (Path(match) for match in sorted(glob.glob(given, recursive=True)))
        photos = list(_inside(base, (match for match in found if match.is_file()), output, plan))
        if not photos:
            plan.failures.append((given, f"No photo matches {given}."))
        yield from photos
    elif path.is_dir():
        photos = list(_inside(path, _walk(path, plan), output, plan))
        if not photos:
            plan.failures.append((given, f"There is no photo in {given}."))
        yield from photos
    elif not os.path.lexists(path):
        plan.failures.append((given, f"{given} does not exist."))
    elif path.suffix.lower() not in IMAGE_SUFFIXES:
        plan.failures.append((given, f"{given} is not a {READABLE} photo by its suffix."))
    else:
        yield path, Path(path.name)


def _walk(folder: Path, plan: Plan) -> Iterator[Path]:
    """Every file below a folder, in order; links to folders are not followed."""

    def note(error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        plan.failures.append((str(error.filename), f"{error.filename} cannot be read: {reason}."))

    for parent, folders, files in os.walk(folder, onerror=note):
        folders.sort()
        plan.links_left_out += sum((Path(parent) / name).is_symlink() for name in folders)
        yield from (Path(parent) / name for name in sorted(files))


def _inside(base: Path, files: Iterable[Path], output: Path, plan: Plan) -> Iterator[tuple[Path, Path]]:
    """Those files that are photos, lie below `base` with links resolved, and do not lie in the folder of outputs."""
    root, outputs = base.resolve(), output.resolve()
    for path in files:
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        actual = path.resolve()
        if not actual.is_relative_to(root):
            plan.links_left_out += 1
        elif outputs == root or not actual.is_relative_to(outputs):
            yield path, path.relative_to(base)


def _fixed_part(pattern: str) -> Path:
    """The folders of a glob before the first wildcard."""
    parts = Path(pattern).parts
    wild = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:wild])


def _refuse_collisions(jobs: Sequence[Job]) -> None:
    """Raises UsageError if a job would write over an input or over what another job writes."""
    inputs = {job.source.resolve(): job.source for job in jobs}
    owner: dict[Path, Path] = {}
    for job in jobs:
        for target in job.targets:
            actual = target.resolve()
            if actual in inputs:
                raise UsageError(f"{target} would be written over the input {inputs[actual]}; choose another output.")
            if actual in owner:
                raise UsageError(f"{owner[actual]} and {job.source} would both be written to {target}.")
            owner[actual] = job.source
