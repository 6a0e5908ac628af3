"""A register is asked anew about what the applicant calls wrong; what it answered before is kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0006_which_facts_are_wrong"),
    ]

    operations = [
        migrations.AddField(
            model_name="fact",
            name="asked_anew_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fact",
            name="asked_anew_by_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="EarlierAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_asked", "not_asked"),
                            ("answered", "answered"),
                            ("waiting", "waiting"),
                            ("refused", "refused"),
                            ("not_found", "not_found"),
                        ],
                        max_length=12,
                    ),
                ),
                ("values", models.JSONField(default=dict)),
                ("exchange_id", models.CharField(blank=True, default="", max_length=100)),
                ("log_entry", models.CharField(blank=True, default="", max_length=120)),
                ("as_of", models.DateTimeField(blank=True, null=True)),
                ("dispute_text", models.TextField(blank=True, default="")),
                ("disputed_at", models.DateTimeField(blank=True, null=True)),
                ("disputed_facts", models.JSONField(default=list)),
                ("replaced_at", models.DateTimeField()),
                (
                    "fact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier",
                        to="services.fact",
                    ),
                ),
            ],
            options={
                "ordering": ["replaced_at", "id"],
            },
        ),
    ]
