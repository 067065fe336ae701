"""Training configs: YAML files read into typed, checked settings."""

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from core.errors import UserError
from core.networks import SIZES


class ConfigError(UserError):
    """A config does not say what it should."""


@dataclass(frozen=True)
class DataConfig:
    """What is trained on. Paths are relative to the data root.

    Attributes:
        clean: folder of rain-free photos to render rain on.
        streaks: folder of streak images for the recipes that use them; null to draw those layers procedurally.
        pairs: paired folders by name, for the mix and for validation.
        mix: share of the patches by recipe of `datasets.rain.RECIPES`, by name of `pairs`, or "clean" for no rain.
        patch: side of the square patches, pixels.
        held_out: photos (and streak images, and pairs of each set) that are kept for validation.
        validated: how many of them the validations during training use; the last one uses all.
        validation_recipes: recipes to validate on; one that is not in the mix shows how the model takes unknown rain.
    """

    clean: str
    mix: dict[str, float]
    streaks: str | None = None
    pairs: dict[str, str] = field(default_factory=dict)
    patch: int = 96
    held_out: int = 50
    validated: int = 12
    validation_recipes: tuple[str, ...] = ("light", "heavy")


@dataclass(frozen=True)
class LossConfig:
    """Weights of the losses; SSIM enters as −SSIM, eq. (8)."""

    charbonnier: float = 1.0
    ssim: float = 0.1
    mask: float = 0.2


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW, a constant rate after a short warm-up, and a fall to zero at the end.

    Attributes:
        patches: patches to train on in all.
        batch: patches in a step.
        rate: learning rate.
        warm_up: steps of linear warm-up.
        fall: share of the training, at its end, in which the rate falls to zero.
        weight_decay, betas: of AdamW.
        clip: largest norm of the gradient.
        average: decay of the exponential moving average of the weights that is validated and saved.
    """

    patches: int
    batch: int = 8
    rate: float = 1e-3
    warm_up: int = 200
    fall: float = 0.3
    weight_decay: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float = 1.0
    average: float = 0.999


@dataclass(frozen=True)
class TrainingConfig:
    """A whole training.

    Attributes:
        name: of the run; its files go to `<runs>/<name>`.
        network: a name of `core.networks.SIZES`, or the keyword arguments of `SemiDerainGAN`.
        initial: folder of weights to start from, whose network then takes the place of `network`; null for random ones.
        checkpoint_minutes, validation_minutes: how often, at least, a checkpoint is written and the model validated.
        seed: of weights, patches and rain.
        workers: processes that make patches; 0 to make them in the training process.
        precision: "float32", or "bfloat16" for autocast (pays on GPUs and on CPUs with AMX).
    """

    name: str
    data: DataConfig
    optimiser: OptimiserConfig
    network: str | dict[str, Any] = "fast"
    loss: LossConfig = LossConfig()
    initial: str | None = None
    checkpoint_minutes: float = 5.0
    validation_minutes: float = 20.0
    seed: int = 0
    workers: int = 1
    precision: str = "float32"


def load_config(path: str | Path) -> TrainingConfig:
    """Reads and checks a config.

    Raises:
        ConfigError: the file cannot be read, is not YAML, misses or has unknown settings, or values that cannot be.
    """
    try:
        values = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The config {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"The config {path} is not valid YAML.") from error
    config = _build(TrainingConfig, values, str(path))
    _check(config, path)
    return config


def _build(kind: type, values: Any, where: str) -> Any:
    if not isinstance(values, dict):
        raise ConfigError(f"{where} should hold settings by name, not {values!r}.")
    fields = {f.name: f for f in dataclasses.fields(kind)}
    if unknown := sorted(set(values) - set(fields)):
        raise ConfigError(f"{where} has unknown settings: {', '.join(unknown)}; there are {', '.join(fields)}.")
    required = [n for n, f in fields.items() if f.default is f.default_factory is dataclasses.MISSING]
    if missing := [name for name in required if name not in values]:
        raise ConfigError(f"{where} lacks {', '.join(missing)}.")
    nested = {"data": DataConfig, "loss": LossConfig, "optimiser": OptimiserConfig}
    built = {}
    for name, value in values.items():
        if kind is TrainingConfig and name in nested:
            value = _build(nested[name], value, f"{where}, {name}")
        value = tuple(value) if isinstance(value, list) else value
        wanted = typing.get_type_hints(kind)[name]
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
    checks = [
        (isinstance(config.network, dict) or config.network in SIZES, f"network should be one of {', '.join(SIZES)}"),
        (config.precision in ("float32", "bfloat16"), "precision should be float32 or bfloat16"),
        (
            bool(config.data.mix) and min(config.data.mix.values(), default=0) > 0,
            "every share in mix should be above 0",
        ),
        (config.data.patch >= 32, "patch should be at least 32"),
        (
            0 < config.data.validated <= config.data.held_out,
            "held_out and validated should be above 0, validated no more",
        ),
        (config.workers >= 0, "workers should be 0 or more"),
        (
            config.optimiser.batch > 0 and config.optimiser.patches >= config.optimiser.batch,
            "patches and batch are amiss",
        ),
        (config.optimiser.rate > 0, "rate should be above 0"),
        (0 <= config.optimiser.fall <= 1, "fall should lie in 0…1"),
    ]
    for fine, sentence in checks:
        if not fine:
            raise ConfigError(f"In the config {path}, {sentence}.")
