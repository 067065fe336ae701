"""The arguments --methods, and what they are run with, of commands that run methods."""

import argparse
from typing import TYPE_CHECKING

from core.arguments import scale
from core.errors import UsageError

if TYPE_CHECKING:
    from core.methods import Method


def add_scale(parser: "argparse.ArgumentParser | argparse._ArgumentGroup") -> None:
    """Adds --scale, our working scale."""
    parser.add_argument(
        "--scale",
        metavar="N",
        type=scale,
        default=1,
        help="our working scale, auto, 1, 2, 3 or 4 (default: 1, so that figures can be compared)",
    )


def add_methods(parser: argparse.ArgumentParser) -> None:
    """Adds --methods and all else that `find_usable` looks at."""
    parser.add_argument(
        "--methods",
        metavar="M,…",
        default="ours",
        help="as for compare: ours, ours:gs, prenet:Rain1400, … (default: ours)",
    )
    parser.add_argument("--weights", metavar="DIR", help="folder of our model (default: the one that is shipped)")
    parser.add_argument("--peers", metavar="DIR", help="folder of the peers' weights (default: that of DERAIN_PEERS)")
    add_scale(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")


def find_usable(args: argparse.Namespace) -> "list[Method]":
    """The methods that --methods names, by --weights, --peers, --scale and --device.

    Raises:
        UsageError: one of them cannot be run.
    """
    from core.methods import Sources, find_methods

    keys = [name.strip() for name in args.methods.split(",") if name.strip()]
    sources = Sources(peers=args.peers, weights=args.weights, scale=args.scale, device=args.device)
    methods = find_methods(keys, sources)
    if unusable := next((method.missing for method in methods if method.missing), None):
        raise UsageError(unusable)
    return methods
