"""Whose shoes: the cast, and what each of them came to do."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from mostovi.demo.portal.values import Shoes


def list_shoes() -> list[Shoes]:
    return [
        Shoes(
            _("Tuzla"),
            _("Amra"),
            _("Applies for child allowance. Her papers lie in three places. She carries none."),
            sign_in_as("amra", "/usluge/child-allowance/"),
        ),
        Shoes(
            _("Banja Luka"),
            _("Milan"),
            _("Born in Zenica. Wants his birth extract, not the journey."),
            sign_in_as("milan", "/usluge/birth-extract/"),
        ),
        Shoes(
            _("Centre for Social Work"),
            _("Damir"),
            _("Decides from the answers and seals."),
            sign_in_as("damir", "/predmeti/"),
        ),
        Shoes(
            _("A counter in Banja Luka"),
            _("Sanja"),
            _("Helps people who would rather come in person."),
            sign_in_as("sanja", "/salter/"),
        ),
        Shoes(
            _("An education ministry"),
            _("Tea"),
            _("Brings the list of schools and sees what would change before it does."),
            sign_in_as("tea", "/skole/uvoz/"),
        ),
        Shoes(
            _("Auditor"),
            _("Zlata"),
            _("Reads every look in the log, and not one name."),
            sign_in_as("zlata", "/revizija/"),
        ),
        Shoes(
            _("A bank"),
            _("A stranger"),
            _("Holds a paper. Is it genuine?"),
            reverse("demo_portal:paper"),
        ),
    ]


def sign_in_as(key: str, then: str) -> str:
    """The ordinary sign-in, with a hint to the demonstration's identity provider."""
    return f"{reverse('front:sign_in')}?{urlencode({'login_hint': key, 'next': then})}"
