"""A peer as a method: `prenet`, or `prenet:WEIGHTS` with one of its published weights or a file."""

from pathlib import Path

import torch

from core.inference.device import choose_device, choose_dtype
from core.inference.network import Network
from core.methods.method import Method, Needs, Weights
from core.methods.sources import Sources
from core.methods.whole import run_whole
from core.peers import PEERS, PeerError, find_weights
from core.peers.find import weights_sha256


def make_peer(key: str, which: str, sources: Sources) -> Method:
    """A peer; where its weights are missing or cannot be used, a method that says so.

    Args:
        which: its published weights' name, or a file; "" for those for the set `made_for`, else its default ones.

    Raises:
        UsageError: no such weights, and no such file.
    """
    name = key.partition(":")[0]
    peer = PEERS[name]
    which = which or peer.for_set.get(sources.made_for or "", peer.default)
    device = choose_device(sources.device)
    dtype = choose_dtype(device, sources.peers_dtype)
    variant = which if which in peer.weights else Path(which).name
    try:
        path = None if sources.random_peers else find_weights(peer, which, sources.peers)
        module = peer.make() if path is None else peer.load(path)
    except PeerError as error:
        return Method(key, peer.title, variant, missing=str(error))
    weights = Weights("random", "") if path is None else Weights(which, weights_sha256(path))
    memory_format = torch.channels_last if sources.channels_last else torch.contiguous_format
    number_format = str(dtype).removeprefix("torch.")
    return Method(
        key,
        peer.title,
        variant,
        run_whole(Network(module, device, dtype, memory_format), peer.title),
        Needs(peer.cost, False, 1, number_format, "channels_last" if sources.channels_last else "contiguous"),
        weights,
        about={"method": name, "weights": which, "sha256": weights.sha256, "dtype": number_format},
        network=module,
    )
