"""`python -m core evaluate`: PSNR and SSIM of a model, of a peer or of derained images on disk."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.arguments import positive_whole, scale
from core.cli.derain import SELF_ENSEMBLE
from core.cli.targets import check_target
from core.command_line import DONE, FAILED
from core.errors import UsageError, UserError
from core.metrics import PROTOCOLS
from datasets.catalogue import CATALOGUE
from datasets.layouts import LAYOUTS

if TYPE_CHECKING:
    from core.methods import Method
    from datasets.pairs import PairedFolder

DEFAULT_GENERATOR = "gs"

Entry = TypeVar("Entry")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `evaluate` with its arguments."""
    parser = subparsers.add_parser(
        "evaluate",
        help="PSNR and SSIM of a model over pairs of rainy and clean photos",
        description="Measures a model over pairs of rainy and clean photos, or over clean photos alone. The derained "
        "images are rounded to 8 bits, and nothing is downscaled. docs/evaluation.md says what each figure is.",
        epilog="""examples:
  python -m core evaluate --data Rain100L --protocol y,rgb --json rain100l.json
  python -m core evaluate --data Rain100L --data-root ~/data
  python -m core evaluate --data mine --rainy 'wet/{}.png' --clean-photos 'dry/{}.png'
  python -m core evaluate --data Rain100H --outputs derained/ --csv photos.csv
  python -m core evaluate --clean clean-photos/ --held-out 50
  python -m core evaluate --data Rain100L --peer prenet:net_latest.pth""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_photos(parser)
    _add_methods(parser)
    parser.add_argument(
        "--protocol",
        metavar="P",
        action="append",
        type=_protocols,
        help=f"{', '.join(PROTOCOLS)} or all; several by commas (default: y, with --clean rgb)",
    )
    parser.add_argument(
        "--json", metavar="FILE", help="writes all figures; - for standard output, in place of the table"
    )
    parser.add_argument("--csv", metavar="FILE", help="writes a row for each photo")


def _add_photos(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what is measured over").add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--data", metavar="DIR|NAME", help="folder of pairs, or a data set's name (`python -m core data` lists them)"
    )
    what.add_argument("--clean", metavar="DIR", help="folder of clean photos: what does the model change in them?")
    parser.add_argument(
        "--data-root",
        metavar="DIR",
        help="where --data NAME is looked for (default: the environment variable DERAIN_DATA)",
    )
    parser.add_argument("--layout", choices=sorted(LAYOUTS), help="how --data is laid out (default: by its names)")
    parser.add_argument("--rainy", metavar="PATTERN", help="rainy photos below --data, such as 'wet/{}.png'")
    parser.add_argument("--clean-photos", metavar="PATTERN", help="clean photos below --data, such as 'dry/{}.png'")
    parser.add_argument("--limit", metavar="N", type=positive_whole, help="only the first N photos")
    parser.add_argument(
        "--held-out", metavar="N", type=positive_whole, help="only the N photos that `train` with held_out: N keeps"
    )


def _add_methods(parser: argparse.ArgumentParser) -> None:
    who = parser.add_argument_group("what is measured").add_mutually_exclusive_group()
    who.add_argument("--weights", metavar="DIR", help="folder of a trained model (default: the one that is shipped)")
    who.add_argument("--peer", metavar="NAME:FILE", help="another method with its published weights: prenet:FILE")
    who.add_argument(
        "--outputs", metavar="DIR", help="derained images on disk, named like the rainy or the clean photos"
    )
    parser.add_argument(
        "--generator", choices=("gs", "gr"), help=f"generator of --weights (default: {DEFAULT_GENERATOR})"
    )
    parser.add_argument(
        "--scale",
        metavar="N",
        type=scale,
        help="of --weights: the working scale, auto, 1, 2, 3 or 4 (default: 1, so that figures can be compared)",
    )
    parser.add_argument("--self-ensemble", action="store_true", help=f"of --weights: {SELF_ENSEMBLE}")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument(
        "--dtype", choices=("auto", "float32", "bfloat16", "float16"), help="of --weights (default: auto)"
    )


def run(args: argparse.Namespace) -> int:
    """Measures, prints the table, writes the files."""
    _check(args)
    from tqdm import tqdm

    from core.cli.evaluation_report import as_text, report, write_csv, write_json
    from core.evaluation import evaluate_clean, evaluate_pairs
    from core.methods.outputs import names_of_pairs
    from datasets.folders import open_photos

    given = [name for names in args.protocol or [] for name in names] or ["rgb" if args.clean else "y"]
    protocols = [name for name in PROTOCOLS if name in given]
    left_out: list[str] = []
    options: dict[str, Any] = {
        "limit": args.limit,
        "progress": partial(tqdm, desc="evaluating", unit="photo", disable=None, leave=False),
        "failed": left_out.append,
    }
    data: dict[str, Any]
    if args.clean:
        photos = open_photos(args.clean)
        count = len(photos)
        photos = replace(photos, photos=_held_out(photos.photos, args.held_out))
        data = {"folder": args.clean, "kind": "clean photos", "photos_in_folder": count}
        method = _method(args)
        table = evaluate_clean(method, photos, protocols, **options)
    else:
        pairs, named = _pairs(args)
        count = len(pairs)
        names = _held_out(names_of_pairs(pairs.pairs), args.held_out)
        pairs = replace(pairs, pairs=_held_out(pairs.pairs, args.held_out))
        data = {"folder": str(pairs.folder), **named, "kind": "pairs", "layout": pairs.layout.name}
        data["photos_in_folder"] = count
        method = _method(args)
        table = evaluate_pairs(method, pairs, protocols, names=names, **options)
    if args.held_out:
        data["held_out"] = args.held_out
    if left_out:
        data["left_out"] = left_out
    if table.empty:
        raise UserError(left_out[0] if len(left_out) == 1 else f"No photo could be measured. The first: {left_out[0]}")

    figures = report(table, protocols, data=data, method=_about(method, args.device), command=args.command_line)
    if args.csv:
        write_csv(table, args.csv)
    if args.json:
        write_json(figures, args.json)
    if args.json != "-":
        print(as_text(figures))
    for sentence in left_out:
        print(f"left out: {sentence}", file=sys.stderr)
    return FAILED if left_out else DONE


def _check(args: argparse.Namespace) -> None:
    """Finds before the work starts what would spoil its end."""
    if (args.peer or args.outputs) and (args.generator or args.dtype or args.scale or args.self_ensemble):
        raise UsageError(
            "--generator, --dtype, --scale and --self-ensemble belong to --weights, not to --peer or --outputs."
        )
    if args.clean and (args.data_root or args.layout or args.rainy or args.clean_photos or args.outputs):
        raise UsageError(
            "--data-root, --layout, --rainy, --clean-photos and --outputs belong to --data, not to --clean."
        )
    if bool(args.rainy) != bool(args.clean_photos) or (args.rainy and args.layout):
        raise UsageError("--rainy and --clean-photos go together, and without --layout.")
    for file in (args.json, args.csv):
        if file and file != "-":
            check_target(file)


def _pairs(args: argparse.Namespace) -> "tuple[PairedFolder, dict[str, str]]":
    """The pairs of a folder, or of a set by its name, and what a report says of the name.

    Without --data-root a folder of that name goes first.
    """
    from datasets.named import find_entry, open_set
    from datasets.pairs import PairedFolder, open_pairs

    entry = find_entry(args.data)
    if args.data_root and entry is None:
        raise UsageError(
            f"--data-root belongs to a data set's name, such as {', '.join(CATALOGUE)}, not to {args.data}."
        )
    if entry is None or (not args.data_root and Path(args.data).is_dir()):
        return open_pairs(args.data, args.layout, args.rainy, args.clean_photos), {}
    if args.layout or args.rainy:
        raise UsageError("--layout, --rainy and --clean-photos belong to a folder, not to a data set's name.")
    found = open_set(args.data, args.data_root)
    if not isinstance(found.photos, PairedFolder):
        raise UsageError(f"evaluate takes pairs on disk, and that {entry.name} is not: {entry.about}.")
    return found.photos, {"set": entry.name}


def _held_out(entries: Sequence[Entry], count: int | None) -> tuple[Entry, ...]:
    """All, or those that training on the same folder keeps for validation."""
    if count is None:
        return tuple(entries)
    from core.training.patches import split

    return tuple(split(entries, count)[1])


def _method(args: argparse.Namespace) -> "Method":
    """What derains: a peer, outputs on disk, or our model."""
    from core.methods import Sources, find_methods
    from core.peers import PEERS

    if args.peer:
        kind, _, which = args.peer.partition(":")
        if kind not in PEERS or not which:
            raise UsageError(f"--peer takes NAME:FILE, and NAME is one of {', '.join(PEERS)}, not {args.peer!r}.")
    key = args.peer or (f"outputs:{args.outputs}" if args.outputs else f"ours:{args.generator or DEFAULT_GENERATOR}")
    sources = Sources(
        weights=args.weights,
        device=args.device,
        dtype=args.dtype or "auto",
        self_ensemble=args.self_ensemble,
        scale=args.scale or 1,
    )
    (method,) = find_methods([key], sources)
    if method.missing:
        raise UserError(method.missing)
    return method


def _about(method: "Method", device: str) -> dict[str, Any]:
    """What a report says of the method, and of the machine where it computes."""
    from core.inference.device import choose_device
    from core.machine import describe_machine

    machine = {"machine": describe_machine(choose_device(device))} if method.computes else {}
    return {**method.about, **machine}


def _protocols(text: str) -> list[str]:
    names = list(PROTOCOLS) if text == "all" else text.split(",")
    for name in names:
        if name not in PROTOCOLS:
            raise argparse.ArgumentTypeError(f"there is no protocol {name!r}; there are {', '.join(PROTOCOLS)} and all")
    return names
