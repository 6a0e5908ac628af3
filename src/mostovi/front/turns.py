"""To look at a stranger's file costs processor time: few at once, so that all other pages stay quick."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mostovi.kernel.errors import Unavailable

FILES_AT_ONCE = 2
RETRY_AFTER_SECONDS = 5
_turns = threading.BoundedSemaphore(FILES_AT_ONCE)


class TooManyFiles(Unavailable):
    code = "too_many_files"
    message = "Many files are being checked right now. Wait a few seconds and send yours once more."


@contextmanager
def one_of_few() -> Iterator[None]:
    """A turn for the time of the examination. Raises TooManyFiles at once: who waits would hold up a page."""
    if not _turns.acquire(blocking=False):
        raise TooManyFiles
    try:
        yield
    finally:
        _turns.release()
