from datetime import UTC, datetime

import pytest

from exchange.sealed_documents import seal_one
from mostovi.demo.portal.actions.alteration import alter_one_byte, choose_byte, flip_bit
from mostovi.demo.portal.queries.papers import Paper
from mostovi.demo.portal.results import of_alteration

NOW = datetime(2027, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    return seal_one(tmp_path_factory.mktemp("keys"))


def test_one_altered_byte_turns_a_genuine_document_red_and_says_what_changed(sealed):
    altered = alter_one_byte(pdf=sealed.pdf, trust_root=sealed.root, now=NOW)
    assert altered.before.state == "genuine"
    assert altered.after.state == "altered"
    assert altered.change.count == 1
    assert altered.change.page == 1
    assert altered.change.old != altered.change.new
    assert altered.after.false


def test_the_altered_byte_lies_in_what_the_page_shows(sealed):
    assert 0 < choose_byte(pdf=sealed.pdf) < len(sealed.pdf)
    assert choose_byte(pdf=b"no pdf at all") == 6


def test_only_one_bit_differs():
    assert flip_bit(pdf=b"abc", offset=1) == b"acc"


def test_what_is_kept_of_it_fits_a_session_and_names_the_document(sealed):
    paper = Paper("J7K4T92M7", "tuzla-social-work", NOW.date(), sealed.pdf)
    kept = of_alteration(paper, alter_one_byte(pdf=sealed.pdf, trust_root=sealed.root, now=NOW))
    assert kept["code"] == "J7K4T92M7"
    assert int(kept["old_byte"], 16) ^ int(kept["new_byte"], 16) == 1
    assert all(isinstance(value, int | str) for said in kept["false"] for value in said["params"].values())
