"""Peers: other people's networks, written anew from their descriptions, for their published weights; a file each."""

from core.peers import ddn, prenet, sirr
from core.peers.errors import MissingWeights, PeerError
from core.peers.find import find_weights
from core.peers.peer import Peer

PEERS: dict[str, Peer] = {
    "prenet": prenet.PEER,
    "ddn": ddn.PEER,
    "sirr": sirr.PEER,
}
"""Peer by its short name, as commands take it."""

__all__ = ["PEERS", "MissingWeights", "Peer", "PeerError", "find_weights"]
