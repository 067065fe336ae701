"""Loads the model, builds the pages round it and serves them, with the settings that make them safe for strangers."""

import errno
import socket
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import numpy as np

from app import settings
from app.compare import page as compare
from app.compare.collection import from_examples, from_folder
from app.compare.methods import offer
from app.compare.stored import load_stored_outputs
from app.compare.tally import Tally
from app.derain import page as derain
from app.events import SCRIPTS
from app.examples import all_examples
from app.pages import Pages
from app.scratch import scratch
from app.theme import STYLES, theme
from core.errors import UsageError, UserError
from core.inference import DEFAULT_WEIGHTS, Derainer


@dataclass(frozen=True)
class Folders:
    """What the demo reads and writes on its owner's disk; None is the usual place, or nothing.

    Attributes:
        weights: our model.
        peers: the peers' published weights (else that of DERAIN_PEERS).
        outputs: derained images of other methods, `outputs/METHOD/NAME.png`.
        data: photos to compare on (else the examples).
        paired: whether `data` holds pairs, not real photos without ground truth.
        tally: the blind test's file.
    """

    weights: Path | None = None
    peers: Path | None = None
    outputs: Path | None = None
    data: Path | None = None
    paired: bool = True
    tally: Path | None = None


def serve(host: str, port: int, folders: Folders) -> None:
    """Serves the demo at `host`:`port` until interrupted; then nothing that visitors gave it is left.

    Raises:
        UsageError: there is no such port.
        UserError: the weights cannot be loaded, a folder is not there, or the address cannot be listened on.
    """
    check_address(host, port)
    derainer = Derainer(folders.weights or DEFAULT_WEIGHTS)
    with scratch():
        pages = make_pages(derainer, folders)
        launch(pages, host, port)
        Thread(target=derainer, args=(np.zeros((256, 256, 3), np.uint8),), daemon=True).start()
        print(f"The demo is at {pages.local_url}", flush=True)
        pages.block_thread()


def make_pages(derainer: Derainer, folders: Folders) -> Pages:
    """Both pages, around one loaded model.

    Raises:
        UserError: a folder is not there, or cannot be read.
    """
    examples = all_examples()
    methods = offer(derainer, load_stored_outputs(), peers=folders.peers, outputs=folders.outputs)
    items = from_folder(folders.data, folders.paired) if folders.data else from_examples(examples)
    tally = Tally(folders.tally or settings.data_folder() / "preferences.sqlite")
    with Pages() as pages:
        derain.add_page(pages, derainer, examples)
    compare.add_page(pages, methods, items, tally)
    pages.queue(max_size=settings.QUEUE_LENGTH, default_concurrency_limit=1)
    return pages


def launch(pages: Pages, host: str, port: int) -> None:
    """Starts the server, with the settings that make it safe for strangers, and returns.

    Raises:
        UserError: the address cannot be listened on.
    """
    try:
        pages.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            css_paths=STYLES,
            head="".join(f"<script>{script.read_text(encoding='utf-8')}</script>" for script in SCRIPTS),
            footer_links=[],
            max_file_size=settings.MAX_BYTES,
            allowed_paths=[],
            strict_cors=True,
            show_error=False,
            enable_monitoring=False,
            run_history=False,
            ssr_mode=False,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            _frontend=False,  # else it asks itself for the page, and gives up where a busy machine answers late
        )
    except OSError as error:
        raise UserError(f"The demo cannot listen on {host}, port {port}.") from error


def check_address(host: str, port: int) -> None:
    """Tells before the model is loaded that nobody can listen there.

    Raises:
        UsageError: there is no such port.
        UserError: the port is taken, or the host is not this machine's.
    """
    if not 1 <= port <= 65535:
        raise UsageError(f"A port is a number from 1 to 65535, not {port}.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UserError(
                f"Port {port} is taken: another program listens on it; choose another with --port."
            ) from error
        raise UserError(f"The demo cannot listen on {host}, port {port}: {error.strerror}.") from error
