"""`python -m core validate`: the figures of a training's last validation, for any weights."""

import argparse
from pathlib import Path

GENERATORS = ("gs", "gr")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        "validate",
        help="a config's validation figures of any weights",
        description="Measures weights on everything that a training config holds out: PSNR, SSIM and the mask's "
        "precision of the generator on rendered rain and on pairs, and what it does to clean photos; of G_r on real "
        "photos too where the config has them. These are the figures that `train` ends with (docs/training.md).",
        epilog="example: python -m core validate --config configs/flagship.yaml --data-root ~/rain/train",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", required=True, metavar="FILE", help="a training, a YAML file (see configs/)")
    parser.add_argument(
        "--data-root",
        metavar="DIR",
        help="folder that the config's paths start from (default: the environment variable DERAIN_DATA)",
    )
    parser.add_argument("--weights", metavar="DIR", help="folder of a trained model (default: the one that is shipped)")
    parser.add_argument("--generator", choices=GENERATORS, help="generator (default: the one that the config trains)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 … (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="writes the figures, and what they were measured with")


def run(args: argparse.Namespace) -> int:
    """Prints a line a figure, and writes the JSON."""
    import dataclasses

    from core.cli.evaluation_report import write_json
    from core.cli.targets import check_target
    from core.errors import UsageError
    from core.inference import DEFAULT_WEIGHTS
    from core.inference.device import choose_device
    from core.inference.engine import load_model
    from core.machine import describe_machine
    from core.methods.ours import network_method
    from core.peers.find import weights_sha256
    from core.training.config_file import load_config
    from core.training.patches import load_material, validation_sets
    from core.training.placing import place
    from core.training.real_patches import load_real
    from core.training.validation import validate, validate_rain_generator
    from datasets.named import data_root

    if args.json:
        check_target(args.json)
    config, root = load_config(args.config), data_root(args.data_root)
    data, generator = config.data, args.generator or config.generator
    folder = Path(args.weights) if args.weights else DEFAULT_WEIGHTS
    device = choose_device(args.device)
    model = place(load_model(folder), device)
    if missing := ({generator} if data.real is None else {generator, "gr"}) - {*model.unets}:
        raise UsageError(f"The weights in {folder} have no {' and no '.join(sorted(missing))}.")
    _, held_out = load_material(dataclasses.replace(data, backgrounds=(), dry=(), real=None, mix={"clean": 1.0}), root)
    sets = validation_sets(held_out, data, data.held_out)
    figures = validate(network_method(model, generator), sets)
    if data.real is not None:
        _, photos = load_real(data.real, root, data.patch, transplant=False)
        figures |= validate_rain_generator(network_method(model, "gr"), sets["clean"], photos)
    for name, value in figures.items():
        print(f"{name:24s} {value:8.4f}")
    if args.json:
        report = {
            "command": args.command_line,
            "config": args.config,
            "generator": generator,
            "weights": args.weights or "/".join(folder.parts[-2:]),
            "sha256": weights_sha256(folder / "model.safetensors"),
            "machine": describe_machine(device),
            "dtype": "float32",
            "figures": figures,
        }
        write_json(report, args.json)
    return 0
