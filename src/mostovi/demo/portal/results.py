"""What the last button did, kept in the session until the page has shown it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from mostovi.demo.portal.actions.alteration import AlteredDocument
from mostovi.demo.portal.actions.curiosity import Curiosity
from mostovi.demo.portal.queries.papers import Paper
from mostovi.exchange.verification.values import Parameter, Statement
from mostovi.kernel.errors import Refusal

_KEY = "demo_portal.result"


def keep(request: HttpRequest, result: Mapping[str, Any]) -> None:
    request.session[_KEY] = dict(result)


def take(request: HttpRequest) -> dict[str, Any] | None:
    """The result, once; a page loaded again shows none."""
    if _KEY not in request.session:
        return None
    taken: dict[str, Any] = request.session.pop(_KEY)
    return taken


def of_alteration(paper: Paper, altered: AlteredDocument) -> dict[str, Any]:
    change = altered.change
    return {
        "kind": "altered",
        "code": paper.code,
        "issuer": paper.issuer,
        "issued_on": paper.issued_on.isoformat(),
        "was_genuine": altered.before.state == "genuine",
        "state": altered.after.state,
        "offset": change.offset,
        "old_byte": f"{change.old_byte:02x}",
        "new_byte": f"{change.new_byte:02x}",
        "page": change.page,
        "old": change.old,
        "new": change.new,
        "false": [_plain(statement) for statement in altered.after.false],
    }


def of_curiosity(curiosity: Curiosity) -> dict[str, Any]:
    return {"kind": "nosy", "error_type": curiosity.error_type, "message": curiosity.message}


def of_refusal(refusal: Refusal) -> dict[str, Any]:
    return {"kind": "trouble", "message": refusal.message, "params": refusal.params}


def _plain(statement: Statement) -> dict[str, Any]:
    """Numbers and words only, since a session is JSON."""
    params = {name: _say(value) for name, value in statement.params.items()}
    return {"message": statement.message, "params": params}


def _say(value: Parameter) -> int | str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value
