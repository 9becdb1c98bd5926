from django.db import migrations

import accounts.at_rest.fields
from cases.search.columns import words_anew


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0010_letters_and_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="feedback",
            name="child_words",
            field=accounts.at_rest.fields.NarrativeField(
                blank=True, db_default="", default="", verbose_name="the pupil's own words"
            ),
        ),
        words_anew(
            "referrals", "feedback", ("text", "child_words", "source"), before=("text", "source")
        ),
    ]
