"""The demo's limits and places, in one file."""

import os
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp

TITLE = "Semi-DerainGAN"
OWN_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PEERS_OUTPUTS = OWN_EXAMPLES / "peers"

STATIC_PAGE = os.environ.get("DERAIN_STATIC_PAGE", "")
"""Address of the page that derains in the visitor's own browser (docs/web.md); empty where there is none."""

MAX_PIXELS = 40_000_000
MAX_BYTES = 100_000_000
PREVIEW_SIDE = 1600
STEP_SIDE = 480
LARGE_PIXELS = 400_000
"""Photos of no more pixels are done so soon that they need no first look."""
MOST_GAIN = 16
"""How many times what was taken out is brightened at most, to be seen."""
COMPARED_PIXELS = 1_500_000
"""Larger photos are reduced before they are compared: the peers take a photo whole, 2 GB for each megapixel."""
THUMBNAIL_SIDE = 320
THUMBNAILS = 24

QUEUE_LENGTH = 20
KEEP_SECONDS = 3600
SWEEP_SECONDS = 600


@cache
def cache_folder() -> Path:
    """Where what is made on the first start is kept between starts."""
    return usable("XDG_CACHE_HOME", ".cache", "Examples are made again at each start")


@cache
def data_folder() -> Path:
    """Where what visitors decide is kept for good."""
    return usable("XDG_DATA_HOME", ".local/share", "Picks of the blind test are kept only until the demo ends")


def usable(variable: str, usual: str, otherwise: str) -> Path:
    """Our folder below that of `variable`, else below `usual` at home; a temporary one where neither can be written."""
    try:
        folder = Path(os.environ.get(variable) or Path.home() / usual) / "semi-deraingan"
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home at all
        print(f"{otherwise}, because their folder cannot be written ({error}).", file=sys.stderr, flush=True)
        return Path(mkdtemp(prefix="semi-deraingan-"))
