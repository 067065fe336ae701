"""Loads the model, builds the pages round it and serves them, with the settings that make them safe for strangers."""

from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import numpy as np

from app import settings
from app.compare.collection import from_examples, from_folder
from app.compare.methods import offer
from app.compare.page import add_page
from app.compare.stored import load_stored_outputs
from app.compare.tally import Tally
from app.examples import all_examples
from app.page import build
from app.theme import STYLES, theme
from core.errors import UserError
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


def serve(host: str | None, port: int | None, folders: Folders) -> None:
    """Serves the demo at `host`:`port` until interrupted; None leaves the choice to Gradio's own variables.

    Raises:
        UserError: the weights cannot be loaded, a folder is not there, or the port is taken.
    """
    derainer = Derainer(folders.weights or DEFAULT_WEIGHTS)
    examples = all_examples()
    page = build(derainer, examples)
    add_page(
        page,
        offer(derainer, load_stored_outputs(), peers=folders.peers, outputs=folders.outputs),
        from_folder(folders.data, folders.paired) if folders.data else from_examples(examples),
        Tally(folders.tally or settings.data_folder() / "preferences.sqlite"),
    )
    page.queue(max_size=settings.QUEUE_LENGTH, default_concurrency_limit=1)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            css_paths=STYLES,
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
        )
    except OSError as error:
        raise UserError(f"The demo cannot listen on port {port or 7860}: {error}") from error
    Thread(target=derainer, args=(np.zeros((256, 256, 3), np.uint8),), daemon=True).start()
    print(f"The demo is at {page.local_url}", flush=True)
    page.block_thread()
