"""A sealed decision can be withdrawn, or decided anew; then the old one stays, superseded."""

import django.db.models.deletion
from django.db import migrations, models

_STATES = [
    "draft",
    "received",
    "waiting_for_facts",
    "to_decide",
    "waiting_for_applicant",
    "decided",
    "sealed",
]
_STATES += ["delivered", "revoked", "withdrawn"]


class Migration(migrations.Migration):
    dependencies = [("services", "0003_what_a_case_waits_for")]
    operations = [
        migrations.AlterField(
            "decision",
            "case",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="services.case"
            ),
        ),
        migrations.AddField("decision", "superseded_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "decision",
            models.UniqueConstraint(
                fields=("case",), condition=models.Q(superseded_at=None), name="one_decision_in_force"
            ),
        ),
        migrations.AddField(
            "document",
            "state",
            models.CharField(
                choices=[(name, name) for name in ("valid", "being_replaced", "replaced", "revoked")],
                default="valid",
                max_length=16,
            ),
        ),
        migrations.AddField("document", "state_since", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("document", "reason", models.TextField(blank=True, default="")),
        migrations.RemoveConstraint("document", "one_document_of_a_kind"),
        migrations.AddConstraint(
            "document",
            models.UniqueConstraint(
                fields=("case", "kind"), condition=models.Q(state="valid"), name="one_document_of_a_kind"
            ),
        ),
        migrations.AlterField(
            "case",
            "state",
            models.CharField(choices=[(name, name) for name in _STATES], default="draft", max_length=24),
        ),
        migrations.RemoveConstraint("case", "case_state_is_known"),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(condition=models.Q(state__in=_STATES), name="case_state_is_known"),
        ),
    ]
