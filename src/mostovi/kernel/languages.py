"""Five language variants. Serbian is written in Cyrillic and ijekavian; Latin is derived from it."""

from collections.abc import Mapping

from django.utils.translation import get_language

from mostovi.kernel.script import to_latin

VARIANTS = ("bs", "en", "hr", "sr-Cyrl", "sr-Latn")
__all__ = ["VARIANTS", "current_variant", "text_in", "to_latin"]
_DEFAULT = "bs"


def current_variant() -> str:
    """The language variant of this request, one of VARIANTS."""
    chosen = (get_language() or _DEFAULT).lower()
    for variant in VARIANTS:
        if variant.lower() == chosen:
            return variant
    return {"sr": "sr-Cyrl"}.get(chosen, _DEFAULT)


def text_in(texts: Mapping[str, str], variant: str) -> str:
    """The text of a language variant out of a pack's ``{bs, hr, sr, en}``."""
    if variant == "sr-Latn":
        return texts.get("sr-Latn") or to_latin(texts["sr"])
    return texts["sr"] if variant == "sr-Cyrl" else texts[variant]
