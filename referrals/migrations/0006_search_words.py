from django.db import migrations

from cases.search.columns import words_of


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_report"),
    ]

    operations = [
        words_of("referrals", "decision", ("report_grounds", "help_grounds", "results")),
        words_of("referrals", "goal", ("what", "who", "seen_by")),
        words_of(
            "referrals", "referral", ("handed_over", "taken_on_by", "closed_why", "not_told_reason")
        ),
        words_of("referrals", "feedback", ("text", "source")),
        words_of("referrals", "reporttext", ("text",)),
    ]
