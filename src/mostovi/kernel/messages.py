"""What people are told: an outbox row in the transaction that causes it, sent afterwards.

Everyone reads messages in the portal. Who asked for e-mail also gets them there. An SMS channel needs
an operator's contract and is not here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import send_mail
from django.db.models import Q
from django.utils.translation import override

from mostovi.kernel import clock
from mostovi.kernel.models import Message

Template = Callable[[Mapping[str, Any]], tuple[str, str]]
_TEMPLATES: dict[str, Template] = {}


@dataclass(frozen=True)
class ShownMessage:
    subject: str
    text: str
    created_at: datetime


def register_template(name: str, render: Template) -> None:
    """``render(context)`` gives (subject, text) in the language that is active when it is called."""
    _TEMPLATES[name] = render


def send(*, person_id: int, template: str, context: Mapping[str, Any] | None = None, email: str = "") -> int:
    """Put a message in the outbox, in the caller's transaction.

    It waits in the portal; with an ``email`` address it is sent there too.
    """
    message = Message.objects.create(
        person_id=person_id,
        template=template,
        context=dict(context or {}),
        email=email,
        created_at=clock.now(),
    )
    return message.pk


def list_messages(person_id: int) -> list[ShownMessage]:
    """Newest first, in the language of the page."""
    rows = Message.objects.filter(person_id=person_id).order_by("-created_at")
    return [ShownMessage(*_TEMPLATES[row.template](row.context), row.created_at) for row in rows]


def deliver_due(now: datetime) -> int:
    """Send what waits; a failure is tried again after 1, 2, 4 … minutes, at most an hour apart."""
    due = Message.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=now), sent_at=None).select_related(
        "person"
    )
    return sum(_deliver(message, now) for message in due[:50])


def _deliver(message: Message, now: datetime) -> bool:
    try:
        if message.email:
            _send_email(message)
    except OSError:
        wait = min(60, 2**message.tries)
        Message.objects.filter(pk=message.pk).update(
            tries=message.tries + 1, next_try_at=now + timedelta(minutes=wait)
        )
        return False
    Message.objects.filter(pk=message.pk).update(sent_at=now)
    return True


def _send_email(message: Message) -> None:
    with override((message.person.language or "bs").lower()):
        subject, text = _TEMPLATES[message.template](message.context)
    send_mail(subject, text, None, [message.email])
