"""`python -m core ablate`: trains a table of variants with several seeds, and prints it with its spread."""

import argparse
import math


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `ablate` with its arguments."""
    parser = subparsers.add_parser(
        "ablate",
        help="train a table of variants with several seeds",
        description="Trains every row of an ablation with every seed, one after another, and prints mean and standard "
        "deviation of the figures on held-out photos. What was stopped goes on when the same command is given again.",
        epilog="example: python -m core ablate --config configs/ablations/tables.yaml --data-root ~/rain/train",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", required=True, metavar="FILE", help="the ablation, a YAML file")
    parser.add_argument(
        "--data-root",
        metavar="DIR",
        help="folder that the config's paths start from (default: the environment variable DERAIN_DATA)",
    )
    parser.add_argument("--patches", type=int, metavar="N", help="labelled patches a run (default: the config's)")
    parser.add_argument("--runs", default="runs", metavar="DIR", help="folder for runs (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 … (default: %(default)s)")
    parser.add_argument("--csv", metavar="FILE", help="every run's figures")


def run(args: argparse.Namespace) -> int:
    """Trains what is left to train, and prints the table."""
    from core.images.atomic import write_text
    from core.training.ablation import load_ablation, run_ablation, summarise
    from core.training.config import TrainingConfig
    from core.training.trainer import Trainer
    from datasets.named import data_root

    root = data_root(args.data_root)
    ablation, runs = load_ablation(args.config, args.patches)

    def train(config: TrainingConfig) -> None:
        print(f"{config.name}: {config.optimiser.patches} patches", flush=True)
        Trainer(config, root, args.runs, args.device).train()

    table = run_ablation(ablation, runs, args.runs, train)
    if args.csv:
        write_text(args.csv, table.to_csv(index=False))
    means = summarise(table)
    width = max(map(len, ablation.rows))
    print(f"{len(ablation.seeds)} seeds, {runs[0].config.optimiser.patches} patches each; mean ± standard deviation")
    print(" " * width + "".join(f"{name:>22s}" for name in ablation.figures))
    for row, values in means.iterrows():
        pairs = [(values[name, "mean"], values[name, "std"]) for name in ablation.figures]
        cells = ["–" if math.isnan(mean) else f"{mean:.4g} ± {spread:.2g}" for mean, spread in pairs]
        print(f"{row!s:{width}s}" + "".join(f"{cell:>22s}" for cell in cells))
    return 0
