"""`python -m core train`: trains from a config, and goes on where a run was stopped."""

import argparse


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "train",
        help="train a model",
        description="Trains from a config. A run that was stopped, at any moment, goes on from its last checkpoint "
        "when the same command is given again; Ctrl-C and SIGTERM write one first. Under torchrun, several processes "
        "train together.",
        epilog="example: python -m core train --config configs/fast.yaml --data-root ~/rain/train",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", required=True, metavar="FILE", help="the training, a YAML file (see configs/)")
    parser.add_argument(
        "--data-root",
        metavar="DIR",
        help="folder that the config's paths start from (default: the environment variable DERAIN_DATA)",
    )
    parser.add_argument("--runs", default="runs", metavar="DIR", help="folder for runs (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 … (default: %(default)s)")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Trains; returns 0 at the end of the config's budget."""
    from core.training.config_file import load_config
    from core.training.trainer import Trainer
    from datasets.named import data_root

    trainer = Trainer(load_config(args.config), data_root(args.data_root), args.runs, args.device)
    parts = trainer.parts
    first = parts.fabric.is_global_zero
    if trainer.patches and first:
        print(f"resuming after {trainer.patches} patches" + _changes(trainer.changed))
    if parts.perceptual is not None and first:
        print(f"perceptual network: {parts.perceptual.description}", flush=True)
    figures = trainer.train(args.quiet)
    if not first:
        return 0
    for name, value in figures.items():
        print(f"{name:24s} {value:8.4f}")
    print(f"weights: {trainer.folder / 'weights'}")
    return 0


def _changes(names: list[str]) -> str:
    return f", with other settings than before in: {', '.join(names)}" if names else ""
