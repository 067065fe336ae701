"""Stands before every request: right host and origin, signed in, not too large; and adds the headers of a safe page."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from annotator.web.access import COOKIE, Access

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)
"""Ends with the pages that may show this one in a frame."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
LARGEST_BODY = 1_000_000
UPLOAD = "/api/upload"
OPEN = ("/login", "/static/", "/fonts/")
"""What may be fetched before signing in: the page for it, and nothing that tells of photos."""

READING = ("GET", "HEAD")
LOCAL_NAMES = ("localhost",)


class Guard:
    """An ASGI middleware.

    Args:
        app: what it stands before.
        names: host names that the server is reached by, besides addresses in digits; `any_address` tells whether those
            other than loopback are taken too.
        access: sessions; None where nobody signs in, and the curator is the one that the page names.
        default_curator: the handle of a page that names none.
        frames: origins of the pages that may show this one in a frame.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        names: Iterable[str],
        any_address: bool,
        access: Access | None,
        default_curator: str,
        frames: Iterable[str],
    ) -> None:
        self.app = app
        self.names = {name.lower() for name in (*LOCAL_NAMES, *names)}
        self.any_address = any_address
        self.access = access
        self.default_curator = default_curator
        self.headers = HEADERS | {"content-security-policy": POLICY + (" ".join(frames) or "'none'")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through or answers it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._knows(host):
            return _refuse(421, "This server is not called by that name.")
        if scope["method"] not in READING:
            if _host_of(headers.get("origin", "")) != host.lower():
                return _refuse(403, "Only the annotator's own page may write.")
            length = headers.get("content-length", "")
            told = length.isdigit() and int(length) <= LARGEST_BODY and "transfer-encoding" not in headers
            if scope["path"] != UPLOAD and not told:
                return _refuse(413, "That is more than a request may hold.")
        return self._identify(scope, headers)

    def _identify(self, scope: Scope, headers: Headers) -> Response | None:
        """Writes the curator's handle into the scope's state, or answers a request of nobody's."""
        state = scope.setdefault("state", {})
        if self.access is None:
            state["curator"] = unquote(headers.get("x-curator", "")) or self.default_curator
            return None
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        state["token"] = token
        state["curator"] = self.access.curator(token)
        if state["curator"] is not None or scope["path"].startswith(OPEN):
            return None
        if scope["path"] == "/":
            return RedirectResponse("/login", 303)
        return _refuse(401, "Please sign in again.")

    def _knows(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return name.lower() in self.names
        return self.any_address or address.is_loopback


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _refuse(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status)
