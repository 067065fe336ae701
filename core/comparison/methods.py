"""The methods of a comparison by their names: our model, peers with their published weights, and outputs on disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import nn

from core.comparison.outputs import Outputs, open_outputs
from core.depth import round_to_8_bits
from core.errors import UsageError, UserError
from core.evaluation import derain_by
from core.inference import DEFAULT_WEIGHTS, Derainer
from core.inference.device import choose_device
from core.peers import PEERS, PeerError, find_weights
from core.peers.find import weights_sha256

OURS = "ours"
OUTPUTS = "outputs"


@dataclass(frozen=True)
class Weights:
    """Which weights a method runs: their name, and the SHA-256 of the file that holds the numbers."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Method:
    """One method of a comparison.

    Attributes:
        key: as it was asked for, such as `ours`, `prenet:Rain100L` or `outputs:MPRNet`; unique in a comparison.
        label: what tables and pictures call it.
        missing: why it cannot be run, in one sentence; None when it can.
        weights: None of outputs on disk, and where it is missing.
        setting: number format, memory format and whether tiles are used; empty where nothing is run.
        network: for counting; None of outputs on disk, and where it is missing.
        outputs: the folder of outputs on disk; None of networks.
        run: (H, W, 3) uint8 -> the derained image in uint8; None of outputs on disk, and where it is missing.
    """

    key: str
    label: str
    missing: str | None = None
    weights: Weights | None = None
    setting: str = ""
    network: nn.Module | None = None
    outputs: Outputs | None = None
    run: Callable[[np.ndarray], np.ndarray] | None = None

    def derain(self, name: str, pixels: np.ndarray, *, also: Sequence[str] = ()) -> np.ndarray:
        """The derained image of a photo.

        Args:
            name: the photo's, without suffix; outputs on disk are looked up by it.
            pixels: rainy image x, (H, W, 3) uint8.
            also: other names that outputs of this photo may have, such as that of its clean photo.

        Returns:
            (H, W, 3) uint8.

        Raises:
            UserError: the method is missing, has no output of that name or of another size, or memory does not suffice.
        """
        if self.outputs:
            return self.outputs.read((name, *also), *pixels.shape[:2])
        if self.run is None:
            raise PeerError(self.missing or f"{self.label} cannot be run.")
        return self.run(pixels)


def find_methods(
    names: Sequence[str],
    *,
    peers: str | Path | None = None,
    outputs: str | Path | None = None,
    weights: str | Path | Derainer | None = None,
    made_for: str | None = None,
    synthetic: bool = False,
    device: str = "cpu",
) -> list[Method]:
    """The methods of these names, then every folder of `outputs` as one more.

    Args:
        names: `ours` or `ours:GENERATOR`, and a peer (a key of `PEERS`) or `PEER:WEIGHTS`, where WEIGHTS is one of its
            published weights or a file. A peer alone runs the weights for the set `made_for` where it has such, else
            its default; the label always names them.
        peers: folder of the peers' weights; None for that of the environment.
        outputs: folder of outputs on disk, `outputs/METHOD/NAME.png`.
        weights: our model: a folder, or a derainer that is ready; None for the one that is shipped.
        made_for: the set that is compared on, such as Rain100L.
        synthetic: whether the rain is rendered: `ours` alone is then G_s, otherwise the model's default generator.
        device: "auto", "cpu", "cuda" or "cuda:N".

    Raises:
        UsageError: an unknown or repeated name.
        InferenceError: our weights cannot be loaded, or have no such generator.
        DatasetError: there is no such folder of outputs.
    """
    methods = [_method(name, peers, weights, made_for, synthetic, device) for name in names]
    if outputs is not None:
        for found in open_outputs(outputs):
            label = f"{found.folder.name} (outputs)"
            methods.append(Method(f"{OUTPUTS}:{found.folder.name}", label, outputs=found))
    for method in methods:
        if sum(other.key == method.key for other in methods) > 1:
            raise UsageError(f"The method {method.key} is named twice.")
    return methods


def _method(
    name: str,
    peers: str | Path | None,
    weights: str | Path | Derainer | None,
    made_for: str | None,
    synthetic: bool,
    device: str,
) -> Method:
    key, _, which = name.partition(":")
    if key == OURS:
        return _ours(name, weights, which or None, synthetic, device)
    if key not in PEERS:
        known = ", ".join((OURS, *PEERS))
        raise UsageError(f"There is no method {name!r}: give one of {known}, or PEER:WEIGHTS.")
    return _peer(name, key, which or PEERS[key].for_set.get(made_for or "", PEERS[key].default), peers, device)


def _ours(
    name: str, weights: str | Path | Derainer | None, generator: str | None, synthetic: bool, device: str
) -> Method:
    folder = weights if isinstance(weights, (str, Path)) else DEFAULT_WEIGHTS
    derainer = weights if isinstance(weights, Derainer) else Derainer(folder, device=device)
    if generator is None and synthetic and "gs" in derainer.model.generators:
        generator = "gs"
    generator = derainer.check_generator(generator)
    file = Path(folder, "model.safetensors")
    given = isinstance(weights, Derainer)
    return Method(
        key=name,
        label=f"Semi-DerainGAN ({generator.upper()[0]}_{generator[1:]})",
        weights=None if given else Weights(Path(folder).name, weights_sha256(file)),
        setting=f"{str(derainer.dtype).removeprefix('torch.')}, channels_last, tiles",
        network=derainer.model,
        run=lambda pixels: derainer(pixels, generator=generator, scale=1).pixels,
    )


def _peer(name: str, key: str, which: str, folder: str | Path | None, device: str) -> Method:
    """A peer; where its weights are missing or cannot be used, a method that says so."""
    peer = PEERS[key]
    label = f"{peer.title} ({which if which in peer.weights else Path(which).name})"
    try:
        path = find_weights(peer, which, folder)
        network = peer.load(path)
    except PeerError as error:
        return Method(name, label, missing=str(error))
    derain = derain_by(network, choose_device(device))

    def run(pixels: np.ndarray) -> np.ndarray:
        try:
            return round_to_8_bits(derain(pixels)[0])
        except (MemoryError, RuntimeError) as error:
            height, width = pixels.shape[:2]
            if isinstance(error, RuntimeError) and "memory" not in str(error):
                raise
            raise UserError(
                f"There is not enough memory for {peer.title} on {width}×{height} pixels; it has no tiles."
            ) from error

    found = Weights(which, weights_sha256(path))
    return Method(name, label, weights=found, setting="float32, channels_last, whole", network=network, run=run)
