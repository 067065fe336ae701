"""The rain measures of what was taken out, as cards of HTML, each with its definition, the direction also drawn."""

from math import cos, radians, sin

from core.metrics.rain_measures import THRESHOLD, RainMeasures

UNKNOWN = "–"
DEFINITIONS = {
    "Coverage": f"Pixels that became darker by more than {round(255 * THRESHOLD)} of 255.",
    "Direction": "Mean of the streaks, from the vertical; positive where their upper ends lean to the right.",
    "Spread": "Standard deviation of the streaks’ direction.",
    "Density": "Lower tips of streaks for each million pixels.",
}
TOO_DENSE = "The rain is too dense to tell its streaks apart."
NO_DIRECTION = "The streaks have no direction in common."


def cards(measures: RainMeasures) -> str:
    """HTML of the four cards; a dash where a measure is unknown, and why (no common direction, too dense to count)."""
    return (
        '<h2>What was taken out, in figures</h2><dl class="measures">'
        + card("Coverage", number(measures.coverage, ".1f"), "%", bar(measures.coverage))
        + card(
            "Direction",
            number(measures.direction, "+.0f"),
            "°",
            compass(measures.direction, measures.spread),
            NO_DIRECTION,
        )
        + card("Spread", number(measures.spread, ".0f"), "°", "", NO_DIRECTION)
        + card("Density", number(measures.density, ".0f"), " streaks/MP", "", TOO_DENSE)
        + "</dl>"
    )


def card(name: str, value: str, unit: str, drawing: str, lacking: str = "") -> str:
    """One measure: name, value with unit, drawing, definition; where there is no value, why (`lacking`)."""
    known = value != UNKNOWN
    return (
        f'<div class="measure"><dt>{name}</dt>'
        f'<dd class="value">{value}{f"<small>{unit}</small>" if known else ""}{drawing}</dd>'
        f'<dd class="definition">{DEFINITIONS[name] if known else lacking}</dd></div>'
    )


def number(value: float | None, form: str) -> str:
    """The value with a true minus sign, or a dash; what rounds to nought has no sign."""
    if value is None:
        return UNKNOWN
    text = format(value, form)
    return text.replace("-", "−") if float(text) else text.lstrip("+-")


def bar(coverage: float) -> str:
    """A bar filled to `coverage` per cent."""
    return f'<span class="bar" aria-hidden="true"><i style="width:{coverage:.1f}%"></i></span>'


def compass(direction: float | None, spread: float | None) -> str:
    """SVG of a half dial: the vertical dashed, the mean direction as a line, its spread as a fan."""
    marks = '<path class="rim" d="M4 46 A40 40 0 0 1 84 46"/><path class="vertical" d="M44 46 V6"/>'
    if direction is not None:
        spread = min(spread or 0, 60)
        left, right = (point(direction + side * spread, 36) for side in (-1, 1))
        tip = point(direction, 40)
        marks += f'<path class="fan" d="M44 46 L{left} A36 36 0 0 1 {right} Z"/><path class="mean" d="M44 46 L{tip}"/>'
    return f'<svg class="compass" viewBox="0 0 88 50" aria-hidden="true">{marks}</svg>'


def point(degrees: float, radius: float) -> str:
    """SVG point at `degrees` clockwise from the vertical round the dial's centre."""
    return f"{44 + radius * sin(radians(degrees)):.1f} {46 - radius * cos(radians(degrees)):.1f}"
