"""The page Compare: its tabs and what each does."""

import gradio as gr

from app import settings
from app.compare import standings
from app.compare.collection import Item
from app.compare.comparing import Comparing, Desk
from app.compare.gallery import Thumbnails
from app.compare.judging import Judging
from app.compare.layout import RAINY, Layout
from app.compare.methods import Methods
from app.compare.tally import Tally
from app.events import PRIVATE, QUIET


def add_page(pages: gr.Blocks, methods: Methods, items: list[Item], tally: Tally) -> None:
    """Adds the page to the demo's pages, beside the one that is there."""
    with pages.route("Compare", "/compare"):
        gallery = Thumbnails(items, methods)
        desk = gr.State(Desk(), time_to_live=settings.KEEP_SECONDS)
        visit = gr.State(None, time_to_live=settings.KEEP_SECONDS)
        # What is stored belongs to the examples, so it is judged where these are on offer.
        judged = methods.choices if methods.stored.names & {item.name for item in items} else []
        ui = Layout(
            methods.choices,
            methods.able(None),
            [key for _, key in judged] or methods.able(None),
            methods.with_outputs,
            gallery.pages,
            standings.place(tally),
        )
        Comparing(methods, items, desk, ui).connect(pages)
        add_gallery(gallery, ui)
        Judging(methods, items, tally, visit, ui).connect()
        pages.load(
            lambda: (gallery.page(RAINY, 1)[:8], gallery.page(RAINY, 1)), None, [ui.examples, ui.gallery], **QUIET
        )


def add_gallery(gallery: Thumbnails, ui: Layout) -> None:
    """The gallery shows the rainy photos or a method's outputs, a page at a time."""

    def turn(shown: str, page: float) -> list[tuple[str, str]]:
        return gallery.page(shown, int(page))

    gr.on(
        [ui.shown.input, ui.page.release], turn, [ui.shown, ui.page], ui.gallery, trigger_mode="always_last", **PRIVATE
    )
