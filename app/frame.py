"""What frames every page: its header, its footer, and components without Gradio's own labels and boxes."""

from html import escape
from typing import Any

from app import settings
from core.images.formats import READABLE

HOME = "Derain"

HEADER = f"""
<header>
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <path class="rain" d="M10 3 7 12M18 3l-4 12M8 18l-3 9"/>
    <path class="dry" d="M20 11c4 5 6 7 6 10a6 6 0 0 1-12 0c0-3 2-5 6-10Z"/>
  </svg>
  <div><h1>{settings.TITLE}</h1><p>Takes the rain out of a single photo, and shows where it was.</p></div>
  <button type="button" class="lamp" aria-label="Switch between light and dark"
    onclick="document.body.classList.toggle('dark')">
    <svg viewBox="0 0 18 18"><path d="M9 1a8 8 0 1 0 0 16A8 8 0 0 0 9 1Zm0 2v12A6 6 0 0 1 9 3Z"/></svg></button>
</header>
"""


def footer(static_page: str = settings.STATIC_PAGE) -> str:
    """What is taken and kept, and where the address of the static page is given, the way there."""
    elsewhere = (
        f' <a href="{escape(static_page)}">Derain in your own browser, without an upload</a>.'
        if static_page.startswith(("https://", "http://"))
        else ""
    )
    return f"""
<p class="limits">{READABLE}, up to {settings.MAX_PIXELS // 10**6} megapixels and
{settings.MAX_BYTES // 10**6} MB. What is uploaded is forgotten after about an hour.{elsewhere}</p>
"""


BARE: dict[str, Any] = {"show_label": False, "container": False}
