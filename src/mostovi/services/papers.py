"""What a decision says: as it is read before sealing, and the data for the document's sentences."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from mostovi.kernel import clock
from mostovi.kernel.codes import display
from mostovi.kernel.institutions import find_institution
from mostovi.kernel.people import find_person
from mostovi.services import catalogue, rules
from mostovi.services.definition import RuleStep, ServiceDefinition, text_of
from mostovi.services.definition.wording import placeholders_of
from mostovi.services.documents import read_template
from mostovi.services.models import Case, Decision
from mostovi.services.values import Outcome, PaperPart, PreparedDecision


def prepared_decision(case: Case) -> PreparedDecision:
    """What would be decided now. Raises DecisionNotPrepared."""
    if not case.draft_outcome:
        raise rules.DecisionNotPrepared
    outcome, result = Outcome(case.draft_outcome), catalogue.evaluate(case)
    draft = Decision(
        outcome=outcome,
        amount_feninga=result.amount_feninga if outcome == Outcome.APPROVED else None,
        reasons=case.draft_reasons,
        official_name=case.assigned_to_name,
        language=find_person(case.applicant_id).language or "bs",
    )
    return PreparedDecision(
        case=case.code,
        version=case.version_id,
        outcome=outcome,
        amount_feninga=draft.amount_feninga,
        reasons=draft.reasons,
        articles=tuple(result.articles),
        language=draft.language,
        text=_text(case, draft),
        disputed=_disputed(case),
    )


def _text(case: Case, decision: Decision) -> tuple[PaperPart, ...]:
    """All that the document will say, out of the template that prints it."""
    definition = catalogue.definition_of(case)
    data = decision_data(case, decision, issued_on=timezone.localdate(clock.now()))
    template = definition.files[definition.template]
    return read_template(template, definition.texts, data, language=decision.language)


def _disputed(case: Case) -> tuple[str, ...]:
    """What the applicant called wrong, and how: whoever has read the decision before does not know it."""
    facts = case.facts.filter(disputed_at__isnull=False).order_by("key")
    return tuple(f"{' '.join([fact.key, *fact.disputed_facts])}: {fact.dispute_text}" for fact in facts)


def check_can_be_sealed(case: Case, decision: PreparedDecision) -> None:
    """Raise unless the decision has its reasons and, for a benefit, its amount, and the applicant has seen
    what it rests on."""
    rules.check_was_seen(catalogue.first_day_without_seeing(case), today=timezone.localdate(clock.now()))
    rules.check_reasons(decision.outcome, catalogue.evaluate(case).proposal, decision.reasons)
    if decision.outcome == Outcome.APPROVED and catalogue.definition_of(case).amount:
        rules.check_amount(decision.amount_feninga)


def decision_data(case: Case, decision: Decision, *, issued_on: date) -> dict[str, Any]:
    """Names for the placeholders of the service's ``document.…`` texts."""
    definition, result = catalogue.definition_of(case), catalogue.evaluate(case)
    language = decision.language
    institution = find_institution(case.institution)
    amount = decision.amount_feninga
    return {
        **dict.fromkeys(_names(definition)),
        "name": case.applicant_name,
        **result.words,
        "institution": institution.name_in(language),
        "place": institution.place_in(language),
        "issued_on": issued_on,
        "number": display(case.code),
        "granted": decision.outcome == Outcome.APPROVED,
        "amount": None if amount is None else Decimal(amount) / 100,
        "departs": decision.outcome == rules.departing_outcome(result.proposal),
        "left_open": rules.is_left_open(result.proposal),
        "conditions": [_condition(step, language) for step in result.reasons],
        "reasons": decision.reasons,
        "official": decision.official_name,
    }


def _names(definition: ServiceDefinition) -> set[str]:
    """Every name the sentences use; a sentence with a name that stays unknown is left out."""
    sentences = [texts["bs"] for key, texts in definition.texts.items() if key.startswith("document.")]
    return {name for sentence in sentences for name in placeholders_of(sentence)}


def _condition(step: RuleStep, language: str) -> dict[str, str]:
    return {"sentence": text_of(step.sentence, language) if step.sentence else "", "article": step.article}
