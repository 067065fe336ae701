"""`python -m core compare`: our model beside its peers and beside outputs on disk, as one HTML report and a CSV."""

import argparse
import datetime
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.arguments import positive_whole
from core.cli.methods_argument import add_scale
from core.cli.targets import check_target
from core.command_line import DONE, FAILED
from core.errors import UsageError, UserError
from core.metrics import PROTOCOLS
from datasets.layouts import LAYOUTS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from core.comparison.subjects import Photos, SubjectFolder
    from core.methods import Method

DEFAULT_METHODS = "ours,prenet,ddn,sirr"
SETS = ("Rain100L", "Rain100H", "Rain1400")
"""Sets that peers have published weights for (`Peer.for_set`)."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `compare` with its arguments."""
    parser = subparsers.add_parser(
        "compare",
        help="our model beside DDN, PReNet and SIRR, as pictures and as figures",
        description="Derains the same photos by every method and writes one HTML file that needs nothing else, and a "
        "CSV beside it: tables by protocol, every photo's figures, best and worst cases, contact sheets. "
        "docs/compare.md says more.",
        epilog="""examples:
  python -m core compare --data Rain100L --peers PEERS -o rain100l.html
  python -m core compare --data photos/ --unpaired --methods ours,prenet:Rain1400,sirr -o real.html
  python -m core compare --data Rain100H --outputs outputs/ --methods ours --keep derained/ -o report.html
  python -m core compare --blind weights/fast runs/from-curation/weights --data real-rain/test -o blind.html""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_photos(parser)
    _add_methods(parser)
    parser.add_argument(
        "--protocol", metavar="P,…", type=_protocols, default=list(PROTOCOLS), help=f"{', '.join(PROTOCOLS)} or all"
    )
    parser.add_argument("-o", "--output", metavar="REPORT", required=True, help="the report, REPORT.html")
    parser.add_argument(
        "--keep", metavar="DIR", help="keeps derained images as DIR/METHOD/NAME.png; a run that was stopped goes on"
    )
    parser.add_argument("--title", help="(default: the folder's name)")


def _add_photos(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what is compared on")
    what.add_argument("--data", metavar="DIR", required=True, help="folder of pairs, or with --unpaired of photos")
    what.add_argument("--unpaired", action="store_true", help="real photos without ground truth")
    what.add_argument("--layout", choices=sorted(LAYOUTS), help="how --data is laid out (default: by its names)")
    what.add_argument("--rainy", metavar="PATTERN", help="rainy photos below --data, such as 'wet/{}.png'")
    what.add_argument("--clean-photos", metavar="PATTERN", help="clean photos below --data, such as 'dry/{}.png'")
    what.add_argument("--only", metavar="FILE", help="only the photos named in a text file, one a line, # for comments")
    what.add_argument("--limit", metavar="N", type=positive_whole, help="only N photos, evenly spaced")
    what.add_argument(
        "--megapixels",
        metavar="N",
        type=_megapixels,
        default=2.0,
        help="larger photos without ground truth are reduced to this for every method (default: 2)",
    )


def _add_methods(parser: argparse.ArgumentParser) -> None:
    who = parser.add_argument_group("what is compared")
    who.add_argument(
        "--blind",
        metavar=("OLD", "NEW"),
        nargs=2,
        help="two folders of our model's weights: writes a blind test on real photos, no report",
    )
    who.add_argument(
        "--methods",
        metavar="M,…",
        type=lambda text: [name.strip() for name in text.split(",") if name.strip()],
        default=DEFAULT_METHODS.split(","),
        help="ours, ours:gs, prenet, ddn, sirr, or a peer with the name or file of its weights, as prenet:Rain100L; "
        f"may be empty with --outputs (default: {DEFAULT_METHODS})",
    )
    who.add_argument(
        "--made-for",
        choices=SETS,
        help="the set whose weights peers run where none are named (default: --data's own name where it is one of "
        "these, else each peer's default)",
    )
    who.add_argument(
        "--peers", metavar="DIR", help="folder of the peers' published weights (default: that of DERAIN_PEERS)"
    )
    who.add_argument("--outputs", metavar="DIR", help="other methods' derained images, DIR/METHOD/NAME.png")
    who.add_argument("--weights", metavar="DIR", help="folder of our model (default: the one that is shipped)")
    add_scale(who)
    who.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")


def run(args: argparse.Namespace) -> int:
    """Derains, measures, writes the report and the CSV, prints the means."""
    path = _check(args)
    if args.blind:
        from core.cli.compare_blind import run_blind

        return run_blind(args, path)
    from core.comparison.subjects import open_subjects
    from core.methods import Sources, find_methods
    from core.methods.outputs import keys_of_outputs

    made_for = args.made_for or next((name for name in SETS if name == Path(args.data).resolve().name), None)
    subjects = open_subjects(
        args.data,
        paired=not args.unpaired,
        layout=args.layout,
        rainy_pattern=args.rainy,
        clean_pattern=args.clean_photos,
        only=_names(args.only) if args.only else None,
        limit=args.limit,
    )
    keys = [*args.methods, *(keys_of_outputs(args.outputs) if args.outputs else [])]
    sources = Sources(
        peers=args.peers,
        outputs=args.outputs,
        weights=args.weights,
        made_for=made_for,
        synthetic=not args.unpaired,
        scale=args.scale,
        device=args.device,
    )
    found = find_methods(keys, sources)
    _say_missing(found)
    if not any(method.missing is None for method in found):
        raise UsageError("None of the methods can be run.")
    if args.keep:
        return _run(args, path, Path(args.keep), subjects, found, made_for)
    with tempfile.TemporaryDirectory(prefix="derain-compare-") as folder:
        return _run(args, path, Path(folder), subjects, found, made_for)


def _run(
    args: argparse.Namespace,
    path: Path,
    keep: Path,
    subjects: "SubjectFolder",
    found: "Sequence[Method]",
    made_for: str | None,
) -> int:
    from tqdm import tqdm

    from core.comparison.report import Facts, make_page, write_report
    from core.comparison.run import compare, derain
    from core.comparison.store import open_store
    from core.inference.device import choose_device
    from core.machine import describe_machine

    methods = [method for method in found if method.missing is None]
    stores = {method.key: open_store(keep, method) for method in methods if method.computes}
    by_name = {subject.name: subject for subject in subjects.subjects}
    left_out: list[str] = []
    table = compare(
        methods,
        subjects.subjects,
        args.protocol,
        stores,
        megapixels=args.megapixels,
        progress=partial(tqdm, desc="comparing", unit="photo", disable=None, leave=False),
        failed=left_out.append,
    )
    if table.empty:
        raise UserError(left_out[0] if len(left_out) == 1 else f"No photo could be compared. The first: {left_out[0]}")

    def look(name: str) -> "tuple[Photos, dict[str, np.ndarray]]":
        photos = by_name[name].read(args.megapixels)
        return photos, {m.key: derain(m, by_name[name], photos.rainy, stores.get(m.key))[0] for m in methods}

    kept = f"{table['photo'].nunique()} of {subjects.photos_in_folder} {subjects.kind}, from {args.data}"
    facts = Facts(
        title=args.title or f"Deraining compared on {subjects.folder.resolve().name}",
        data=kept,
        command=args.command_line,
        machine=describe_machine(choose_device(args.device)),
        date=datetime.date.today().isoformat(),
        notes=(*_notes(args, made_for), *(f"Left out: {sentence}" for sentence in left_out)),
    )
    page = make_page(table, methods, [method for method in found if method.missing], look, facts)
    csv = write_report(path, page, table, methods)
    _print_means(table, methods)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB) and {csv}")
    for sentence in left_out:
        print(f"left out: {sentence}", file=sys.stderr)
    return FAILED if left_out else DONE


def _notes(args: argparse.Namespace, made_for: str | None) -> tuple[str, ...]:
    notes = []
    if made_for:
        why = "by --made-for" if args.made_for else "the name of the data's folder"
        notes.append(f"Peers named without weights run those for {made_for} ({why}).")
    if args.unpaired:
        notes.append(f"Photos above {args.megapixels:g} megapixels were reduced to that for every method.")
    return tuple(notes)


def _print_means(table: "pd.DataFrame", methods: "Sequence[Method]") -> None:
    from core.comparison.figures import finite
    from core.comparison.run import RAINY

    labels = {method.key: method.label for method in methods} | {RAINY: "rainy image"}
    means = finite(table).drop(columns=["photo", "width", "height"]).groupby("method", sort=False).mean()
    print(means.rename(index=labels).rename_axis(None).round(4).to_string(na_rep="–"))


def _check(args: argparse.Namespace) -> Path:
    """Finds before the work starts what would spoil its end; gives the report's path."""
    path = Path(args.output)
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"-o takes the name of an HTML file, such as report.html, not {args.output}.")
    for file in (path, path.with_suffix(".csv")):
        check_target(file)
    if args.unpaired and (args.layout or args.rainy or args.clean_photos):
        raise UsageError("--layout, --rainy and --clean-photos belong to pairs, not to --unpaired.")
    if bool(args.rainy) != bool(args.clean_photos) or (args.rainy and args.layout):
        raise UsageError("--rainy and --clean-photos go together, and without --layout.")
    if not args.methods and not args.outputs:
        raise UsageError("--methods names none, and there is no --outputs.")
    return path


def _say_missing(found: "Sequence[Method]") -> None:
    for method in found:
        if method.missing:
            print(f"missing: {method.label}. {method.missing}", file=sys.stderr)


def _names(path: str) -> list[str]:
    """File names in a text file, one a line; # begins a comment."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The list of photos {path} cannot be read.") from error
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def _protocols(text: str) -> list[str]:
    names = list(PROTOCOLS) if text == "all" else text.split(",")
    for name in names:
        if name not in PROTOCOLS:
            raise argparse.ArgumentTypeError(f"there is no protocol {name!r}; there are {', '.join(PROTOCOLS)} and all")
    return [name for name in PROTOCOLS if name in names]


def _megapixels(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.001 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of megapixels such as 2")
    return value
