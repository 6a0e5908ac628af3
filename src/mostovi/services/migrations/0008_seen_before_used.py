"""When an answer of a register came, and when the applicant saw it. Those from before count as seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0007_asked_anew")]
    operations = [
        migrations.AddField("fact", "answered_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("fact", "seen_at", models.DateTimeField(blank=True, null=True)),
    ]
