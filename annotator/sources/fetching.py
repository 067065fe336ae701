"""Fetching a photo by its URL: http(s) only, never from a private address, with limits of size and time."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from annotator.errors import AnnotatorError
from annotator.sources.found import LARGEST_FILE

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST_REDIRECTS = 5
_PIECE = 1 << 16
_TRANSLATED = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 addresses that stand for IPv4 ones (NAT64, 6to4, Teredo): through them a private address could be reached."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the open Internet: not private, loopback, link-local, multicast or reserved."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True)
class Limits:
    """What a fetch may cost.

    Attributes:
        seconds: from the first look-up to the last byte, redirects included.
        bytes: of the photo.
    """

    seconds: float = 60.0
    bytes: int = LARGEST_FILE


def fetch_photo(url: str, *, limits: Limits | None = None, allowed: Callable[[Address], bool] = is_public) -> bytes:
    """The bytes behind a URL.

    A name is looked up once and the connection goes to the very address that was checked, at every redirect anew, so a
    name that changes its address in between (DNS rebinding) gains nothing. Proxies are not used.

    Args:
        url: http or https.
        limits: size and time (default: 60 seconds, 200 MB).
        allowed: which addresses may be connected to.

    Raises:
        AnnotatorError: another scheme, a refused address, too slow, too large, an answer other than 200, no answer.
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.seconds
    current = url
    for _ in range(MOST_REDIRECTS + 1):
        try:
            answer = _get(_checked(current), limits, deadline, allowed)
            if isinstance(answer, bytes):
                return answer
            current = urljoin(current, answer.location)
        except _Stop as stop:
            raise AnnotatorError(f"{url} {stop}.") from stop
        except TimeoutError as error:
            raise AnnotatorError(f"{url} took longer than {limits.seconds:g} seconds.") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() >= deadline:
                raise AnnotatorError(f"{url} took longer than {limits.seconds:g} seconds.") from error
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise AnnotatorError(f"{url} cannot be fetched: {reason.lower()}.") from error
    raise AnnotatorError(f"{url} leads through more than {MOST_REDIRECTS} redirects.")


class _Stop(Exception):
    """Why a URL is not fetched; follows the URL in the sentence."""


@dataclass(frozen=True)
class _Redirect:
    location: str


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _Stop("is not a URL") from error
    if parts.scheme not in ("http", "https"):
        raise _Stop(f"is refused: only http and https are fetched, not {parts.scheme or 'nothing'}")
    if not parts.hostname or port == 0:
        raise _Stop("names no host")
    if parts.username is not None or parts.password is not None:
        raise _Stop("is refused: it holds a user name or password")
    return parts


def _get(parts: SplitResult, limits: Limits, deadline: float, allowed: Callable[[Address], bool]) -> bytes | _Redirect:
    connection = _connect(parts, deadline, allowed)
    # A server that sends a byte now and then never runs into a socket's time limit, so the whole fetch has its own.
    watchdog = threading.Timer(max(deadline - time.monotonic(), 0), _cut, [connection.sock])
    watchdog.daemon = True
    watchdog.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target = "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in target)
        headers = {"User-Agent": "annotator", "Accept": "image/*", "Accept-Encoding": "identity"}
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        if answer.status in (301, 302, 303, 307, 308):
            location = answer.getheader("Location")
            if not location:
                raise _Stop("redirects to nowhere")
            return _Redirect(location)
        if answer.status != 200:
            raise _Stop(f"was answered with {answer.status} {answer.reason}".rstrip())
        body = _body(answer, limits)
        if time.monotonic() >= deadline:
            raise TimeoutError  # what was cut by the watchdog looks like the end of the photo
        return body
    finally:
        watchdog.cancel()
        connection.close()


def _body(answer: http.client.HTTPResponse, limits: Limits) -> bytes:
    if answer.length is not None and answer.length > limits.bytes:
        raise _Stop(f"is larger than the {limits.bytes / 1e6:g} MB that are allowed")
    pieces, size = [], 0
    while piece := answer.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limits.bytes:
            raise _Stop(f"is larger than the {limits.bytes / 1e6:g} MB that are allowed")
    if answer.length:
        raise _Stop("was cut off")
    if not size:
        raise _Stop("is empty")
    return b"".join(pieces)


def _connect(parts: SplitResult, deadline: float, allowed: Callable[[Address], bool]) -> http.client.HTTPConnection:
    """A connection to an address that was checked, and checked again once connected."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [(family, sockaddr) for family, _, _, _, sockaddr in found]
    if not all(allowed(_address(sockaddr)) for _, sockaddr in addresses):
        raise _Stop("is refused: its host has a private address")
    error: OSError | None = None
    for family, sockaddr in addresses:
        stream = socket.socket(family, socket.SOCK_STREAM)
        try:
            stream.settimeout(max(deadline - time.monotonic(), 0.001))
            stream.connect(sockaddr)
            if not allowed(_address(stream.getpeername())):
                raise _Stop("is refused: its host has a private address")
            if parts.scheme == "https":
                stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
            connection = http.client.HTTPConnection(host, port)
            connection.default_port = 443 if parts.scheme == "https" else 80
            connection.sock = stream
            return connection
        except OSError as failure:
            stream.close()
            error = failure
        except _Stop:
            stream.close()
            raise
    raise error or OSError("the host has no address")


def _address(sockaddr: tuple[Any, ...]) -> Address:
    return ipaddress.ip_address(str(sockaddr[0]).split("%")[0])


def _cut(stream: socket.socket) -> None:
    with suppress(OSError):
        stream.shutdown(socket.SHUT_RDWR)
