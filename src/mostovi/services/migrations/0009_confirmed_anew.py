"""When a register that was asked anew gave the answer again that the applicant calls wrong."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0008_seen_before_used")]
    operations = [
        migrations.AddField("fact", "confirmed_at", models.DateTimeField(blank=True, null=True)),
    ]
