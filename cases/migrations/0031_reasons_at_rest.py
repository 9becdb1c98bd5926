"""Reasons for papers and emergencies are told about a family: encrypted where there are keys."""

from django.db import migrations

import accounts.at_rest.fields


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0030_who_took_longer"),
    ]

    operations = [
        # What a column is for the program; the database has a text, as before.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="dossierexport",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="why you export this dossier"
                    ),
                ),
                migrations.AlterField(
                    model_name="emergencyaccess",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="reason"),
                ),
                migrations.AlterField(
                    model_name="yearexport",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="why you export these dossiers"
                    ),
                ),
            ],
        ),
    ]
