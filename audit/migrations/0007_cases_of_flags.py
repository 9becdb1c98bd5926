"""A flag knows which cases it counts: who is kept from one since sees what is left of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_typed_reasons"),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="elsewhere",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="FlagCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=8)),
                (
                    "flag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="audit.flag",
                    ),
                ),
            ],
            options={
                "verbose_name": "case of unusual reading",
                "verbose_name_plural": "cases of unusual reading",
                "constraints": [
                    models.UniqueConstraint(fields=("flag", "reference"), name="counted_once")
                ],
            },
        ),
    ]
