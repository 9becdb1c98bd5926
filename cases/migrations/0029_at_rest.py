from django.db import migrations

import accounts.at_rest.fields
from cases.search.columns import add_function, longer, remove_function, sealed_words_of


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0028_looked_at"),
    ]

    operations = [
        # What a column is for the program.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="answer",
                    name="grounds",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="grounds"),
                ),
                migrations.AlterField(
                    model_name="assessment",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="attachment",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="attachment",
                    name="title",
                    field=accounts.at_rest.fields.NarrativeLine(
                        max_length=120, verbose_name="what is it"
                    ),
                ),
                migrations.AlterField(
                    model_name="attachment",
                    name="withdrawn_why",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it does not belong here"
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="closing_agreements",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="agreements on watching on"
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="closing_grounds",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="grounds"
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="closing_told",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="who told the pupil and the parents what"
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="retention_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it is kept longer"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="agreements",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what you agreed"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="attendees",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=300, verbose_name="who were there"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="consent_about",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="to what exactly"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="facts_brought",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="which facts you brought"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="home_agreed",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what you agreed for that"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="parents_reactions",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="how the parents reacted"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="reactions",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="how they reacted"
                    ),
                ),
                migrations.AlterField(
                    model_name="conversation",
                    name="skip_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it is not safe"
                    ),
                ),
                migrations.AlterField(
                    model_name="deviation",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="deviation",
                    name="grounds",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="grounds"),
                ),
                migrations.AlterField(
                    model_name="dossierexport",
                    name="hidden_words",
                    field=accounts.at_rest.fields.NarrativeField(blank=True, db_default=""),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="lifted_why",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it is no longer held back"
                    ),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="why it is held back"
                    ),
                ),
                migrations.AlterField(
                    model_name="lookback",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="lookback",
                    name="seen",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="what you see of the pupil now"
                    ),
                ),
                migrations.AlterField(
                    model_name="receiveddossier",
                    name="contents",
                    field=accounts.at_rest.fields.NarrativeJSONField(
                        verbose_name="what stands in it"
                    ),
                ),
                migrations.AlterField(
                    model_name="receiveddossier",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="receiveddossier",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="why it was handed over"
                    ),
                ),
                migrations.AlterField(
                    model_name="rightsrequest",
                    name="asked_by",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=200, verbose_name="name, and relation to the pupil"
                    ),
                ),
                migrations.AlterField(
                    model_name="rightsrequest",
                    name="explained",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it was done otherwise"
                    ),
                ),
                migrations.AlterField(
                    model_name="rightsrequest",
                    name="extended_why",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it takes longer"
                    ),
                ),
                migrations.AlterField(
                    model_name="rightsrequest",
                    name="handed_over",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what was handed over"
                    ),
                ),
                migrations.AlterField(
                    model_name="rightsrequest",
                    name="words",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="explanation"
                    ),
                ),
                migrations.AlterField(
                    model_name="schoolretention",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it is kept longer"
                    ),
                ),
                migrations.AlterField(
                    model_name="shutout",
                    name="ended_why",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it ended"
                    ),
                ),
                migrations.AlterField(
                    model_name="shutout",
                    name="explanation",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="explanation"
                    ),
                ),
                migrations.AlterField(
                    model_name="snooze",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="snooze",
                    name="reason",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="why the case waits"),
                ),
                migrations.AlterField(
                    model_name="statement",
                    name="about",
                    field=accounts.at_rest.fields.NarrativeLine(
                        max_length=200, verbose_name="what it is about"
                    ),
                ),
                migrations.AlterField(
                    model_name="statement",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="statement",
                    name="text",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="the statement, in their own words"
                    ),
                ),
                migrations.AlterField(
                    model_name="stepchange",
                    name="motivation",
                    field=accounts.at_rest.fields.NarrativeField(blank=True),
                ),
            ],
        ),
        migrations.RunPython(add_function, remove_function),
        longer("cases", "conversation", "attendees"),
        longer("cases", "statement", "about"),
        longer("cases", "attachment", "title"),
        longer("cases", "rightsrequest", "asked_by"),
        sealed_words_of(
            "cases",
            "conversation",
            (
                "attendees",
                "facts_brought",
                "reactions",
                "parents_reactions",
                "home_agreed",
                "agreements",
                "consent_about",
                "skip_reason",
            ),
        ),
        sealed_words_of("cases", "answer", ("grounds",)),
        sealed_words_of("cases", "deviation", ("grounds",)),
        sealed_words_of("cases", "lookback", ("seen",)),
        sealed_words_of("cases", "statement", ("text", "about")),
        sealed_words_of("cases", "attachment", ("title",)),
    ]
