"""How hard tests try: few examples of each property in the quick suite, all of them in ``make test``."""

import os

_FEW = os.environ.get("EXAMPLES") == "few"


def examples(number: int) -> int:
    return max(3, number // 5) if _FEW else number
