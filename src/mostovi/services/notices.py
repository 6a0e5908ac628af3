"""What people are told about their applications, in their language."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mostovi.kernel.codes import display
from mostovi.kernel.languages import current_variant, text_in
from mostovi.kernel.messages import register_template
from mostovi.services.catalogue import find_title
from mostovi.services.definition.wording import write_date

Context = Mapping[str, Any]


def _service_title(context: Context) -> str:
    return text_in(find_title(context["service"]), current_variant())


def _values(context: Context) -> dict[str, str]:
    return {"service": _service_title(context), "code": display(context["code"])}


def _receipt(context: Context) -> tuple[str, str]:
    due_on = write_date(date.fromisoformat(context["due_on"]), current_variant(), genitive=True)
    return (
        _("We have your application: {service}").format(**_values(context)),
        _("Your code is {code}. You will have a decision by {due_on}").format(
            due_on=due_on, **_values(context)
        ),
    )


def _late_answer(context: Context) -> tuple[str, str]:
    day = write_date(date.fromisoformat(context["day"]), current_variant(), genitive=True)
    return (
        _("See what a register answered: {service}").format(**_values(context)),
        _(
            "A register has answered for your application {code}, and you have not seen it yet. Open the "
            "application, and say so if something is wrong. An official decides once you have seen it, or "
            "from {day}"
        ).format(day=day, **_values(context)),
    )


def _answer_confirmed(context: Context) -> tuple[str, str]:
    return (
        _("A register confirmed its answer: {service}").format(**_values(context)),
        _(
            "You called an answer wrong in your application {code}. The register was asked again and "
            "confirmed its answer. You can let your remark stand, and the official weighs both, or take it "
            "back there."
        ).format(**_values(context)),
    )


def _complete(context: Context) -> tuple[str, str]:
    return (
        _("All registers have answered: {service}").format(**_values(context)),
        _("Your application {code} is complete. You need not do anything.").format(**_values(context)),
    )


def _complete_with_gaps(context: Context) -> tuple[str, str]:
    return (
        _("An official looks at your application: {service}").format(**_values(context)),
        _(
            "Not every register could say what is needed for your application {code}. "
            "An official looks at it; you need not do anything now."
        ).format(**_values(context)),
    )


def _answers_missing(context: Context) -> tuple[str, str]:
    return (
        _("We need an answer from you: {service}").format(**_values(context)),
        _(
            "A register has answered since you sent your application {code}, and now something more is "
            "asked of you. Open it and answer there. Until then it waits, and the time for the decision "
            "stands still."
        ).format(**_values(context)),
    )


def _question(context: Context) -> tuple[str, str]:
    return (
        _("An official has a question: {service}").format(**_values(context)),
        _("Open your application {code} and answer there. Until then it waits.").format(**_values(context)),
    )


def _delivered(context: Context) -> tuple[str, str]:
    return (
        _("Your document is ready: {service}").format(**_values(context)),
        _("Open your application {code} to read and download it.").format(**_values(context)),
    )


def _revoked(context: Context) -> tuple[str, str]:
    return (
        _("The decision was withdrawn: {service}").format(**_values(context)),
        _("The decision on your application {code} is no longer valid. The reason: {reason}").format(
            reason=context["reason"], **_values(context)
        ),
    )


def _decided_anew(context: Context) -> tuple[str, str]:
    return (
        _("The office decides anew: {service}").format(**_values(context)),
        _(
            "Your application {code} is decided anew; a new decision replaces the one you have. "
            "The reason: {reason}"
        ).format(reason=context["reason"], **_values(context)),
    )


def _returned(context: Context) -> tuple[str, str]:
    return (
        _("The register has no entry for you: {service}").format(**_values(context)),
        _("Open your application {code} to choose another place or to withdraw it.").format(
            **_values(context)
        ),
    )


_TEMPLATES: dict[str, Callable[[Context], tuple[str, str]]] = {
    "services.receipt": _receipt,
    "services.late_answer": _late_answer,
    "services.answer_confirmed": _answer_confirmed,
    "services.complete": _complete,
    "services.complete_with_gaps": _complete_with_gaps,
    "services.answers_missing": _answers_missing,
    "services.question_from_official": _question,
    "services.returned": _returned,
    "services.delivered": _delivered,
    "services.revoked": _revoked,
    "services.decided_anew": _decided_anew,
}


def register_notices() -> None:
    for name, render in _TEMPLATES.items():
        register_template(name, render)
