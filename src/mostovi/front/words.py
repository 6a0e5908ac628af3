"""Words of the bridge and the desk as people read them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mostovi.exchange.public import Usage

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
    "withdrawn": gettext_lazy("Withdrawn"),
}
ROLES = {
    "caseworker": gettext_lazy("an official who decides"),
    "clerk": gettext_lazy("an official at the counter"),
    "supervisor": gettext_lazy("a supervisor"),
    "auditor": gettext_lazy("an auditor"),
    "person": gettext_lazy("you"),
    "official": gettext_lazy("an official"),
}
EXCHANGE_SERVICES = {
    "birthRecord": gettext_lazy("the record of your birth"),
    "childrenOfParent": gettext_lazy("your children, with date and place of birth"),
    "marriageRecord": gettext_lazy("date and place of your marriage"),
    "birthExtract": gettext_lazy("your birth extract"),
    "residence": gettext_lazy("your address"),
    "householdIncome": gettext_lazy("income of your household"),
}
DOCUMENT_KINDS = {
    "child-allowance-decision": gettext_lazy("Decision, child allowance"),
    "birth-extract": gettext_lazy("Birth extract"),
}
LOG_ACTIONS = {
    "asked": pgettext_lazy("log line", "asked"),
    "answered": pgettext_lazy("log line", "answered"),
    "refused": pgettext_lazy("log line", "refused"),
    "read": pgettext_lazy("log line", "read by an official"),
    "sealed": pgettext_lazy("log line", "sealed a document"),
}


def what_happened(usage: Usage) -> str:
    """One sentence for a look that took place."""
    fact = EXCHANGE_SERVICES.get(usage.service)
    if usage.action == "sealed":
        return _("Sealed a document for you.")
    if usage.action == "read":
        return _("Opened your application.")
    if fact is None:
        return _("Wrote about you: {service}.").format(service=usage.service)
    sentences = {"asked": _("Asked for: {fact}."), "answered": _("Answered: {fact}.")}
    return sentences.get(usage.action, "{fact}").format(fact=fact)


def why_refused(usage: Usage) -> str:
    """One sentence for a look that did not take place."""
    fact = EXCHANGE_SERVICES.get(usage.service, usage.service)
    if (usage.refusal_code or "").endswith("CaseReferenceMissing"):
        return _("Somebody asked without a case for: {fact}. The refusal was counted.").format(fact=fact)
    return _("Somebody asked for: {fact}. No contract allows it. The refusal was counted.").format(fact=fact)
