"""A wider SSRML that gives the same masks: room to learn more rain without unlearning what it knows."""

from torch import Tensor

from core.networks.ssrml import SSRML


def widened(narrow: SSRML, wide: SSRML) -> dict[str, Tensor]:
    """The state of an SSRML with as many or more channels, whose every step gives the narrow one's mask.

    The new channels start from the wide one's own weights and nothing reads them yet (Net2Net's idea, Chen et al. 2016,
    with zeros in place of copies). Steps share their weights, so there may be more or fewer.

    Args:
        narrow: whose masks they are.
        wide: of the same number of units and scale.
    """
    old, new = narrow.tail.in_channels, wide.tail.in_channels
    known = narrow.state_dict()
    state = {name: weight.clone() for name, weight in wide.state_dict().items()}
    for name, weight in state.items():
        gates = 4 if name.startswith("lstm.gates") else 1
        inputs = 2 if name == "lstm.gates.weight" else 1
        for rows, theirs in zip(weight.chunk(gates), known[name].chunk(gates)):
            rows[: len(theirs)] = _among(theirs, rows[: len(theirs)], inputs, old, new)
    return state


def _among(known: Tensor, fresh: Tensor, inputs: int, old: int, new: int) -> Tensor:
    """Known weights, with zeros for what is new of each of the `inputs` parts that the input channels come in."""
    if known.shape == fresh.shape:
        return known
    grown = fresh.new_zeros(fresh.shape)
    for part in range(inputs):
        grown[:, part * new : part * new + old] = known[:, part * old : (part + 1) * old]
    return grown
