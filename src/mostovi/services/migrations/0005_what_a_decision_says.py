"""A decision keeps the text its official read, and in which language. Those from before have only their
document."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0004_papers_may_be_withdrawn")]
    operations = [
        migrations.AddField("decision", "language", models.CharField(default="bs", max_length=8)),
        migrations.AddField("decision", "text", models.JSONField(blank=True, default=list)),
    ]
