"""SIGKILL at any moment of decisions and imports: nothing that was acknowledged may be lost, nothing half there."""

import io
import multiprocessing
import random
import time
import zipfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from sqlalchemy import func, select, text

from annotator.benchmark.speed import two_crops
from annotator.blobs import file_sha256
from annotator.candidate import Crop
from annotator.database.models import Candidate, CropRow, DecisionEvent, Image
from annotator.project import Project, open_project
from annotator.usecases.decisions import Decision, decide, rebuild_current
from annotator.usecases.importing import import_photos
from annotator.usecases.queue import next_candidate

_SIDE = 256


@dataclass(frozen=True)
class Kills:
    """What came of it; everything but the first two should be 0.

    Attributes:
        kills: processes killed.
        acknowledged: decisions and imported photos that had been acknowledged before a kill.
        lost: of those, how many are not in the database or not on the disk.
        broken: images without a whole original, acceptances without their two crops, what rebuilding changes, and
            failed integrity checks.
    """

    kills: int
    acknowledged: int
    lost: int
    broken: int


def kill_often(folder: Path, url: str | None, kills: int, seed: int = 0) -> Kills:
    """Starts a process that imports photos and decides on them, kills it within its first second of work; again."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "photos.zip"
    write_photos(archive, 40 * kills, seed)
    open_project(folder / "project", url).close()
    context = multiprocessing.get_context("spawn")
    acknowledged: set[str] = set()
    for _ in range(kills):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(folder / "project", url, archive, sender), daemon=True)
        process.start()
        sender.close()
        assert receiver.recv() == "ready"
        end = time.monotonic() + rng.uniform(0.01, 1.0)
        while (left := end - time.monotonic()) > 0:
            if receiver.poll(left):
                acknowledged.add(receiver.recv())
        process.kill()
        process.join()
        acknowledged |= _left(receiver)
    project = open_project(folder / "project", url)
    lost, broken = _check(project, acknowledged)
    project.close()
    return Kills(kills, len(acknowledged), lost, broken)


def write_photos(archive: Path, count: int, seed: int) -> None:
    """A zip of small PNG photos, no two alike."""
    rng = np.random.default_rng(seed)
    with zipfile.ZipFile(archive, "w") as target:
        for number in range(count):
            pixels = np.full((_SIDE, _SIDE, 3), rng.integers(0, 256, 3), np.uint8)
            pixels[: 1 + number // 256, : 1 + number % 256] ^= 255
            stream = io.BytesIO()
            PillowImage.fromarray(pixels).save(stream, "PNG")
            target.writestr(f"photo-{number}.png", stream.getvalue())


def _work(folder: Path, url: str | None, archive: Path, sender: Connection) -> None:
    """Imports photo after photo and decides on what is there, and says each time what is done."""
    project = open_project(folder, url)
    rng = random.SystemRandom()
    sender.send("ready")

    def imported(done: int, name: str) -> None:
        sender.send(f"photo {name}")
        view = next_candidate(project, "anna")
        if view is not None and done % 2 == 0:
            crops = (Crop(0, 0, 128, 128), Crop(rng.randrange(1, 128), 0, 128, 200))
            uuid = two_crops(view, random.Random(rng.getrandbits(64))).uuid
            decide(project, Decision(uuid, view.id, "anna", "accept", crops=crops, base_version=view.version))
            sender.send(f"decision {uuid}")

    import_photos(project, archive, progress=imported)
    while True:
        time.sleep(1)


def _left(receiver: Connection) -> set[str]:
    found = set()
    try:
        while receiver.poll():
            found.add(receiver.recv())
    except (EOFError, OSError):
        pass
    return found


def _check(project: Project, acknowledged: set[str]) -> tuple[int, int]:
    with project.read() as session:
        events = set(session.scalars(select(DecisionEvent.uuid)).all())
        names = set(session.scalars(text("SELECT name FROM source")).all())
        images = session.scalars(select(Image.sha256)).all()
        lone = session.scalar(
            select(func.count()).select_from(Image).outerjoin(Candidate).where(Candidate.id.is_(None))
        )
        crops = select(CropRow.event_id).group_by(CropRow.event_id).having(func.count() == 2)
        half = session.scalar(
            select(func.count()).where(DecisionEvent.verdict == "accept", DecisionEvent.id.not_in(crops))
        )
        sound = session.get_bind().dialect.name != "sqlite" or session.scalar(text("PRAGMA integrity_check")) == "ok"
    done = {("photo", name) for name in names} | {("decision", uuid) for uuid in events}
    lost = sum(tuple(entry.split(" ", 1)) not in done for entry in acknowledged)
    paths = {sha256: project.blobs.path(sha256) for sha256 in images}
    torn = sum(not path.is_file() or file_sha256(path) != sha256 for sha256, path in paths.items())
    return lost, torn + (lone or 0) + (half or 0) + rebuild_current(project) + (not sound)
