"""The reason for a copy is told about a family: encrypted where there are keys."""

from django.db import migrations

import accounts.at_rest.fields


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0007_at_rest"),
    ]

    operations = [
        # What a column is for the program; the database has a text, as before.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="reportcopy",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="why you make this copy"
                    ),
                ),
            ],
        ),
    ]
