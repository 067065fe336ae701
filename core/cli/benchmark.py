"""`python -m core benchmark`: speed, cost and memory of our model beside its peers."""

import argparse
import math
import re
import sys

from core.arguments import positive_whole
from core.cli.engines import OTHER_ENGINES
from core.command_line import print_json

DEFAULT_SIZES = "481x321,1920x1080,4000x3000,6000x4000"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `benchmark` with its arguments."""
    parser = subparsers.add_parser(
        "benchmark",
        help="speed and memory of our model and of its peers",
        description="Times our model and PReNet, DDN and SIRR, as published and at our settings, in turns on the same "
        "photos on the CPU; counts multiply-adds and parameters; measures memory in a process for each. "
        "docs/benchmark.md says how.",
        epilog="""examples:
  python -m core benchmark
  python -m core benchmark --sizes 481x321 --runs 9 --peers PEERS --json > figures.json""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--sizes", metavar="WxH,…", type=_sizes, default=_sizes(DEFAULT_SIZES), help=f"(default: {DEFAULT_SIZES})"
    )
    parser.add_argument("--runs", metavar="N", type=positive_whole, default=3, help="counted runs of each (default: 3)")
    parser.add_argument(
        "--threads", metavar="N", type=positive_whole, help="threads of PyTorch (default: PyTorch's own choice)"
    )
    ours = parser.add_mutually_exclusive_group()
    ours.add_argument("--weights", metavar="DIR", help="folder of a trained model (default: the one that is shipped)")
    ours.add_argument("--network", choices=("fast", "paper"), help="a network of that size with random weights")
    parser.add_argument(
        "--engines",
        metavar="ENGINE,…",
        type=_engines,
        default=(),
        help=f"also our weights in {', '.join(OTHER_ENGINES)}, by requirements-engines.txt",
    )
    parser.add_argument(
        "--peers", metavar="DIR", help="folder of the peers' published weights (default: random weights, just as fast)"
    )
    parser.add_argument(
        "--whole-limit",
        metavar="N",
        type=float,
        default=2.1,
        help="megapixels above which peers, which have no tiles, are left out (default: 2.1)",
    )
    parser.add_argument("--no-memory", action="store_true", help="leaves the memory unmeasured")
    parser.add_argument("--json", action="store_true", help="prints all figures as JSON in place of the table")


def run(args: argparse.Namespace) -> int:
    """Measures and prints."""
    import torch

    from core.benchmark.choice import Choice
    from core.benchmark.report import as_text, run_benchmark
    from core.errors import UsageError

    if args.threads:
        torch.set_num_threads(args.threads)

    def tell(sentence: str) -> None:
        if sys.stderr.isatty():
            print(f"{sentence} …", file=sys.stderr)

    if args.engines and args.network:
        raise UsageError("--engines runs the weights of a folder, not a random --network.")
    choice = Choice(args.weights, args.network, args.peers, args.engines)
    figures = run_benchmark(choice, args.sizes, args.runs, args.whole_limit, memory=not args.no_memory, tell=tell)
    figures["command"] = args.command_line
    if args.json:
        print_json(figures)
    else:
        print(as_text(figures))
    return 0


def _engines(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if not set(names) <= set(OTHER_ENGINES):
        raise argparse.ArgumentTypeError(f"must be of {', '.join(OTHER_ENGINES)}, with commas, not {text}")
    return names


def _sizes(text: str) -> list[tuple[int, int]]:
    matches = [re.fullmatch(r"(\d+)[x×](\d+)", part.strip()) for part in text.split(",")]
    sizes = [(int(match[1]), int(match[2])) for match in matches if match]
    if len(sizes) != len(matches) or any(math.prod(size) == 0 for size in sizes):
        raise argparse.ArgumentTypeError(f"must be sizes such as 481x321,1920x1080, not {text}")
    return sizes
