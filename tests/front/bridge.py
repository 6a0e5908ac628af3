"""A double of the exchange's door for pages: gateways that answer, fall silent or refuse as a test likes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mostovi.exchange import public as exchange
from mostovi.kernel.errors import Invalid

NOW = datetime(2026, 12, 9, 12, 0, tzinfo=UTC)
MEMBERS = ("brcko-registrar", "tuzla-social-work", "zenica-registrar")
PURPOSE = {
    "bs": "Odlučiti o dječijem dodatku",
    "hr": "Odlučiti o dječjem dodatku",
    "sr": "Одлучити о дјечијем додатку",
    "en": "Decide on child allowance",
}


def usage(**changes: Any) -> exchange.Usage:
    standard = exchange.Usage(
        institution="brcko-registrar",
        at=NOW - timedelta(days=1),
        action="answered",
        requester="tuzla-social-work",
        requester_name=None,
        service="childrenOfParent",
        purpose=PURPOSE,
        legal_basis=PURPOSE,
        in_force=False,
        case="K4T92M7AE",
        exchange_id="e-1",
        log_entry="brcko-registrar/9",
        seen_by=None,
        refusal_code=None,
    )
    return replace(standard, **changes)


def log_entry(number: int) -> exchange.LogEntry:
    return exchange.LogEntry(
        log_entry=f"tuzla-social-work/{number}",
        at=NOW,
        kind="exchange",
        action="asked",
        outcome="answered",
        requester="tuzla-social-work",
        provider="brcko-registrar",
        service="childrenOfParent",
        purpose=PURPOSE,
        case="K4T92M7AE",
        exchange_id="e-1",
        user="p-71",
        subject="p-19",
        refusal_code=None,
        fields=("children",),
        detail={},
    )


@dataclass
class Bridge:
    """What a test may bend."""

    usages: list[exchange.Usage] = field(default_factory=list)
    silent: tuple[str, ...] = ()
    own_gateway_silent: bool = False
    papers: dict[str, exchange.DocumentStatus] = field(default_factory=dict)
    statements: dict[str, exchange.Stated] = field(default_factory=dict)
    entries: list[exchange.LogEntry] = field(default_factory=list)
    consistent: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)

    def find_usages(self, **asked: Any) -> exchange.UsageReport:
        self.asked.append(asked)
        return exchange.UsageReport(tuple(self.usages), self.silent, self.own_gateway_silent)

    def fetch_receipt(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {"kind": "mostovi-receipt/1", "log_entry": asked["log_entry"]}

    def document_status(self, *, institution: str, code: str) -> exchange.DocumentStatus:
        self.asked.append({"institution": institution, "code": code})
        if code[:2] == "J4" and "brcko-registrar" in self.silent:
            raise exchange.NoAnswer("brcko-registrar")
        return self.papers.get(code, exchange.DocumentStatus(known=False, code=code))

    def check_statement(self, *, code: str, signed: str) -> exchange.Stated:
        if signed not in self.statements:
            raise Invalid
        return self.statements[signed]

    def gateway_status(self, *, institution: str) -> exchange.GatewayStatus:
        if institution in self.silent:
            return exchange.GatewayStatus(institution, answering=False)
        return exchange.GatewayStatus(
            institution,
            answering=True,
            since=NOW,
            answers_today=12,
            refused_today=1,
            exchanges_per_minute=(0,) * 29 + (2,),
            median_milliseconds=7,
            p95_milliseconds=41,
            tree_size=20,
            root_hash="b2xk",
        )

    def list_log_entries(self, **asked: Any) -> tuple[exchange.LogEntry, ...]:
        return tuple(self.entries)

    def check_log_consistency(self, **asked: Any) -> exchange.LogCheck:
        self.asked.append(asked)
        return exchange.LogCheck(
            asked["institution"], self.consistent, asked["old_size"], asked["old_size"] + 4, "bmV3", NOW
        )


def paper(code: str, state: exchange.DocumentState = "valid") -> exchange.DocumentStatus:
    return exchange.DocumentStatus(
        known=True,
        code=code,
        issuer="brcko-registrar",
        kind="birth-extract",
        issued_on=date(2026, 12, 9),
        state=state,
        state_since=datetime(2027, 3, 3, 9, tzinfo=UTC),
        sealed_sha256="00",
    )
