"""The arguments --methods and --scale of commands that run methods."""

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
