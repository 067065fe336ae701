"""Serves the built page with the headers that it should have: python scripts/serve_web.py [--host H] [--port P] [dist].

For trying it out. Any web server does; headers.json, which lies beside the page, tells what to send.
"""

import argparse
import json
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DIST = Path(__file__).resolve().parents[1] / "dist"


class Handler(SimpleHTTPRequestHandler):
    """Files of one folder, each with the page's headers."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".webmanifest": "application/manifest+json",
        ".gz": "application/gzip",
    }
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: object, headers: dict[str, str], quiet: bool, **options: object) -> None:
        self.page_headers, self.quiet = headers, quiet
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def end_headers(self) -> None:
        """Adds the page's headers; browsers ask again for a file each time, and hear whether it changed."""
        for name, value in self.page_headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Tells each request on standard error, unless it should not."""
        if not self.quiet:
            super().log_message(*arguments)  # type: ignore[arg-type]


class Server(ThreadingHTTPServer):
    """Says nothing of browsers that hang up."""

    daemon_threads = True

    def handle_error(self, request: object, address: object) -> None:
        """Tells what went wrong, unless nobody listens any more."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)  # type: ignore[arg-type]


def make_server(folder: Path, host: str, port: int, *, quiet: bool = False) -> ThreadingHTTPServer:
    """A server of a built page, not yet started; port 0 is any free one.

    Raises:
        OSError: there is no built page, or the address cannot be listened on.
    """
    headers = json.loads((folder / "headers.json").read_text(encoding="utf-8"))
    handler = partial(Handler, directory=str(folder), headers=headers, quiet=quiet)
    return Server((host, port), handler)


def main() -> int:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DIST, help="the built page (dist)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7862)
    arguments = parser.parse_args()
    try:
        server = make_server(arguments.folder, arguments.host, arguments.port)
    except OSError as error:
        print(f"serve_web: {arguments.folder} cannot be served on port {arguments.port}: {error}", file=sys.stderr)
        return 1
    print(f"The page is at http://{arguments.host}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
