"""What `evaluate` gives out: the figures with all that a figure must name, as text, JSON and CSV."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from core.command_line import print_json
from core.evaluation import RANKING, summarise
from core.images.atomic import write_text
from core.metrics import PROTOCOLS, WITH_REFERENCE

WORST = 3


def report(
    table: pd.DataFrame, protocols: Sequence[str], *, data: dict[str, Any], method: dict[str, Any], command: str
) -> dict[str, Any]:
    """All that JSON holds: what was measured over what, by which protocols and command; means, worst and all photos.

    PSNR of equal photos is infinite and JSON has no infinity: it is null in "photos" and "worst", 100 dB in the means.
    """
    first = f"derained_{RANKING.key}_{protocols[0]}"
    return {
        "command": command,
        "data": data,
        "method": method,
        "protocols": {name: PROTOCOLS[name].about for name in protocols},
        "figures": summarise(table, protocols),
        "worst": _rows(table.nsmallest(WORST, first)),
        "photos": _rows(table),
    }


def as_text(figures: dict[str, Any]) -> str:
    """The table for people: what a figure must name, the means, the mask, the worst photos."""
    data, method, means = figures["data"], figures["method"], figures["figures"]
    layout = f", layout {data['layout']}" if "layout" in data else ""
    count = f"{means['photos']} of {data['photos_in_folder']} {data['kind']}"
    if "held_out" in data:
        layout += f", among the {data['held_out']} held out from training"
    name = f"{data['set']} in " if "set" in data else ""
    lines = [f"data       {name}{data['folder']} ({count}{layout})"]
    if "left_out" in data:
        lines.append(f"left out   {len(data['left_out'])} that cannot be measured; the first: {data['left_out'][0]}")
    if "weights" in method:
        generator = f", generator {method['generator']}" if "generator" in method else ""
        generator += ", self-ensemble" if method.get("self_ensemble") else ""
        generator += f", scale {method['scale']}" if "scale" in method else ""
        lines.append(f"method     {method['method']}, weights {method['weights']}{generator}, {method['dtype']}")
        lines.append(f"sha256     {method['sha256']}")
        lines.append(f"machine    {method['machine']}")
    else:
        lines.append(f"method     {method['method']}, {method['folder']}")
    lines += [f"command    {figures['command']}", ""]
    lines += _means(means["protocols"])
    lines += _mask(means.get("mask", {}))
    name = next(iter(means["protocols"]))
    worst = [f"{row['photo']} {_ranked(row[f'derained_{RANKING.key}_{name}'])}" for row in figures["worst"]]
    lines += ["", f"worst by {RANKING.title} ({name}): {', '.join(worst)}"]
    return "\n".join(lines)


def write_csv(table: pd.DataFrame, path: str | Path) -> None:
    """A row for each photo; written under a temporary name, then renamed."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def write_json(figures: dict[str, Any], path: str | Path) -> None:
    """The report to a file (written under a temporary name, then renamed), or to standard output for `-`."""
    if path == "-":
        print_json(figures)
    else:
        write_text(path, json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _means(protocols: dict[str, Any]) -> list[str]:
    stages = list(next(iter(protocols.values())))
    titles = {"rainy": "rainy image", "derained": "derained image" if "rainy" in stages else "against the input"}
    widths = [max(8, len(metric.title) + 2) + (4 if metric is RANKING else 0) for metric in WITH_REFERENCE]
    heads = "".join(f"{metric.title:>{width}}" for metric, width in zip(WITH_REFERENCE, widths))
    lines = [
        f"{'':10}" + "".join(f"{titles[stage]:>{sum(widths)}}" for stage in stages) + f"{'median':>10}",
        f"{'protocol':10}" + heads * len(stages) + f"{RANKING.title:>10}",
    ]
    for name, figures in protocols.items():
        means = "".join(
            f"{metric.plain(figures[stage][metric.key]):>{width}}"
            for stage in stages
            for metric, width in zip(WITH_REFERENCE, widths)
        )
        lines.append(f"{name:10}{means}{RANKING.plain(figures['derained'][f'{RANKING.key}_median']):>10}")
    equal = next(iter(protocols.values()))["derained"]["equal"]
    if equal:
        counted = f"{RANKING.ceiling:g} {RANKING.unit}"
        lines.append(f"{equal} derained images equal the clean photo and count as {counted} in the means")
    return lines


def _mask(mask: dict[str, Any]) -> list[str]:
    lines = []
    if "average_precision" in mask:
        precision = mask["average_precision"]
        text = "none, no pixel is rain" if precision is None else f"{precision:.4f}"
        lines.append(f"mask m: average precision for |x − y| > 10/255: {text}")
    if mask:
        lines.append(f"mask m: mean {mask['mean']:.5f}, median of the photos' means {mask['median']:.5f}")
    return ["", *lines] if lines else []


def _ranked(value: float | None) -> str:
    return "equal" if value is None else f"{RANKING.plain(value)} {RANKING.unit}"


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
