"""How long the server takes with many candidates: opening, the next candidate, a decision with two crops."""

import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np

from annotator.benchmark.fill import HEIGHT, WIDTH, fill
from annotator.candidate import CandidateView, Crop
from annotator.project import open_project
from annotator.usecases.decisions import Decision, decide
from annotator.usecases.queue import next_candidate


@dataclass(frozen=True)
class Times:
    """Milliseconds: median, 95th and 99th percentile and worst of so many runs; and of their CPU time alone.

    On a machine that does other work besides, only the CPU time tells what the annotator itself takes.
    """

    median: float
    p95: float
    p99: float
    worst: float
    cpu_p95: float
    cpu_p99: float
    runs: int


@dataclass
class Clock:
    """Times what runs inside `with`; wall and CPU seconds of each."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __enter__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall.append(time.perf_counter() - self._start[0])
        self.cpu.append(time.process_time() - self._start[1])

    def times(self) -> Times:
        """What was measured, summed up."""
        median, p95, p99, worst = (float(1000 * v) for v in np.percentile(self.wall, [50, 95, 99, 100]))
        cpu_p95, cpu_p99 = (float(1000 * v) for v in np.percentile(self.cpu, [95, 99]))
        return Times(median, p95, p99, worst, cpu_p95, cpu_p99, len(self.wall))


def measure_speed(folder: Path, url: str | None, candidates: int, decided: float, decisions: int) -> dict[str, Times]:
    """Fills a new project and times it; decisions are made as a curator makes them, each on the next candidate."""
    project = open_project(folder, url)
    fill(project, candidates, decided)
    project.close()
    opening, looking, deciding = Clock(), Clock(), Clock()
    for _ in range(5):
        with opening:
            project = open_project(folder, url)
            next_candidate(project, "anna")
        project.close()
    project = open_project(folder, url)
    rng = random.Random(1)
    for _ in range(decisions):
        with looking:
            view = next_candidate(project, "anna")
        assert view is not None
        decision = two_crops(view, rng)
        with deciding:
            decide(project, decision)
    project.close()
    return {
        "opening and the first candidate": opening.times(),
        "next candidate": looking.times(),
        "decision with two crops": deciding.times(),
    }


def two_crops(view: CandidateView, rng: random.Random, curator: str = "anna") -> Decision:
    """An acceptance of a 12-megapixel candidate with two random crops."""
    crops = tuple(
        Crop(
            rng.randrange(WIDTH - 800), rng.randrange(HEIGHT - 800), 200 + rng.randrange(600), 200 + rng.randrange(600)
        )
        for _ in range(2)
    )
    return Decision(str(uuid4()), view.id, curator, "accept", crops=crops, base_version=view.version)
