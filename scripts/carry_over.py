"""Gives weights of a stage on pairs alone the G_r of earlier weights, moved by what G_s has learnt since.

    python scripts/carry_over.py runs/flagship/weights weights/fast --share 0.5 -o runs/carried

Task arithmetic (Ilharco et al. 2023): with a share of 1 what `carried` does at the start of a training, without the
training (docs/training.md).
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.errors import UserError
from core.inference.engine import load_model
from core.training.checkpoint import save_weights
from core.training.start import carry_over


def main() -> None:
    """Reads the arguments and writes a folder of weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", help="folder of weights with G_s")
    parser.add_argument(
        "earlier", help="folder of earlier weights with G_s and G_r, of the same network or a shallower one"
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="of what G_s has learnt since that G_r takes over, 0…1 (default: 1)"
    )
    parser.add_argument(
        "--gs-share", type=float, default=1.0, metavar="SHARE", help="of it that G_s keeps, 0…1 (default: 1)"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write")
    args = parser.parse_args()
    if not (0 <= args.share <= 1 and 0 <= args.gs_share <= 1):
        parser.error("--share and --gs-share must be from 0 to 1")
    try:
        now, earlier = load_model(args.weights), load_model(args.earlier)
        save_weights(carry_over(now, earlier, args.share, args.gs_share), args.output)
    except UserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
