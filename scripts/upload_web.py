"""Uploads the built page to a static Space of Hugging Face.

    python scripts/upload_web.py OWNER/NAME [dist] [--private] [--dry-run]

Makes the Space if it is not there, and replaces its files by those of the folder in one commit. It uses the login of
`hf auth login` (or HF_TOKEN). --dry-run checks everything and tells what would be uploaded, without a network.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, SpaceCard
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import validate_repo_id

DIST = Path(__file__).resolve().parents[1] / "dist"
LEFT_OUT = ("headers.json",)
"""Files for other hosts; a Space has its headers from the card."""
MOST_BYTES = 1_000_000_000
"""A free Space holds that much."""


@dataclass(frozen=True)
class Upload:
    """What would be uploaded: the files, by their names in the Space, and all their bytes."""

    files: list[str]
    size: int


class UploadError(Exception):
    """The page cannot be uploaded; `str()` is one clear sentence."""


def plan(space: str, folder: Path) -> Upload:
    """Checks the Space's name, the folder and its card.

    Raises:
        UploadError: one of them will not do.
    """
    try:
        validate_repo_id(space)
    except HFValidationError as error:
        raise UploadError(f"{space} is no name of a Space: it is OWNER/NAME.") from error
    if space.count("/") != 1:
        raise UploadError(f"{space} is no name of a Space: it is OWNER/NAME.")
    if not (folder / "build.js").is_file():
        raise UploadError(f"{folder} holds no built page; make web builds it.")
    card = SpaceCard.load(folder / "README.md").data.to_dict()
    wanted = json.loads((folder / "headers.json").read_text(encoding="utf-8"))
    headers = card.get("custom_headers", {})
    for name in ("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"):
        if headers.get(name.lower()) != wanted[name]:
            raise UploadError(f"The card sends another {name.lower()} than the page needs, {wanted[name]}.")
    if card.get("sdk") != "static" or not (folder / card.get("app_file", "")).is_file():
        raise UploadError("The card is not that of a static Space with a page.")
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in LEFT_OUT]
    size = sum(path.stat().st_size for path in paths)
    if size > MOST_BYTES:
        raise UploadError(f"{folder} is too large for a Space: {size / 1e6:.0f} MB.")
    return Upload([path.relative_to(folder).as_posix() for path in paths], size)


def upload(space: str, folder: Path, *, private: bool, api: HfApi) -> str:
    """Makes the Space if need be and replaces its files; gives the commit's address.

    Raises:
        UploadError: the login is missing or may not, or the network fails.
    """
    try:
        api.create_repo(space, repo_type="space", space_sdk="static", private=private, exist_ok=True)
        commit = api.upload_folder(
            repo_id=space,
            repo_type="space",
            folder_path=folder,
            ignore_patterns=list(LEFT_OUT),
            delete_patterns="*",
            commit_message="The page as scripts/build_web.py builds it",
        )
    except (HfHubHTTPError, OSError) as error:
        raise UploadError(f"{space} was not uploaded: {str(error).strip().splitlines()[0]}") from error
    return str(commit.commit_url)


def main(argv: list[str] | None = None) -> int:
    """Uploads or only tells; returns 0 done, 1 failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("space", metavar="OWNER/NAME")
    parser.add_argument("folder", nargs="?", type=Path, default=DIST, help="the built page (dist)")
    parser.add_argument("--private", action="store_true", help="a new Space that only its owner sees")
    parser.add_argument("--dry-run", action="store_true", help="only tells what would be uploaded")
    arguments = parser.parse_args(argv)
    try:
        planned = plan(arguments.space, arguments.folder)
        print(f"{len(planned.files)} files, {planned.size / 1e6:.1f} MB, to the static Space {arguments.space}")
        if arguments.dry_run:
            print("\n".join(planned.files))
        else:
            print(upload(arguments.space, arguments.folder, private=arguments.private, api=HfApi()))
    except UploadError as error:
        print(f"upload_web: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
