"""`python -m core train`: trains from a config, and goes on where a run was stopped."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UsageError

if TYPE_CHECKING:
    from core.training.config import TrainingConfig


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
    parser.add_argument(
        "--real",
        metavar="DIR",
        help="real rainy photos in the place of the config's: a folder, or an export of the annotator (or one split)",
    )
    parser.add_argument("--runs", default="runs", metavar="DIR", help="folder for runs (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 … (default: %(default)s)")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Trains; returns 0 at the end of the config's budget."""
    from core.training.config_file import load_config
    from core.training.trainer import Trainer
    from datasets.named import data_root

    config = load_config(args.config)
    if args.real is not None:
        config = _on_photos(config, args.real)
    trainer = Trainer(config, data_root(args.data_root), args.runs, args.device)
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


def _on_photos(config: "TrainingConfig", folder: str) -> "TrainingConfig":
    """The config with the real photos of a folder, all of them trained on."""
    if config.data.real is None:
        raise UsageError("--real goes with a config that trains on real photos (data: real).")
    if not Path(folder).is_dir():
        raise UsageError(f"--real names no folder: {folder}.")
    real = replace(config.data.real, photos=str(Path(folder).resolve()), held_out=None, manifest=None)
    return replace(config, data=replace(config.data, real=real))


def _changes(names: list[str]) -> str:
    return f", with other settings than before in: {', '.join(names)}" if names else ""
