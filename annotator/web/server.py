"""Serves the screen until interrupted: refuses what is not safe or already taken, each in one sentence."""

import getpass
import ipaddress
import socket

import uvicorn

from annotator.errors import AnnotatorError
from annotator.project import Project
from annotator.web.access import Access
from annotator.web.application import make_application

PASSWORD_VARIABLE = "ANNOTATOR_PASSWORD"


def serve(project: Project, host: str, port: int, *, password: str | None = None, names: tuple[str, ...] = ()) -> None:
    """Serves a project at `host`:`port` (0: any free port) until interrupted.

    Args:
        project: an open project; no other server may serve it.
        host: where to listen.
        port: which port.
        password: what curators sign in with; may be missing where only this machine can reach the server.
        names: host names that the server is reached by, such as the one of a proxy before it.

    Raises:
        AnnotatorError: a password is missing or too short, the port is taken, or another server serves the project.
    """
    local = is_loopback(host)
    if not local and not password:
        raise AnnotatorError(
            f"The annotator listens on {host} only with a password: set {PASSWORD_VARIABLE} or give --password-file."
        )
    access = Access(password) if password else None
    application = make_application(
        project,
        default_curator=_user(),
        access=access,
        names=(*names, *(() if local else (host, socket.gethostname()))),
        any_address=not local,
    )
    with project.served(), _listening(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        print(f"The annotator is at http://{shown}:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(
            application, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5
        )
        uvicorn.Server(config).run(sockets=[listener])


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
