"""docs/reference/errors.md says of every error what the code says, and what to do."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import mostovi
from mostovi.exchange.bridge.refusals import BridgeRefused, NoAnswer, refusal_for
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.xroad import Side, error_type
from mostovi.kernel.errors import Refusal

PAGE = Path(mostovi.__path__[0]).parents[1] / "docs" / "reference" / "errors.md"
ROOMS = ("mostovi.kernel", "mostovi.services", "mostovi.front", "mostovi.exchange.bridge")

# These are about what is read afterwards, not about a question that was asked.
PAPERS_AND_LOGS = {
    *(Fault.MALFORMED_RECORD, Fault.OPENING_DOES_NOT_FIT, Fault.MALFORMED_PROOF, Fault.INCLUSION_NOT_PROVED),
    *(Fault.LOG_REWRITTEN, Fault.MALFORMED_CHECKPOINT, Fault.FORGED_CHECKPOINT, Fault.MALFORMED_RECEIPT),
    *(Fault.FORGED_RECEIPT, Fault.MALFORMED_STATEMENT, Fault.FORGED_STATEMENT),
}


def what_becomes_of_the_application(fault: Fault) -> str:
    if fault in PAPERS_AND_LOGS:
        return "–"
    return "asked again" if fault.is_temporary else "an official"


def rows_below(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its first two lines."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_error_of_the_exchange_stands_there_as_the_code_says_it() -> None:
    told = {row[0].strip("`"): row[1:4] for row in rows_below("Errors of the exchange")}
    assert told == {
        fault.code: [str(fault.status), fault.sentence, what_becomes_of_the_application(fault)]
        for fault in Fault
    }


def test_every_error_says_who_meets_it_and_what_to_do() -> None:
    for row in rows_below("Errors of the exchange"):
        assert len(row) == 6, row
        assert len(row[4]) > 3, row
        assert len(row[5]) > 10, row


def refusals_of_the_portal() -> dict[str, list[str]]:
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not re.search(r"migrations|templatetags|\.urls$|command$", module.name):
                importlib.import_module(module.name)
    found, waiting = {}, [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if (
            kind.__module__.startswith(ROOMS)
            and not issubclass(kind, ProtocolRefusal)
            and "message" in vars(kind)
        ):
            found[kind.code] = [str(kind.status), str(kind.message)]
    return found


def test_every_refusal_of_a_page_stands_there_with_its_sentence() -> None:
    told = {row[0].strip("`"): row[1:] for row in rows_below("Refusals of pages")}
    assert told == refusals_of_the_portal(), table_of_pages()


def table_of_pages() -> str:
    rows = sorted(refusals_of_the_portal().items())
    return "\n".join(f"| `{code}` | {status} | {sentence} |" for code, (status, sentence) in rows)


@pytest.mark.parametrize("fault", Fault)
def test_what_passes_is_asked_again_and_the_rest_goes_to_an_official(fault: Fault) -> None:
    for side in (Side.CONSUMER_GATEWAY, Side.PROVIDER_GATEWAY):
        refusal = refusal_for(error_type(fault, side), "", "", "brcko-registrar")
        assert isinstance(refusal, NoAnswer if fault.is_temporary else BridgeRefused)
        assert (refusal.code, refusal.message) == (fault.code, fault.sentence)


@pytest.mark.parametrize("fault", Fault)
def test_who_is_told_to_try_again_may_hope(fault: Fault) -> None:
    assert ("try again later" not in fault.sentence) or fault.is_temporary
