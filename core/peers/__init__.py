"""Peers: other people's networks, written anew from their descriptions, for their published weights; a file each."""

from collections.abc import Callable
from pathlib import Path

from torch import nn

from core.peers.prenet import PeerError, load_prenet

PEERS: dict[str, Callable[[str | Path], nn.Module]] = {"prenet": load_prenet}
"""Peer -> loader of its weights, which gives a module from (B, 3, H, W) of 0…1 to the derained image."""

__all__ = ["PEERS", "PeerError", "load_prenet"]
