from django.db import migrations

from cases.search.columns import words_anew


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0009_words_anew"),
    ]

    operations = [
        words_anew("referrals", "decision", ("report_grounds", "help_grounds", "results")),
        words_anew("referrals", "goal", ("what", "who", "seen_by"), readable=("who",)),
        words_anew(
            "referrals",
            "referral",
            ("handed_over", "taken_on_by", "closed_why", "not_told_reason"),
            readable=("taken_on_by",),
        ),
        words_anew("referrals", "feedback", ("text", "source")),
        words_anew("referrals", "reporttext", ("text",)),
    ]
