from django.db import migrations

import accounts.at_rest.fields
from cases.search.columns import longer, sealed_words_of


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_at_rest"),
        ("signals", "0005_came_in_by"),
    ]

    operations = [
        # What a column is for the program.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="injurymark",
                    name="note",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=200, verbose_name="note"
                    ),
                ),
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
                    name="hearsay_from",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=160, verbose_name="who told you"
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
                    model_name="signal",
                    name="place",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=120, verbose_name="where"
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
        longer("signals", "signal", "hearsay_from", "place"),
        longer("signals", "injurymark", "note"),
        sealed_words_of(
            "signals", "signal", ("facts", "child_words", "interpretation", "hearsay_from", "place")
        ),
        sealed_words_of("signals", "injurymark", ("note",)),
    ]
