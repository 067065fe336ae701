"""Do the keys of a checkpoint fit a network? Says in one sentence which do not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.peers.errors import PeerError

NAMED = 6
"""How many keys that do not fit are named; the others are counted."""

Shape = Sequence[int]


def check_keys(path: Path, title: str, expected: Mapping[str, Shape], held: Mapping[str, Shape | None]) -> None:
    """Checks that a checkpoint holds each expected key in its shape, and no other; a shape of None is no tensor.

    Args:
        path, title: what the sentence calls the checkpoint and the network.

    Raises:
        PeerError: keys are missing, unknown, or of another shape; they are named.
    """
    wrong = [f"{key} is missing" for key in expected if key not in held]
    wrong += [f"{key} is unknown" for key in held if key not in expected]
    for key, shape in expected.items():
        found = held.get(key, shape)
        if found is None or tuple(found) != tuple(shape):
            wrong.append(f"{key} has shape {_shape(found)}, not {_shape(shape)}")
    if wrong:
        rest = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise PeerError(f"{path} does not fit {title}: {', '.join(wrong[:NAMED])}{rest}.")


def _shape(shape: Shape | None) -> str:
    return "none" if shape is None else "×".join(map(str, shape)) or "of one number"
