"""Codes are found on papers, not guessed: after some misses an address has to wait."""

from django.core.cache import cache
from django.http import HttpRequest

from mostovi.kernel.errors import Refusal

MISSES = 20
WINDOW_SECONDS = 600


class TooManyGuesses(Refusal):
    code = "too_many_guesses"
    status = 429
    message = "Too many codes from here led nowhere. Look at the code once more and try again in ten minutes."


def check_may_try(request: HttpRequest) -> None:
    """Raise TooManyGuesses when this address has missed too often."""
    if cache.get(_key(request), 0) >= MISSES:
        raise TooManyGuesses


def count_miss(request: HttpRequest) -> None:
    cache.add(_key(request), 0, WINDOW_SECONDS)
    try:
        cache.incr(_key(request))
    except ValueError:  # it ran out between the two calls
        cache.set(_key(request), 1, WINDOW_SECONDS)


def _key(request: HttpRequest) -> str:
    return f"misses/{request.META.get('REMOTE_ADDR', '')}"
