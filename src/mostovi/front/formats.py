"""Dates, money and numbers as each language variant writes them. Pure: the variant is an argument."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


def _twelve(names: str) -> list[str]:
    return names.split()


_ENGLISH = _twelve("January February March April May June July August September October November December")
_BOSNIAN = _twelve("januar februar mart april maj juni juli august septembar oktobar novembar decembar")
_BOSNIAN_OF = _twelve(
    "januara februara marta aprila maja juna jula augusta septembra oktobra novembra decembra"
)
_CROATIAN_OF = _twelve(
    "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca"
)
_SERBIAN = _twelve("јануар фебруар март април мај јун јул август септембар октобар новембар децембар")
_SERBIAN_OF = _twelve(
    "јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра"
)
_SERBIAN_LATIN = _twelve("januar februar mart april maj jun jul avgust septembar oktobar novembar decembar")
_SERBIAN_LATIN_OF = _twelve(
    "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra"
)

# Croatian writes the month of a date in the genitive everywhere.
MONTHS = {
    "en": _ENGLISH,
    "bs": _BOSNIAN,
    "hr": _CROATIAN_OF,
    "sr-Cyrl": _SERBIAN,
    "sr-Latn": _SERBIAN_LATIN,
}
MONTHS_GENITIVE = {
    "en": _ENGLISH,
    "bs": _BOSNIAN_OF,
    "hr": _CROATIAN_OF,
    "sr-Cyrl": _SERBIAN_OF,
    "sr-Latn": _SERBIAN_LATIN_OF,
}


def write_day(day: date, variant: str) -> str:
    """5 January 2027 · 5. januar 2027."""
    return _write(day, MONTHS, variant)


def write_day_genitive(day: date, variant: str) -> str:
    """The form inside a sentence: do 5. januara 2027."""
    return _write(day, MONTHS_GENITIVE, variant)


def _write(day: date, months: dict[str, list[str]], variant: str) -> str:
    month = months[variant][day.month - 1]
    dot = "" if variant == "en" else "."
    return f"{day.day}{dot} {month} {day.year}{dot}"


def write_time(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"


def write_number(number: Decimal | int | float, variant: str, places: int = 0) -> str:
    """1,234.5 in English, 1.234,5 in the others."""
    rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    if variant != "en":
        text = text.translate(str.maketrans(",.", ".,"))
    return MINUS + text if rounded < 0 else text


def write_money(amount: Decimal | int | float, variant: str) -> str:
    """Convertible marks: whole amounts without, others with two decimals."""
    places = 0 if Decimal(str(amount)) % 1 == 0 else 2
    unit = "КМ" if variant == "sr-Cyrl" else "KM"
    return f"{write_number(amount, variant, places)}{NO_BREAK_SPACE}{unit}"
