from django.db import migrations

import accounts.at_rest.fields
from cases.search.columns import words_anew


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0035_letters_and_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="lookback",
            name="child_words",
            field=accounts.at_rest.fields.NarrativeField(
                blank=True, db_default="", default="", verbose_name="the pupil's own words"
            ),
        ),
        words_anew("cases", "lookback", ("seen", "child_words"), before=("seen",)),
    ]
