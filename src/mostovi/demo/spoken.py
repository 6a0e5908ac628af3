"""Which language a person reads, for programs that speak without the portal."""

from collections.abc import Mapping

_LANGUAGES = ("bs", "en", "hr")


def choose_language(cookies: Mapping[str, str], accepted_languages: str) -> str:
    """The language chosen in the portal, else the browser's first that we speak, else Bosnian."""
    for item in (cookies.get("mostovi_language", "") + "," + accepted_languages).split(","):
        tag = item.partition(";")[0].strip().lower()
        if tag.startswith("sr"):
            return "sr-Latn" if "latn" in tag else "sr-Cyrl"
        if tag[:2] in _LANGUAGES:
            return tag[:2]
    return "bs"
