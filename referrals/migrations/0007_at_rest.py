from django.db import migrations

import accounts.at_rest.fields
from cases.search.columns import longer, sealed_words_of


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_at_rest"),
        ("referrals", "0006_search_words"),
    ]

    operations = [
        # What a column is for the program.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="decision",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="decision",
                    name="help_grounds",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="grounds"),
                ),
                migrations.AlterField(
                    model_name="decision",
                    name="report_grounds",
                    field=accounts.at_rest.fields.NarrativeField(verbose_name="grounds"),
                ),
                migrations.AlterField(
                    model_name="decision",
                    name="results",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="agreed results, and by when"
                    ),
                ),
                migrations.AlterField(
                    model_name="feedback",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="feedback",
                    name="source",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=160, verbose_name="from whom"
                    ),
                ),
                migrations.AlterField(
                    model_name="feedback",
                    name="text",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="what you heard or saw"
                    ),
                ),
                migrations.AlterField(
                    model_name="goal",
                    name="seen_by",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="how one sees it"
                    ),
                ),
                migrations.AlterField(
                    model_name="goal",
                    name="what",
                    field=accounts.at_rest.fields.NarrativeField(
                        verbose_name="what must be better"
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="anonymous_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why without your name"
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="closed_why",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it ended"
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="consent_ground",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="ground for acting without consent"
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="consent_of",
                    field=accounts.at_rest.fields.NarrativeLine(
                        blank=True, max_length=200, verbose_name="who was asked"
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="handed_over",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what is handed over"
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="not_told_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why they do not know of it"
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="withdrawn_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why it was withdrawn"
                    ),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="confirmed_words",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="words that were confirmed"
                    ),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="correction_reason",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why you correct it"
                    ),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="decided_before",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="what the decision said"
                    ),
                ),
                migrations.AlterField(
                    model_name="report",
                    name="why_incomplete",
                    field=accounts.at_rest.fields.NarrativeField(
                        blank=True, verbose_name="why something is left empty"
                    ),
                ),
                migrations.AlterField(
                    model_name="reporttext",
                    name="text",
                    field=accounts.at_rest.fields.NarrativeField(blank=True),
                ),
            ],
        ),
        longer("referrals", "feedback", "source"),
        longer("referrals", "referral", "consent_of"),
        sealed_words_of("referrals", "decision", ("report_grounds", "help_grounds", "results")),
        sealed_words_of("referrals", "goal", ("what", "who", "seen_by"), readable=("who",)),
        sealed_words_of(
            "referrals",
            "referral",
            ("handed_over", "taken_on_by", "closed_why", "not_told_reason"),
            readable=("taken_on_by",),
        ),
        sealed_words_of("referrals", "feedback", ("text", "source")),
        sealed_words_of("referrals", "reporttext", ("text",)),
    ]
