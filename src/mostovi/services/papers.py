"""What a decision's page says: the data for the document's sentences."""

from decimal import Decimal
from typing import Any

from mostovi.kernel.codes import display
from mostovi.kernel.institutions import find_institution
from mostovi.kernel.people import find_person
from mostovi.services import catalogue
from mostovi.services.definition import RuleStep, ServiceDefinition, text_of
from mostovi.services.definition.wording import placeholders_of
from mostovi.services.models import Case, Decision, Document
from mostovi.services.values import Outcome


def decision_data(case: Case, decision: Decision, document: Document) -> dict[str, Any]:
    """Names for the placeholders of the service's ``document.…`` texts."""
    definition, result = catalogue.definition_of(case), catalogue.evaluate(case)
    language = find_person(case.applicant_id).language or "bs"
    institution = find_institution(case.institution)
    amount = decision.amount_feninga
    return {
        **dict.fromkeys(_names(definition)),
        "name": case.applicant_name,
        **result.words,
        "institution": institution.name_in(language),
        "place": institution.place_in(language),
        "issued_on": document.issued_on,
        "number": display(case.code),
        "granted": decision.outcome == Outcome.APPROVED,
        "amount": None if amount is None else Decimal(amount) / 100,
        "conditions": [_condition(step, language) for step in result.conditions],
        "reasons": decision.reasons,
        "official": decision.official_name,
    }


def _names(definition: ServiceDefinition) -> set[str]:
    """Every name the sentences use; a sentence with a name that stays unknown is left out."""
    sentences = [texts["bs"] for key, texts in definition.texts.items() if key.startswith("document.")]
    return {name for sentence in sentences for name in placeholders_of(sentence)}


def _condition(step: RuleStep, language: str) -> dict[str, str]:
    return {"sentence": text_of(step.sentence, language) if step.sentence else "", "article": step.article}
