"""When what hung on a role was taken back, behind its end. Of before, both were one step."""

from django.db import migrations, models
from django.db.models import F


def both_were_one_step(apps, schema_editor):
    """Let all that ended be wound up then: nothing of it is to be taken back once more."""
    ended = apps.get_model("accounts", "Membership").objects.filter(ended_at__isnull=False)
    ended.update(wound_up_at=F("ended_at"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_opened_link")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="wound_up_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(both_were_one_step, migrations.RunPython.noop),
    ]
