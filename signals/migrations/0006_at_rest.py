from django.db import migrations

import accounts.at_rest.fields


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0005_came_in_by"),
    ]

    operations = [
        # What a column is for the program; the column itself stays as it is.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="signal",
                    name="child_words",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="the pupil's own words"
                    ),
                ),
                migrations.AlterField(
                    model_name="signal",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="signal",
                    name="facts",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what you saw or heard"
                    ),
                ),
                migrations.AlterField(
                    model_name="signal",
                    name="interpretation",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what you make of it"
                    ),
                ),
                migrations.AlterField(
                    model_name="signalfinding",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="signalfinding",
                    name="grounds",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="grounds"),
                ),
            ],
        ),
    ]
