"""Makes docs/prescreen.md's figures again, and with --fit the weights of the pre-screening's scores.

python scripts/prescreen_figures.py DATA [--cache FILE] [--fit]

DATA holds train/real/SIRR-Data, train/clean and curation/{clear,fog,snow,wet_road,lens_drops}. Measuring takes minutes;
--cache keeps what was measured in a file.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import torch

from annotator.prescreen.evaluation import report
from annotator.prescreen.measures import measure
from core.images import read_photo
from core.inference import AUTO
from core.methods import Sources, find_methods

ROOT = Path(__file__).resolve().parent.parent
GROUPS = ROOT / "datasets/manifests/sirr-data-groups.json"
MANIFEST = ROOT / "datasets/manifests/sirr-data.jsonl"
FOLDERS = {
    "rain": "train/real/SIRR-Data",
    "snow": "curation/snow",
    "lens_drops": "curation/lens_drops",
    "wet_road": "curation/wet_road",
    "fog": "curation/fog",
    "clear": "curation/clear",
    "scenes": "train/clean",
}
SCENES = 40
"""So many of the rain-free photos of train/clean, evenly spread over their names, are measured as well."""


def photos(data: Path) -> list[tuple[str, Path]]:
    """(set, file) of every photo that is measured; of SIRR-Data the first of every duplicate group's best copies."""
    groups = json.loads(GROUPS.read_text())
    found = []
    for name, folder in FOLDERS.items():
        files = sorted((data / folder).iterdir())
        if name == "rain":
            files = [data / folder / best for best in best_copies(data / folder, groups)]
        if name == "scenes":
            files = files[:: len(files) // SCENES][:SCENES]
        found += [(name, file) for file in files]
    return found


def best_copies(folder: Path, groups: dict[str, int]) -> list[str]:
    """The largest photo of every group that is not one of the squares of 512 pixels, if there is another."""
    best: dict[int, tuple[bool, int]] = {}
    names: dict[int, str] = {}
    for name, group in groups.items():
        height, width = read_photo(folder / name).pixels.shape[:2]
        worth = ((width, height) != (512, 512), width * height)
        if worth > best.get(group, (False, 0)):
            best[group], names[group] = worth, name
    return list(names.values())


def measured(data: Path, cache: Path | None) -> list[dict]:
    """Every photo's set, name, values and rain map; what the cache holds is not measured again."""
    rows = json.loads(cache.read_text()) if cache and cache.exists() else []
    known = {(row["set"], row["name"]) for row in rows}
    (method,) = find_methods(["ours"], Sources(device="auto", scale=AUTO))
    wanted = photos(data)
    for name, file in wanted:
        if (name, file.name) in known:
            continue
        pixels = read_photo(file).pixels
        result = measure(pixels, method.derain)
        rows.append(
            {
                "set": name,
                "name": file.name,
                "size": [pixels.shape[1], pixels.shape[0]],
                "values": result.values,
                "patch": result.patch,
                "rain": [[round(float(value), 4) for value in row] for row in result.rain],
            }
        )
        print(f"\r{len(rows)} measured", end="", file=sys.stderr, flush=True)
        if cache:
            cache.write_text(json.dumps(rows))
    names = {(name, file.name) for name, file in wanted}
    return [row for row in rows if (row["set"], row["name"]) in names]


def main() -> int:
    """Measures, prints the figures and writes them to docs/figures/prescreen.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--fit", action="store_true", help="writes the weights that the pre-screening scores with")
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    rows = measured(args.data, args.cache)
    text = report(rows, MANIFEST, args.data / FOLDERS["rain"], GROUPS, fit=args.fit)
    (ROOT / "docs/figures/prescreen.json").write_text(json.dumps(text, indent=1) + "\n")
    print(json.dumps(text, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
