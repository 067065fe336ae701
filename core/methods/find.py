"""Methods by their names: KIND, or KIND:WHICH."""

from collections.abc import Callable, Sequence

from core.errors import UsageError
from core.inference.onnx_engine import ENGINES
from core.methods.exported import make_exported
from core.methods.method import Method
from core.methods.ours import make_ours
from core.methods.outputs import make_outputs
from core.methods.peer import make_peer
from core.methods.sources import Sources
from core.peers import PEERS

OURS = "ours"

KINDS: dict[str, Callable[[str, str, Sources], Method]] = {
    OURS: make_ours,
    **dict.fromkeys(PEERS, make_peer),
    **dict.fromkeys(ENGINES, make_exported),
    "outputs": make_outputs,
}
"""Maker of a kind of methods, from the key that was asked for, what stands behind its colon, and the sources."""


def find_methods(names: Sequence[str], sources: Sources | None = None) -> list[Method]:
    """The methods of these names: `ours`, `ours:gs`, `prenet`, `prenet:Rain100L`, `prenet:FILE`, `outputs:FOLDER` …

    Raises:
        UsageError: an unknown or repeated name.
        InferenceError: our weights cannot be loaded, or have no such generator.
        DatasetError: there is no such folder of outputs.
    """
    methods = []
    for name in names:
        kind, _, which = name.partition(":")
        if kind not in KINDS:
            raise UsageError(f"There is no method {name!r}: give one of {', '.join(KINDS)}, or PEER:WEIGHTS.")
        methods.append(KINDS[kind](name, which, sources or Sources()))
    for method in methods:
        if sum(other.key == method.key for other in methods) > 1:
            raise UsageError(f"The method {method.key} is named twice.")
    return methods
