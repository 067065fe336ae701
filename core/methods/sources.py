"""Where methods come from and how they run: what a command line chooses, in one place."""

from dataclasses import dataclass
from pathlib import Path

from core.inference import Derainer


@dataclass(frozen=True)
class Sources:
    """What the makers of methods look at.

    Attributes:
        weights: our model: a folder, or a derainer that is ready; None for the one that is shipped.
        size: a size of `core.networks.SIZES` with random weights, in place of our weights.
        peers: folder of the peers' weights; None for that of the environment.
        random_peers: whether peers run random weights, which are just as fast.
        outputs: folder of outputs on disk.
        made_for: the set that is compared on, such as Rain100L: a peer without a name runs the weights for it.
        synthetic: whether the rain is rendered: `ours` alone is then G_s, otherwise the model's default generator.
        device: "auto", "cpu", "cuda" or "cuda:N".
        dtype: number format of our network's convolutions.
        peers_dtype: of the peers'.
        channels_last: the peers' memory format; else contiguous.
        scale: our working scale: a whole number, or "auto" for the width of the rain.
        self_ensemble: whether ours is the mean over the photo's mirror images.
    """

    weights: str | Path | Derainer | None = None
    size: str | None = None
    peers: str | Path | None = None
    random_peers: bool = False
    outputs: str | Path | None = None
    made_for: str | None = None
    synthetic: bool = False
    device: str = "cpu"
    dtype: str = "auto"
    peers_dtype: str = "float32"
    channels_last: bool = True
    scale: int | str = 1
    self_ensemble: bool = False
