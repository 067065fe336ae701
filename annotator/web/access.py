"""Who may come in: the password, and the sessions of those who gave it. Neither is kept or compared in clear."""

import hashlib
import hmac
import secrets
import threading
import time
from collections import deque

from annotator.errors import AnnotatorError

COOKIE = "annotator_session"
SESSION_SECONDS = 12 * 3600
SHORTEST_PASSWORD = 8
MOST_FAILURES, FAILURE_SECONDS = 10, 600
_MOST_ADDRESSES = 10_000


class TooMany(AnnotatorError):
    """Too many wrong passwords from one address."""


class Access:
    """Checks a password and keeps sessions in memory: they end with the server.

    Raises:
        AnnotatorError: the password is too short.
    """

    def __init__(self, password: str) -> None:
        if len(password) < SHORTEST_PASSWORD:
            raise AnnotatorError(f"The annotator's password must have at least {SHORTEST_PASSWORD} characters.")
        self._salt = secrets.token_bytes(16)
        self._hash = self._hashed(password)
        self._sessions: dict[str, tuple[str, float]] = {}
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def sign_in(self, curator: str, password: str, address: str) -> str:
        """A new session's token.

        Raises:
            AnnotatorError: the password is wrong.
            TooMany: it was wrong too often from this address.
        """
        now = time.monotonic()
        with self._lock:
            failures = self._failures.setdefault(address, deque(maxlen=MOST_FAILURES))
            if len(failures) == MOST_FAILURES and failures[0] > now - FAILURE_SECONDS:
                raise TooMany("The password was wrong too often: wait ten minutes.")
            failures.append(now)  # before the password is looked at, so that tries at the same time all count
            while len(self._failures) > _MOST_ADDRESSES:
                self._failures.pop(next(iter(self._failures)))
        if not hmac.compare_digest(self._hashed(password), self._hash):
            raise AnnotatorError("The password is wrong.")
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._failures.pop(address, None)
            self._sessions = {key: held for key, held in self._sessions.items() if held[1] > now}
            self._sessions[_digest(token)] = (curator, now + SESSION_SECONDS)
        return token

    def curator(self, token: str) -> str | None:
        """The handle behind a session's token, None where there is no such session; a session in use goes on."""
        now = time.monotonic()
        with self._lock:
            held = self._sessions.get(_digest(token))
            if held is None or held[1] <= now:
                return None
            self._sessions[_digest(token)] = (held[0], now + SESSION_SECONDS)
            return held[0]

    def sign_out(self, token: str) -> None:
        """Ends a session."""
        with self._lock:
            self._sessions.pop(_digest(token), None)

    def _hashed(self, password: str) -> bytes:
        return hashlib.scrypt(password.encode(), salt=self._salt, n=1 << 14, r=8, p=1)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
