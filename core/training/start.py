"""The networks that a training starts from."""

from typing import Any

from core.inference.derainer import load_model
from core.networks import SIZES, SemiDerainGAN
from core.training.config import ConfigError, TrainingConfig


def initial_model(config: TrainingConfig) -> tuple[SemiDerainGAN, dict[str, Any]]:
    """SSRML and the generators that the config trains, with the weights that it starts from -> (model, its network).

    G_r joins where there is an unsupervised process; where the weights to start from lack it, it begins as a copy of
    G_s. The network is the keyword arguments of `SemiDerainGAN`.

    Raises:
        ConfigError: the network cannot be made.
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
    copies = {name.replace("unets.gs.", "unets.gr.", 1): value for name, value in state.items()}
    model.load_state_dict({name: {**copies, **state}[name] for name in model.state_dict()})
    return model, network
