"""The mean of several weights of one network, often better than any of them ("model soup", Wortsman et al. 2022).

python scripts/average_weights.py runs/one/weights runs/two/weights -o runs/mean
"""

import argparse
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.errors import UserError
from core.inference.engine import load_model
from core.training.checkpoint import save_weights


def main() -> None:
    """Reads the arguments and writes a folder of weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", nargs="+", help="folders of weights")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write")
    args = parser.parse_args()
    try:
        models = [load_model(folder) for folder in args.weights]
        if any(model.network != models[0].network for model in models):
            raise UserError("The weights are of different networks: these have no mean.")
        states = [model.state_dict() for model in models]
        mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
        models[0].load_state_dict(mean)
        save_weights(models[0], args.output)
    except UserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
