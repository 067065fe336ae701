"""The named endpoint `/derain` for scripts, and the snippets that show its use."""

from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from gradio.utils import get_upload_folder

from app import outcome
from core.images import write_mask, write_photo
from core.inference import Derainer
from core.metrics.rain_measures import measure_rain

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


def derain_file(
    derainer: Derainer, image: Path, strength: float, generator: str | None
) -> tuple[str, str, dict[str, Any]]:
    """Derains one file: the derained photo in the input's format, its rain mask as PNG, and the rain measures.

    The files lie in Gradio's own cache, which forgets them in time.

    Raises:
        UserError: the file or a setting cannot be worked with; one sentence.
    """
    photo = outcome.read_within_caps(image)
    result = derainer(photo.pixels, generator=generator, strength=strength)
    cache = Path(get_upload_folder())
    cache.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=cache))
    derained, mask = folder / outcome.derained_name(photo, image), folder / outcome.mask_name(image)
    write_photo(photo.with_pixels(result.pixels), derained)
    write_mask(result.mask, mask)
    return str(derained), str(mask), {"generator": result.generator, **asdict(measure_rain(result.mask))}
