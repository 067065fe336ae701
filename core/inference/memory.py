"""How PyTorch takes its memory, and how what the process no longer uses goes back to the system."""

import ctypes
import functools
import os
from collections.abc import Callable

HUGE_PAGES = "THP_MEM_ALLOC_ENABLE"
"""PyTorch's switch for pages of 2 MB under its large tensors, on Linux (docs/inference.md)."""


def use_huge_pages() -> None:
    """Has PyTorch ask for huge pages, unless the environment says what to do; before the first tensor is made."""
    os.environ.setdefault(HUGE_PAGES, "1")


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
