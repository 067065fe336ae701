"""Decides, before any work, which photo `python -m core derain` reads from where and writes to where."""

import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UsageError, UserError
from core.images.formats import (
    READABLE,
    WRITABLE,
    WRITABLE_SUFFIXES,
    format_of_suffix,
    output_suffix,
)
from core.images.walk import describe_picture, is_litter, is_photo, kind_by_content, walk_photos
from core.text import natural_key

MASK_ENDING = "_mask.png"
LONGEST_NAME = 255
"""Bytes of a file's name that every usual file system takes."""


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
    """The jobs in order, the sentences about what cannot be done, and what was left out."""

    jobs: list[Job] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    links_left_out: int = 0
    others: Counter[str] = field(default_factory=Counter)
    """Pictures that are no photos we read, by what they are."""


def make_plan(inputs: Sequence[str], output: str, *, masks: bool, suffix: str | None = None) -> Plan:
    """Finds the photos of files, folders (with all folders below) and globs, and names their outputs.

    A file keeps its name, a photo of a folder also its place below that folder, a photo of a glob its place below the
    part of the glob that has no wildcard. Left out is what is hidden or litter, and links in a folder or a glob that
    lead out of it. The folder of outputs is not searched for photos.

    Args:
        suffix: of every output, such as ".png"; by default the photo's own, or of one that is only read (HEIC, AVIF)
            ".jpg".

    Raises:
        UsageError: an output is one of the inputs, or two photos have the same output, or `output` cannot be what it
            has to be.
    """
    single = len(inputs) == 1 and not os.path.isdir(inputs[0]) and not _is_glob(inputs[0])
    as_file = _is_file_name(output) if single else _refuse_file_name(output)
    if as_file and suffix and format_of_suffix(suffix) != format_of_suffix(Path(output).suffix):
        raise UsageError(f"{output} says another format than --format.")
    plan = Plan()
    found: dict[tuple[Path, Path], Path] = {}
    for given in inputs:
        for source, place in _photos(given, Path(output), plan):
            found.setdefault((source.resolve(), place), source)
    targets = [Path(output)] if as_file else _targets(found, Path(output), suffix)
    for source, target in zip(found.values(), targets):
        mask = target.with_name(target.stem + MASK_ENDING) if masks else None
        job = Job(source, target, mask)
        if too_long := next((path for path in job.targets if len(os.fsencode(path.name)) > LONGEST_NAME), None):
            sentence = f"{source} cannot be derained to {too_long}: the name has more than {LONGEST_NAME} bytes."
            plan.failures.append((str(source), sentence))
        else:
            plan.jobs.append(job)
    _refuse_collisions(plan.jobs)
    return plan


def check_folders(jobs: Iterable[Job]) -> None:
    """Checks that every folder of outputs can be made and written into.

    Raises:
        UserError: one cannot; nothing has been made.
    """
    for folder in dict.fromkeys(path.parent for job in jobs for path in job.targets):
        there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
        if not there.is_dir():
            raise UserError(f"{folder} cannot be made: {there} is not a folder.")
        if not os.access(there, os.W_OK | os.X_OK):
            raise UserError(f"{there} cannot be written into: it is read-only, or permission is denied.")


def _targets(found: Iterable[tuple[Path, Path]], output: Path, suffix: str | None) -> list[Path]:
    """Each photo's output; a suffix that changes goes behind the old one where the name is taken otherwise."""
    places = [place for _, place in found]
    wanted = [_new_suffix(place, source, suffix) for source, place in found]
    taken = {place for place, new in zip(places, wanted) if new == place.suffix}
    targets = []
    for place, new in zip(places, wanted):
        changed = place
        if new != place.suffix:
            known = format_of_suffix(place.suffix) is not None
            changed = place.with_suffix(new) if known else place.with_name(place.name + new)
            if changed in taken:
                changed = place.with_name(place.name + new)
            taken.add(changed)
        targets.append(output / changed)
    return targets


