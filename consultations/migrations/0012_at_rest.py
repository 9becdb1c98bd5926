from django.db import migrations

import accounts.at_rest.fields


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0011_search_words"),
    ]

    operations = [
        # What a column is for the program; the column itself stays as it is.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="advice",
                    name="text",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="your advice"),
                ),
                migrations.AlterField(
                    model_name="agendaitem",
                    name="minutes",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="minutes of the care team"
                    ),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="confirmed_words",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="words that are no names"
                    ),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="next_talk",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="who holds the conversation, or why nobody yet"
                    ),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="outcome",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="outcome"
                    ),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="question",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="your question"),
                ),
                migrations.AlterField(
                    model_name="consultation",
                    name="shared",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what you share"
                    ),
                ),
                migrations.AlterField(
                    model_name="invitation",
                    name="declined_why",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you cannot"
                    ),
                ),
                migrations.AlterField(
                    model_name="sharedpiece",
                    name="text",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="text"),
                ),
            ],
        ),
    ]
