"""What a setting can be: small checks that settings make of themselves where they are declared."""

from collections.abc import Collection, Mapping

from core.errors import UserError


class ConfigError(UserError):
    """A config does not say what it should."""


def require(fine: bool, sentence: str) -> None:
    """Raises ConfigError with the sentence, which has no full stop yet, unless something is fine."""
    if not fine:
        raise ConfigError(sentence)


def at_least(least: float, **values: float | None) -> None:
    """Every value is at least so much, or null."""
    for name, value in values.items():
        require(value is None or value >= least, f"{name} should be at least {least}, not {value}")


def above_0(**values: float | None) -> None:
    """Every value is above 0, or null."""
    for name, value in values.items():
        require(value is None or value > 0, f"{name} should be above 0, not {value}")


def in_0_to_1(**values: float) -> None:
    """Every value lies in 0…1."""
    for name, value in values.items():
        require(0 <= value <= 1, f"{name} should lie in 0…1, and is {value}")


def one_of(choices: Collection[str], **values: str) -> None:
    """Every value is one of the choices."""
    for name, value in values.items():
        require(value in choices, f"{name} should be one of {', '.join(choices)}, not {value}")


def weights(given: Mapping[str, float], known: Collection[str]) -> None:
    """Every weight has a known name and is 0 or more."""
    unknown = sorted({*given} - {*known})
    require(not unknown, f"there are unknown settings: {', '.join(unknown)}; there are {', '.join(known)}")
    for name, value in given.items():
        require(value >= 0, f"the weight of {name} should be 0 or more, not {value}")
