"""SIRR (Wei et al., Semi-supervised Transfer Learning for Image Rain Removal, CVPR 2019), to run published weights."""

from pathlib import Path

from core.peers.ddn import COST, DDN, load_layers
from core.peers.peer import Peer


def load_sirr(path: str | Path) -> DDN:
    """SIRR's network, which is DDN's, with the weights of a TensorFlow checkpoint (`model.index` and its `.data` file).

    The checkpoint's `conv_N_1/…` belong to the branch that saw real rain in training and are not loaded: SIRR's own
    test code derains with `conv_N/…`.

    Raises:
        PeerError: a file is missing, damaged or no checkpoint, or its keys do not fit the network (they are named).
    """
    return load_layers(path, "SIRR", also=("_1",))


PEER = Peer(
    "SIRR",
    DDN,
    load_sirr,
    weights={
        "original": "SIRR/original/model.index",
        "RainLight": "SIRR/RainLight/model-epoch-15.index",
        "RainHeavy": "SIRR/RainHeavy/model-epoch-15.index",
    },
    for_set={"Rain100L": "RainLight", "Rain100H": "RainHeavy", "Rain1400": "original"},
    default="original",
    cost=COST,
    published="github.com/wwzjer/Semi-supervised-IRR",
)
