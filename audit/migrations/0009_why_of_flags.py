"""What somebody found out about a flag can name a family: encrypted where there are keys."""

from django.db import migrations

import accounts.at_rest.fields


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_cases_elsewhere"),
    ]

    operations = [
        # What a column is for the program; the database has a text, as before.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="flag",
                    name="settled_why",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what you found"
                    ),
                ),
            ],
        ),
    ]
