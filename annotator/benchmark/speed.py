"""How long the server takes with many candidates: opening, the next candidate, a decision with two crops."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np

from annotator.benchmark.fill import HEIGHT, WIDTH, fill
from annotator.project import open_project
from annotator.usecases.candidates import CandidateView, Crop
from annotator.usecases.decisions import Decision, decide
from annotator.usecases.queue import next_candidate


@dataclass(frozen=True)
class Times:
    """Milliseconds: median, 95th and 99th percentile, worst, of so many runs."""

    median: float
    p95: float
    p99: float
    worst: float
    runs: int


def times_of(seconds: Sequence[float]) -> Times:
    """Sums up measured seconds."""
    values = 1000 * np.asarray(seconds)
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return Times(float(p50), float(p95), float(p99), float(values.max()), len(values))


def measure_speed(folder: Path, url: str | None, candidates: int, decided: float, decisions: int) -> dict[str, Times]:
    """Fills a new project and times it; decisions are made as a curator makes them, each on the next candidate."""
    project = open_project(folder, url)
    fill(project, candidates, decided)
    project.close()
    opening = []
    for _ in range(5):
        start = time.perf_counter()
        project = open_project(folder, url)
        view = next_candidate(project, "anna")
        opening.append(time.perf_counter() - start)
        project.close()
    project = open_project(folder, url)
    looking: list[float] = []
    deciding: list[float] = []
    rng = random.Random(1)
    for _ in range(decisions):
        start = time.perf_counter()
        view = next_candidate(project, "anna")
        looking.append(time.perf_counter() - start)
        assert view is not None
        decision = two_crops(view, rng)
        start = time.perf_counter()
        decide(project, decision)
        deciding.append(time.perf_counter() - start)
    project.close()
    return {
        "opening and the first candidate": times_of(opening),
        "next candidate": times_of(looking),
        "decision with two crops": times_of(deciding),
    }


def two_crops(view: CandidateView, rng: random.Random, curator: str = "anna") -> Decision:
    """An acceptance of a 12-megapixel candidate with two random crops."""
    crops = tuple(
        Crop(
            rng.randrange(WIDTH - 800), rng.randrange(HEIGHT - 800), 200 + rng.randrange(600), 200 + rng.randrange(600)
        )
        for _ in range(2)
    )
    uuid = str(UUID(int=rng.getrandbits(128)))
    return Decision(uuid, view.id, curator, "accept", crops=crops, base_version=view.version)
