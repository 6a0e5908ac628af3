"""The words of a register."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from mostovi.kernel.errors import NotFound, Refusal


class PersonNotFound(NotFound):
    code = "person_not_found"
    message = "This register holds no entry about that person."


class BadQuestion(Refusal):
    code = "bad_question"
    status = 400
    message = "A question names a subject and the fields it asks for."


@dataclass(frozen=True)
class Question:
    """What a consumer asks about one person; ``case`` is the tracking code the gateway carried."""

    subject: str
    fields: tuple[str, ...]
    parameters: dict[str, Any]
    case: str


Right = Literal["child-allowance", "one-time-help", "carers-allowance"]
RIGHTS: tuple[Right, ...] = get_args(Right)
# Which facts each service of a register can give. They are also the schemas of its OpenAPI document.
BIRTH_FIELDS = (
    "given_name",
    "family_name",
    "born_on",
    "born_in",
    "mother_name",
    "father_name",
    "citizenship",
    "register_number",
)
SERVICES: dict[str, tuple[str, ...]] = {
    "birthRecord": BIRTH_FIELDS,
    "childrenOfParent": ("children",),
    "marriageRecord": ("spouse_name", "married_on", "married_in", "register_number"),
    "birthExtract": ("document_base64", "code", "issued_on"),
    "residence": ("name", "address", "municipality", "since", "household_size"),
    "householdIncome": ("monthly_income_km", "household_members", "period"),
    "entitlements": ("rights",),
}
# By the words of the country pack (institutions.yaml, `registers`).
SERVICES_OF_REGISTER: dict[str, tuple[str, ...]] = {
    "births": ("birthRecord", "childrenOfParent", "birthExtract"),
    "marriages": ("marriageRecord",),
    "residence": ("residence",),
    "income": ("householdIncome",),
    "entitlements": ("entitlements",),
}


def services_of(registers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(service for register in registers for service in SERVICES_OF_REGISTER[register])
