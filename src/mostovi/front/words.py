"""Words of the bridge and the desk as people read them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mostovi.exchange.public import (
    BridgeRefused,
    LogEntry,
    Usage,
    find_document_kind_name,
    find_service_name,
    reason_of,
)
from mostovi.kernel.languages import current_variant, text_in
from mostovi.services.public import describe_event, list_services

GOVERNMENT_LEVELS = {
    "state": gettext_lazy("State"),
    "entity": gettext_lazy("Entity"),
    "district": gettext_lazy("District"),
    "canton": gettext_lazy("Canton"),
    "city": gettext_lazy("City"),
    "municipality": gettext_lazy("Municipality"),
}
CASE_STATES = {
    "draft": gettext_lazy("Not sent yet"),
    "received": gettext_lazy("Received"),
    "waiting_for_facts": gettext_lazy("Facts on their way"),
    "to_decide": gettext_lazy("To decide"),
    "waiting_for_applicant": gettext_lazy("Waiting for the applicant"),
    "decided": gettext_lazy("Decided, being sealed"),
    "sealed": gettext_lazy("Sealed"),
    "delivered": gettext_lazy("Delivered"),
    "revoked": gettext_lazy("Decision withdrawn"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
ROLES = {
    "caseworker": gettext_lazy("a caseworker"),
    "clerk": gettext_lazy("a clerk at a counter"),
    "supervisor": gettext_lazy("a supervisor"),
    "schools": gettext_lazy("an education authority"),
    "auditor": gettext_lazy("an auditor"),
    "person": gettext_lazy("you"),
    "official": gettext_lazy("an official"),
}
IDENTITY_SHOWN = {
    "identity_card": gettext_lazy("identity card shown"),
    "passport": gettext_lazy("passport shown"),
    "driving_licence": gettext_lazy("driving licence shown"),
}
# Services that every gateway has; what registers answer is named by the country pack.
GATEWAY_SERVICES = {
    "findUsage": gettext_lazy("who looked at your data"),
    "usageReceipt": gettext_lazy("a receipt of a look at your data"),
}
OFFICIAL_ACTS = {
    "case_read": gettext_lazy("Opened your application."),
    "document_read": gettext_lazy("Opened a document of yours."),
    "started": gettext_lazy("Began an application for you at the counter."),
    "draft_handed_over": gettext_lazy("Went on with your application at the counter."),
    "draft_resumed": gettext_lazy("Went on with your application at the counter."),
    "registers_asked": gettext_lazy("Asked registers for facts about you at the counter."),
    "facts_agreed": gettext_lazy("Noted at the counter that you agree to the use of these facts."),
    "answered": gettext_lazy("Typed an answer of yours at the counter."),
    "received": gettext_lazy("Sent your application at the counter."),
    "taken": gettext_lazy("Began to work on your application."),
    "given_back": gettext_lazy("Gave your application back to the office."),
    "applicant_asked": gettext_lazy("Asked you a question."),
    "decision_drafted": gettext_lazy("Prepared the decision on your application."),
    "reauthentication_asked": gettext_lazy("Was asked to sign in once more before deciding."),
    "reauthenticated": gettext_lazy("Signed in once more to decide on your application."),
    "reauthentication_failed": gettext_lazy("Did not sign in once more; nothing was decided."),
    "decided": gettext_lazy("Decided on your application."),
    "revoked": gettext_lazy("Withdrew the decision on your application."),
    "decided_anew": gettext_lazy("Took your application up again, to decide anew."),
}
# What an auditor reads of what an entry is about; steps of an application are told as its history tells them.
LOG_SERVICES = {
    "findUsage": gettext_lazy("The person asked who looked at their data"),
    "usageReceipt": gettext_lazy("The person asked for a receipt of a look"),
    "case_read": gettext_lazy("An application was opened"),
    "desk_read": gettext_lazy("The list of what is due was opened"),
    "cases_searched": gettext_lazy("A case was searched for"),
    "document_read": gettext_lazy("A document of an application was opened"),
    "draft_resumed": gettext_lazy("The application went on at the counter"),
    "draft_handed_over": gettext_lazy("The application went on at the counter with another clerk"),
    "answered": gettext_lazy("A question of the form was answered"),
    "decision_drafted": gettext_lazy("The decision was prepared"),
    "reauthentication_asked": gettext_lazy("The official was asked to sign in once more"),
    "reauthenticated": gettext_lazy("The official signed in once more"),
    "reauthentication_failed": gettext_lazy("The official did not sign in once more"),
    "look_without_case": gettext_lazy("Data was asked for without a case"),
    "look_questioned": gettext_lazy("The person asked about a look"),
    "paper_checked": gettext_lazy("A paper was checked"),
    "other_person": gettext_lazy("Name, personal number and register did not go together"),
    "too_many_tries": gettext_lazy("A personal number was tried too often"),
    "schools_uploaded": gettext_lazy("A list of schools was brought"),
    "school_columns_chosen": gettext_lazy("The columns of a list of schools were chosen"),
    "schools_imported": gettext_lazy("A list of schools was taken over"),
    "school_import_undone": gettext_lazy("A list of schools was undone"),
    "school_upload_forgotten": gettext_lazy("A list of schools was thrown away unused"),
    "sites_added": gettext_lazy("Schools and other places were added"),
}
LOG_ACTIONS = {
    "asked": pgettext_lazy("log line", "asked"),
    "answered": pgettext_lazy("log line", "answered"),
    "refused": pgettext_lazy("log line", "refused"),
    "read": pgettext_lazy("log line", "read by an official"),
    "sealed": pgettext_lazy("log line", "sealed a document"),
}
# What the portal writes down besides exchanges: who did it, unless it was a look.
LOG_DEEDS = {
    "person": pgettext_lazy("log line", "done by the person"),
    "official": pgettext_lazy("log line", "done by an official"),
    "auditor": pgettext_lazy("log line", "done by an auditor"),
    "system": pgettext_lazy("log line", "done by the portal"),
    "anonymous": pgettext_lazy("log line", "noted for somebody who checked a paper"),
}
LOG_KINDS = {
    "exchanges": gettext_lazy("Facts asked for and answered"),
    "looks": gettext_lazy("Looks by officials"),
    "refused": gettext_lazy("Refusals"),
    "seals": gettext_lazy("Seals"),
    "deeds": gettext_lazy("Steps of applications and other deeds"),
    "own": gettext_lazy("People asking who looked at their data"),
}
LOG_PURPOSES = {
    "see what is due": gettext_lazy("see what is due"),
    "find a case": gettext_lazy("find a case"),
    "own-data": gettext_lazy("own data"),
    "none given": gettext_lazy("none given"),
    "check a paper": gettext_lazy("check a paper"),
    "keep the list of schools": gettext_lazy("keep the list of schools"),
}
OTHER_PERSON = "other_person"
TOO_MANY_TRIES = "too_many_tries"
# What the portal refuses by itself, before a gateway is asked.
_REFUSED_AT_COUNTERS = frozenset({OTHER_PERSON, TOO_MANY_TRIES})
_LOOKS = ("_read", "_searched")


def what_happened(usage: Usage) -> str:
    """One sentence for a look that took place."""
    if usage.action == "sealed":
        return _("Sealed a document for you.")
    if usage.action == "read":
        return str(OFFICIAL_ACTS.get(usage.service, _("Worked on your application.")))
    fact = what_was_asked(usage.service)
    if did_not_answer(usage):
        return _("Asked for: {fact}. The institution did not answer.").format(fact=fact)
    sentences = {"asked": _("Asked for: {fact}."), "answered": _("Answered: {fact}.")}
    return sentences.get(usage.action, "{fact}").format(fact=fact)


def what_was_asked(service: str) -> str:
    """The fact a service tells; an unknown service by its own name."""
    name = find_service_name(service)
    return text_in(name, current_variant()) if name else str(GATEWAY_SERVICES.get(service, service))


def name_document_kind(kind: str) -> str:
    name = find_document_kind_name(kind)
    return text_in(name, current_variant()) if name else kind


def purpose_in_words(usage: Usage | LogEntry) -> str:
    """Why somebody looked; an official's acts name the service of the case."""
    if usage.action == "refused" and not usage.case and usage.service not in _REFUSED_AT_COUNTERS:
        return _("none given")
    purpose = text_in(usage.purpose, current_variant()) if usage.purpose else ""
    known = {service.key: service.title for service in list_services()} | LOG_PURPOSES
    return str(known.get(purpose, purpose)) or _("none given")


