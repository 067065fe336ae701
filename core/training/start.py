"""The networks that a training starts from."""

from pathlib import Path
from typing import Any

from core.inference.derainer import load_model
from core.networks import SIZES, SemiDerainGAN
from core.training.config import ConfigError, TrainingConfig


def initial_model(config: TrainingConfig) -> tuple[SemiDerainGAN, dict[str, Any]]:
    """SSRML and the generators that the config trains, with the weights that it starts from -> (model, its network).

    G_r joins where there is an unsupervised process: carried over from earlier weights where the config says so, else
    that of the weights to start from, else a copy of G_s. The network is the keyword arguments of `SemiDerainGAN`.

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
    before = load_model(config.initial) if config.carried is None else carry_over(config.initial, config.carried)
    network = {**before.network, "generators": wanted}
    model = SemiDerainGAN(**network)
    state = before.state_dict()
    copies = {f"unets.gr.{name}": value for name, value in before.unets["gs"].state_dict().items()}
    model.load_state_dict({name: {**copies, **state}[name] for name in model.state_dict()})
    return model, network


def carry_over(weights: str | Path, earlier: str | Path) -> SemiDerainGAN:
    """SSRML and G_s of weights, with a G_r that is G_s plus what the earlier G_r had beyond its own G_s.

    Args:
        weights: folder of weights; a G_r of theirs is left out.
        earlier: folder of weights of the same network, with both generators.

    Raises:
        ConfigError: the earlier weights lack a generator, or are of another network.
        core.inference.InferenceError: weights cannot be read.
    """
    now, before = load_model(weights), load_model(earlier)
    if set(before.unets) != {"gs", "gr"} or before.network["unet"] != now.network["unet"] or "gs" not in now.unets:
        raise ConfigError(f"{earlier} cannot be carried over: it should hold G_s and G_r of the network to start from.")
    model = SemiDerainGAN(**{**now.network, "generators": ("gs", "gr")})
    model.ssrml.load_state_dict(now.ssrml.state_dict())
    gs, gs_before, gr_before = (u.state_dict() for u in (now.unets["gs"], before.unets["gs"], before.unets["gr"]))
    model.unets["gs"].load_state_dict(gs)
    model.unets["gr"].load_state_dict({name: gs[name] + gr_before[name] - gs_before[name] for name in gs})
    return model.eval()
