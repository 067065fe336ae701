"""`coco.json`: the crops as COCO boxes over the originals."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.candidate import CandidateView
from annotator.export.content import Content


def write(content: Content, folder: Path) -> None:
    """Writes the boxes."""
    (folder / "coco.json").write_text(json.dumps(coco(content.views), ensure_ascii=False), encoding="utf-8")


def coco(views: Sequence[CandidateView]) -> dict[str, Any]:
    """COCO's JSON: every decided original as an image, every crop as a box of the category "rain".

    A rejected original has no box; reasons, verdict and sha256 stand beside COCO's own fields.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for view in views:
        decision = view.decision
        if decision is None:
            continue
        images.append(
            {
                "id": view.id,
                "file_name": view.name,
                "width": view.width,
                "height": view.height,
                "coco_url": view.source.url,
                "sha256": view.sha256,
                "verdict": decision.verdict,
                "reasons": list(decision.reasons),
            }
        )
        for crop in decision.crops:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": view.id,
                    "category_id": 1,
                    "bbox": [crop.x, crop.y, crop.w, crop.h],
                    "area": crop.w * crop.h,
                    "iscrowd": 0,
                }
            )
    categories = [{"id": 1, "name": "rain", "supercategory": "weather"}]
    return {"images": images, "annotations": annotations, "categories": categories}
