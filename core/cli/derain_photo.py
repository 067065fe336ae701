"""One photo of `python -m core derain`: read, derained, written, and what is told of it."""

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.derain_plan import Job
from core.cli.engines import AUTO, PYTORCH
from core.errors import UsageError, UserError
from core.images import check_writable, left_out, read_photo, write_mask, write_photo
from core.inference import DEFAULT_TILE, DEFAULT_WEIGHTS, Derainer
from core.metrics.rain_measures import measure_rain

if TYPE_CHECKING:
    from core.inference.onnx_engine import OnnxEngine


def load_derainer(args: argparse.Namespace) -> tuple[Derainer, str]:
    """The model that the arguments name, and the name of the engine that runs it: where they say auto, the one taken.

    Raises:
        UserError: it cannot be loaded.
    """
    engine, name = _engine(args)
    derainer = Derainer(
        engine or args.weights or DEFAULT_WEIGHTS,
        device=args.device,
        tile=args.tile or DEFAULT_TILE,
        self_ensemble=args.self_ensemble,
    )
    derainer.check_generator(args.generator)
    return derainer, name


def _engine(args: argparse.Namespace) -> "tuple[OnnxEngine | None, str]":
    """The engine that was asked for or chosen, None for PyTorch; and its name."""
    if args.engine == PYTORCH:
        return None, PYTORCH
    from core.export import choose_engine, kept_engine

    def tell(sentence: str) -> None:
        if not args.quiet:
            print(sentence, file=sys.stderr)

    if args.engine == AUTO:
        engine, reason = choose_engine(args.device, args.weights, args.generator, tell)
        name = PYTORCH if engine is None else "openvino-int8"
        tell(f"engine: {name} ({reason})")
        return engine, name
    if args.device not in ("auto", "cpu"):
        raise UsageError(f"--engine {args.engine} runs on the CPU; leave --device {args.device} out.")
    return kept_engine(args.engine, args.weights, args.generator, tell), args.engine


def derain_job(
    job: Job, derainer: Derainer, args: argparse.Namespace, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Derains one photo, writes what is not there yet, and gives its status and figures, or why it failed."""
    try:
        return {"status": "derained", **_derain(job, derainer, args, progress)}
    except (UserError, OSError) as error:
        return {"status": "failed", "error": _sentence(error)}


def _derain(
    job: Job, derainer: Derainer, args: argparse.Namespace, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Derains one photo, writes what is not there yet, and gives its figures."""
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


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '')} cannot be read or written: {(error.strerror or str(error)).lower()}."
    return str(error)
