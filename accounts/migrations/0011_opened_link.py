"""When the link of an invitation was first opened: it works for half an hour since then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_telling"),
    ]

    operations = [
        migrations.AddField(
            model_name="roleinvitation",
            name="opened_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
