"""Scripts of our own components (gr.HTML): each is a file beside its module, and begins with `widget.js`."""

from pathlib import Path

COMMON = Path(__file__).with_suffix(".js")


def script_beside(module: str) -> str:
    """The JavaScript of a component for `js_on_load`; module: its `__file__`, beside which a .js file has its name."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (COMMON, Path(module).with_suffix(".js")))
