"""The dataset card: what the set holds, in words, tables and pictures."""

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from PIL import Image

from annotator.candidate import CandidateView
from annotator.export.content import Content
from annotator.export.formats import FORMATS
from annotator.export.pictures import bars, contact_sheet, histogram, rose
from core.images import read_photo
from core.images.screen import preview

_ON_THE_SHEET, _SHEET_SIDE = 24, 400


def write(content: Content, folder: Path) -> None:
    """Writes README.md, with the settings by which Hugging Face's library loads the folder, and `pictures/`."""
    views, accepted, tables = content.views, content.accepted, content.tables
    crops = [crop for view in accepted if view.decision for crop in view.decision.crops]
    labels = _labels(tables)
    reasons = _reasons(views)
    directions = _values(accepted, "direction")
    pictures = folder / "pictures"
    pictures.mkdir()
    _write_sheet(content, folder, pictures / "crops.jpg")
    drawn = statistics_pictures(views, tables)
    for name, picture in drawn.items():
        picture.save(pictures / f"{name}.png", optimize=True)

    sides = [min(crop.w, crop.h) for crop in crops]
    lines = [
        "---",
        yaml.safe_dump(_front_matter(content.counts), sort_keys=False, allow_unicode=True).strip(),
        "---",
        "",
        "# Real rain, cropped and filtered",
        "",
        f"{len(crops)} crops of {len(accepted)} photos with real rain and without ground truth, for the unpaired half "
        f"of semi-supervised deraining; {len(views) - len(accepted)} photos were looked at and rejected. Crops are "
        "PNG, cut without loss from the upright originals. All crops of a photo and of its known near-duplicates lie "
        f"in one split (drawn with seed {content.seed}).",
        "",
        "![some of the crops](pictures/crops.jpg)",
        "",
        _table("| split | crops |", [(name, count) for name, count in content.counts.items()]),
        f"Shorter side of the crops: {_spread(sides)} pixels (5 %, median, 95 %).",
        f"Direction of the rain: {_spread(directions)}° from the vertical. Rainy pixels: "
        f"{_spread(_values(accepted, 'coverage'))} %. Both are the pre-screening's, of the whole photos.",
        "",
        *(f"![{name}](pictures/{name}.png)" for name in drawn),
        "",
        "## Rejections",
        "",
        _table("| reason | photos |", [(labels.get(code, code), count) for code, count in reasons.most_common()]),
        "## Curators",
        "",
        _table(
            "| curator | accepted | rejected | skipped |",
            [tuple(row)[:4] for row in tables["curators"].itertuples(index=False)],
        ),
        _agreement(tables["agreement"]),
        "## Where the photos come from",
        "",
        _table("| licence | photos |", Counter(view.source.licence or "unknown" for view in accepted).most_common()),
        "## Files",
        "",
        *(f"- {files}." for files in FORMATS.values()),
        "",
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def statistics_pictures(views: Sequence[CandidateView], tables: Mapping[str, pd.DataFrame]) -> dict[str, Image.Image]:
    """Pictures of what is accepted and why the rest is rejected, by name.

    Args:
        views: every candidate that is accepted or rejected now.
        tables: the project's statistics, as `annotator.usecases.statistics` gives them.
    """
    accepted = [view for view in views if view.decision and view.decision.verdict == "accept"]
    sides = [(crop.w * crop.h) ** 0.5 for view in accepted if view.decision for crop in view.decision.crops]
    directions = _values(accepted, "direction")
    labels = _labels(tables)
    return {
        "directions": rose(directions, f"directions of the rain, degrees from the vertical ({len(directions)} photos)"),
        "coverage": histogram(_values(accepted, "coverage"), "rainy pixels of the accepted photos", "per cent"),
        "density": histogram(_values(accepted, "density"), "density of the accepted photos", "streaks a megapixel"),
        "sizes": histogram(sides, "sizes of the crops", "side of a square as large, pixels"),
        "reasons": bars(
            {labels.get(code, code): n for code, n in _reasons(views).items()}, "reasons of the rejections"
        ),
    }


def _write_sheet(content: Content, folder: Path, path: Path) -> None:
    """Some of the crops, from all over the set, as one picture."""
    files = sorted(
        folder / split / record["file_name"] for split, records in content.crops.items() for record in records
    )
    chosen = (
        [files[len(files) * n // _ON_THE_SHEET] for n in range(_ON_THE_SHEET)] if len(files) > _ON_THE_SHEET else files
    )
    contact_sheet([_small(file) for file in chosen]).save(path, quality=88)


def _small(file: Path) -> Image.Image:
    photo = read_photo(file)
    return Image.fromarray(preview(photo, photo.pixels, _SHEET_SIDE)[..., :3])


def _labels(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    return dict(zip(tables["reasons"]["code"], tables["reasons"]["label"]))


def _reasons(views: Sequence[CandidateView]) -> Counter[str]:
    """How many candidates are rejected for each."""
    return Counter(code for view in views if view.decision for code in view.decision.reasons)


def _front_matter(items: Mapping[str, int]) -> dict[str, object]:
    files = [{"split": name, "path": f"{name}/**"} for name in items]
    return {
        "pretty_name": "Real rain",
        "task_categories": ["image-to-image"],
        "tags": ["deraining", "real-rain"],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _values(views: Sequence[CandidateView], name: str) -> list[float]:
    return [view.measurements[name] for view in views if name in view.measurements]


def _spread(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.3g}" for value in np.percentile(values, [5, 50, 95])) if len(values) else "not measured"


def _agreement(frame: pd.DataFrame) -> str:
    if frame.empty:
        return ""
    rows = [
        (row["first"], row["second"], row["both"], f"{100 * row['agreed']:.0f} %", f"{row['kappa']:.2f}")
        for row in frame.to_dict("records")
    ]
    return _table("| curators | | both | agreed | Cohen's kappa |", rows)


def _table(head: str, rows: Sequence[Sequence[object]]) -> str:
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    """Text that neither leaves its cell nor becomes HTML or Markdown."""
    text = html.escape(" ".join(str(value).split()))
    return "".join(f"\\{c}" if c in "\\|[]*_`!" else c for c in text)
