from django.db import migrations

from cases.search.columns import words_of


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0002_protocol"),
    ]

    operations = [
        words_of(
            "signals", "signal", ("facts", "child_words", "interpretation", "hearsay_from", "place")
        ),
    ]
