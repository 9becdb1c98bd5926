"""Devices that were added before their cookie was signed: no browser is known as one of them.

Who signs in as somebody else there, or out in a later session, would not end what is told on it. So
they go; mails still come, and one adds the browser again by a press.
"""

from django.db import migrations


def forget(apps, schema_editor):
    """Remove them all."""
    apps.get_model("cases", "PushSubscription").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0041_kept_from_requests"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
