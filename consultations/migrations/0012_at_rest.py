from django.db import migrations

import accounts.at_rest.fields
from cases.search.columns import longer, sealed_words_of


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_at_rest"),
        ("consultations", "0011_search_words"),
    ]

    operations = [
        # What a column is for the program.
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
                    name="naming_ground",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=300, verbose_name="ground for sharing the name"
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
        longer("consultations", "consultation", "naming_ground"),
        sealed_words_of(
            "consultations",
            "consultation",
            ("question", "shared", "outcome", "decided_by", "next_talk"),
            readable=("decided_by",),
        ),
        sealed_words_of("consultations", "advice", ("text",)),
    ]
