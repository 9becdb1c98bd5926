"""Of a flag each is told once, also while the mailbox of a colleague takes nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0009_why_of_flags"),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="told",
            field=models.JSONField(
                blank=True, db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
    ]
