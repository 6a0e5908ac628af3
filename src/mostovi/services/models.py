"""Tables of services and what must always hold in them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from mostovi.services.values import (
    CaseState,
    CaseSummary,
    Channel,
    DecisionView,
    DocumentSummary,
    FactState,
    HistoryLine,
    Outcome,
    PaperPart,
    PaperState,
    Party,
    ReauthenticationView,
)


def _choices(
    words: type[CaseState | Channel | FactState | Outcome | PaperState | Party],
) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class ServiceVersion(models.Model):
    """The files of a service as they were when a case began; by these rules it is decided."""

    digest = models.CharField(max_length=64, primary_key=True)
    service = models.CharField(max_length=80)
    files = models.JSONField()
    first_used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.service}@{self.digest[:12]}"


class Case(models.Model):
    """One application of one person to one institution, from the first answer to the delivered decision."""

    code = models.CharField(max_length=9, unique=True)
    institution = models.CharField(max_length=80)
    service = models.CharField(max_length=80)
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT)
    applicant_id = models.BigIntegerField(db_index=True)
    applicant_name = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, choices=_choices(Channel))
    assisted_by_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    state = models.CharField(max_length=24, choices=_choices(CaseState), default=CaseState.DRAFT)
    state_before_withdrawal = models.CharField(max_length=24, default="", blank=True)
    waits_for = models.CharField(max_length=16, default="", blank=True)
    answers = models.JSONField(default=dict)
    submission_token = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    facts_agreed_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    clock_paused_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    assigned_to_id = models.BigIntegerField(null=True, blank=True)
    assigned_to_name = models.CharField(max_length=200, default="", blank=True)
    question_from_official = models.TextField(default="", blank=True)
    reply_from_applicant = models.TextField(default="", blank=True)
    draft_outcome = models.CharField(max_length=10, default="", blank=True)
    draft_reasons = models.TextField(default="", blank=True)
    draft_saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["institution", "state", "due_on"], name="case_desk"),
            models.Index(fields=["state"], name="case_by_state"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["applicant_id", "service", "channel"],
                condition=Q(state=CaseState.DRAFT),
                name="one_draft_per_person_and_service",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[CaseState.DRAFT, CaseState.WITHDRAWN]) | Q(received_at__isnull=False),
                name="a_sent_case_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(CaseState)),
                name="case_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def decision(self) -> "Decision | None":
        """The one in force."""
        return self.decisions.filter(superseded_at=None).first()

    def summary(self, *, disputed: bool = False) -> CaseSummary:
        return CaseSummary(
            code=self.code,
            service=self.service,
            version=self.version_id,
            institution=self.institution,
            state=CaseState(self.state),
            channel=Channel(self.channel),
            started_at=self.started_at,
            received_at=self.received_at,
            due_on=self.due_on,
            applicant_name=self.applicant_name,
            assigned_to_name=self.assigned_to_name,
            disputed=disputed,
        )


class Fact(models.Model):
    """What one register answers for one case, and where the signed evidence of the exchange lies."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(max_length=60)
    provider = models.CharField(max_length=80)
    exchange_service = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=_choices(FactState), default=FactState.NOT_ASKED)
    values = models.JSONField(default=dict)
    exchange_id = models.CharField(max_length=100, default="", blank=True)
    log_entry = models.CharField(max_length=120, default="", blank=True)
    contract = models.JSONField(default=dict)
    refusal_code = models.CharField(max_length=100, default="", blank=True)
    as_of = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True, db_index=True)
    dispute_text = models.TextField(default="", blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)
    disputed_facts = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    asked_anew_at = models.DateTimeField(null=True, blank=True)
    asked_anew_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "key"], name="one_fact_per_key"),
            models.CheckConstraint(
                condition=~Q(state=FactState.WAITING) | Q(next_try_at__isnull=False),
                name="a_waiting_fact_is_tried_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.key}"

    @property
    def answer_key(self) -> str:
        """This answer and no later one, for a page that says which ones it showed; empty without one."""
        return f"{self.key} {self.answered_at.isoformat()}" if self.answered_at else ""


class EarlierAnswer(models.Model):
    """What a register answered before it was asked anew, and what the applicant said of it then."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="earlier")
    state = models.CharField(max_length=12, choices=_choices(FactState))
    values = models.JSONField(default=dict)
    exchange_id = models.CharField(max_length=100, default="", blank=True)
    log_entry = models.CharField(max_length=120, default="", blank=True)
    as_of = models.DateTimeField(null=True, blank=True)
    dispute_text = models.TextField(default="", blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)
    disputed_facts = models.JSONField(default=list)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "id"]

    def __str__(self) -> str:
        return f"{self.fact} until {self.replaced_at}"


class Decision(models.Model):
    """What an official decided. It is written once; sealing and delivery follow by themselves.

    ``text`` is what its official read and the document says, in the ``language`` the applicant had then. A
    decision that is made anew stays, superseded.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=10, choices=_choices(Outcome))
    amount_feninga = models.IntegerField(null=True, blank=True)
    reasons = models.TextField()
    articles = models.JSONField(default=list)
    language = models.CharField(max_length=8, default="bs")
    text = models.JSONField(default=list, blank=True)
    official_id = models.BigIntegerField()
    official_name = models.CharField(max_length=200)
    authenticated_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True, db_index=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(superseded_at=None), name="one_decision_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.outcome}"

    def view(self) -> DecisionView:
        return DecisionView(
            outcome=Outcome(self.outcome),
            amount_feninga=self.amount_feninga,
            reasons=self.reasons,
            articles=tuple(self.articles),
            language=self.language,
            text=tuple(PaperPart(part["kind"], tuple(part["lines"])) for part in self.text),
            official_name=self.official_name,
            decided_at=self.decided_at,
            authenticated_at=self.authenticated_at,
        )


class Reauthentication(models.Model):
    """An official was sent to the identity provider for one decision, and what came of it."""

    key = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reauthentications")
    official_id = models.BigIntegerField()
    decision_digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    authenticated_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(authenticated_at__isnull=False, failure=""),
                name="only_a_sign_in_that_took_place_is_used",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: asked at {self.asked_at}"

    def view(self) -> ReauthenticationView:
        return ReauthenticationView(
            case=self.case.code,
            official_id=self.official_id,
            decision=self.decision_digest,
            asked_at=self.asked_at,
            authenticated_at=self.authenticated_at,
            used_at=self.used_at,
            failure=self.failure,
        )


class Document(models.Model):
    """A document of a case. Until the gateway has sealed it nobody can read it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    code = models.CharField(max_length=9, unique=True)
    issuer = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    issued_on = models.DateField()
    verify_url = models.TextField(default="", blank=True)
    unsealed_pdf = models.BinaryField(default=b"", blank=True)
    pdf = models.BinaryField(default=b"", blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=_choices(PaperState), default=PaperState.VALID)
    state_since = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(state=PaperState.VALID), name="one_document_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True) | ~Q(sha256=""), name="a_sealed_document_has_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def summary(self) -> DocumentSummary:
        return DocumentSummary(
            code=self.code,
            issuer=self.issuer,
            kind=self.kind,
            issued_on=self.issued_on,
            sha256=self.sha256,
            size=len(self.pdf),
            state=PaperState(self.state),
            state_since=self.state_since,
            reason=self.reason,
        )


class HistoryEntry(models.Model):
    """One thing that happened to a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="history")
    event = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=12, choices=_choices(Party))
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.event}"

    def view(self) -> HistoryLine:
        return HistoryLine(event=self.event, at=self.at, by=Party(self.by), detail=self.detail)
