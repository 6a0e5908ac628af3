"""What a contract says, and its one spelling that is hashed and signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from mostovi.exchange.protocol.canonical import canonical_json
from mostovi.exchange.protocol.digests import encode_base64url
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import MemberId, ServiceId, SubsystemId
from mostovi.exchange.protocol.instants import format_instant

ABOUT_PERSON = "person"
ABOUT_NONE = "none"
DEFAULT_SUBJECT = "/subject/jmb"

_ARTICLE = {"bs": "član", "hr": "članak", "sr": "члан", "en": "Article"}


class ContractWrongParty(ProtocolRefusal):
    """The one who asks, or who answers, is not a party."""

    fault = Fault.CONTRACT_WRONG_PARTY


@dataclass(frozen=True)
class LegalBasis:
    """The act, per language (bs, hr, sr, en), with its gazette and article as text; both may be empty."""

    act: Mapping[str, str]
    gazette: str = ""
    article: str = ""
    illustrative: bool = True

    def citation(self) -> dict[str, str]:
        """Per language: the act, its gazette in brackets, the article."""
        return {language: self._cite(language) for language in self.act}

    def _cite(self, language: str) -> str:
        gazette = f" ({self.gazette})" if self.gazette else ""
        article = f", {_ARTICLE[language]} {self.article}" if self.article else ""
        return f"{self.act[language]}{gazette}{article}"


@dataclass(frozen=True)
class Contract:
    """What was agreed.

    ``subject`` is the JSON pointer (RFC 6901) to whom a question is about, None if about nobody.

    ``purpose`` is text per language (bs, hr, sr, en), ``purpose_code`` its machine name. ``in_force`` says
    whether an act allows this exchange today; where it is False the contract is a demonstration agreement.
    """

    id: str
    consumer: SubsystemId
    provider: SubsystemId
    service_code: str
    purpose_code: str
    purpose: Mapping[str, str]
    legal_basis: LegalBasis
    in_force: bool
    crosses_entities: bool
    fields: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    version: int = 1
    about: str = ABOUT_PERSON
    subject: str | None = DEFAULT_SUBJECT

    @property
    def service(self) -> ServiceId:
        return ServiceId(self.provider, self.service_code)

    @property
    def parties(self) -> tuple[MemberId, MemberId]:
        """The members that must sign it."""
        return self.consumer.member, self.provider.member

    @property
    def about_person(self) -> bool:
        return self.about == ABOUT_PERSON

    def to_json(self) -> dict[str, Any]:
        """The contract as the JSON object that is signed."""
        basis = self.legal_basis
        return {
            "id": self.id,
            "version": self.version,
            "consumer": str(self.consumer),
            "provider": str(self.provider),
            "service": self.service_code,
            "about": self.about,
            "subject": self.subject or "",
            "purpose": {"code": self.purpose_code, **self.purpose},
            "legal_basis": {
                "act": dict(basis.act),
                "gazette": basis.gazette,
                "article": basis.article,
                "illustrative": basis.illustrative,
            },
            "in_force": self.in_force,
            "crosses_entities": self.crosses_entities,
            "fields": list(self.fields),
            "valid_from": format_instant(self.valid_from),
            "valid_until": format_instant(self.valid_until),
        }

    @cached_property
    def canonical(self) -> bytes:
        """The one spelling that is hashed and signed."""
        return canonical_json(self.to_json())

    @cached_property
    def hash(self) -> str:
        """base64url SHA-256 of the canonical spelling."""
        return encode_base64url(sha256(self.canonical).digest())

    @cached_property
    def reference(self) -> str:
        """The value of the header ``mostovi-contract``: ``<id>;sha-256=<hash>``."""
        return f"{self.id};sha-256={self.hash}"
