"""Hands a photo from one page to the other: left under a key that nobody guesses, kept for an hour."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from app import settings
from core.errors import UserError

PARAMETER = "photo"
"""Holds the key in the address of the page that takes the photo."""


@dataclass(frozen=True)
class Left:
    """A photo's file, what keeps it on disk, and when it was left, in seconds of the monotonic clock."""

    path: Path
    keeper: Any
    at: float


_left: dict[str, Left] = {}
_lock = Lock()


def leave(path: Path, keeper: Any) -> str:
    """A key for the photo; it is kept as long as `keeper` is held here, an hour at most."""
    key, now = secrets.token_urlsafe(16), time.monotonic()
    with _lock:
        for old in [key for key, left in _left.items() if now - left.at > settings.KEEP_SECONDS]:
            del _left[old]
        _left[key] = Left(path, keeper, now)
    return key


def take(key: str) -> Left:
    """The photo that was left under the key.

    Raises:
        UserError: there is none (any more).
    """
    with _lock:
        left = _left.get(key)
    if left is None or time.monotonic() - left.at > settings.KEEP_SECONDS:
        raise UserError("The photo from the other page is no longer held here; please drop it here.")
    return left
