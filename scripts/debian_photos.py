"""Fetches photos of Debian's packages, all under free licences, as further clean photos to render rain on.

    python scripts/debian_photos.py DATA/debian-photos
    python scripts/debian_photos.py LARGE --manifest datasets/manifests/debian-large-photos.json --longest-side 10000

needs apt-get and dpkg-deb (Debian 12), and a gigabyte of room for the packages while they are unpacked. Which photos:
datasets/manifests/debian-photos.json, or another such file. They are turned upright, shrunk to at most 1,000 pixels on
the longer side, or what is asked for, and saved as PNG.
"""

import argparse
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

MANIFEST = Path(__file__).parents[1] / "datasets/manifests/debian-photos.json"
LONGEST_SIDE = 1000


def main() -> None:
    """Reads the arguments and fetches into a folder that appears only once it is whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder to make")
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="which files of which packages")
    parser.add_argument("--longest-side", type=int, default=LONGEST_SIDE, help="pixels; larger photos are shrunk")
    args = parser.parse_args()
    folder: Path = args.folder
    if folder.exists():
        sys.exit(f"{folder} is there already.")
    if missing := [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]:
        sys.exit(f"{' and '.join(missing)} is missing: Debian's packages can only be fetched on Debian.")
    packages: dict[str, list[str]] = json.loads(args.manifest.read_text())
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        made = Path(temporary) / "photos"
        made.mkdir()
        for package, names in packages.items():
            for name, content in fetch(package, set(names), Path(temporary)):
                save(content, made / f"{package}-{names.index(name):03}.png", args.longest_side)
            print(f"{package}: {len(names)}", flush=True)
        made.rename(folder)


def fetch(package: str, names: set[str], folder: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of files of a Debian package.

    Raises:
        SystemExit: the package cannot be fetched, or holds no longer what it should.
    """
    # run as root, apt-get would rather fetch as its own user, who cannot write here
    fetching = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", package]
    if subprocess.run(fetching, cwd=folder, capture_output=True).returncode:
        sys.exit(f"Debian's package {package} cannot be fetched (apt-get update may help); nothing was made.")
    (archive,) = folder.glob(f"{package}_*.deb")
    unpacking = ["dpkg-deb", "--fsys-tarfile", archive]
    with (
        subprocess.Popen(unpacking, stdout=subprocess.PIPE) as unpacked,
        tarfile.open(fileobj=unpacked.stdout, mode="r|") as files,
    ):
        for member in files:
            if (name := member.name.removeprefix("./")) in names and (file := files.extractfile(member)):
                names.remove(name)
                yield name, file.read()
    archive.unlink()
    if names:
        sys.exit(f"Debian's package {package} lacks {', '.join(sorted(names))} by now; nothing was made.")


def save(content: bytes, path: Path, longest_side: int) -> None:
    """Saves a photo upright and shrunk."""
    with Image.open(io.BytesIO(content)) as photo:
        upright = ImageOps.exif_transpose(photo).convert("RGB")
    upright.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    upright.save(path, compress_level=1)


if __name__ == "__main__":
    main()
