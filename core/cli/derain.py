"""`python -m core derain`: photos or folders in, derained photos out."""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.arguments import positive, positive_whole, scale, share
from core.cli.engines import AUTO, OTHER_ENGINES, PYTORCH
from core.command_line import print_json

if TYPE_CHECKING:
    from core.cli.derain_plan import Job, Plan
    from core.inference import Derainer

FORMATS = ("jpg", "png", "webp", "tif", "bmp")
SELF_ENSEMBLE = "the mean over the photo's four mirror images: better, four times slower"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `derain` with its arguments."""
    parser = subparsers.add_parser(
        "derain",
        help="take the rain out of photos",
        description="Takes the rain out of photos: JPEG, PNG, WebP, TIFF and BMP, in the same format, size and depth; "
        "HEIC and AVIF become JPEG, or what --format says. "
        "What exists already is skipped. docs/derain.md says more.",
        epilog="""examples:
  python -m core derain photo.jpg -o derained.jpg
  python -m core derain holiday/ more/*.png -o derained/ --mask
  python -m core derain 'holiday/**/*.jpg' -o derained/ --json > summary.json""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", metavar="IN", nargs="+", help="photo, folder (with all below it) or quoted glob")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="folder; for one photo also a file's name")
    parser.add_argument("--format", choices=FORMATS, help="of every output (default: the photo's; for HEIC, AVIF jpg)")
    parser.add_argument("--mask", action="store_true", help="also writes each rain mask, as NAME_mask.png")
    parser.add_argument("--overwrite", action="store_true", help="does again what exists already")
    parser.add_argument("--generator", choices=("gs", "gr"), help="generator (default: gr where the weights hold it)")
    parser.add_argument(
        "--strength", metavar="S", type=share, default=1.0, help="0 leaves the photo as it is (default: 1)"
    )
    parser.add_argument(
        "--scale",
        metavar="N",
        type=scale,
        default="auto",
        help="what the network sees: 1 the photo as it is, 2, 3, 4 the photo shrunk by that, for wide rain and large "
        "photos; auto chooses by the rain's width (default: auto)",
    )
    parser.add_argument("--self-ensemble", action="store_true", help=SELF_ENSEMBLE)
    parser.add_argument("--weights", metavar="DIR", help="folder of a trained model (default: the one that is shipped)")
    parser.add_argument(
        "--engine",
        choices=(PYTORCH, AUTO, *OTHER_ENGINES),
        default=PYTORCH,
        help="what runs the network; the last three, of requirements-engines.txt, run it on the CPU in float32 or in 8 "
        "bits; auto takes 8 bits where the processor gains from them, else pytorch (default: pytorch)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument("--tile", metavar="N", type=positive_whole, help="side of a tile in pixels (default: 1024)")
    parser.add_argument(
        "--max-megapixels", metavar="N", type=positive, default=256.0, help="larger photos are refused (default: 256)"
    )
    parser.add_argument(
        "--dask", metavar="URL", help="address of a Dask scheduler whose workers derain (docs/many-machines.md)"
    )
    parser.add_argument("--json", action="store_true", help="prints a summary of every photo to standard output")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no closing line; errors still show")


def run(args: argparse.Namespace) -> int:
    """Derains every photo that can be, and gives 1 if there was one that could not."""
    from core.cli.derain_photo import load_derainer
    from core.cli.derain_plan import check_folders, make_plan
    from core.errors import UsageError

    plan = make_plan(args.inputs, args.output, masks=args.mask, suffix=args.format and f".{args.format}")
    waiting = [job for job in plan.jobs if args.overwrite or not all(path.exists() for path in job.targets)]
    check_folders(waiting)
    derainer, engine = None, args.engine
    if args.dask and args.engine == AUTO:
        raise UsageError("--engine auto chooses by the machine, and --dask has several; name an engine.")
    if args.dask:
        records = _derain_on_cluster(plan, waiting, args)
    else:
        if waiting:
            derainer, engine = load_derainer(args)
        records = _derain_all(plan, waiting, derainer, args)
    summary = _summary(records, derainer, engine, args)
    if args.json:
        print_json(summary)
    _tell(summary, plan, quiet=args.quiet)
    return 1 if summary["failed"] else 0


def _derain_all(
    plan: "Plan", waiting: "list[Job]", derainer: "Derainer | None", args: argparse.Namespace
) -> list[dict[str, Any]]:
    """One record a photo, those that could not even be found first."""
    from tqdm import tqdm

    from core.cli.derain_photo import derain_job

    records = _not_found(plan)
    todo = set(waiting)
    with tqdm(total=len(waiting), unit="photo", disable=True if args.quiet else None, leave=False) as bar:
        for job in plan.jobs:
            record = _named(job)
            records.append(record)
            if job not in todo or derainer is None:
                record["status"] = "skipped"
                continue

            def progress(done: int, total: int, name: str = job.source.name) -> None:
                bar.set_postfix_str(f"{name} {100 * done // total} %")

            record |= derain_job(job, derainer, args, progress)
            bar.update()
    return records


def _derain_on_cluster(plan: "Plan", waiting: "list[Job]", args: argparse.Namespace) -> list[dict[str, Any]]:
    """As `_derain_all`, by the workers of a cluster; they read and write in folders that all machines share."""
    from tqdm import tqdm

    from core.cli.derain_worker import derain_by_cluster

    records: dict[Path, dict[str, Any]] = {job.target: {**_named(job), "status": "skipped"} for job in plan.jobs}
    with tqdm(total=len(waiting), unit="photo", disable=True if args.quiet else None, leave=False) as bar:
        for job, found in derain_by_cluster(args.dask, waiting, args):
            records[job.target] |= found
            bar.update()
    return [*_not_found(plan), *records.values()]


def _not_found(plan: "Plan") -> list[dict[str, Any]]:
    return [{"input": name, "status": "failed", "error": error} for name, error in plan.failures]


def _named(job: "Job") -> dict[str, Any]:
    record: dict[str, Any] = {"input": str(job.source), "output": str(job.target)}
    return record if job.mask is None else {**record, "mask": str(job.mask)}


def _summary(
    records: list[dict[str, Any]], derainer: "Derainer | None", engine: str, args: argparse.Namespace
) -> dict[str, Any]:
    counts = {status: sum(r["status"] == status for r in records) for status in ("derained", "skipped", "failed")}
    model = {} if derainer is None else {"device": str(derainer.device), "dtype": str(derainer.dtype).split(".")[-1]}
    settings = {
        "engine": engine,
        "strength": args.strength,
        "scale": args.scale,
        "self_ensemble": args.self_ensemble,
    }
    return {**counts, **settings, **model, "photos": records}


def _tell(summary: dict[str, Any], plan: "Plan", *, quiet: bool) -> None:
    """The closing lines on standard error: counts, links left out, and every photo that failed."""
    if not quiet:
        skipped = (
            f", {summary['skipped']} skipped (there already; --overwrite does them again)" if summary["skipped"] else ""
        )
        print(f"{summary['derained']} derained{skipped}, {summary['failed']} failed", file=sys.stderr)
        if plan.links_left_out:
            print(f"links left out, as they lead elsewhere: {plan.links_left_out}", file=sys.stderr)
        if plan.others:
            print(f"left out, as they are not read: {_counted(plan.others)}", file=sys.stderr)
        lost = Counter(what for record in summary["photos"] for what in record.get("left_out", ()))
        if lost:
            print(f"not in the new files, which cannot hold it: {_counted(lost)}", file=sys.stderr)
    for record in summary["photos"]:
        if record["status"] == "failed":
            print(f"error: {record['error']}", file=sys.stderr)


def _counted(what: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in what.items())
