"""The named endpoint `/derain` for scripts, and the snippets that show its use."""

from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from app.derain import outcome
from app.uploads import read_within_caps
from core.errors import UserError
from core.images import write_mask, write_photo
from core.inference import Derainer
from core.metrics.rain_measures import measure_rain

Files = tuple[str, str, dict[str, Any]]
"""The derained photo, the rain mask, and the rain measures."""

ON_NETWORK: dict[str, Any] = {"concurrency_id": "network", "concurrency_limit": 1}

ORIGIN = "http://127.0.0.1:7860"

PYTHON = f"""\
# pip install gradio_client
from gradio_client import Client, handle_file

client = Client("{ORIGIN}")
derained, mask, measures = client.predict(
    handle_file("photo.jpg"),
    strength=1.0,
    api_name="/derain",
)
print(derained, mask, measures)  # two local files and a dict
"""

CURL = f"""\
FILE=$(curl -s {ORIGIN}/gradio_api/upload -F files=@photo.jpg | cut -d'"' -f2)
JOB=$(curl -s {ORIGIN}/gradio_api/call/derain -H 'Content-Type: application/json' \\
  -d '{{"data": [{{"path": "'"$FILE"'", "meta": {{"_type": "gradio.FileData"}}}}, 1.0, null]}}' | cut -d'"' -f4)
curl -sN {ORIGIN}/gradio_api/call/derain/$JOB  # answers with the URLs of both files
"""


def add_endpoint(derainer: Derainer) -> None:
    """Adds the endpoint `/derain` to the pages that are open; its components are not on the page."""

    def derain(image: str | None, strength: float | None = 1.0, generator: str | None = None) -> Files:
        return derain_file(derainer, image, strength, generator)

    gr.Button(visible=False).click(
        derain,
        [
            gr.File(label="image", visible=False),
            gr.Number(1.0, label="strength", minimum=0, maximum=1, visible=False),
            gr.Dropdown(list(derainer.generators), value=derainer.default_generator, label="generator", visible=False),
        ],
        [
            gr.File(label="derained", visible=False),
            gr.File(label="mask", visible=False),
            gr.JSON(label="measures", visible=False),
        ],
        api_name="derain",
        api_description="One photo in: the derained photo in its format, the rain mask (PNG), the rain measures.",
        **ON_NETWORK,
    )


def derain_file(derainer: Derainer, image: str | None, strength: float | None, generator: str | None) -> Files:
    """Derains one file: the derained photo in the input's format, its rain mask as PNG, and the rain measures.

    The files lie in Gradio's own cache, which forgets them in time.

    Raises:
        UserError: the file or a setting cannot be worked with; one sentence.
    """
    if image is None:
        raise UserError("No photo was given: “image” is null.")
    photo = read_within_caps(Path(image))
    result = derainer(photo.pixels, generator=generator, strength=1.0 if strength is None else strength)
    cache = Path(get_upload_folder())
    cache.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=cache))
    derained, mask = folder / outcome.derained_name(photo, Path(image)), folder / outcome.mask_name(Path(image))
    write_photo(photo.with_pixels(result.pixels), derained)
    write_mask(result.mask, mask)
    return str(derained), str(mask), {"generator": result.generator, **asdict(measure_rain(result.mask))}
