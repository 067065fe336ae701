"""The demo's command line, `python -m app`; run as a file it is a Space's `app_file`."""

import argparse
import os
import sys
from pathlib import Path

HOST, PORT = "127.0.0.1", 7860
ROOT = Path(__file__).resolve().parent.parent


def of_environment(*names: str) -> str | None:
    """The first of these variables that says something; an empty one says nothing."""
    return next((value for name in names if (value := os.environ.get(name))), None)


def main(argv: list[str] | None = None) -> int:
    """Serves the demo until interrupted; returns 0 done, 1 failed (2, wrong use, is argparse's)."""
    from core.command_line import let_any_text_be_printed

    let_any_text_be_printed()
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Serves the demo page.", epilog="example: python -m app --port 8000"
    )
    host = of_environment("HOST", "GRADIO_SERVER_NAME") or HOST
    port = of_environment("PORT", "GRADIO_SERVER_PORT") or PORT
    parser.add_argument("--host", default=host, help=f"address to listen on (HOST, else {HOST})")
    parser.add_argument("--port", default=port, type=int, help=f"port to listen on (PORT, else {PORT})")
    parser.add_argument("--weights", type=Path, help="folder of the model (weights/fast)")
    parser.add_argument("--peers", type=Path, help="folder of the peers' published weights (DERAIN_PEERS)")
    parser.add_argument(
        "--outputs", type=Path, help="outputs of other methods to compare with: OUTPUTS/METHOD/NAME.png"
    )
    parser.add_argument(
        "--data", type=Path, help="photos to compare on: pairs, or with --unpaired others (the examples)"
    )
    parser.add_argument("--unpaired", action="store_true", help="--data holds real photos without ground truth")
    parser.add_argument(
        "--tally", type=Path, help="file of the blind test (semi-deraingan/preferences.sqlite in XDG_DATA_HOME)"
    )
    arguments = parser.parse_args(argv)

    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from app.server import Folders, serve
    from core.errors import UsageError, UserError

    try:
        folders = Folders(
            weights=arguments.weights,
            peers=arguments.peers,
            outputs=arguments.outputs,
            data=arguments.data,
            paired=not arguments.unpaired,
            tally=arguments.tally,
        )
        serve(arguments.host, arguments.port, folders)
    except UserError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    return 0


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    sys.exit(main())
