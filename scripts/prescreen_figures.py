"""Makes docs/prescreen.md's figures again, and with --fit the constants that the pre-screening ships with.

python scripts/prescreen_figures.py DATA [--cache FILE] [--fit]

DATA holds train/real/{SIRR-Data,more}, train/{clean,rain800} and curation/{clear,fog,snow,wet_road,lens_drops}.
Measuring takes minutes; --cache keeps what was measured in a file. With other weights of the model, measure again:
leave --cache out, or name another file.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import torch

from annotator.prescreen.evaluated_duplicates import duplicates_report
from annotator.prescreen.evaluation import fit_shipped, report
from annotator.prescreen.measures import measure
from annotator.prescreen.samples import make_sample, read_decisions
from core.images import read_photo
from core.inference import AUTO
from core.methods import Sources, find_methods

ROOT = Path(__file__).resolve().parent.parent
MANIFESTS = ROOT / "datasets/manifests"
FOLDERS = {
    "SIRR-Data": "train/real/SIRR-Data",
    "more": "train/real/more",
    "snow": "curation/snow",
    "lens_drops": "curation/lens_drops",
    "wet_road": "curation/wet_road",
    "fog": "curation/fog",
    "clear": "curation/clear",
    "scenes": "train/clean",
    "rain800": "train/rain800",
}
SOME = {"scenes": 60, "rain800": 30}
"""So many photos of these, evenly spread over their names, are measured; of rain800 the clean halves."""


def photos(data: Path) -> list[tuple[str, Path]]:
    """(source, file) of every photo that is measured; near-duplicates are left out by their curators' word."""
    decided = [(source, data / FOLDERS[source] / name) for source, name in read_decisions(MANIFESTS)]
    others = []
    for source in list(FOLDERS)[2:]:
        files = sorted((data / FOLDERS[source]).iterdir())
        if source in SOME:
            files = files[:: len(files) // SOME[source]][: SOME[source]]
        others += [(source, file) for file in files]
    return decided + others


def measured(data: Path, cache: Path | None) -> list[dict[str, Any]]:
    """Every photo's source, name, size, values and maps; what the cache holds is not measured again."""
    rows = json.loads(cache.read_text()) if cache and cache.exists() else []
    known = {(row["source"], row["name"]) for row in rows}
    (method,) = find_methods(["ours"], Sources(device="auto", scale=AUTO))
    wanted = photos(data)
    for source, file in wanted:
        if (source, file.name) in known:
            continue
        pixels = read_photo(file).pixels
        if source == "rain800":
            pixels = pixels[:, : pixels.shape[1] // 2].copy()
        found = measure(pixels, method.derain)
        maps = [[[round(float(value), 4) for value in row] for row in one] for one in found.maps]
        size = [pixels.shape[1], pixels.shape[0]]
        rows.append({"source": source, "name": file.name, "size": size, "values": found.values, "maps": maps})
        print(f"\r{len(rows)} of {len(wanted)} measured", end="", file=sys.stderr, flush=True)
        if cache:
            cache.write_text(json.dumps(rows))
    names = {(source, file.name) for source, file in wanted}
    return [row for row in rows if (row["source"], row["name"]) in names]


def main() -> int:
    """Measures, prints the figures and writes them to docs/figures/prescreen.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--fit", action="store_true", help="writes the constants that the pre-screening ships with")
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    decisions = read_decisions(MANIFESTS)
    samples = [make_sample(row, decisions) for row in measured(args.data, args.cache)]
    text = report(samples)
    groups = json.loads((MANIFESTS / "sirr-data-groups.json").read_text())
    text["duplicates"] = duplicates_report(args.data / FOLDERS["SIRR-Data"], groups)
    if args.fit:
        fit_shipped(samples)
    (ROOT / "docs/figures/prescreen.json").write_text(json.dumps(text, indent=1) + "\n")
    print(json.dumps(text, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
