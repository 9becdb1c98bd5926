"""A flag knows the cases of other schools too that it counts; and flags of before know theirs."""

from datetime import datetime, time, timedelta

from django.db import migrations, models
from django.utils import timezone

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def count_cases_of_before(apps, schema_editor):
    """Note of flags that counted cases, which these may have been: all that were read that day.

    Which of them were counted nobody knows by now. So all stand as ``elsewhere``: who is kept from
    one of them is shown no rest of it.
    """
    Flag = apps.get_model("audit", "Flag")
    FlagCase = apps.get_model("audit", "FlagCase")
    LogEntry = apps.get_model("audit", "LogEntry")
    for flag in Flag.objects.filter(rule__in=("many_cases", "at_night"), cases=None).iterator():
        # A day ends when its night does; and an hour that was looked at can begin before it.
        begins = timezone.make_aware(datetime.combine(flag.day, time(6))) - HOUR
        rows = LogEntry.objects.filter(
            actor_id=flag.user_id,
            school_id=flag.school_id,
            kind__in=("read", "exported", "emergency"),
            timestamp__gte=begins,
            timestamp__lt=begins + DAY + HOUR,
        ).exclude(case_reference="")
        references = set(rows.order_by().values_list("case_reference", flat=True))
        FlagCase.objects.bulk_create(
            FlagCase(flag=flag, reference=reference, elsewhere=True)
            for reference in sorted(references)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0007_cases_of_flags"),
    ]

    operations = [
        migrations.AddField(
            model_name="flagcase",
            name="elsewhere",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(
            count_cases_of_before, migrations.RunPython.noop, hints={"model_name": "flagcase"}
        ),
        migrations.RemoveField(model_name="flag", name="elsewhere"),
    ]
