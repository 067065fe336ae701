"""The argument --methods of commands that cannot go on without one of them."""

import argparse
from typing import TYPE_CHECKING

from core.errors import UsageError

if TYPE_CHECKING:
    from core.methods import Method


def find_usable(args: argparse.Namespace) -> "list[Method]":
    """The methods that --methods names, by --weights, --peers and --device.

    Raises:
        UsageError: one of them cannot be run.
    """
    from core.methods import Sources, find_methods

    keys = [name.strip() for name in args.methods.split(",") if name.strip()]
    methods = find_methods(keys, Sources(peers=args.peers, weights=args.weights, device=args.device))
    if unusable := next((method.missing for method in methods if method.missing), None):
        raise UsageError(unusable)
    return methods
