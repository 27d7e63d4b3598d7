"""What the interpreter and the C library are told about this program."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from typing import Final

SWITCH: Final = 0.0005
"""Seconds a thread that waits for the interpreter lets another go on: by default 0.005, ten times that."""

ON_THE_HEAP: Final = 1024 * 1024
"""Bytes of the largest block that stays on the heap, and is not fetched from the kernel each time."""

AT_HAND: Final = 2 * 1024 * 1024
"""Bytes of free heap that are kept for what comes next."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


def tune() -> None:
    """To be done once, when everything is imported."""
    _tune_the_interpreter()
    _tune_the_heap()


def _tune_the_interpreter() -> None:
    """Channels hold many small objects that live long: looked at seldom, they cost loading and turns little.

    Loading 10,000 participants takes half the time; cycles are still found, in larger rounds. And the thread that
    writes gives the interpreter away at each row: for as long as it waits to get it back, commits last longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(SWITCH)


def _tune_the_heap() -> None:
    """What goes to the host goes in large pieces, made and dropped some thousand times a second.

    By itself glibc gives such memory back at once, and the kernel clears the pages it hands out for the next piece:
    that costs as much as filling them. Other C libraries have no `mallopt`, and do as they do.
    """
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, ON_THE_HEAP)
        mallopt(_M_TRIM_THRESHOLD, AT_HAND)
