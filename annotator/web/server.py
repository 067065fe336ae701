"""Serves the screen until interrupted: refuses what is not safe or already taken, each in one sentence."""

import getpass
import ipaddress
import socket

import uvicorn
from starlette.types import ASGIApp

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.web.access import Access
from annotator.web.application import make_application
from annotator.web.outside import Outside

PASSWORD_VARIABLE = "ANNOTATOR_PASSWORD"


def serve(
    project: Project, host: str, port: int, *, password: str | None = None, outside: Outside | None = None
) -> None:
    """Serves a project at `host`:`port` (0: any free port) until interrupted.

    Args:
        project: an open project; no other server may serve it.
        host: where to listen.
        port: which port.
        password: what curators sign in with; may be missing where only this machine can reach the server.
        outside: how it is reached from other machines; None: by address alone.

    Raises:
        AnnotatorError: a password is missing or too short, the port is taken, or another server serves the project.
    """
    outside = outside or Outside()
    local = is_loopback(host)
    if not local and not password:
        raise AnnotatorError(
            f"The annotator listens on {host} only with a password: set {PASSWORD_VARIABLE} or give --password-file."
        )
    if outside.proxies and not password:
        raise AnnotatorError(
            f"The annotator is served through a proxy only with a password: set {PASSWORD_VARIABLE} or give "
            "--password-file."
        )
    access = Access(password) if password else None
    application = make_application(
        project,
        default_curator=_user(),
        access=access,
        names=(*outside.names, *(() if local else (host, socket.gethostname()))),
        any_address=not local,
        frames=outside.frames,
    )
    with project.served(), _listening(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        print(f"The annotator is at http://{shown}:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(configuration(application, outside)).run(sockets=[listener])


def configuration(application: ASGIApp, outside: Outside) -> uvicorn.Config:
    """How uvicorn serves an application: what a proxy forwards is believed of those in `outside.proxies` alone."""
    return uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        proxy_headers=bool(outside.proxies),
        forwarded_allow_ips=list(outside.proxies),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise AnnotatorError(f"The annotator cannot listen on {host}:{port}: {reason}.") from error


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "curator"
