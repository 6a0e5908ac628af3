"""A case that waits for its applicant says what for."""

from typing import Any

from django.db import migrations, models


def say_what_for(apps: Any, _editor: Any) -> None:
    """Until now it was told apart by whether an official had asked."""
    waiting = apps.get_model("services", "Case").objects.filter(state="waiting_for_applicant")
    waiting.filter(question_from_official="").update(waits_for="another_place")
    waiting.exclude(question_from_official="").update(waits_for="reply")


class Migration(migrations.Migration):
    dependencies = [("services", "0002_reauthentication")]
    operations = [
        migrations.AddField("case", "waits_for", models.CharField(blank=True, default="", max_length=16)),
        migrations.RunPython(say_what_for, migrations.RunPython.noop),
    ]
