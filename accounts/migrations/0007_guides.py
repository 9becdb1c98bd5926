"""Which first cards somebody closed, by the code of the role."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_draft"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="guides_closed",
            field=models.JSONField(
                blank=True, db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
    ]
