"""An interrupt of the kernel, held back until what a person asked for is done whole."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import ipywidgets as w


@contextlib.contextmanager
def held(*, drop: bool = False) -> Iterator[None]:
    """Hold an interrupt back, so that an answer is never shown and not saved, nor saved and taken for someone else's.

    What a person asks for takes moments; it is done as if the interrupt had come right after it.

    Parameters
    ----------
    drop : bool
        Whether there is nothing more to interrupt then; else, as in a cell, it goes on to what comes next.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield  # no interrupt comes here
        return
    came: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda *interrupt: came.append(interrupt))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came and not drop:
        before(*came[0])


def shield(control: w.Widget) -> None:
    """Let what the page tells a control be done whole before an interrupt is."""
    control.comm.on_msg(held(drop=True)(control._handle_msg))  # noqa: SLF001 - what is taken from the page begins here