def seen_by(usage: Usage) -> str:
    """Whose eyes it reached. A register that answers an official has not answered to nobody."""
    if is_refused(usage) or did_not_answer(usage):
        return _("nobody")
    if usage.action == "sealed":
        return _("nobody: the gateway sealed it by itself")
    if usage.seen_by is None:
        return _("the institution that asked did not say by whom")
    if usage.seen_by == "person":
        return _("nobody but you: the register answered by itself")
    shown = IDENTITY_SHOWN.get(usage.identity_shown or "")
    role = ROLES.get(usage.seen_by, usage.seen_by)
    return f"{role}, {shown}" if shown else str(role)


def log_service(entry: LogEntry) -> str:
    """What an entry is about; what a register answers keeps the name it has on the wire."""
    return str(LOG_SERVICES.get(entry.service) or describe_event(entry.service))


def log_deed(entry: LogEntry) -> str:
    """What an auditor reads of an entry: an exchange's part, somebody's look, or whose deed it was."""
    looked = entry.action != "read" or entry.service.endswith(_LOOKS)
    words = LOG_ACTIONS if looked else LOG_DEEDS
    key = entry.action if looked else str(entry.detail.get("actor_kind", ""))
    return str(words.get(key, LOG_ACTIONS["read"]))


def is_refused(usage: Usage) -> bool:
    """A gateway refused, or the portal did before a gateway was asked."""
    return usage.action == "refused"


def did_not_answer(usage: Usage) -> bool:
    """Whether the register, or a gateway on the way, was down or too slow: no attempt was refused."""
    return usage.action == "asked" and reason_of(usage.refusal_code or "") == "silent"


def why_refused(usage: Usage) -> str:
    """One sentence for a look that did not take place."""
    if usage.service == OTHER_PERSON:
        return _(
            "Somebody at a counter typed your personal number, with a name or a register that does not go "
            "with it. The refusal was counted."
        )
    if usage.service == TOO_MANY_TRIES:
        return _(
            "Somebody at a counter typed your personal number once more, after five wrong tries within an "
            "hour. The refusal was counted."
        )
    code = usage.refusal_code or ""
    fact = what_was_asked(usage.service) or _("something that cannot be read")
    sentences = {
        "no_case": _("Somebody asked without a case for: {fact}. The refusal was counted."),
        "no_contract": _("Somebody asked for: {fact}. No contract allows it. The refusal was counted."),
        "not_registered": _(
            "Somebody asked for: {fact}. Who asked, or who was asked, is not registered for it. "
            "The refusal was counted."
        ),
    }
    other = _("Somebody asked for: {fact}. The gateway refused it: {reason}")
    return sentences.get(reason_of(code), other).format(fact=fact, reason=_(BridgeRefused(code).message))
