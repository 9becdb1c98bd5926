"""Since when a role stands there. Of those of before it is not known."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_guides")]

    operations = [
        # First without a default: else all of before would be of today.
        migrations.AddField(
            model_name="membership",
            name="given_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="membership",
            name="given_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, null=True
            ),
        ),
    ]
