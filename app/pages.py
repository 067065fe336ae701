"""The demo's pages as one application: what goes wrong in any event of theirs is told to who caused it."""

from html import escape
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.exceptions import InvalidPathError

from app import settings
from core.errors import UserError

OURS = (
    "Something went wrong on our side, and nothing was changed. Please try once more; the log of the server has more."
)
NOT_UPLOADED = "A file was named that was not uploaded here; upload it first."
NO_MEMORY = "There is not enough memory for this on the machine that serves the page; please take a smaller photo."


class Pages(gr.Blocks):
    """Gradio's blocks, where every event that fails answers with one sentence.

    Gradio itself tells nothing of an error that is not its own: the page stands still, and a script gets null.
    """

    def __init__(self) -> None:
        super().__init__(
            title=f"{settings.TITLE}: rain out of a photo",
            analytics_enabled=False,
            delete_cache=(settings.SWEEP_SECONDS, settings.KEEP_SECONDS),
            fill_width=True,
        )

    async def process_api(self, block_fn: BlockFunction | int, *args: Any, **options: Any) -> dict[str, Any]:
        """One event. What is not Gradio's own error becomes one; a mistake of ours is in the log with its traceback."""
        event = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        try:
            return await super().process_api(event, *args, **options)
        except gr.Error:
            raise
        except UserError as error:
            raise gr.Error(in_words(event, str(error)), print_exception=False) from error
        except InvalidPathError as error:
            raise gr.Error(NOT_UPLOADED, print_exception=False) from error
        except MemoryError as error:
            raise gr.Error(NO_MEMORY) from error
        except Exception as error:
            raise gr.Error(OURS) from error

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], *args: Any, **options: Any
    ) -> list[Any]:
        """Gradio's own, once what was sent has the shapes that the event takes. A script may leave the last ones out.

        Raises:
            UserError: it has not; one sentence.
        """
        if block_fn.api_visibility == "public":
            inputs = inputs + [getattr(component, "value", None) for component in block_fn.inputs[len(inputs) :]]
        check_inputs(block_fn, inputs)
        return await super().preprocess_data(block_fn, inputs, *args, **options)


def in_words(event: BlockFunction, sentence: str) -> str:
    """The sentence as it is sent: a page takes it for HTML, a script for text."""
    return escape(sentence, quote=False) if event.api_visibility == "private" else sentence


def check_inputs(event: BlockFunction, inputs: list[Any]) -> None:
    """Refuses values that a component would not take: only a script can send them.

    Raises:
        UserError: values are missing, or one of them is of another kind; one sentence.
    """
    wanted = [component for component in event.inputs if not getattr(component, "stateful", False)]
    if len(inputs) < len(event.inputs):
        names = ", ".join(str(getattr(component, "label", None) or "?") for component in wanted)
        raise UserError(f"This takes {len(event.inputs)} values ({names}), but {len(inputs)} came.")
    for component, value in zip(event.inputs, inputs):
        if isinstance(component, gr.Number) and not is_number(value):
            raise UserError(f"“{component.label}” must be a number, not {value!r:.60}.")
        several = isinstance(component, gr.File) and component.file_count != "single" and isinstance(value, list)
        if isinstance(component, gr.File) and not all(map(is_file, value if several else [value])):
            raise UserError(f"“{component.label}” must be a file that was uploaded, not {value!r:.60}.")


def is_number(value: Any) -> bool:
    """Whether JSON has a number there, or nothing."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def is_file(value: Any) -> bool:
    """Whether JSON has a file of Gradio's there, by path or address, or nothing."""
    if value is None:
        return True
    return isinstance(value, dict) and any(isinstance(value.get(key), str) for key in ("path", "url"))
