"""The services that every gateway offers of itself, to other members as X-Road services."""

import json

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.documents.papers import Documents
from mostovi.exchange.gateway.exchange import DOCUMENT_STATUS
from mostovi.exchange.gateway.metadata.methods import JSON_HEADERS, Methods
from mostovi.exchange.gateway.services import AnswerFrom, Question, Services
from mostovi.exchange.gateway.usages import FIND_USAGE, USAGE_RECEIPT, Usages
from mostovi.exchange.gateway.wire.messages import Response
from mostovi.exchange.protocol.canonical import MalformedJson, parse_json
from mostovi.exchange.protocol.questions import InvalidQuestion, fresh_salt
from mostovi.kernel import codes


def offer_built_in(gateway: Gateway, services: Services, documents: Documents) -> None:
    usages, methods = Usages(gateway), Methods(gateway, services)
    services.built_in.update(
        {
            FIND_USAGE: usages.find,
            USAGE_RECEIPT: usages.receipt,
            DOCUMENT_STATUS: answer_document_status(documents),
        }
    )
    services.meta.update(
        {
            "listMethods": methods.list_methods,
            "allowedMethods": methods.allowed_methods,
            "getOpenAPI": methods.get_openapi,
        }
    )


def answer_document_status(documents: Documents) -> AnswerFrom:
    async def answer(question: Question) -> Response:
        status = {**await documents.status(_code_in(question.body)), "salt": fresh_salt()}
        return Response(200, list(JSON_HEADERS), json.dumps(status, ensure_ascii=False).encode())

    return answer


def _code_in(body: bytes) -> str:
    """Raises InvalidQuestion."""
    try:
        return codes.normalise(parse_json(body)["code"])
    except (MalformedJson, KeyError, TypeError, AttributeError, codes.InvalidCode):
        raise InvalidQuestion("code is missing or is none") from None
