"""``/v1/documents``: reserve, seal, withdraw, tell."""

import base64
import binascii

from mostovi.exchange.gateway.documents.papers import Documents
from mostovi.exchange.gateway.documents.rules import Decision
from mostovi.exchange.gateway.native.calls import Call, Fields, InvalidCall, reply
from mostovi.exchange.gateway.wire.messages import Response
from mostovi.kernel import codes
from mostovi.kernel.errors import Invalid

_LONGEST_PAGE = 1024 * 1024


class Papers:
    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    async def reserve(self, call: Call) -> Response:
        asked = call.fields()
        reserved = await self.documents.reserve(
            subsystem=call.subsystem,
            kind=asked.text("kind", 60),
            case=asked.text("case", 100),
            jmb=asked.inner("subject").text("jmb", 100),
            verify_base_url=_base_url(asked),
        )
        return reply(reserved, 201)

    async def seal(self, call: Call) -> Response:
        asked = call.fields()
        sealed = await self.documents.seal(
            subsystem=call.subsystem,
            code=_code(call),
            pdf=_page(asked),
            decision=_decision(asked.inner("decision")),
        )
        return reply(
            {
                "pdf_base64": base64.b64encode(sealed["pdf"]).decode(),
                "sealed_sha256": sealed["sealed_sha256"],
                "log_entry": sealed["log_entry"],
            }
        )

    async def revoke(self, call: Call) -> Response:
        asked = call.fields()
        replaced_by = asked.optional_text("replaced_by", 20)
        return reply(
            await self.documents.revoke(
                subsystem=call.subsystem,
                code=_code(call),
                reason=asked.text("reason"),
                replaced_by=None if replaced_by is None else codes.normalise(replaced_by),
            )
        )

    async def status(self, call: Call) -> Response:
        return reply(await self.documents.status(_code(call)))


def _code(call: Call) -> str:
    return codes.normalise(call.parts[1])


def _base_url(asked: Fields) -> str:
    url = asked.text("verify_base_url", 200)
    if not url.startswith(("https://", "http://")) or "?" in url or "#" in url:
        raise InvalidCall(field="verify_base_url")
    return url


def _page(asked: Fields) -> bytes:
    try:
        return base64.b64decode(asked.text("pdf_base64", 2 * _LONGEST_PAGE), validate=True)
    except (ValueError, binascii.Error):
        raise InvalidCall(field="pdf_base64") from None


def _decision(asked: Fields) -> Decision:
    digest = asked.text("pdf_sha256", 64).lower()
    try:
        code = codes.normalise(asked.text("code", 20))
    except Invalid:
        raise InvalidCall(field="decision.code") from None
    return Decision(
        case=asked.text("case", 100),
        code=code,
        pdf_sha256=digest,
        user=asked.optional_text("user", 100),
        authenticated_at=asked.optional_moment("authenticated_at"),
        decided_at=asked.moment("decided_at"),
        purpose=_texts(asked, "purpose"),
        legal_basis=_texts(asked, "legal_basis"),
    )


def _texts(asked: Fields, name: str) -> dict[str, str]:
    """A text per language, or nothing."""
    value = asked.value.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise InvalidCall(field=f"decision.{name}")
    return value