def _new_suffix(place: Path, source: Path, wanted: str | None) -> str:
    """The suffix of a photo's output: its own where it will do."""
    own = place.suffix
    if wanted is not None:
        return own if format_of_suffix(own) == format_of_suffix(wanted) else wanted
    if format_of_suffix(own) is not None:
        return output_suffix(own)
    return output_suffix("", kind_by_content(source))


def _is_glob(given: str) -> bool:
    return glob.has_magic(given) and not os.path.lexists(given)


def _is_file_name(output: str) -> bool:
    """Whether the output of a single photo is meant as a file's name rather than as a folder."""
    path = Path(output)
    if path.is_dir() or output.endswith(("/", os.sep)) or (not path.suffix and not path.exists()):
        return False
    if path.suffix.lower() not in WRITABLE_SUFFIXES:
        raise UsageError(
            f"{output} names no format that can be written ({WRITABLE}); end it with / if it is meant as a folder."
        )
    return True


def _refuse_file_name(output: str) -> bool:
    """Checks that the output of several photos can be a folder."""
    path = Path(output)
    if path.exists() and not path.is_dir():
        raise UsageError(f"{output} is a file, but the output of several photos must be a folder.")
    if format_of_suffix(path.suffix) and not path.is_dir() and not output.endswith(("/", os.sep)):
        raise UsageError(f"{output} is the name of one photo, but the output of several photos must be a folder.")
    return False


def _photos(given: str, output: Path, plan: Plan) -> Iterator[tuple[Path, Path]]:
    """The photos of one input, each with its place below the folder of outputs."""
    path = Path(given)
    if _is_glob(given):
        base, pattern = _split(given)
        found = sorted(map(Path, glob.glob(str(pattern), recursive=True)), key=lambda match: natural_key(str(match)))
        photos = list(_inside(base, _matches(base, found, plan), output, plan))
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
    elif path.is_file() and not is_photo(path):
        description = describe_picture(path)
        plan.failures.append((given, f"{given} is {f'{description}, ' if description else ''}not a {READABLE} photo."))
    else:
        yield path, Path(path.name)


def _walk(folder: Path, plan: Plan) -> Iterator[Path]:
    """Every photo below a folder, in order."""

    def note(error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        plan.failures.append((str(error.filename), f"{error.filename} cannot be read: {reason}."))

    walk = walk_photos(folder, note)
    plan.links_left_out += walk.links_left_out
    plan.others += walk.others
    yield from (folder / photo for photo in walk.photos)


def _matches(base: Path, found: Iterable[Path], plan: Plan) -> Iterator[Path]:
    """Those of a glob's files that are photos, without litter."""
    for path in found:
        if not path.is_file() or any(map(is_litter, path.relative_to(base).parts)):
            continue
        if is_photo(path):
            yield path
        elif description := describe_picture(path):
            plan.others[description] += 1


def _inside(base: Path, files: Iterable[Path], output: Path, plan: Plan) -> Iterator[tuple[Path, Path]]:
    """Those photos that lie below `base` with links resolved, and do not lie in the folder of outputs."""
    root, outputs = base.resolve(), output.resolve()
    for path in files:
        actual = path.resolve()
        if not actual.is_relative_to(root):
            plan.links_left_out += 1
        elif outputs == root or not actual.is_relative_to(outputs):
            yield path, path.relative_to(base)


def _split(pattern: str) -> tuple[Path, Path]:
    """The folders of a glob before the first wildcard, and the glob with these taken as they are written.

    A folder that is there under that very name is no wildcard, whatever its name: `photos [2024]/*.jpg`.
    """
    base = Path()
    parts = Path(pattern).parts
    for index, part in enumerate(parts):
        if glob.has_magic(part) and not (base / part).is_dir():
            return base, Path(glob.escape(str(base)), *parts[index:])
        base = base / part
    raise AssertionError(f"{pattern} has no wildcard")


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
