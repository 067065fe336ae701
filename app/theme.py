"""The look shared by our pages: colours, type and shapes as a Gradio theme, and the style sheets."""

from pathlib import Path

import gradio as gr
from gradio.themes.utils.colors import Color
from gradio.themes.utils.fonts import LocalFont

STYLE = Path(__file__).with_name("theme.css")
STYLES = [STYLE, STYLE.with_name("viewer.css"), STYLE.with_name("derain") / "brush.css"]

RAIN = Color(
    name="rain",
    c50="#eefafb",
    c100="#d5f1f4",
    c200="#ace3ea",
    c300="#76ced9",
    c400="#3fb1c1",
    c500="#1c93a5",
    c600="#10768a",
    c700="#105f71",
    c800="#144e5d",
    c900="#14424f",
    c950="#062a35",
)
SLATE = Color(
    name="slate",
    c50="#f5f7f9",
    c100="#eaeef2",
    c200="#d9e0e7",
    c300="#bcc7d2",
    c400="#8997a6",
    c500="#627181",
    c600="#4a5866",
    c700="#36424f",
    c800="#1d2731",
    c900="#131b23",
    c950="#0b1117",
)


def theme() -> gr.themes.Base:
    """The theme to give to `launch(theme=…)`.

    Its fonts come from this server, never from another host; of IBM Plex, Gradio ships only weights 400 and 700 whole.
    """
    return gr.themes.Base(
        primary_hue=RAIN,
        secondary_hue=RAIN,
        neutral_hue=SLATE,
        radius_size=gr.themes.sizes.radius_lg,
        font=[LocalFont("IBM Plex Sans", weights=(400, 700)), "ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=[LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"],
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_800",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        background_fill_primary="white",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_100",
        background_fill_secondary_dark="*neutral_800",
        border_color_primary="*neutral_200",
        border_color_primary_dark="*neutral_800",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_title_text_color="*neutral_600",
        block_title_text_color_dark="*neutral_300",
        block_title_text_weight="700",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_500",
        button_primary_background_fill_hover_dark="*primary_400",
        button_primary_text_color="white",
        button_primary_text_color_dark="*neutral_950",
        button_secondary_background_fill="*neutral_100",
        button_secondary_background_fill_hover="*neutral_200",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_text_color="*neutral_700",
        button_secondary_text_color_dark="*neutral_100",
        checkbox_border_color_dark="*neutral_500",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
        loader_color="*primary_500",
        input_background_fill="*neutral_100",
        input_background_fill_dark="*neutral_800",
    )
