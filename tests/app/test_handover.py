"""A photo on its way from one page to the other."""

from pathlib import Path

import pytest

from app import handover, settings
from core.errors import UserError


def test_only_the_key_finds_the_photo_and_what_keeps_it() -> None:
    keeper = object()
    key = handover.leave(Path("a/street.png"), keeper)
    assert handover.take(key).path == Path("a/street.png") and handover.take(key).keeper is keeper
    assert handover.leave(Path("a/street.png"), keeper) != key
    with pytest.raises(UserError):
        handover.take(key[:-1])


def test_after_an_hour_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    now = handover.time.monotonic()
    key = handover.leave(Path("street.png"), None)
    monkeypatch.setattr(handover.time, "monotonic", lambda: now + settings.KEEP_SECONDS + 60)
    with pytest.raises(UserError):
        handover.take(key)
    handover.leave(Path("other.png"), None)
    assert key not in handover._left
