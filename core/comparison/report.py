"""Writes a comparison as one HTML file that needs nothing else, and as CSV."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from core.comparison.budget import Fitted, fit
from core.comparison.figures import Mean, finite, lead_of, pick_cases, summarise
from core.comparison.pictures import Quality, data_uri, find_part
from core.comparison.run import RAINY
from core.comparison.subjects import Photos
from core.images.atomic import write_text
from core.methods.cost import count_parameters
from core.methods.method import Method
from core.metrics import PROTOCOLS, WITH_REFERENCE, WITHOUT_REFERENCE
from core.metrics.metric import Metric
from core.text import to_utf8

LIMIT = 25_000_000
"""Bytes of a report at most."""
PAGE = Path(__file__).with_name("page")
MOST_THUMBNAILS = 200
"""Photos that have thumbnails."""

REASONS = {
    "worst": "Where {lead} gains least over the rainy image",
    "best": "Where {lead} gains most over the rainy image",
    "behind": "Where {lead} is furthest behind the best of the others",
    "ahead": "Where {lead} is furthest ahead of the best of the others",
    "spaced": "Other photos, evenly spaced",
}

Look = Callable[[str], tuple[Photos, dict[str, np.ndarray]]]
"""Name of a photo -> the photo, and the derained images by method's key."""


@dataclass(frozen=True)
class Facts:
    """What a report says of how it was made: the set, in words, the command, the machine, the date."""

    title: str
    data: str
    command: str
    machine: str
    date: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One figure of the tables.

    Attributes:
        key: its column in the rows.
        title: what the table calls it.
        metric: what it is.
    """

    key: str
    title: str
    metric: Metric


def write_report(path: Path, page: str, table: pd.DataFrame, methods: Sequence[Method]) -> Path:
    """Writes the page, and beside it the CSV, each whole or not at all; gives the CSV's path.

    Raises:
        core.images.ImageFileError: the folder is missing or cannot be written to.
    """
    csv = path.with_suffix(".csv")
    write_text(csv, as_csv(table, methods))
    write_text(path, page)
    return csv


def as_csv(table: pd.DataFrame, methods: Sequence[Method]) -> str:
    """A row for each photo and method, with the method's label, weights and their SHA-256."""
    label = {method.key: method.label for method in methods} | {RAINY: "rainy image"}
    weights = {method.key: method.weights for method in methods}
    named = table.copy()
    at = list(table.columns).index("method") + 1
    found = [weights.get(key) for key in table["method"]]
    named.insert(at, "label", [label[key] for key in table["method"]])
    named.insert(at + 1, "weights", [entry.name if entry else "" for entry in found])
    named.insert(at + 2, "sha256", [entry.sha256 if entry else "" for entry in found])
    return named.to_csv(index=False, lineterminator="\n")


def make_page(
    table: pd.DataFrame,
    methods: Sequence[Method],
    missing: Sequence[Method],
    look: Look,
    facts: Facts,
    *,
    limit: int = LIMIT,
) -> str:
    """The report as HTML of at most `limit` bytes: pictures are made smaller, then fewer, and the report says so.

    Args:
        table: of `core.comparison.run.compare`.
        methods: those in the table.
        missing: those that could not be run; each is shown with its sentence.
        look: gives the pictures of a photo.
    """
    lead = lead_of([method.key for method in methods])
    in_pictures = [method for method in methods if method.key != lead]
    in_pictures.append(next(method for method in methods if method.key == lead))
    groups = _groups(table)
    columns = [column for _, columns in groups for column in columns]
    paired = columns[0].metric.reference
    labels = {method.key: method.label for method in methods} | {RAINY: "Rainy image"}
    photos = list(dict.fromkeys(table["photo"]))
    cases = pick_cases(table, lead, columns[0].key)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )

    def piece(template: str, **content: Any) -> str:
        return environment.get_template(template).render(content).rstrip()

    def strip(name: str, quality: Quality) -> str:
        return piece("strip.html", strip=_strip(name, table, groups[0][1], in_pictures, look, quality))

    def thumbnails(name: str, quality: Quality) -> str:
        return piece("thumbnails.html", name=name, pictures=_thumbnails(name, in_pictures, look, quality))

    content = {
        "facts": facts,
        "style": (PAGE / "report.css").read_text(encoding="utf-8"),
        "script": (PAGE / "report.js").read_text(encoding="utf-8"),
        "paired": paired,
        "count": len(photos),
        "limit": f"{limit / 1e6:g} MB",
        "lead": labels[lead],
        "reasons": {reason: text.format(lead=labels[lead]) for reason, text in REASONS.items()},
        "groups": [(about, columns, _summary(table, columns, lead, labels)) for about, columns in groups],
        "methods": [_about(method, table) for method in methods],
        "missing": missing,
        "columns": columns,
        "under": " / ".join(column.metric.heading for column in groups[0][1] if column.metric.higher is not None),
        "sheet": ["Rainy image", *(["Ground truth"] if paired else []), *(method.label for method in in_pictures)],
    }
    rows = [piece("rows.html", rows=rows) for rows in _photo_rows(table, columns, labels)]
    bare = piece("report.html", fitted=Fitted([], dict.fromkeys(cases, ()), [""]), **content)
    room = limit - len(to_utf8(bare))
    return piece("report.html", fitted=fit(room, rows, cases, strip, photos[:MOST_THUMBNAILS], thumbnails), **content)


