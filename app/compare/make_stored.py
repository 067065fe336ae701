"""Makes the peers' outputs for the demo's examples: `python -m app.compare.make_stored --peers DIR`.

Writes examples/peers/METHOD/NAME.jpg and examples/peers/outputs.json: which photos (SHA-256 of their pixels), which
weights (SHA-256 of the checkpoint), which command, and the figures of the outputs before they were made JPEGs.
"""

import argparse
import json
import sys
from pathlib import Path

from PIL import Image

from app import settings
from app.compare.contest import PROTOCOLS
from app.compare.stored import RECORD
from app.compare.subject import pixels_sha256, read
from app.examples import rendered_examples
from core.errors import UserError
from core.images.atomic import write_atomically
from core.methods import Sources, find_methods
from core.metrics import measure
from core.peers import PEERS

JPEG = {"quality": 95, "subsampling": 0, "optimize": True}
COMMAND = "python -m app.compare.make_stored --peers DIR"


def make_stored(peers: Path, cache: Path, folder: Path) -> None:
    """Runs every peer on every rendered example (kept in `cache`) and writes its outputs and their record to `folder`.

    Raises:
        UserError: a peer's weights are missing or damaged, or a file cannot be written.
    """
    examples = [example for example in rendered_examples(cache) if example.clean]
    rainy = {example.path.stem: read(example.path) for example in examples}
    clean = {example.path.stem: read(example.clean) for example in examples if example.clean}
    methods = {}
    for method in find_methods(list(PEERS), Sources(peers=peers)):
        if method.weights is None:
            raise UserError(method.missing or f"{method.label} has no weights.")
        (folder / method.key).mkdir(parents=True, exist_ok=True)
        outputs = {}
        for name, pixels in rainy.items():
            derained = method.derain(pixels, (name,)).rounded
            Image.fromarray(derained).save(folder / method.key / f"{name}.jpg", "JPEG", **JPEG)
            scores = {protocol: measure(protocol, clean[name], derained) for protocol in PROTOCOLS}
            outputs[name] = {"file": f"{name}.jpg", "scores": scores}
        methods[method.key] = {
            "label": method.label,
            "weights": method.weights.name,
            "sha256": method.weights.sha256,
            "outputs": outputs,
        }
    photos = {
        name: {"pixels_sha256": pixels_sha256(rainy[name]), "clean_sha256": pixels_sha256(clean[name])}
        for name in rainy
    }
    record = {"command": COMMAND, "photos": photos, "methods": methods}
    write_atomically(folder / RECORD, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())


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
