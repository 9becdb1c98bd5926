"""What was changed of roles and ways of signing in, until all who are to hear of it did."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_told_lately"),
    ]

    operations = [
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("given", "a role was given"),
                            ("ended", "a role was ended"),
                            ("lately", "what was changed before somebody came"),
                            ("reset", "a second factor was reset"),
                            ("sign_in", "signing in was changed"),
                            ("linked", "a school account signs somebody in"),
                            ("own", "somebody changed how they sign in"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about", models.BigIntegerField()),
                ("schools", models.JSONField(default=list)),
                ("told", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_try", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "change that is told",
                "verbose_name_plural": "changes that are told",
            },
        ),
    ]
