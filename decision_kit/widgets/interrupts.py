"""An interrupt of the kernel, held back until what a person asked for is done whole."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def held(*, drop: bool = False) -> Iterator[None]:
    """Hold an interrupt back, so that an answer is never shown and not saved, nor saved and taken for someone else's.

    What a person asks for by a control takes moments; it is done before the interrupt is, as if that had come later.

    Parameters
    ----------
    drop : bool
        Whether there is nothing more to interrupt then, as after the call of a control; else it is passed on.
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
