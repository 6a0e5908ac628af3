"""What a person is told about a case: in the portal, and by e-mail if the answers name an address."""

from mostovi.kernel import messages
from mostovi.services.catalogue import list_questions
from mostovi.services.definition.values import Kind
from mostovi.services.models import Case


def tell(case: Case, template: str, **context: str) -> None:
    """Put the message in the outbox, in the caller's transaction."""
    messages.send(
        person_id=case.applicant_id,
        template=f"services.{template}",
        context={"code": case.code, "service": case.service, **context},
        email=find_email(case),
    )


def find_email(case: Case) -> str:
    """The address the person gave for this case; empty if she wants no e-mail."""
    asked = [question.key for question in list_questions(case) if question.kind == Kind.EMAIL]
    return next((str(case.answers[key]) for key in asked if case.answers.get(key)), "")
