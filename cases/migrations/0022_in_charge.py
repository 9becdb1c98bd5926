"""Who is responsible stands in the case's own row."""

from django.db import migrations, models
from django.utils import timezone


def let_the_sweep_look(apps, schema_editor):
    """Let the next sweep look at each open case: it writes down who is responsible by now."""
    cases = apps.get_model("cases", "Case").objects.filter(closed_at__isnull=True)
    cases.update(next_due=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_year_report")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="in_charge",
            field=models.CharField(default="school", max_length=20),
        ),
        migrations.RunPython(let_the_sweep_look, migrations.RunPython.noop),
    ]
