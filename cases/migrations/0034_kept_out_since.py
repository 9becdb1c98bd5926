import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Now


def fill(apps, schema_editor):
    """Say of each conflict of interest since when the person is kept out without a break.

    In the order in which they were set: one takes over from those of the same two that still stood
    then. They are few.
    """
    shut_outs = apps.get_model("cases", "ShutOut").objects.using(schema_editor.connection.alias)
    seen = {}
    for one in shut_outs.order_by("set_at", "pk"):
        before = seen.setdefault((one.user_id, one.pupil_id), [])
        stood = [
            earlier.kept_out_since
            for earlier in before
            if earlier.ended_at is None or earlier.ended_at >= one.set_at
        ]
        one.kept_out_since = min(stood, default=one.set_at)
        before.append(one)
        one.save(update_fields=["kept_out_since"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0033_words_anew"),
    ]

    operations = [
        migrations.AddField(
            model_name="shutout",
            name="kept_out_since",
            field=models.DateTimeField(db_default=Now(), default=django.utils.timezone.now),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
