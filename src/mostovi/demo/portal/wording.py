"""Says an event in words, in the language of the page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mostovi.demo.portal.values import Force, Look, Message, Told
from mostovi.kernel.errors import NotFound
from mostovi.kernel.institutions import Institution, find_institution
from mostovi.kernel.languages import current_variant, text_in

FIELDS: dict[str, str | Promise] = {
    "address": gettext_lazy("address"),
    "born_in": gettext_lazy("place of birth"),
    "born_on": gettext_lazy("date of birth"),
    "children": gettext_lazy("children, with date and place of birth"),
    "citizenship": gettext_lazy("citizenship"),
    "code": gettext_lazy("code of the document"),
    "document_base64": gettext_lazy("the sealed document"),
    "family_name": gettext_lazy("family name"),
    "father_name": gettext_lazy("name of the father"),
    "given_name": gettext_lazy("given name"),
    "household_members": gettext_lazy("number of household members"),
    "household_size": gettext_lazy("size of the household"),
    "issued_on": gettext_lazy("date of issue"),
    "married_in": gettext_lazy("place of marriage"),
    "married_on": gettext_lazy("date of marriage"),
    "monthly_income_km": gettext_lazy("income of the household, one figure"),
    "mother_name": gettext_lazy("name of the mother"),
    "municipality": gettext_lazy("municipality"),
    "name": gettext_lazy("name"),
    "period": gettext_lazy("period of the income"),
    "receipt": gettext_lazy("a receipt from the log"),
    "register_number": gettext_lazy("number in the register"),
    "rights": gettext_lazy("granted rights, with dates and amounts"),
    "since": gettext_lazy("date of registration"),
    "spouse_name": gettext_lazy("name of the spouse"),
    "totalUsages": gettext_lazy("number of looks"),
    "usages": gettext_lazy("who looked, when and why"),
}
WITHOUT_A_CASE = "CaseReferenceMissing"
UNKNOWN = "unknown"
UNPROVED = ("SslAuthenticationFailed", "InvalidSignatureValue", "MissingSignature", "UnknownKey")
UNREADABLE = (
    "BadRequest",
    "InvalidClientIdentifier",
    "InvalidHttpMethod",
    "MalformedSignature",
    "HeaderField",
)


def describe(told: Told) -> Message:
    tag, look = _tag(told)
    return Message(
        number=told.number,
        at=told.at,
        headline=_headline(told),
        tag=tag,
        look=look,
        asked=_who_asked_whom(told),
        purpose=_text(told.purpose) or _without_contract(told),
        mark=told.mark,
        legal_basis=_text(told.legal_basis) or _("none"),
        force=_force(told),
        travelled=_travelled(told),
        signature=_signature(told),
        log_entry=told.log_entry,
    )


def institution_of(code: str) -> Institution | None:
    try:
        return find_institution(code)
    except NotFound:
        return None


def _text(texts: Mapping[str, str]) -> str:
    return (
        text_in(texts, current_variant()) if texts.keys() >= {"bs", "hr", "sr", "en"} else texts.get("en", "")
    )


def _headline(told: Told) -> str:
    consumer, provider = _short_names(told.consumer, told.provider)
    if told.kind == "seal":
        return _("{institution} sealed a document").format(institution=consumer)
    if _is_nameless(told):
        return _nameless(told)
    if told.consumer == told.provider:
        return _("{institution} looked in its own log").format(institution=provider)
    return _crossing(told).format(consumer=consumer, provider=provider)


def _is_nameless(told: Told) -> bool:
    """Gateways write down neither who asked nor for what before both are proved."""
    return told.outcome == "refused" and UNKNOWN in (told.service, told.consumer, told.provider)


def _nameless(told: Told) -> str:
    if _is_unproved(told):
        return _("A question without proof of who asked, refused")
    if (told.error or "").endswith(UNREADABLE):
        return _("An unreadable question, refused")
    return _("A question, refused")


def _is_unproved(told: Told) -> bool:
    return (told.error or "").endswith(UNPROVED)


def _crossing(told: Told) -> str:
    if told.outcome == "answered":
        return _("{provider} answered {consumer}")
    if told.error and told.error.endswith(WITHOUT_A_CASE):
        return _("{consumer} asked {provider} without a case")
    return _("{consumer} asked {provider}")


def _short_names(consumer: str, provider: str) -> tuple[str, str]:
    """Each by its short name, which says what it is and where: one kind of name in every line."""
    return _short_name(consumer), _short_name(provider)


def _short_name(code: str) -> str:
    institution = institution_of(code)
    return institution.short_name_in() if institution else code


def _full_name(code: str) -> str:
    institution = institution_of(code)
    return institution.name_in() if institution else code


def _who_asked_whom(told: Told) -> str:
    if told.kind == "seal":
        return _("{institution} sealed it with its own key").format(institution=_full_name(told.consumer))
    if _is_nameless(told):
        return _nameless(told)
    names = {"consumer": _full_name(told.consumer), "provider": _full_name(told.provider)}
    return _("{consumer} asked {provider}").format(**names)


def _tag(told: Told) -> tuple[str, Look]:
    if told.outcome == "refused":
        return _("refused"), "no"
    if told.outcome == "silent":
        return _("no answer yet"), "wait"
    return (_("sealed"), "ok") if told.kind == "seal" else (_("signature fine"), "ok")


def _without_contract(told: Told) -> str:
    if told.outcome == "answered" and told.kind == "exchange":
        return _("a question about no person, which needs no contract")
    return _("none given")


def _force(told: Told) -> Force:
    if told.purpose:
        return "yes" if told.in_force else "agreement"
    return "no" if told.outcome == "refused" else "not_needed"


def _travelled(told: Told) -> str:
    if told.outcome == "refused":
        return _("nothing")
    if told.outcome == "silent":
        return _("nothing so far; it is asked again by itself")
    return ", ".join(str(FIELDS.get(field, field)) for field in told.fields) or _("nothing")


def _signature(told: Told) -> str:
    if told.kind == "seal":
        return _("fine, with a trusted time stamp")
    if told.signatures == "both":
        return _("fine, from both gateways")
    if told.signatures == "own":
        return _("fine, from one gateway: the institution asked itself")
    if told.signatures == "none":
        return (
            _("none that proves who asked") if _is_unproved(told) else _("none: refused before it was signed")
        )
    return _("fine, the question waits") if told.outcome == "silent" else _("fine, so we know who asked")
