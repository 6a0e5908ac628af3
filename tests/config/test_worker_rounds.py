"""Where the worker seals audit lines."""

from collections.abc import Sequence

import pytest

from mostovi.config import worker_rounds
from mostovi.exchange import public as exchange
from mostovi.kernel import audit
from mostovi.kernel.access import system_actor


@pytest.mark.django_db
def test_lines_of_an_authority_without_a_gateway_go_into_the_log_of_who_runs_the_portal(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GATEWAYS = {"tuzla-social-work": {}}  # type: ignore[attr-defined]
    settings.HOME_INSTITUTION = "tuzla-social-work"  # type: ignore[attr-defined]
    written: list[tuple[str, list[str]]] = []

    def append(*, institution: str, lines: Sequence[exchange.AuditEntry]) -> list[str]:
        written.append((institution, [line.action for line in lines]))
        return [f"{institution}/{number}" for number, _ in enumerate(lines)]

    monkeypatch.setattr(exchange, "append_audit_lines", append)
    for institution in ("tuzla-canton-education", "tuzla-social-work"):
        audit.record(actor=system_actor("operator"), action="schools_imported", institution=institution)
    worker_rounds.seal_audit_lines()
    assert written == [("tuzla-social-work", ["schools_imported", "schools_imported"])]
    assert audit.list_unsealed_lines() == []
