"""Makes what the tests of seals need: demonstration keys, a document of two pages, an authority."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import typst

from mostovi.demo.authorities import time_stamps
from mostovi.demo.authorities.key_files import MemberName, make_keys, read_issued
from mostovi.exchange.sealing.credentials import SealingCredential, read_credential
from mostovi.exchange.sealing.seal import seal_document

SEALED_AT = datetime(2026, 12, 9, 10, 5, tzinfo=UTC)
KEYS_MADE_AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 5, 12, 0, tzinfo=UTC)
CODE = "J7K4T92M7"
REASON = "Decision on child allowance: technical demonstration, not qualified"
MEMBERS = (
    MemberName("tuzla-social-work", "Centre for Social Work Tuzla"),
    MemberName("zenica-registrar", "Registrar of Zenica"),
)
PAGES = """
#set text(lang: "bs")
= Rješenje o dječijem dodatku
Iznos: 118 KM mjesečno za dijete Dino Kovač.
#pagebreak()
Protiv ovog rješenja može se izjaviti žalba u roku od 15 dana.
"""


@dataclass(frozen=True)
class LocalAuthority:
    """Answers as the demonstration's time-stamp authority does, in this process."""

    keys: Path
    now: datetime = SEALED_AT

    def request(self, query: bytes) -> bytes:
        return time_stamps.answer(query, authority=read_issued(self.keys / "tsa"), now=self.now)


@cache
def plain_document(source: str = PAGES) -> bytes:
    pdf = typst.compile(source.encode(), pdf_standards=["a-2a"], ignore_system_fonts=True)
    assert isinstance(pdf, bytes)
    return pdf


def made_keys(directory: Path) -> Path:
    return make_keys(directory, MEMBERS, KEYS_MADE_AT)


def credential_of(keys: Path, member: str = "tuzla-social-work", name: str = "sealing") -> SealingCredential:
    return read_credential(
        key=keys / member / f"{name}.key",
        certificate=keys / member / f"{name}.pem",
        root=keys / "root.pem",
        revocation_lists=keys / "revocations.pem",
    )


@dataclass(frozen=True)
class Sealed:
    """A sealed document with its trust root."""

    keys: Path
    root: bytes = field(repr=False)
    pdf: bytes = field(repr=False)


def seal_one(directory: Path) -> Sealed:
    keys = made_keys(directory)
    return Sealed(keys, (keys / "root.pem").read_bytes(), sealed(keys))


def sealed(keys: Path, pdf: bytes | None = None) -> bytes:
    return seal_document(
        plain_document() if pdf is None else pdf,
        credential=credential_of(keys),
        time_stamper=LocalAuthority(keys),
        reason=REASON,
        location="Tuzla",
        sealed_at=SEALED_AT,
        document_code=CODE,
    )
