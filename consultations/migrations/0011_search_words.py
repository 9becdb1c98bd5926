from django.db import migrations

from cases.search.columns import words_of


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0010_invitations_without_told_at"),
    ]

    operations = [
        words_of(
            "consultations",
            "consultation",
            ("question", "shared", "outcome", "decided_by", "next_talk"),
        ),
        words_of("consultations", "advice", ("text",)),
    ]
