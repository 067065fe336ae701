"""The benchmark's checks with small numbers: nothing lost or double with curators at once, nothing lost by kills."""

from pathlib import Path

import pytest
from sqlalchemy import text

from annotator.benchmark.curators import decide_together
from annotator.benchmark.fill import fill
from annotator.benchmark.kills import kill_often
from annotator.benchmark.speed import measure_speed
from annotator.project import Project
from annotator.usecases.decisions import rebuild_current
from annotator.usecases.queue import Filters, next_candidate


def test_a_filled_project_is_one_that_curators_could_have_made(project: Project) -> None:
    fill(project, 200, 0.9)
    assert rebuild_current(project) == 0
    view = next_candidate(project, "anna")
    assert view is not None and view.state == "pending" and len(view.measurements) == 6


def test_curators_at_once(project: Project, url: str | None) -> None:
    fill(project, 120, 0.5)
    found = decide_together(project.folder, url, 3, 15)
    assert (found.decisions, found.errors, found.lost, found.double) == (45, (), 0, 0)


def test_kills(tmp_path: Path) -> None:
    found = kill_often(tmp_path, None, 3)
    assert (found.kills, found.lost, found.broken) == (3, 0, 0) and found.acknowledged > 0


def test_speed_is_measured(tmp_path: Path) -> None:
    found = measure_speed(tmp_path / "p", None, 100, 0.5, 5)
    assert all(0 < times.median <= times.p99 <= times.worst for times in found.values())


@pytest.mark.parametrize("filters", [Filters(), Filters(states=("rejected",)), Filters(states=("accepted",))])
def test_the_next_candidate_is_found_by_an_index_without_sorting(local: Project, filters: Filters) -> None:
    from annotator.usecases.queue import _waiting

    fill(local, 300, 0.9)
    with local.read() as session:
        query = (
            _waiting(session, 1, filters, None).limit(1).compile(local.engine, compile_kwargs={"literal_binds": True})
        )
        plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    assert any("ix_candidate_queue" in line for line in plan)
    assert not any("TEMP B-TREE" in line or line.startswith("SCAN") for line in plan)
