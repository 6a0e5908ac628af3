"""Damir decides anew, then withdraws what he sealed. Amra reads why, and the bank is told each time."""

import re
from pathlib import Path

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.test_a_stranger_checks import uploads, verdict
from journeys.test_damir_decides import decide, is_himself, prepare, until_it_is_sealed
from journeys.visiting import Visitor

WRONG_YEAR = "U obrazloženju je navedena pogrešna godina prihoda."
MOVED_AWAY = "Podnositeljica se u međuvremenu odselila iz kantona."
AT_ONCE = (
    "It is not valid any more, at once, not only when the new one is sealed. The case stays on the desk."
)
NEWER = "Ask the person for the newer paper. What it says is not shown here."
WITHDRAWN = (
    "Do not rely on it any more. Whether there is a newer paper, the person or the institution can tell."
)


def test_a_decision_is_replaced_and_withdrawn_and_everybody_who_holds_a_paper_is_told(
    window: OpenWindow, tmp_path: Path
) -> None:
    amra, damir, bank = (window(scripts=False) for _ in range(3))
    amra.sign_in("amra", applying.CHILD_ALLOWANCE)
    code = applying.apply(amra, applying.CHILD_ALLOWANCE)
    damir.sign_in("damir", "/predmeti/")
    decide(damir, code)
    old = seals(damir, code, papers=1)

    damir.follow("Withdraw this decision, or decide anew")
    needs_a_sign_in_and_a_reason(damir)
    takes_back(damir, "Decide anew", WRONG_YEAR)
    leaves_the_old_one_in_force_meanwhile(damir)
    paper = reads_what_stands_meanwhile(amra, code, old, tmp_path)
    uploads(bank, "pdf", paper)
    verdict(bank, "valid")

    prepare(damir)
    new = seals(damir, code, papers=2)
    reads_the_new_decision(amra, code, old)
    uploads(bank, "pdf", paper)
    is_told_not_to_rely_on_it(bank, NEWER)
    bank.go(f"/provjera/{new}")
    verdict(bank, "valid")

    damir.follow("Withdraw this decision, or decide anew")
    is_himself(damir)
    takes_back(damir, "Withdraw the decision", MOVED_AWAY)
    may_still_decide_anew(damir)
    reads_that_it_was_withdrawn(amra, code, new)
    bank.go(f"/provjera/{new}")
    is_told_not_to_rely_on_it(bank, WITHDRAWN)


def seals(damir: Visitor, code: str, *, papers: int) -> str:
    """The short code of the paper that is now the newest of this many."""
    damir.press("Decide and seal")
    until_it_is_sealed(damir, code, papers=papers)
    address = damir.find('#case a[href$=".pdf"]').first.get_attribute("href")
    found = re.search(r"/([AEJKMT2-9]{9})\.pdf$", address or "")
    assert found, address
    return found[1]


def needs_a_sign_in_and_a_reason(damir: Visitor) -> None:
    damir.sees("#reason", 0)
    is_himself(damir)
    damir.press("Decide anew")
    assert damir.status == 422
    assert damir.page.title().startswith(damir.say("Error:"))
    damir.sees(".errors a[href='#reason']", 1)


def takes_back(damir: Visitor, act: str, reason: str) -> None:
    damir.find("#reason").fill(reason)
    damir.press(act)
    assert damir.path.startswith("/predmeti/")
    assert reason in damir.reading
    assert damir.reads("Papers of this case")


def leaves_the_old_one_in_force_meanwhile(damir: Visitor) -> None:
    damir.follow("Withdraw the old decision now")
    assert damir.reads(AT_ONCE)
    damir.follow("Leave it as it is")


def reads_what_stands_meanwhile(amra: Visitor, code: str, old: str, folder: Path) -> Path:
    amra.go(f"/zahtjevi/{code}/")
    stands = "The office decides anew. Document %(code)s stays valid until the new decision is sealed."
    assert amra.reads(stands, code=applying.displayed(old))
    assert WRONG_YEAR in amra.reading
    assert not amra.reads("Your application is approved")
    return amra.download(f'#papers a[href$="{old}.pdf"]', folder)


def reads_the_new_decision(amra: Visitor, code: str, old: str) -> None:
    amra.go(f"/zahtjevi/{code}/")
    assert amra.reads("Your application is approved")
    amra.sees(f'#papers a[href$="{old}.pdf"]', 1)
    amra.sees(".actions a[href$='.pdf']", 1)


def may_still_decide_anew(damir: Visitor) -> None:
    damir.follow("Decide anew")
    assert damir.reads("Decide anew after the withdrawal")
    assert not damir.reads("Withdraw the decision")


def reads_that_it_was_withdrawn(amra: Visitor, code: str, new: str) -> None:
    amra.go("/zahtjevi/")
    amra.submit(f'a[href$="{code}/"]')
    assert amra.reads("The decision was withdrawn")
    assert MOVED_AWAY in amra.reading
    assert amra.reads("Download %(code)s, no longer valid", code=applying.displayed(new))


def is_told_not_to_rely_on_it(bank: Visitor, sentence: str) -> None:
    verdict(bank, "old")
    assert bank.reads(sentence)
    assert bank.reads("No longer valid")
    assert "Kovač" not in bank.reading
    assert WRONG_YEAR not in bank.reading
    assert MOVED_AWAY not in bank.reading
