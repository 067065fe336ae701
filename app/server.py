"""Loads the model, builds the page round it and serves it, with the settings that make it safe to show to strangers."""

from pathlib import Path
from threading import Thread

import numpy as np

from app import settings
from app.examples import all_examples
from app.page import build
from app.theme import STYLE, theme
from core.errors import UserError
from core.inference import DEFAULT_WEIGHTS, Derainer


def serve(host: str | None, port: int | None, weights: Path | None) -> None:
    """Serves the demo at `host`:`port` until interrupted; None leaves the choice to Gradio's own variables.

    Raises:
        UserError: the weights cannot be loaded, or the port is taken.
    """
    derainer = Derainer(weights or DEFAULT_WEIGHTS)
    page = build(derainer, all_examples())
    page.queue(max_size=settings.QUEUE_LENGTH, default_concurrency_limit=1)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            css_paths=STYLE,
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
