"""What the page of columns sends: for each field the number of a column, or nothing."""

from collections.abc import Mapping

_LONGEST = 4


def chosen_columns(form: Mapping[str, str], kept: Mapping[str, int]) -> dict[str, int]:
    """``kept`` are fields taken by their own names; a column that somebody chose is not taken twice."""
    chosen = {
        name.removeprefix("column_"): int(text)
        for name, text in form.items()
        if name.startswith("column_") and text.isascii() and text.isdigit() and len(text) <= _LONGEST
    }
    taken = set(chosen.values())
    return {**{field: number for field, number in kept.items() if number not in taken}, **chosen}
