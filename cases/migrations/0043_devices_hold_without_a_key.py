"""What ends a device with all sessions of its owner no longer hangs on SECRET_KEY.

That changes when the key is renewed: everybody's browsers were forgotten then, and nobody was told.
What stands now is held against what Django held it against; what does not hold goes, as before.
"""

import hashlib

from django.conf import settings
from django.db import migrations
from django.utils.crypto import salted_hmac

SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


def hold_anew(apps, schema_editor):
    """Write the new word for each that still stands."""
    devices = apps.get_model("cases", "PushSubscription").objects
    for device in devices.select_related("user"):
        password, epoch = device.user.password, device.user.session_epoch
        before = set()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            plain = salted_hmac(SALT, password, secret=key, algorithm="sha256").hexdigest()
            before.add(hashlib.sha256(f"{plain}.{epoch}".encode()).hexdigest())
        if device.holds_while in before:
            anew = hashlib.sha256(f"{password} {epoch}".encode()).hexdigest()
            devices.filter(pk=device.pk).update(holds_while=anew)
        else:
            device.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0042_devices_known_by_a_word"),
    ]

    operations = [
        migrations.RunPython(hold_anew, migrations.RunPython.noop),
    ]
