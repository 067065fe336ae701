"""The named endpoint `/derain` for scripts, and the snippets that show its use."""

from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from app.derain import outcome
from app.derain.network import Network
from app.derain.strength import blend, check_strength, read_strength_map
from app.uploads import read_within_caps
from core.errors import UserError
from core.images import write_mask, write_photo
from core.inference import AUTO
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
    strength=1.0,  # 0 … 2: 1 takes out all that was found
    api_name="/derain",
)
print(derained, mask, measures)  # two local files and a dict
"""

CURL = f"""\
FILE=$(curl -s {ORIGIN}/gradio_api/upload -F files=@photo.jpg | cut -d'"' -f2)
JOB=$(curl -s {ORIGIN}/gradio_api/call/derain -H 'Content-Type: application/json' \\
  -d '{{"data": [{{"path": "'"$FILE"'", "meta": {{"_type": "gradio.FileData"}}}}, 1.0]}}' | cut -d'"' -f4)
curl -sN {ORIGIN}/gradio_api/call/derain/$JOB  # answers with the URLs of both files
"""


def add_endpoint(network: Network) -> None:
    """Adds the endpoint `/derain` to the pages that are open; its components are not on the page."""
    derainer = network.derainer

    def derain(
        image: str | None,
        strength: float | None = 1.0,
        generator: str | None = None,
        strength_map: str | None = None,
        scale: float | None = None,
    ) -> Files:
        return derain_file(network, image, strength, generator, strength_map, scale)

    gr.Button(visible=False).click(
        derain,
        [
            gr.File(label="image", visible=False),
            gr.Number(1.0, label="strength", visible=False),
            gr.Dropdown(list(derainer.generators), value=derainer.default_generator, label="generator", visible=False),
            gr.File(label="strength_map", visible=False),
            gr.Number(None, label="scale", visible=False),
        ],
        [
            gr.File(label="derained", visible=False),
            gr.File(label="mask", visible=False),
            gr.JSON(label="measures", visible=False),
        ],
        api_name="derain",
        api_description="One photo in: the derained photo in its format, the rain mask (PNG), the rain measures. "
        "strength: 0 … 2, 1 is all that was found; strength_map: a grey picture, 0 nothing, 128 as chosen, 255 twice.",
        **ON_NETWORK,
    )


def whole(scale: float | None) -> int | str:
    """The working scale that was asked for; without one that which the rain asks for.

    Raises:
        UserError: it is no whole number.
    """
    if scale is not None and scale != int(scale):
        raise UserError(f"The scale must be a whole number, not {scale}.")
    return AUTO if scale is None else int(scale)


def derain_file(
    network: Network,
    image: str | None,
    strength: float | None,
    generator: str | None,
    strength_map: str | None = None,
    scale: float | None = None,
) -> Files:
    """Derains one file: the derained photo in the input's format, its rain mask as PNG, and the rain measures.

    The files lie in Gradio's own cache, which forgets them in time. Strength and map are those of `blend`.

    Raises:
        UserError: the file, the map or a setting cannot be worked with; one sentence.
    """
    if image is None:
        raise UserError("No photo was given: “image” is null.")
    strength = check_strength(1.0 if strength is None else strength)
    painted = None if strength_map is None else read_strength_map(Path(strength_map))
    photo = read_within_caps(Path(image))
    result = network(photo.pixels, generator=generator, scale=whole(scale))
    folder = Path(mkdtemp(dir=get_upload_folder()))
    derained, mask = folder / outcome.derained_name(photo, Path(image)), folder / outcome.mask_name(Path(image))
    write_photo(photo.with_pixels(blend(photo.pixels, result.pixels, strength, painted)), derained)
    write_mask(result.mask, mask)
    measures = measure_rain(outcome.taken_light(photo.pixels, result.pixels))
    return str(derained), str(mask), {"generator": result.generator, **asdict(measures)}
