from django.db import migrations

from cases.search.columns import words_anew


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0007_words_anew"),
    ]

    operations = [
        words_anew(
            "signals", "signal", ("facts", "child_words", "interpretation", "hearsay_from", "place")
        ),
        words_anew("signals", "injurymark", ("note",)),
    ]
