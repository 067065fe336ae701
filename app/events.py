"""What the events of every page share."""

from typing import Any

SAVE = "(file) => { const a = document.createElement('a'); a.href = file.url; a.download = file.orig_name; a.click(); }"
"""JavaScript that hands the file of a hidden `gr.File` to the browser's downloads."""

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
Changes = dict[Any, Any]
