from django.db import migrations

from cases.search.columns import words_anew


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0034_kept_out_since"),
    ]

    operations = [
        words_anew(
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
        words_anew("cases", "answer", ("grounds",)),
        words_anew("cases", "deviation", ("grounds",)),
        words_anew("cases", "lookback", ("seen",)),
        words_anew("cases", "statement", ("text", "about")),
        words_anew("cases", "attachment", ("title",)),
    ]
