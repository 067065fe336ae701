"""Runs the whole benchmark and puts its figures into one dictionary and one table."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from core.benchmark.choice import Choice, choose_methods
from core.benchmark.memory import measure_memory
from core.benchmark.peak import measure_peak
from core.benchmark.speed import make_photo, measure_speed
from core.errors import UserError
from core.machine import describe_machine
from core.methods import Method
from core.methods.cost import count_parameters

Size = tuple[int, int]


def run_benchmark(
    choice: Choice,
    sizes: Iterable[Size],
    runs: int,
    whole_limit: float,
    *,
    memory: bool = True,
    tell: Callable[[str], None] = lambda sentence: None,
) -> dict[str, Any]:
    """Measures every method on every size (width, height).

    Args:
        choice: the weights.
        sizes: widths and heights of the photos.
        runs: counted runs of each method on each size.
        whole_limit: megapixels above which methods without tiles are left out.
        memory: whether to measure memory as well.
        tell: called with a sentence before each step.

    Returns:
        Machine, peaks (multiply-adds a second by number format), methods, and one row for each method and size.
    """
    tell("measuring the convolution peak")
    methods = choose_methods(choice)
    if missing := next((method.missing for method in methods.values() if method.missing), None):
        raise UserError(missing)
    formats = sorted({method.needs.number_format for method in methods.values()} - {"int8"})  # PyTorch has no such
    peaks = {name: measure_peak(getattr(torch, name)) for name in formats}
    rows = []
    for width, height in sizes:
        fits = {key: m for key, m in methods.items() if m.needs.tiles or width * height <= whole_limit * 1e6}
        tell(f"timing {width}×{height}")
        timings = measure_speed(fits, make_photo(width, height), runs)
        published = timings.get("prenet-published")
        for key in methods:
            row: dict[str, Any] = {"method": key, "width": width, "height": height}
            rows.append(row)
            if key not in timings:
                row["left_out"] = f"has no tiles and is run up to {whole_limit:g} megapixels only"
                continue
            timing = timings[key]
            speed = timing.megapixels_a_second
            row["seconds"] = list(timing.seconds)
            row["seconds_median"] = timing.median
            row["megapixels_a_second"] = dict(zip(("median", "least", "most"), speed))
            if peak := peaks.get(methods[key].needs.number_format):
                row["share_of_peak"] = methods[key].needs.cost * speed[0] * 1e6 / peak
            if published:
                row["times_faster_than_published_prenet"] = published.median / timing.median
            if memory:
                tell(f"measuring the memory of {key} at {width}×{height}")
                row["peak_bytes"] = measure_memory(key, choice, width, height, torch.get_num_threads())
    return {
        "machine": describe_machine(),
        "threads": torch.get_num_threads(),
        "runs": runs,
        "peak_multiply_adds_a_second": peaks,
        "methods": {key: _facts(key, method) for key, method in methods.items()},
        "rows": rows,
    }


def _facts(key: str, method: Method) -> dict[str, Any]:
    """What the figures say of a method, beside its times."""
    weights = method.weights.name if method.weights else "–"
    published = " (as published)" if key.endswith("-published") else " (our settings)" if key.endswith("-equal") else ""
    return {
        "name": method.title,
        "setting": method.needs.setting + published,
        "weights": ", ".join(filter(None, (weights, method.about.get("generator")))),
        "parameters": count_parameters(method.network) if method.network is not None else None,
        "multiply_adds_a_pixel": method.needs.cost,
    }


def as_text(figures: dict[str, Any]) -> str:
    """The figures as a table in Markdown, with the machine above and what was left out below."""
    peaks = figures["peak_multiply_adds_a_second"]
    peak = ", ".join(f"{name} {value / 1e9:.0f}" for name, value in sorted(peaks.items()))
    lines = [
        f"machine  {figures['machine']}",
        f"peak     billion multiply-adds a second in 3×3 convolutions, channels_last: {peak}",
        f"timing   median (least–most) of {figures['runs']} runs in turns, one process, {figures['threads']} threads; "
        "memory over the idle process",
        "",
    ]
    head = ("method", "setting", "weights", "parameters", "kMAC/pixel")
    lines += _table(
        head,
        [
            (
                m["name"],
                m["setting"],
                m["weights"],
                "–" if m["parameters"] is None else f"{m['parameters']:,}",
                f"{m['multiply_adds_a_pixel'] / 1e3:.0f}",
            )
            for m in figures["methods"].values()
        ],
    )
    columns = (
        "size",
        "method",
        "setting",
        "seconds",
        "megapixels/s",
        "of peak",
        "memory, MB",
        "against PReNet as published",
    )
    lines += ["", *_table(columns, [_cells(row, figures["methods"][row["method"]]) for row in figures["rows"]])]
    reasons = sorted({row["left_out"] for row in figures["rows"] if "left_out" in row})
    return "\n".join([*lines, *([""] if reasons else []), *(f"–: {reason}" for reason in reasons)])


def _cells(row: dict[str, Any], method: dict[str, Any]) -> tuple[str, ...]:
    start = (f"{row['width']}×{row['height']}", method["name"], method["setting"])
    if "left_out" in row:
        return (*start, "–", "–", "–", "–", "–")
    speed, peak = row["megapixels_a_second"], row.get("peak_bytes")
    ratio, share = row.get("times_faster_than_published_prenet"), row.get("share_of_peak")
    return (
        *start,
        f"{row['seconds_median']:.3g}",
        f"{speed['median']:.2g} ({speed['least']:.2g}–{speed['most']:.2g})",
        "–" if share is None else f"{100 * share:.0f} %",
        "–" if peak is None else f"{peak / 1e6:.0f}",
        "–" if ratio is None else f"{ratio:.1f}×",
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    body = (head, tuple("-" * width for width in widths), *rows)
    return ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in body]
