"""Tables every module leans on: places, people, their offices, audit lines and messages."""

import uuid
from typing import ClassVar

from django.db import models


class Unit(models.Model):
    """One government's territory: the state, an entity, the district, a canton, a municipality or city."""

    code = models.CharField(max_length=60, primary_key=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    level = models.CharField(max_length=30)
    kind = models.CharField(max_length=30)
    names = models.JSONField()
    other_names = models.TextField(blank=True)
    population_2013 = models.IntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class Person(models.Model):
    """Somebody known by their sign-in. The personal number is sealed; only its pseudonym is searched."""

    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, blank=True)
    email = models.EmailField(blank=True)
    personal_number_sealed = models.TextField(null=True)
    personal_number_pseudonym = models.CharField(max_length=64, null=True, unique=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_subject")
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class Office(models.Model):
    """The task a person does for an institution."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offices")
    institution = models.CharField(max_length=80)
    roles = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "institution"], name="one_office_each")
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.institution}"


class AuditLine(models.Model):
    """What happened, who did it, about whom and why; the worker seals it into the gateway log."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=20)
    actor = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="acts")
    actor_institution = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=80)
    subject = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="audit_lines")
    institution = models.CharField(max_length=80)
    case = models.CharField(max_length=9, blank=True)
    purpose = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict)
    sealed_at = models.DateTimeField(null=True, db_index=True)
    log_entry = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.action} {self.case}"


class Message(models.Model):
    """The outbox: what a person is told, written in the transaction that caused it and sent afterwards."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages")
    template = models.CharField(max_length=80)
    context = models.JSONField(default=dict)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return f"{self.template} to {self.person}"
