"""A browser that is told is known by a word in its cookie, of which the row keeps a hash.

Those that were added before are known by none: who signs in as somebody else there, or out in a
later session, would not end what is told on it. So they go; mails still come, and one adds the
browser again by a press.
"""

from django.db import migrations, models


def forget(apps, schema_editor):
    """Remove them all."""
    apps.get_model("cases", "PushSubscription").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0041_kept_from_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="pushsubscription",
            name="known_by",
            field=models.CharField(
                db_default="", db_index=True, default="", editable=False, max_length=64
            ),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
