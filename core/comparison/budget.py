"""What of a comparison fits into its report: pieces of HTML, pictures smaller or fewer where there are too many."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.comparison.pictures import QUALITIES, THUMBNAILS, Quality
from core.text import to_utf8

NOTES = 2_000
"""Bytes kept for the sentences that say what was reduced."""

MakePiece = Callable[[str, Quality], str]
"""Name of a photo, and the quality of its pictures -> HTML."""


@dataclass(frozen=True)
class Fitted:
    """The pieces that a report shows.

    Attributes:
        rows: the table's rows, a piece for each photo.
        cases: strips of pictures by the reason why they are shown.
        thumbnails: rows of the contact sheet.
        quality: of the pictures in the strips.
        reduced: what there is less of than there could be, in a few words each.
    """

    rows: Sequence[str]
    cases: Mapping[str, Sequence[str]]
    thumbnails: Sequence[str]
    quality: Quality = QUALITIES[0]
    reduced: Sequence[str] = field(default_factory=tuple)


def fit(
    room: int,
    rows: Sequence[str],
    cases: Mapping[str, Sequence[str]],
    strip: MakePiece,
    sheet: Sequence[str],
    thumbnails: MakePiece,
) -> Fitted:
    """As much as has at most `room` bytes; the table gets a third of them, the contact sheet a third of what is left.

    Args:
        rows: the table's rows, a piece for each photo.
        cases: photos by the reason why they are shown, the most telling first.
        strip: makes a case's piece.
        sheet: the contact sheet's photos.
        thumbnails: makes a row of it.
    """
    room -= NOTES
    kept = take(rows, room // 3)
    room -= size(kept)
    shown, sharpness = take_best(sheet, thumbnails, THUMBNAILS, room // 3)
    room -= size(shown)
    turns = by_turns(cases)
    strips, quality = take_best([name for _, name in turns], strip, QUALITIES, room)
    found: dict[str, list[str]] = {reason: [] for reason in cases}
    for (reason, _), piece in zip(turns, strips):
        found[reason].append(piece)
    reduced = []
    if len(kept) < len(rows):
        reduced.append(f"the table to {len(kept):,} of {len(rows):,} photos")
    if quality != QUALITIES[0]:
        reduced.append(f"the cases' pictures to {quality.side} pixels and quality {quality.quality}")
    if len(strips) < len(turns):
        reduced.append(f"the cases to {len(strips)} of {len(turns)}")
    if sharpness != THUMBNAILS[0]:
        reduced.append(f"the contact sheet's pictures to {sharpness.side} pixels")
    if len(shown) < len(sheet):
        reduced.append(f"the contact sheet to {len(shown)} of {len(sheet)} photos")
    return Fitted(kept, {reason: pieces for reason, pieces in found.items() if pieces}, shown, quality, reduced)


def take_best(
    names: Sequence[str], make: MakePiece, qualities: Sequence[Quality], room: int
) -> tuple[list[str], Quality]:
    """The pieces of all these photos in the first quality in which they fit; in the last one those that do."""
    for quality in qualities:
        pieces = take((make(name, quality) for name in names), room)
        if len(pieces) == len(names):
            return pieces, quality
    return pieces, qualities[-1]


def take(pieces: Iterable[str], room: int) -> list[str]:
    """As many pieces, from the first on, as have at most `room` bytes."""
    taken = []
    for piece in pieces:
        room -= size([piece])
        if room < 0:
            break
        taken.append(piece)
    return taken


def size(pieces: Iterable[str]) -> int:
    """Bytes of pieces with a line break after each."""
    return sum(len(to_utf8(piece)) + 1 for piece in pieces)


def by_turns(groups: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """(group, item): the first item of every group, then the second ones, and so on."""
    longest = max(map(len, groups.values()), default=0)
    return [(group, items[rank]) for rank in range(longest) for group, items in groups.items() if rank < len(items)]
