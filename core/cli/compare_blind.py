"""`python -m core compare --blind OLD NEW`: which of two models is better, judged without knowing which is which."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.progress import progress_bar

if TYPE_CHECKING:
    from core.comparison.blind import Contender


def _contender(name: str, folder: str, device: str) -> "Contender":
    from core.comparison.blind import Contender
    from core.inference import AUTO
    from core.methods import Sources, find_methods

    return Contender(f"{name} ({folder})", find_methods(["ours"], Sources(folder, device=device, scale=AUTO))[0])


def run_blind(args: argparse.Namespace, path: Path) -> int:
    """Derains the photos by both models and writes the blind test."""
    from core.comparison.blind import write_blind_test
    from core.comparison.subjects import open_subjects

    old, new = args.blind
    if Path(old).resolve() == Path(new).resolve():
        raise UsageError(f"--blind compares two models, and {old} and {new} are one.")
    subjects = open_subjects(args.data, paired=False, limit=args.limit)
    contenders = (_contender("old", old, args.device), _contender("new", new, args.device))
    photos = [
        (subject.name, lambda subject=subject: subject.read(args.megapixels).rainy) for subject in subjects.subjects
    ]
    with progress_bar("photo") as show:
        write_blind_test(path, photos, contenders, progress=show)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB): open it in a browser")
    return 0
