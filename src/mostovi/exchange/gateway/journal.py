"""What the gateway says on standard error: one JSON object per line, never anything about a person."""

import contextlib
import json
import sys
import time
from typing import Any


def say(event: str, **facts: Any) -> None:
    """One line. ``facts`` are names, codes, counts and times; bodies, users and personal numbers never."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = json.dumps({"at": at, "event": event, **facts}, ensure_ascii=False, separators=(",", ":"))
    # A disk that is full must not turn a refusal into silence.
    with contextlib.suppress(OSError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def describe_crash(where: str, error: BaseException) -> None:
    """A bug's kind and place. Its message is left out: it may quote what a person sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
    say("crash", where=where, kind=type(error).__name__, place=place)
