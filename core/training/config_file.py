"""Reads training configs from YAML files into `core.training.config`'s settings, and checks them."""

import dataclasses
import types
import typing
from pathlib import Path
from typing import Any

import yaml

from core.networks import SIZES
from core.training.config import ConfigError, TrainingConfig
from core.training.precision import PRECISIONS


def load_config(path: str | Path) -> TrainingConfig:
    """Reads and checks a config.

    Raises:
        ConfigError: the file cannot be read, is not YAML, misses or has unknown settings, or values that cannot be.
    """
    return make_config(read_yaml(path), path)


def read_yaml(path: str | Path) -> Any:
    """What a YAML file holds.

    Raises:
        ConfigError: the file cannot be read, or is not YAML.
    """
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The config {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"The config {path} is not valid YAML.") from error


def make_config(values: Any, where: str | Path) -> TrainingConfig:
    """A config from settings by name, as `where` holds them.

    Raises:
        ConfigError: settings are missing or unknown, or have values that cannot be.
    """
    config = build(TrainingConfig, values, str(where))
    _check(config, where)
    return config


def build(kind: type, values: Any, where: str) -> Any:
    """An instance of a dataclass from settings by name; dataclasses within it from settings within those.

    Raises:
        ConfigError: settings are missing or unknown, or have another type than the dataclass says.
    """
    if not isinstance(values, dict):
        raise ConfigError(f"{where} should hold settings by name, not {values!r}.")
    fields = {f.name: f for f in dataclasses.fields(kind)}
    if unknown := sorted(set(values) - set(fields)):
        raise ConfigError(f"{where} has unknown settings: {', '.join(unknown)}; there are {', '.join(fields)}.")
    required = [n for n, f in fields.items() if f.default is f.default_factory is dataclasses.MISSING]
    if missing := [name for name in required if name not in values]:
        raise ConfigError(f"{where} lacks {', '.join(missing)}.")
    hints = typing.get_type_hints(kind)
    built = {}
    for name, value in values.items():
        wanted = hints[name]
        part = next((p for p in (wanted, *typing.get_args(wanted)) if dataclasses.is_dataclass(p)), None)
        if part is not None and value is not None:
            value = build(typing.cast(type, part), value, f"{where}, {name}")
        value = tuple(value) if isinstance(value, list) else value
        if not _fits(value, wanted):
            shown = wanted.__name__ if isinstance(wanted, type) else wanted
            raise ConfigError(
                f"In {where}, {name} should be {shown}, not {value!r} (YAML reads 1e-3 as text, 1.0e-3 not)."
            )
        built[name] = value
    return kind(**built)


def _fits(value: Any, wanted: Any) -> bool:
    """Whether a value has the type of an annotation; a whole number passes for a float."""
    if wanted is Any:
        return True
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    origin, parts = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        return any(_fits(value, part) for part in parts)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(k, parts[0]) and _fits(v, parts[1]) for k, v in value.items())
    if origin is tuple:
        several = parts[:1] * len(value) if isinstance(value, tuple) and parts[-1] is ... else parts
        return isinstance(value, tuple) and len(value) == len(several) and all(map(_fits, value, several))
    return isinstance(value, wanted)


def _check(config: TrainingConfig, path: str | Path) -> None:
    data, optimiser, unsupervised = config.data, config.optimiser, config.unsupervised
    perceptual = config.loss.perceptual > 0 or (unsupervised is not None and unsupervised.perceptual > 0)
    adversarial = config.loss.adversarial > 0 or (unsupervised is not None and unsupervised.adversarial > 0)
    checks = [
        (
            not isinstance(config.network, str) or config.network in SIZES,
            f"network should be one of {', '.join(SIZES)}",
        ),
        (config.network is not None or config.initial is not None, "network or initial weights are missing"),
        (not config.freeze_ssrml or config.initial is not None, "freeze_ssrml needs initial weights"),
        (
            not config.freeze_ssrml or not (config.loss.mask or (unsupervised and unsupervised.mask)),
            "a mask loss can do nothing beside freeze_ssrml",
        ),
        (config.precision in PRECISIONS, f"precision should be one of {', '.join(PRECISIONS)}"),
        (bool(data.mix) and min(data.mix.values(), default=0) > 0, "every share in mix should be above 0"),
        (data.patch >= (64 if adversarial else 32), "patch should be at least 32, or 64 with an adversarial loss"),
        (data.real is None or 0 <= data.real.dry <= 1, "dry should lie in 0…1"),
        (data.real is None or 0 <= data.real.rendered <= 1, "rendered should lie in 0…1"),
        (data.real is None or 0 <= data.real.finer <= 1, "finer should lie in 0…1"),
        (0 < data.validated <= data.held_out, "held_out and validated should be above 0, validated no more"),
        (config.workers >= 0, "workers should be 0 or more"),
        (
            config.carried is None or (config.initial is not None and unsupervised is not None),
            "carried needs initial weights and the unsupervised process",
        ),
        (optimiser.batch > 0 and optimiser.patches >= optimiser.batch, "patches and batch are amiss"),
        (
            optimiser.rate > 0 and (optimiser.unsupervised_rate is None or optimiser.unsupervised_rate > 0),
            "rate should be above 0",
        ),
        (0 <= optimiser.fall <= 1, "fall should lie in 0…1"),
        (optimiser.fall_shape in ("cosine", "linear"), "fall_shape should be cosine or linear"),
        (optimiser.algorithm in ("adamw", "adam", "muon"), "algorithm should be adamw, adam or muon"),
        (config.epoch > 0, "epoch should be above 0"),
        (config.adversary.kind in ("bce", "lsgan"), "the adversary's kind should be bce or lsgan"),
        (
            min(_weights(config.loss)) >= 0 and (config.loss.learns or unsupervised is not None),
            "the losses' weights should be 0 or more, and one above 0",
        ),
        (
            unsupervised is None or min(_weights(unsupervised)) >= 0,
            "the unsupervised losses' weights should be 0 or more",
        ),
        (
            unsupervised is None or unsupervised.total_variation_of in ("sum", "mean"),
            "total_variation_of should be sum or mean",
        ),
        (
            unsupervised is None or unsupervised.total_variation_in in ("everywhere", "rain"),
            "total_variation_in should be everywhere or rain",
        ),
        (unsupervised is None or unsupervised.every > 0, "every should be above 0"),
        (
            unsupervised is None or config.loss.learns or (unsupervised.learns and unsupervised.every == 1),
            "without a supervised loss every step needs an unsupervised one",
        ),
        ((unsupervised is None) == (data.real is None), "unsupervised and data's real belong together"),
        (perceptual == (config.perceptual is not None), "perceptual weights and a perceptual network belong together"),
    ]
    for fine, sentence in checks:
        if not fine:
            raise ConfigError(f"In the config {path}, {sentence}.")


def _weights(losses: Any) -> list[float]:
    values = dataclasses.asdict(losses).values()
    return [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
