"""`python -m annotator serve`: the screen on which a curator decides."""

import argparse
import os
import signal
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

from annotator.cli.project_argument import add_project, opened
from annotator.errors import AnnotatorError
from core.errors import UsageError

HOST, PORT = "127.0.0.1", 7861


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `serve` with its arguments."""
    parser = subparsers.add_parser(
        "serve",
        help="open the screen",
        description="Serves the screen on which a curator decides; makes the project where there is none. "
        "docs/annotator.md tells the keys.",
        epilog="""examples:
  python -m annotator serve curation/
  ANNOTATOR_PASSWORD=... python -m annotator serve curation/ --host 0.0.0.0
  ANNOTATOR_PASSWORD=... python -m annotator serve curation/ --name annotator.example.org --proxy 127.0.0.1
  python -m annotator serve curation/ --snapshots /data/snapshots""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_project(parser)
    parser.add_argument("--host", default=os.environ.get("HOST") or HOST, help=f"where to listen (HOST, else {HOST})")
    parser.add_argument("--port", default=os.environ.get("PORT") or PORT, type=int, help=f"port (PORT, else {PORT})")
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        type=Path,
        help="holds the password that curators sign in with (else $ANNOTATOR_PASSWORD); needed for any other host",
    )
    parser.add_argument(
        "--name", metavar="NAME", action="append", default=[], help="a host name that the server is reached by"
    )
    parser.add_argument(
        "--proxy",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="address or network of a reverse proxy before the server, whose X-Forwarded-For and X-Forwarded-Proto are "
        "believed (default: nobody's); needs a password",
    )
    parser.add_argument(
        "--framed-by",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="a site whose pages may show the screen in a frame, such as https://example.org (default: none)",
    )
    parser.add_argument(
        "--snapshots",
        metavar="FOLDER",
        type=Path,
        help="where the disk does not last: copy the database into this folder every ten minutes and at the end, and "
        "begin with its newest copy where the project has no photos",
    )


def run(args: argparse.Namespace) -> int:
    """Serves until interrupted."""
    from annotator.texts import read_text
    from annotator.usecases.backups import Snapshots, restore_newest
    from annotator.web.outside import Outside
    from annotator.web.server import PASSWORD_VARIABLE, serve

    if not 0 <= args.port <= 65535:
        raise UsageError(f"A port is a number from 0 to 65535, not {args.port}.")
    outside = Outside(tuple(args.name), tuple(args.proxy), tuple(args.framed_by)).with_space(os.environ)
    password = os.environ.get(PASSWORD_VARIABLE)
    if args.password_file is not None:
        password = read_text(args.password_file).strip()
        if not password:
            raise AnnotatorError(f"{args.password_file} holds no password.")
    project = opened(args, create=True)
    try:
        if args.snapshots is not None and (found := restore_newest(project, args.snapshots)):
            print(f"{found[0]} is restored; {found[1]} originals are missing, to be imported again", flush=True)
            project.close()
            project = opened(args)
        signal.signal(signal.SIGTERM, _stop)
        with Snapshots(project, args.snapshots) if args.snapshots is not None else nullcontext():
            serve(project, args.host, args.port, password=password, outside=outside)
    except KeyboardInterrupt:
        pass
    finally:
        project.close()
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    """Ends as an interruption does, so that the last snapshot is still written."""
    raise KeyboardInterrupt
