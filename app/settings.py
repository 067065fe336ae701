"""The demo's limits and places, in one file."""

import os
from pathlib import Path

TITLE = "Semi-DerainGAN"
OWN_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PEERS_OUTPUTS = OWN_EXAMPLES / "peers"

MAX_PIXELS = 40_000_000
MAX_BYTES = 100_000_000
PREVIEW_SIDE = 1600
STEP_SIDE = 480
COMPARED_PIXELS = 1_500_000
"""Larger photos are reduced before they are compared: the peers take a photo whole, 2 GB for each megapixel."""
THUMBNAIL_SIDE = 320
THUMBNAILS = 24

QUEUE_LENGTH = 20
KEEP_SECONDS = 3600
SWEEP_SECONDS = 600


def cache_folder() -> Path:
    """Where what is made on the first start is kept between starts."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "semi-deraingan"


def data_folder() -> Path:
    """Where what visitors decide is kept for good."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "semi-deraingan"
