"""The networks that a training starts from."""

from collections.abc import Mapping
from typing import Any

from core.inference.engine import load_model
from core.networks import SIZES, SemiDerainGAN
from core.training.checks import ConfigError
from core.training.config import TrainingConfig
from core.training.widening import widened

BLOCK_COUNTS = ("encoder", "middle", "decoder")
SSRML_SIZES = ("channels", "steps")


def initial_model(config: TrainingConfig) -> tuple[SemiDerainGAN, dict[str, Any]]:
    """SSRML and the generators that the config trains, with the weights that it starts from -> (model, its network).

    G_r joins where there is an unsupervised process, or where the supervised one trains it: carried over from earlier
    weights where the config says so, else that of the weights to start from, else a copy of G_s. `starts_from` lets the
    generator that the supervised process trains start as a copy of another. The network is the keyword arguments of
    `SemiDerainGAN`.

    Raises:
        ConfigError: the network cannot be made, or weights do not fit it.
        core.inference.InferenceError: the weights to start from cannot be read.
    """
    wanted = ("gs",) if config.unsupervised is None and config.generator == "gs" else ("gs", "gr")
    asked = SIZES[config.network] if isinstance(config.network, str) else config.network
    if config.initial is None:
        assert asked is not None  # the config's check
        network = {**asked, "generators": wanted}
        try:
            return SemiDerainGAN(**network), network
        except (TypeError, ValueError) as error:
            raise ConfigError(f"The config's network cannot be made: {error}") from error
    before = load_model(config.initial)
    if asked is not None:
        before = grow(before, asked)
    if config.carried is not None:
        before = carry_over(before, load_model(config.carried))
    network = {**before.network, "generators": wanted}
    model = SemiDerainGAN(**network)
    state = before.state_dict()
    copies = {f"unets.gr.{name}": value for name, value in before.unets["gs"].state_dict().items()}
    model.load_state_dict({name: {**copies, **state}[name] for name in model.state_dict()})
    if config.starts_from is not None:
        if config.starts_from not in before.unets:
            raise ConfigError(f"{config.initial} holds no generator {config.starts_from} to start from.")
        model.unets[config.generator].load_state_dict(before.unets[config.starts_from].state_dict())
    model.ssrml.requires_grad_(not config.freeze_ssrml)
    return model, network


def grow(model: SemiDerainGAN, network: Mapping[str, Any]) -> SemiDerainGAN:
    """The same function as a network with a wider SSRML and further gated blocks at any level of its U-Nets.

    A further block is the identity at first, for its two scales start at zero; SSRML is widened as `widened` says.

    Args:
        model: what grows.
        network: keyword arguments of `SemiDerainGAN`; the generators stay the model's.

    Raises:
        ConfigError: the network cannot be made, or differs in more than that.
    """
    try:
        larger = SemiDerainGAN(**{**network, "generators": model.generators})
    except (TypeError, ValueError) as error:
        raise ConfigError(f"The network cannot be made: {error}") from error
    old, new = model.state_dict(), larger.state_dict()
    added = new.keys() - old.keys()
    kept, asked = (
        ({**n["ssrml"], **dict.fromkeys(SSRML_SIZES)}, {**n["unet"], **dict.fromkeys(BLOCK_COUNTS)})
        for n in (model.network, larger.network)
    )
    fits = kept == asked and larger.ssrml.tail.in_channels >= model.ssrml.tail.in_channels
    if fits:
        old |= {f"ssrml.{name}": value for name, value in widened(model.ssrml, larger.ssrml).items()}
    fits = fits and all(new[name].shape == value.shape for name, value in old.items() if name in new)
    if not fits or old.keys() - new.keys() or (added and kept[1].get("block") != "gated"):
        raise ConfigError(
            "The network is not that of the weights to start from, or that with more gated blocks or a wider SSRML."
        )
    larger.load_state_dict({**new, **old})
    return larger.eval()


def carry_over(now: SemiDerainGAN, before: SemiDerainGAN, share: float = 1.0, gs_share: float = 1.0) -> SemiDerainGAN:
    """SSRML and G_s of a model, with an earlier G_r that moves with G_s: G_r = G_r before + share · (G_s − G_s before).

    With a share of 1 that is G_s plus what the earlier G_r had beyond its own G_s. `gs_share` takes G_s itself a part
    of the way only: weights between those of two stages are often better than either.

    Args:
        now: the model with G_s; a G_r of its own is left out.
        before: the earlier model with both generators, of the same network or a smaller one, as `grow` has it.
        share: of what G_s has learnt since, 0…1, that G_r takes over.
        gs_share: of it, 0…1, that G_s keeps.

    Raises:
        ConfigError: the earlier model lacks a generator, or is of another network.
    """
    if set(before.unets) != {"gs", "gr"} or "gs" not in now.unets:
        raise ConfigError("The weights to carry over should hold G_s and G_r of the network to start from.")
    model = SemiDerainGAN(**{**now.network, "generators": ("gs", "gr")})
    model.ssrml.load_state_dict(now.ssrml.state_dict())
    larger = grow(before, now.network)
    gs, gs_before, gr_before = (u.state_dict() for u in (now.unets["gs"], larger.unets["gs"], larger.unets["gr"]))
    for name in gs.keys() - before.unets["gs"].state_dict().keys():
        if not name.rpartition(".")[2].startswith("scale"):  # of a block that `before` lacks, its share alone counts
            gs_before[name] = gr_before[name] = gs[name]
    learnt = {name: gs[name] - gs_before[name] for name in gs}
    model.unets["gs"].load_state_dict({name: gs_before[name].lerp(gs[name], gs_share) for name in gs})
    model.unets["gr"].load_state_dict({name: gr_before[name] + share * learnt[name] for name in gs})
    return model.eval()
