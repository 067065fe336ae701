"""Gives memory that the process no longer uses back to the system."""

import ctypes
import functools
from collections.abc import Callable


def give_back_memory() -> None:
    """Asks glibc's allocator to return what is free; does nothing on other systems.

    After a large photo the allocator keeps several hundred megabytes in pieces between live blocks (docs/inference.md),
    which a demo that waits for the next photo should not hold.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@functools.cache
def _malloc_trim() -> Callable[[int], int] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