def _groups(table: pd.DataFrame) -> list[tuple[str, list[Column]]]:
    """The tables: what each is about, and its figures; the first figure ranks the photos."""
    protocols = [name for name in PROTOCOLS if f"{WITH_REFERENCE[0].key}_{name}" in table]
    if protocols:
        return [
            (
                f"Protocol {name}: {PROTOCOLS[name].about}",
                [Column(f"{metric.key}_{name}", f"{metric.heading} ({name})", metric) for metric in WITH_REFERENCE],
            )
            for name in protocols
        ]
    return [
        (
            "Without ground truth: what a method takes out, and what it costs (docs/real-rain.md)",
            [Column(metric.key, metric.heading, metric) for metric in WITHOUT_REFERENCE],
        )
    ]


def _summary(table: pd.DataFrame, columns: Sequence[Column], lead: str, labels: dict[str, str]) -> list[dict[str, Any]]:
    means = [summarise(table, column.key, lead) for column in columns]
    best = [
        _best(column, {key: mean for key, mean in of.items() if key != RAINY}) for column, of in zip(columns, means)
    ]
    return [
        {
            "label": labels[key],
            "lead": key == lead,
            "cells": [
                {
                    "mean": column.metric.show(of[key].mean),
                    "value": of[key].mean,
                    "best": key == winner,
                    "spread": f"median {column.metric.show(of[key].median)}, least {column.metric.show(of[key].least)}",
                    "photos": of[key].photos,
                    "ahead": _ahead(column, of[key]),
                }
                for column, of, winner in zip(columns, means, best)
            ],
        }
        for key in labels_in_order(table)
    ]


def labels_in_order(table: pd.DataFrame) -> list[str]:
    """Keys of the methods in the order of the rows, the rainy image first."""
    return list(dict.fromkeys(table["method"]))


def _best(column: Column, means: dict[str, Mean]) -> str | None:
    known = {key: mean.mean for key, mean in means.items() if key != RAINY and not math.isnan(mean.mean)}
    if column.metric.higher is None or not known:
        return None
    return (max if column.metric.higher else min)(known, key=lambda key: known[key])


def _ahead(column: Column, mean: Mean) -> str:
    if math.isnan(mean.difference):
        return "–"
    show = partial(column.metric.show, sign="+")
    text = show(mean.difference)
    if not math.isnan(mean.interval[0]):
        text += f" ({show(mean.interval[0])}\u00a0…\u00a0{show(mean.interval[1])})"
    return text.replace("-", "−")


def _about(method: Method, table: pd.DataFrame) -> dict[str, Any]:
    rows = table[table["method"] == method.key]
    seconds, pixels = rows["seconds"].sum(), (rows["width"] * rows["height"]).sum()
    return {
        "method": method,
        "parameters": f"{count_parameters(method.network):,}" if method.network else "–",
        "multiply_adds": f"{method.needs.cost / 1e3:.0f}" if method.computes else "–",
        "seconds": f"{rows['seconds'].median():.2f}" if seconds > 0 else "–",
        "speed": f"{pixels / 1e6 / seconds:.2f}" if seconds > 0 else "–",
    }


def _strip(
    name: str, table: pd.DataFrame, columns: Sequence[Column], methods: Sequence[Method], look: Look, quality: Quality
) -> dict[str, Any]:
    """One photo as the paper's figures show it: (a) rainy image, (b) ground truth, (c) … the methods, ours last."""
    photos, derained = look(name)
    pictures: list[tuple[str, str | None, np.ndarray]] = [("Rainy image", RAINY, photos.rainy)]
    if photos.clean is not None:
        pictures.append(("Ground truth", None, photos.clean))
    pictures += [(method.label, method.key, derained[method.key]) for method in methods]
    part = find_part([photos.rainy if photos.clean is None else photos.clean, *(derained[m.key] for m in methods)])
    height, width = photos.rainy.shape[:2]
    rows = {row["method"]: row for row in finite(table[table["photo"] == name]).to_dict("records")}
    return {
        "name": name,
        "size": f"{width}×{height}",
        "frame": [100 * part.x / width, 100 * part.y / height, 100 * part.side / width, 100 * part.side / height],
        "aspect": f"{width} / {height}",
        "pictures": [
            {
                "letter": chr(ord("a") + index % 26),
                "label": label,
                "whole": data_uri(pixels, quality.side, quality.quality),
                "part": data_uri(part.cut(pixels), quality.side // 3, min(quality.quality + 4, 95)),
                "figures": " / ".join(
                    column.metric.show(rows[key][column.key]) for column in columns if column.metric.higher is not None
                )
                if key is not None
                else "",
            }
            for index, (label, key, pixels) in enumerate(pictures)
        ],
    }


def _thumbnails(name: str, methods: Sequence[Method], look: Look, quality: Quality) -> list[tuple[str, str]]:
    photos, derained = look(name)
    pictures = [("Rainy image", photos.rainy)]
    if photos.clean is not None:
        pictures.append(("Ground truth", photos.clean))
    pictures += [(method.label, derained[method.key]) for method in methods]
    return [(label, data_uri(pixels, quality.side, quality.quality)) for label, pixels in pictures]


def _photo_rows(
    table: pd.DataFrame, columns: Sequence[Column], labels: dict[str, str]
) -> Iterator[list[dict[str, Any]]]:
    """The table's rows of each photo."""
    for _, rows in groupby(finite(table).to_dict("records"), key=itemgetter("photo")):
        yield [
            {
                "photo": row["photo"],
                "method": labels[row["method"]],
                "seconds": row["seconds"],
                "cells": [(column.metric.show(row[column.key]), row[column.key]) for column in columns],
            }
            for row in rows
        ]
