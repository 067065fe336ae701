"""Many curators at once, each a process of its own: is anything lost, double or refused?"""

import multiprocessing
import random
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from annotator.benchmark.speed import two_crops
from annotator.database.models import Candidate, DecisionEvent
from annotator.project import open_project
from annotator.usecases.decisions import Decision, decide, rebuild_current
from annotator.usecases.queue import next_candidate


@dataclass(frozen=True)
class Together:
    """What came of it.

    Attributes:
        decisions: acknowledged to the curators.
        errors: what was raised, by curators.
        lost: acknowledged, but not in the database.
        double: candidates that two curators were given or decided.
        seconds: from the first start to the last end.
    """

    decisions: int
    errors: tuple[str, ...]
    lost: int
    double: int
    seconds: float


def decide_together(folder: Path, url: str | None, curators: int, decisions: int) -> Together:
    """Lets curators work through a project's pending candidates at once; every third decision is a rejection."""
    context = multiprocessing.get_context("spawn")
    start = time.perf_counter()
    with context.Pool(curators) as pool:
        results = pool.starmap(_work, [(folder, url, f"curator-{n}", decisions, n) for n in range(curators)], 1)
    seconds = time.perf_counter() - start
    done = [pair for pairs, _ in results for pair in pairs]
    errors = tuple(sentence for _, sentence in results if sentence)
    project = open_project(folder, url)
    with project.read() as session:
        stored = set(session.scalars(select(DecisionEvent.uuid)).all())
        twice = session.scalars(
            select(DecisionEvent.candidate_id).group_by(DecisionEvent.candidate_id).having(func.count() > 1)
        ).all()
        versions = session.scalar(select(func.sum(Candidate.version))) or 0
    lost = sum(uuid not in stored for uuid, _ in done) + abs(versions - len(stored)) + rebuild_current(project)
    project.close()
    return Together(len(done), errors, lost, len(twice) + len(done) - len({c for _, c in done}), seconds)


def _work(folder: Path, url: str | None, curator: str, decisions: int, seed: int) -> tuple[list[tuple[str, int]], str]:
    rng = random.Random(seed)
    done: list[tuple[str, int]] = []
    try:
        project = open_project(folder, url)
        for number in range(decisions):
            view = next_candidate(project, curator)
            if view is None:
                return done, f"{curator} was given nothing after {number} decisions"
            decision = two_crops(view, rng, curator)
            if number % 3 == 0:
                decision = Decision(decision.uuid, view.id, curator, "reject", ("mist",), base_version=view.version)
            decide(project, decision)
            done.append((decision.uuid, view.id))
        project.close()
    except Exception as error:
        return done, f"{curator}: {type(error).__name__}: {error}"
    return done, ""
