"""Where a peer's weights lie: in one folder for every peer, given by an option or the environment, by known names."""

import hashlib
import os
from pathlib import Path

from core.errors import UsageError
from core.peers.errors import MissingWeights
from core.peers.peer import Peer
from core.peers.tensorflow_checkpoint import checkpoint_prefix, shard_path

ENVIRONMENT = "DERAIN_PEERS"
"""The environment variable that names the folder of peers' weights."""


def find_weights(peer: Peer, name: str, folder: str | Path | None = None) -> Path:
    """The file of a peer's published weights.

    Args:
        name: one of `peer.weights`, or the path of a file.
        folder: holds every peer's weights under the names of `Peer.weights`; None for that of DERAIN_PEERS.

    Raises:
        UsageError: no such name, and no such file.
        MissingWeights: no folder given, or no such file in it; says where to put it.
    """
    if name not in peer.weights:
        if Path(name).is_file():
            return Path(name)
        raise UsageError(f"{peer.title} has no weights {name!r}: give one of {', '.join(peer.weights)}, or a file.")
    below = peer.weights[name]
    folder = folder or os.environ.get(ENVIRONMENT)
    if not folder:
        raise MissingWeights(
            f"{peer.title} needs its published weights: put them at {below} in a folder "
            f"and name that folder by --peers or {ENVIRONMENT} (its authors publish at {peer.published})."
        )
    path = Path(folder, below)
    if not path.is_file():
        raise MissingWeights(
            f"{peer.title} needs its published weights: put them at {path} (its authors publish at {peer.published})."
        )
    return path


def weights_sha256(path: str | Path) -> str:
    """SHA-256 of the file that holds the numbers: the file itself, of a TensorFlow checkpoint its `.data` file.

    Raises:
        OSError: the file cannot be read.
    """
    path = Path(path)
    if path.suffix == ".index":
        path = shard_path(checkpoint_prefix(path))
    return hashlib.sha256(path.read_bytes()).hexdigest()
