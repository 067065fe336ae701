"""Photos to try the demo with: rain rendered on photos that a dependency ships, and a folder for real ones."""

import hashlib
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

import datasets.rain
from app import settings
from core.images import IMAGE_SUFFIXES, read_photo, write_photo
from datasets.rain import render


@dataclass(frozen=True)
class Example:
    """A rainy photo on disk, the words under its thumbnail, and the clean photo where the rain was rendered."""

    path: Path
    label: str
    clean: Path | None = None


@dataclass(frozen=True)
class Rendered:
    """Rain to render: `photo` lies in the installed `package`; `recipe` and `seed` go to `datasets.rain.render`."""

    package: str
    photo: str
    recipe: str
    seed: int


RENDERED = (
    Rendered("skimage", "data/chelsea.png", "drizzle", 3),
    Rendered("skimage", "data/coffee.png", "light", 3),
    Rendered("skimage", "data/camera.png", "shower", 3),
    Rendered("skimage", "data/rocket.jpg", "heavy", 3),
)


def all_examples() -> list[Example]:
    """The owner's photos first, then the rendered ones."""
    return own_examples(settings.OWN_EXAMPLES) + rendered_examples(settings.cache_folder() / "examples")


def own_examples(folder: Path) -> list[Example]:
    """The photos that the demo's owner dropped into `folder`, by name; none if there is no such folder."""
    if not folder.is_dir():
        return []
    photos = sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file())
    return [Example(path, f"examples/{path.name}") for path in photos]


def rendered_examples(cache: Path) -> list[Example]:
    """Rain rendered on each photo of `RENDERED` that is installed; made once, kept in `cache` under its key."""
    folder = cache / rendering_key()
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(dir=cache))
        for rendered in RENDERED:
            render_example(rendered, unfinished / name(rendered))
        try:
            unfinished.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    examples = [
        Example(folder / name(rendered), f"rendered rain, {rendered.recipe}", clean_photo(rendered))
        for rendered in RENDERED
    ]
    return [example for example in examples if example.path.is_file()]


def render_example(rendered: Rendered, path: Path) -> None:
    """Writes one rainy PNG to `path`, or nothing where the photo is not installed. Grey photos stay grey."""
    source = clean_photo(rendered)
    if source is None:
        return
    photo = read_photo(source)
    channels = photo.pixels.shape[2]
    clean = np.broadcast_to(photo.pixels, (*photo.pixels.shape[:2], 3))
    rainy, _ = render(clean, rendered.recipe, np.random.default_rng(rendered.seed))
    write_photo(photo.with_pixels(np.rint(rainy[..., :channels] * 255).astype(np.uint8)), path)


def clean_photo(rendered: Rendered) -> Path | None:
    """The photo that rain is rendered on, if it is installed."""
    spec = find_spec(rendered.package)
    if spec is None or spec.origin is None:
        return None
    source = Path(spec.origin).parent / rendered.photo
    return source if source.is_file() else None


def name(rendered: Rendered) -> str:
    """File name of a rendered example, which is also what a person downloads."""
    return f"{Path(rendered.photo).stem}-{rendered.recipe}.png"


def rendering_key() -> str:
    """Hash of what the rendered examples depend on: their list and the renderer's source."""
    digest = hashlib.sha256(repr(RENDERED).encode())
    for source in sorted(Path(datasets.rain.__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
