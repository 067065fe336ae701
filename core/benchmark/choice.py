"""What is measured: our model as it is shipped, and each peer as published and at our settings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.export import KEPT_ENGINES, kept_export
from core.methods import Method, Sources, find_methods
from core.peers import PEERS


@dataclass(frozen=True)
class Choice:
    """Which weights are measured: a folder or a size of SIZES with random weights, and the folder of peers' weights.

    Without that folder the peers have random weights, which are just as fast. Each of the engines runs our weights too.
    """

    weights: str | None = None
    network: str | None = None
    peers: str | None = None
    engines: Sequence[str] = ()


def choose_methods(choice: Choice) -> dict[str, Method]:
    """Every method on the CPU by a short key: ours, each peer as published (float32, contiguous) and at our settings.

    Raises:
        UserError: weights that cannot be loaded, an engine that is not installed, or 8 bits that these weights lose too
            much by.
    """
    sources = Sources(weights=choice.weights, size=choice.network, peers=choice.peers, random_peers=not choice.peers)
    (ours,) = find_methods(["ours"], sources)
    methods = {"ours": ours}
    for engine in choice.engines:
        runtime, precision = KEPT_ENGINES[engine]
        (method,) = find_methods([f"{runtime}:{kept_export(choice.weights, precision=precision)}"], sources)
        methods[engine] = replace(method, needs=replace(method.needs, cost=ours.needs.cost))
    published = replace(sources, channels_last=False)
    equal = replace(sources, peers_dtype=ours.needs.number_format)
    for key, peer in PEERS.items():
        for setting, chosen in (("published", published), ("equal", equal)):
            (methods[f"{key}-{setting}"],) = find_methods([f"{key}:{peer.default}"], chosen)
    return methods
