"""Why a file is refused, before its name is put to it."""


class Refusal(Exception):
    """A file cannot be taken; `str()` is what follows the file's name in the sentence, such as "is an animation"."""


def refuse_size(width: int, height: int, max_pixels: int) -> None:
    """Raises Refusal for a picture without pixels or with more than `max_pixels`."""
    if width < 1 or height < 1:
        raise Refusal("is broken: its header says that it has no pixels")
    if width * height > max_pixels:
        raise Refusal(
            f"has {megapixels(width * height)} megapixels ({width}×{height}), "
            f"more than the {megapixels(max_pixels)} that are allowed"
        )


def megapixels(pixels: int) -> str:
    """A number of pixels in megapixels, one decimal where it matters."""
    return f"{pixels / 1e6:.1f}".removesuffix(".0") if pixels >= 100_000 else f"{pixels / 1e6:.4g}"
