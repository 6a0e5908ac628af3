"""A remark on a register's answer names the facts that it calls wrong."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0005_what_a_decision_says")]
    operations = [migrations.AddField("fact", "disputed_facts", models.JSONField(default=list))]
