"""What somebody found out about a flag can name a family: encrypted where there are keys, and it
goes with the case."""

from django.db import migrations, models

import accounts.at_rest.fields


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_cases_elsewhere"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="flag", name="settled_flag_says_why"),
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
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    settled_at__isnull=True, _connector="OR", settled_by__isnull=False
                ),
                name="settled_flag_says_by_whom",
            ),
        ),
    ]
