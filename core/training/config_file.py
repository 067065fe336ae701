"""Reads training configs from YAML files into `core.training.config`'s settings, which check themselves."""

import dataclasses
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import yaml

from core.training.checks import ConfigError
from core.training.config import TAKES, TrainingConfig

Settings = TypeVar("Settings")


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
    return build(TrainingConfig, values, str(where))


def build(kind: type[Settings], values: Any, where: str) -> Settings:
    """An instance of a dataclass from settings by name; dataclasses within it from settings within those.

    Raises:
        ConfigError: settings are missing or unknown, have another type than the dataclass says, or cannot be.
    """
    if not isinstance(values, dict):
        raise ConfigError(f"{where} should hold settings by name, not {values!r}.")
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    values = _gathered(values, fields)
    if unknown := sorted(map(str, set(values) - set(fields))):
        known = [n for f in fields.values() for n in f.metadata.get(TAKES, (f.name,))]
        raise ConfigError(f"{where} has unknown settings: {', '.join(unknown)}; there are {', '.join(known)}.")
    required = [n for n, f in fields.items() if f.default is f.default_factory is dataclasses.MISSING]
    if missing := [name for name in required if name not in values]:
        raise ConfigError(f"{where} lacks {', '.join(missing)}.")
    hints = typing.get_type_hints(kind)
    built = {name: _built(name, value, hints[name], where) for name, value in values.items()}
    try:
        return kind(**built)
    except ConfigError as error:
        raise ConfigError(f"In {where}, {error}.") from error


def _gathered(values: dict[str, Any], fields: dict[str, "dataclasses.Field[Any]"]) -> dict[str, Any]:
    """The settings, with those that a field takes put together in it."""
    for name, taking in fields.items():
        taken = {n: value for n, value in values.items() if n in taking.metadata.get(TAKES, ())}
        if taken:
            left = {n: value for n, value in values.items() if n not in taken}
            values = {**left, name: {**left.get(name, {}), **taken}}
    return values


def _built(name: str, value: Any, wanted: Any, where: str) -> Any:
    """One setting's value, of the type of its annotation."""
    part = next((p for p in (wanted, *typing.get_args(wanted)) if dataclasses.is_dataclass(p)), None)
    if part is not None and value is not None:
        value = build(typing.cast(type, part), value, f"{where}, {name}")
    value = tuple(value) if isinstance(value, list) else value
    if isinstance(value, dict) and wanted == dict[str, float]:
        for inner, number in value.items():
            _check_type(str(inner), number, float, where)
    _check_type(name, value, wanted, where)
    return value


def _check_type(name: str, value: Any, wanted: Any, where: str) -> None:
    if not _fits(value, wanted):
        shown = wanted.__name__ if isinstance(wanted, type) else wanted
        raise ConfigError(f"In {where}, {name} should be {shown}, not {value!r} (YAML reads 1e-3 as text, 1.0e-3 not).")


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
