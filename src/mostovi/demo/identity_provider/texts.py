"""What the provider says, in four languages; Serbian Latin is derived."""

from collections.abc import Mapping

from mostovi.kernel.script import to_latin

TEXTS: dict[str, dict[str, str]] = {
    "banner": {
        "bs": "Ogledni sistem. Sve osobe na ovoj stranici su izmišljene.",
        "hr": "Ogledni sustav. Sve su osobe na ovoj stranici izmišljene.",
        "sr": "Огледни систем. Сва лица на овој страници су измишљена.",
        "en": "Demonstration. Every person on this page is synthetic.",
    },
    "skip": {
        "bs": "Pređi na sadržaj",
        "hr": "Prijeđi na sadržaj",
        "sr": "Пређи на садржај",
        "en": "Skip to content",
    },
    "script": {"bs": "Pismo", "hr": "Pismo", "sr": "Писмо", "en": "Script"},
    "language": {"bs": "Jezik", "hr": "Jezik", "sr": "Језик", "en": "Language"},
    "choose": {
        "bs": "Ko se prijavljuje?",
        "hr": "Tko se prijavljuje?",
        "sr": "Ко се пријављује?",
        "en": "Who signs in?",
    },
    "choose_lead": {
        "bs": "Ovo je ogledni sistem za prijavu. Osobe su izmišljene, zato nema lozinki.",
        "hr": "Ovo je ogledni pružatelj identiteta. Osobe su izmišljene, zato nema lozinki.",
        "sr": "Ово је огледни пружалац идентитета. Лица су измишљена, зато нема лозинки.",
        "en": "The identity provider of the demonstration. Its people are synthetic and have no passwords.",
    },
    "confirm": {
        "bs": "Potvrdite da ste to vi",
        "hr": "Potvrdite da ste to vi",
        "sr": "Потврдите да сте то ви",
        "en": "Confirm that it is you",
    },
    "confirm_lead": {
        "bs": "Ono što slijedi nosi vaše ime, zato pitamo još jednom.",
        "hr": "Sljedeći korak nosi vaše ime, zato pitamo još jednom.",
        "sr": "Сљедећи корак носи ваше име, зато питамо још једном.",
        "en": "What you do next carries your name, so we ask once more.",
    },
    "i_am": {"bs": "Ja sam {name}", "hr": "Ja sam {name}", "sr": "Ја сам {name}", "en": "I am {name}"},
    "cancel": {"bs": "Odustani", "hr": "Odustani", "sr": "Одустани", "en": "Cancel"},
    "wrong": {
        "bs": "Ova prijava se ne može nastaviti",
        "hr": "Ova se prijava ne može nastaviti",
        "sr": "Ова пријава се не може наставити",
        "en": "This sign-in cannot go on",
    },
    "unknown_program": {
        "bs": "Ovu prijavu nije poslao program koji poznajemo. Vratite se i prijavite se ponovo.",
        "hr": "Zahtjev nije došao od programa koji poznajemo. Vratite se i prijavite se ponovno.",
        "sr": "Захтјев није дошао од програма који познајемо. Вратите се и пријавите се поново.",
        "en": "The request did not come from a program we know. Go back and sign in again.",
    },
    "not_understood": {
        "bs": "Ova adresa se ne može otvoriti na taj način. Vratite se na portal i prijavite se ponovo.",
        "hr": "Ta se adresa ne može otvoriti na ovaj način. Vratite se na portal i prijavite se ponovno.",
        "sr": "Ова адреса не може да се отвори на тај начин. Вратите се на портал и пријавите се поново.",
        "en": "This address cannot be opened in this way. Go back to the portal and sign in again.",
    },
    "too_old": {
        "bs": "Ova stranica je predugo bila otvorena. Vratite se i prijavite se ponovo.",
        "hr": "Ova je stranica predugo bila otvorena. Vratite se i prijavite se ponovno.",
        "sr": "Ова страница је предуго била отворена. Вратите се и пријавите се поново.",
        "en": "This page was open for too long. Go back and sign in again.",
    },
    "to_start": {
        "bs": "Idi na početnu stranicu",
        "hr": "Idi na početnu stranicu",
        "sr": "Иди на почетну страницу",
        "en": "Go to the first page",
    },
    "signed_out": {
        "bs": "Odjavljeni ste",
        "hr": "Odjavljeni ste",
        "sr": "Одјављени сте",
        "en": "You are signed out",
    },
    "signed_out_lead": {
        "bs": "Ovaj prozor možete zatvoriti.",
        "hr": "Ovaj prozor možete zatvoriti.",
        "sr": "Овај прозор можете да затворите.",
        "en": "You can close this window.",
    },
}
# Spoken names as the language bar shows them; script is a separate choice, only where there is one.
LANGUAGE_CHOICES = (("bs", "Bosanski"), ("en", "English"), ("hr", "Hrvatski"), ("sr-Latn", "Srpski"))
SCRIPT_CHOICES = (("sr-Latn", "Latinica"), ("sr-Cyrl", "Ћирилица"))


def say(name: str, language: str) -> str:
    return in_language(TEXTS[name], language)


def in_language(texts: Mapping[str, str], language: str) -> str:
    if language == "sr-Latn":
        return to_latin(texts["sr"])
    return texts["sr" if language == "sr-Cyrl" else language]
