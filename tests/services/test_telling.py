"""Amra is told in the portal, and by e-mail only if she asked for it."""

from datetime import timedelta

import pytest
from django.core import mail

from mostovi.kernel import messages
from mostovi.kernel.access import Actor
from mostovi.kernel.models import Message
from mostovi.services.actions.applying import record_answer
from services.cast import NOW, Bridge
from services.story import a_draft, answer_all, send

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def apply(amra: Actor, **answers: str) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    for key, raw in answers.items():
        record_answer(actor=amra, code=code, question=key, answer=raw)
    send(amra, code)


def test_who_asked_for_no_email_gets_none(amra: Actor, bridge: Bridge) -> None:
    apply(amra, tell_by="here")
    messages.deliver_due(NOW)
    assert mail.outbox == []
    assert amra.person_id is not None
    assert len(messages.list_messages(amra.person_id)) == 1


def test_who_asked_for_email_gets_the_receipt_there_too(amra: Actor, bridge: Bridge) -> None:
    apply(amra, tell_by="email", email="amra@example.org")
    messages.deliver_due(NOW)
    assert [letter.to for letter in mail.outbox] == [["amra@example.org"]]


def test_a_mail_server_that_is_down_loses_no_message(
    amra: Actor, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(amra, tell_by="email", email="amra@example.org")

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(messages, "send_mail", refuse)
        messages.deliver_due(NOW)
    assert Message.objects.get().sent_at is None
    messages.deliver_due(NOW + timedelta(minutes=5))
    assert len(mail.outbox) == 1
