"""What is known of a peer: its name, its network, and its published weights by their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import nn


@dataclass(frozen=True)
class Peer:
    """One peer.

    Attributes:
        title: what tables call it.
        make: gives the network with random weights, a module from (B, 3, H, W) of 0…1 to the derained image.
        load: gives the network with the weights of a published checkpoint, ready for inference; raises PeerError.
        weights: name of published weights -> their file, below the folder that holds every peer's weights.
        for_set: name of a set -> the weights that were trained for it.
        default: the weights for every other photo.
        cost: multiply-adds a pixel of its convolutions.
        published: address where its authors publish code and weights.
    """

    title: str
    make: Callable[[], nn.Module]
    load: Callable[[str | Path], nn.Module]
    weights: Mapping[str, str]
    for_set: Mapping[str, str]
    default: str
    cost: float
    published: str
