from django.db import migrations

from cases.search.columns import words_anew


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0013_words_anew"),
    ]

    operations = [
        words_anew(
            "consultations",
            "consultation",
            ("question", "shared", "outcome", "decided_by", "next_talk"),
            readable=("decided_by",),
        ),
        words_anew("consultations", "advice", ("text",)),
    ]
