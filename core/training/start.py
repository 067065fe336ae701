"""The networks that a training starts from."""

from typing import Any

from torch import Tensor

from core.inference.derainer import load_model
from core.networks import SIZES, SemiDerainGAN
from core.training.config import ConfigError, TrainingConfig


def initial_model(config: TrainingConfig) -> tuple[SemiDerainGAN, dict[str, Any]]:
    """SSRML and the generators that the config trains, with the weights that it starts from -> (model, its network).

    G_r joins where there is an unsupervised process; where the weights to start from lack it, it begins as a copy of
    G_s, plus what is `carried`. The network is the keyword arguments of `SemiDerainGAN`.

    Raises:
        ConfigError: the network cannot be made, or carried weights do not fit it.
        core.inference.InferenceError: the weights to start from cannot be read.
    """
    wanted = ("gs",) if config.unsupervised is None else ("gs", "gr")
    if config.initial is None:
        network = SIZES[config.network] if isinstance(config.network, str) else config.network
        network = {**network, "generators": wanted}
        try:
            return SemiDerainGAN(**network), network
        except (TypeError, ValueError) as error:
            raise ConfigError(f"The config's network cannot be made: {error}") from error
    before = load_model(config.initial)
    network = {**before.network, "generators": wanted}
    model = SemiDerainGAN(**network)
    state = before.state_dict()
    copies = {f"unets.gr.{name}": value for name, value in before.unets["gs"].state_dict().items()}
    if config.carried is not None:
        for name, difference in _beyond_gs(config.carried, before.network).items():
            copies[f"unets.gr.{name}"] = copies[f"unets.gr.{name}"] + difference
    model.load_state_dict({name: {**copies, **state}[name] for name in model.state_dict()})
    return model, network


def _beyond_gs(folder: str, network: dict[str, Any]) -> dict[str, Tensor]:
    """G_r − G_s of weights, by the parameters' names.

    Raises:
        ConfigError: the weights lack a generator, or are of another network.
        core.inference.InferenceError: they cannot be read.
    """
    earlier = load_model(folder)
    if set(earlier.unets) != {"gs", "gr"} or earlier.network["unet"] != network["unet"]:
        raise ConfigError(f"{folder} cannot be carried over: it should hold G_s and G_r of the network to start from.")
    gs, gr = (earlier.unets[name].state_dict() for name in ("gs", "gr"))
    return {name: gr[name] - gs[name] for name in gs}
