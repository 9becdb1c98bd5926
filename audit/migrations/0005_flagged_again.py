"""A flag that was settled covers nothing that comes after it: only standing ones are unique.

Going back keeps the newest of each day, as there can be one only.
"""

from django.conf import settings
from django.db import migrations, models

SAME = ("rule", "user", "school", "day")


def keep_the_newest(apps, schema_editor):
    """Remove what there would be no place for: older flags of the same day."""
    flags = apps.get_model("audit", "Flag").objects.using(schema_editor.connection.alias)
    seen = set()
    for pk, *same in flags.order_by("-raised_at", "-pk").values_list("pk", *SAME):
        if tuple(same) in seen:
            flags.filter(pk=pk).delete()
        seen.add(tuple(same))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_board"),
        ("audit", "0004_carry_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="flag", name="flagged_once"),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(
                fields=SAME, condition=models.Q(settled_at__isnull=True), name="flagged_once"
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, keep_the_newest),
    ]
