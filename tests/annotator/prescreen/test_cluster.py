"""Pre-screening by a Dask cluster of two workers, one of them killed: the same tables as by one process."""

import time
from pathlib import Path

import numpy as np
from sqlalchemy import select

from annotator.database.models import Candidate, Flag, ImageHash, Measurement, SuggestionRow
from annotator.prescreen.run import prescreen
from annotator.project import Project, open_project
from tests.annotator.photos import import_arrays
from tests.annotator.prescreen.scenes import smooth, texture, with_streaks
from tests.dask_cluster import Cluster

PHOTOS = 8


def tables(project: Project) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the pre-screening wrote."""
    columns = {
        "candidate": (Candidate.id, Candidate.priority, Candidate.duplicate_group),
        "measurement": (Measurement.image_id, Measurement.name, Measurement.value),
        "flag": (Flag.image_id, Flag.code),
        "hash": (ImageHash.image_id, ImageHash.kind, ImageHash.value),
        "crop": (SuggestionRow.image_id, SuggestionRow.position, *(getattr(SuggestionRow, c) for c in "xywh")),
    }
    with project.read() as session:
        return {name: sorted(map(tuple, session.execute(select(*each)))) for name, each in columns.items()}


def made(folder: Path) -> Project:
    project = open_project(folder / "project")
    scenes = [with_streaks(texture(n) // 3 if n % 2 else smooth(), 5 * n, 400) for n in range(PHOTOS)]
    import_arrays(project, folder / "photos", [np.ascontiguousarray(scene[:200, :260]) for scene in scenes])
    return project


def test_two_workers_of_which_one_is_killed_give_the_tables_of_one_process(cluster: Cluster, tmp_path: Path) -> None:
    for name in ("alone", "together"):
        (tmp_path / name).mkdir()
    alone, together = made(tmp_path / "alone"), made(tmp_path / "together")
    prescreen(alone, processes=1)
    seen: list[int] = []

    def kill_one(done: int, total: int) -> None:
        seen.append(done)
        if done == 1:
            cluster.kill_a_worker()

    report = prescreen(together, cluster=cluster.address, progress=kill_one, stop=lambda: _late(cluster))
    assert (report.measured, report.refused, report.stopped) == (PHOTOS, (), False)
    assert seen == list(range(PHOTOS + 1))  # none lost, none twice
    assert tables(together) == tables(alone)
    again = prescreen(together, cluster=cluster.address)
    assert (again.measured, tables(together)) == (0, tables(alone))
    alone.close()
    together.close()


def _late(cluster: Cluster) -> bool:
    return time.monotonic() > cluster.deadline
