"""`python -m annotator benchmark`: the annotator's promises, measured."""

import argparse
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from core.command_line import print_json


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `benchmark` with its arguments."""
    parser = subparsers.add_parser(
        "benchmark",
        help="measure speed and safety",
        description="Fills a database with candidates, 95 % of them decided, and times opening, the next candidate and "
        "a decision with two crops; lets curators decide at once; kills a process that imports and decides, again "
        "and again. docs/annotator.md says more.",
        epilog="""examples:
  python -m annotator benchmark
  python -m annotator benchmark --candidates 10000 --kills 10 --json""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--candidates", metavar="N", type=int, default=100_000, help="(default: 100000)")
    parser.add_argument("--decisions", metavar="N", type=int, default=1000, help="timed ones (default: 1000)")
    parser.add_argument("--curators", metavar="N", type=int, default=8, help="at once, 200 decisions each (default: 8)")
    parser.add_argument("--kills", metavar="N", type=int, default=50, help="(default: 50)")
    parser.add_argument(
        "--folder", metavar="DIR", type=Path, help="on which disk (default: the folder for temporary files)"
    )
    parser.add_argument("--json", action="store_true", help="prints the figures as JSON")


def run(args: argparse.Namespace) -> int:
    """Measures, prints, and gives 1 where something was lost, double or broken."""
    from annotator.benchmark.curators import decide_together
    from annotator.benchmark.kills import kill_often
    from annotator.benchmark.speed import measure_speed

    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        speed = measure_speed(folder / "speed", None, args.candidates, 0.95, args.decisions)
        together = decide_together(folder / "speed", None, args.curators, 200)
        kills = kill_often(folder / "kills", None, args.kills)
    if args.json:
        figures = {name: asdict(times) for name, times in speed.items()}
        print_json({**figures, "curators": asdict(together), "kills": asdict(kills)})
    else:
        print(f"{args.candidates} candidates, 95 % decided; load average {os.getloadavg()[0]:.1f}")
        for name, times in speed.items():
            print(
                f"{name}: median {times.median:.1f} ms, 95 % {times.p95:.1f} ms, 99 % {times.p99:.1f} ms, "
                f"worst {times.worst:.1f} ms; CPU alone 95 % {times.cpu_p95:.1f} ms, 99 % {times.cpu_p99:.1f} ms "
                f"({times.runs} times)"
            )
        print(
            f"{args.curators} curators at once: {together.decisions} decisions in {together.seconds:.0f} s, "
            f"{len(together.errors)} errors, {together.lost} lost, {together.double} double"
        )
        print(
            f"{kills.kills} × SIGKILL: {kills.acknowledged} decisions and photos acknowledged, {kills.lost} lost, "
            f"{kills.broken} broken"
        )
    for sentence in together.errors:
        print(sentence)
    return 1 if together.errors or together.lost or together.double or kills.lost or kills.broken else 0
