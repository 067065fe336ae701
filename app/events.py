"""What the events of every page share."""

from typing import Any

SAVE = "(file) => { const a = document.createElement('a'); a.href = file.url; a.download = file.orig_name; a.click(); }"
"""JavaScript that hands the file of a hidden `gr.File` to the browser's downloads."""

TO_TOP = "() => scrollTo(0, 0)"
"""JavaScript that shows what is made of a photo that was chosen further down the page."""

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
QUIET: dict[str, Any] = {"show_progress": "hidden", **PRIVATE}
Changes = dict[Any, Any]
