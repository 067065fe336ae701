"""The demo's limits and places, in one file."""

from pathlib import Path

TITLE = "Semi-DerainGAN"
ROOT = Path(__file__).resolve().parent.parent
OWN_EXAMPLES = ROOT / "examples"

MAX_PIXELS = 40_000_000
MAX_BYTES = 100_000_000
PREVIEW_SIDE = 1600
STEP_SIDE = 480

QUEUE_LENGTH = 20
KEEP_SECONDS = 3600
