"""The cast of the services tests, and a bridge that the tests hold in their hands."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from mostovi.exchange import public as exchange
from mostovi.kernel import clock, codes, people
from mostovi.kernel.access import Actor

AMRA_NUMBER, MILAN_NUMBER = "1503990554515", "2103988510018"
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)

RECORDS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("tuzla-canton-interior", "residence"): {
        "name": "Amra Kovač",
        "address": "Ulica lipa 14",
        "municipality": "Tuzla",
        "since": "2019-03-12",
        "household_size": 3,
    },
    ("fbih-tax-administration", "householdIncome"): {
        "monthly_income_km": 690,
        "household_members": 3,
        "period": "2026-08/2026-10",
    },
    ("brcko-registrar", "childrenOfParent"): {
        "children": [
            {
                "given_name": "Dino",
                "family_name": "Kovač",
                "born_on": "2019-09-02",
                "born_in": "Brčko",
            }
        ]
    },
    ("bijeljina-registrar", "marriageRecord"): {
        "spouse_name": "Emir Kovač",
        "married_on": "2018-06-08",
        "married_in": "Bijeljina",
        "register_number": "77/2018",
    },
    ("zenica-registrar", "birthRecord"): {
        "given_name": "Milan",
        "family_name": "Savić",
        "born_on": "1988-03-21",
        "born_in": "Zenica",
        "mother_name": "Vera Savić",
        "father_name": "Petar Savić",
        "citizenship": "BA",
        "register_number": "214/1988",
    },
}


@dataclass(repr=False)
class Bridge:
    """A double of the exchange's door: answers from RECORDS unless a test unplugs a member."""

    silent: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    sealing_down: bool = False
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    sealed: list[Any] = field(default_factory=list)
    reserved: int = 0
    revoked: list[Mapping[str, Any]] = field(default_factory=list)
    extract: bytes = b"%PDF-1.7 extract"
    before_answer: Callable[[], None] | None = None

    def __repr__(self) -> str:
        """Short: what was asked in many examples of a property is nothing to read in a failure."""
        return f"Bridge(asked {len(self.asked)} times, silent={sorted(self.silent)})"

    def ask_register(self, **asked: Any) -> exchange.Answer:
        self.asked.append(asked)
        provider, service = asked["provider"], asked["service"]
        if self.before_answer is not None:
            self.before_answer()
        if provider in self.silent:
            raise exchange.NoAnswer
        if provider in self.unknown:
            raise exchange.PersonNotInRegister
        if provider in self.refusing:
            raise exchange.BridgeRefused("Server.ServerProxy.AccessDenied")
        return exchange.Answer(
            exchange_id=f"BA-{len(self.asked)}",
            provider=provider,
            facts=self._facts(provider, service, asked["fields"]),
            as_of=NOW,
            contract=self.contract(provider, service),
            log_entry=f"{asked['institution']}/{len(self.asked)}",
        )

    def _facts(self, provider: str, service: str, fields: Sequence[str]) -> dict[str, Any]:
        if service == "birthExtract":
            document = base64.b64encode(self.extract).decode()
            return {"document_base64": document, "code": codes.new_code("J8"), "issued_on": "2026-11-21"}
        return {name: value for name, value in RECORDS[provider, service].items() if name in fields}

    def contract(self, provider: str, service: str) -> exchange.ContractSummary:
        text = dict.fromkeys(("bs", "hr", "sr", "en"), "purpose")
        return exchange.ContractSummary(
            id="c-1",
            consumer="tuzla-social-work",
            provider=provider,
            service=service,
            purpose=text,
            legal_basis=text,
            in_force=False,
            crosses_entities=True,
            fields=(),
        )

    def find_contract(self, *, institution: str, provider: str, service: str) -> exchange.ContractSummary:
        return self.contract(provider, service)

    def reserve_document(self, **asked: Any) -> exchange.ReservedDocument:
        if self.sealing_down:
            raise exchange.NoAnswer
        self.reserved += 1
        code = codes.new_code("J7")
        return exchange.ReservedDocument(
            code=code, issued_on=date(2026, 11, 21), verify_url=f"http://testserver/d/{code}"
        )

    def seal_document(self, **asked: Any) -> bytes:
        if self.sealing_down:
            raise exchange.NoAnswer
        self.sealed.append(asked)
        return bytes(asked["pdf"]) + b"\n% sealed"

    def revoke_document(self, **asked: Any) -> None:
        if self.sealing_down:
            raise exchange.NoAnswer
        if asked["code"] in {each["code"] for each in self.revoked}:
            raise exchange.BridgeRefused("not_in_force", status=409)
        self.revoked.append(asked)


@dataclass
class Clock:
    now: datetime


def sign_in(name: str, number: str | None, **office: Any) -> Actor:
    person = people.upsert_person(
        issuer="test", subject=name, name=name, personal_number=number, language="bs"
    )
    return replace(
        Actor(kind="person", person_id=person.id, name=name, authenticated_at=clock.now()), **office
    )


def an_official(name: str, institution: str, role: str) -> Actor:
    return sign_in(name, None, kind="official", institution=institution, roles=frozenset({role}))
