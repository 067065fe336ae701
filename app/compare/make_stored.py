"""Makes the peers' outputs for the demo's examples: `python -m app.compare.make_stored --peers DIR`.

Of a peer's published weights each photo gets those that come nearest to its clean one (PSNR under protocol y). Writes
examples/peers/METHOD/NAME.jpg and examples/peers/outputs.json: which photos (SHA-256 of their pixels), which weights
(SHA-256 of the checkpoint), what all weights had, which command, and the figures of the outputs before they were made
JPEGs.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from app import settings
from app.compare.contest import PROTOCOLS
from app.compare.stored import RECORD
from app.compare.subject import pixels_sha256, read
from app.examples import rendered_examples
from core.errors import UserError
from core.images.atomic import write_atomically
from core.methods import Method, Sources, find_methods
from core.metrics import Scores, measure
from core.peers import PEERS

JPEG = {"quality": 95, "subsampling": 0, "optimize": True}
COMMAND = "python -m app.compare.make_stored --peers DIR"


def make_stored(peers: Path, cache: Path, folder: Path) -> None:
    """Runs every peer on every rendered example (kept in `cache`) and writes its outputs and their record to `folder`.

    Raises:
        UserError: a peer's weights are missing or damaged, or a file cannot be written.
    """
    examples = [example for example in rendered_examples(cache) if example.clean]
    pairs = {e.path.stem: (read(e.path), read(e.clean)) for e in examples if e.clean}
    methods: dict[str, dict[str, Any]] = {}
    for key, peer in PEERS.items():
        found = find_methods([f"{key}:{name}" for name in peer.weights], Sources(peers=peers))
        (folder / key).mkdir(parents=True, exist_ok=True)
        methods[key] = {}
        for name, (rainy, clean) in pairs.items():
            pixels, output = best_output(found, name, rainy, clean)
            Image.fromarray(pixels).save(folder / key / f"{name}.jpg", "JPEG", **JPEG)
            methods[key][name] = {"file": f"{name}.jpg", **output}
    photos = {
        name: {"pixels_sha256": pixels_sha256(rainy), "clean_sha256": pixels_sha256(clean)}
        for name, (rainy, clean) in pairs.items()
    }
    record = {"command": COMMAND, "photos": photos, "methods": methods}
    write_atomically(folder / RECORD, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())


def best_output(
    found: list[Method], name: str, rainy: np.ndarray, clean: np.ndarray
) -> tuple[np.ndarray, dict[str, Any]]:
    """The output, (h, w, 3) uint8, of the method that comes nearest to the clean photo, and its record.

    Raises:
        UserError: one of them is missing.
    """
    outputs: dict[str, np.ndarray] = {}
    scores: dict[str, dict[str, Scores]] = {}
    for method in found:
        outputs[method.key] = method.derain(rainy, (name,)).rounded
        scores[method.key] = {protocol: measure(protocol, clean, outputs[method.key]) for protocol in PROTOCOLS}
    best = max(found, key=lambda method: scores[method.key]["y"]["psnr"])
    assert best.weights
    return outputs[best.key], {
        "label": best.label,
        "weights": best.weights.name,
        "sha256": best.weights.sha256,
        "scores": scores[best.key],
        "psnr_y_of_all_weights": {method.variant: round(scores[method.key]["y"]["psnr"], 2) for method in found},
    }


def main(argv: list[str] | None = None) -> int:
    """Returns 0 done, 1 failed."""
    parser = argparse.ArgumentParser(
        prog="python -m app.compare.make_stored", description="Makes the peers' outputs for the demo's examples."
    )
    parser.add_argument("--peers", type=Path, required=True, help="folder of the peers' published weights")
    parser.add_argument("-o", "--output", type=Path, default=settings.PEERS_OUTPUTS, help="(examples/peers)")
    arguments = parser.parse_args(argv)
    try:
        make_stored(arguments.peers, settings.cache_folder() / "examples", arguments.output)
    except UserError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
