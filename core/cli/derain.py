"""`python -m core derain`: photos or folders in, derained photos out."""

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.arguments import positive, positive_whole, scale, share
from core.command_line import print_json
from core.errors import UsageError, UserError

if TYPE_CHECKING:
    from core.cli.derain_plan import Job, Plan
    from core.inference import Derainer
    from core.inference.onnx_engine import OnnxEngine

FORMATS = ("jpg", "png", "webp", "tif", "bmp")
PYTORCH, OTHER_ENGINES = "pytorch", ("onnxruntime", "openvino")
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
        choices=(PYTORCH, *OTHER_ENGINES),
        default=PYTORCH,
        help="what runs the network; the other two, in requirements-engines.txt, run it in float32 on the CPU "
        "(default: pytorch)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument("--tile", metavar="N", type=positive_whole, help="side of a tile in pixels (default: 1024)")
    parser.add_argument(
        "--max-megapixels", metavar="N", type=positive, default=256.0, help="larger photos are refused (default: 256)"
    )
    parser.add_argument("--json", action="store_true", help="prints a summary of every photo to standard output")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no closing line; errors still show")


def run(args: argparse.Namespace) -> int:
    """Derains every photo that can be, and gives 1 if there was one that could not."""
    from core.cli.derain_plan import check_folders, make_plan

    plan = make_plan(args.inputs, args.output, masks=args.mask, suffix=args.format and f".{args.format}")
    waiting = [job for job in plan.jobs if args.overwrite or not all(path.exists() for path in job.targets)]
    check_folders(waiting)
    derainer = _load(args) if waiting else None
    records = _derain_all(plan, waiting, derainer, args)
    summary = _summary(records, derainer, args)
    if args.json:
        print_json(summary)
    _tell(summary, plan, quiet=args.quiet)
    return 1 if summary["failed"] else 0


def _load(args: argparse.Namespace) -> "Derainer":
    from core.inference import DEFAULT_TILE, DEFAULT_WEIGHTS, Derainer

    derainer = Derainer(
        (args.weights or DEFAULT_WEIGHTS) if args.engine == PYTORCH else _engine(args),
        device=args.device,
        tile=args.tile or DEFAULT_TILE,
        self_ensemble=args.self_ensemble,
    )
    derainer.check_generator(args.generator)
    return derainer


def _engine(args: argparse.Namespace) -> "OnnxEngine":
    from core.export import kept_export
    from core.inference.onnx_engine import OnnxEngine

    if args.device not in ("auto", "cpu"):
        raise UsageError(f"--engine {args.engine} runs on the CPU; leave --device {args.device} out.")

    def tell(sentence: str) -> None:
        if not args.quiet:
            print(sentence, file=sys.stderr)

    return OnnxEngine(kept_export(args.weights, args.generator, tell), args.engine)


def _derain_all(
    plan: "Plan", waiting: "list[Job]", derainer: "Derainer | None", args: argparse.Namespace
) -> list[dict[str, Any]]:
    """One record a photo, those that could not even be found first."""
    from tqdm import tqdm

    records: list[dict[str, Any]] = [
        {"input": name, "status": "failed", "error": error} for name, error in plan.failures
    ]
    todo = set(waiting)
    with tqdm(total=len(waiting), unit="photo", disable=True if args.quiet else None, leave=False) as bar:
        for job in plan.jobs:
            record: dict[str, Any] = {"input": str(job.source), "output": str(job.target)}
            if job.mask is not None:
                record["mask"] = str(job.mask)
            records.append(record)
            if job not in todo or derainer is None:
                record["status"] = "skipped"
                continue

            def progress(done: int, total: int, name: str = job.source.name) -> None:
                bar.set_postfix_str(f"{name} {100 * done // total} %")

            try:
                record |= _derain(job, derainer, args, progress)
                record["status"] = "derained"
            except (UserError, OSError) as error:
                record |= {"status": "failed", "error": _sentence(error)}
            bar.update()
    return records


def _derain(
    job: "Job", derainer: "Derainer", args: argparse.Namespace, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Derains one photo, writes what is not there yet, and gives its figures."""
    from core.images import check_writable, left_out, read_photo, write_mask, write_photo
    from core.metrics.rain_measures import measure_rain

    start = time.perf_counter()
    photo = read_photo(job.source, max_pixels=math.floor(args.max_megapixels * 1e6))
    check_writable(photo, job.target.suffix, name=str(job.target))
    result = derainer(
        photo.pixels, generator=args.generator, strength=args.strength, scale=args.scale, progress=progress
    )
    photo = photo.with_pixels(result.pixels)
    job.target.parent.mkdir(parents=True, exist_ok=True)
    if job.mask is not None and (args.overwrite or not job.mask.exists()):
        write_mask(result.mask, job.mask)
    if args.overwrite or not job.target.exists():
        write_photo(photo, job.target)
    height, width = result.mask.shape
    figures: dict[str, Any] = {"width": width, "height": height, "seconds": round(time.perf_counter() - start, 3)}
    if lost := left_out(photo, job.target.suffix):
        figures["left_out"] = list(lost)
    if args.json:
        figures |= {"generator": result.generator, "scale": result.scale}
        figures["rain"] = {
            name: None if value is None else round(value, 3)
            for name, value in asdict(measure_rain(result.mask)).items()
        }
    return figures


def _summary(records: list[dict[str, Any]], derainer: "Derainer | None", args: argparse.Namespace) -> dict[str, Any]:
    counts = {status: sum(r["status"] == status for r in records) for status in ("derained", "skipped", "failed")}
    model = {} if derainer is None else {"device": str(derainer.device), "dtype": str(derainer.dtype).split(".")[-1]}
    settings = {
        "engine": args.engine,
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


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '')} cannot be read or written: {(error.strerror or str(error)).lower()}."
    return str(error)
