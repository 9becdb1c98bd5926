"""What people type as a reason stands beside the audit's rows, and goes with its case.

Reasons of before stay in their rows, which are never written anew.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.at_rest.fields
import audit.models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_flagged_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="TypedReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", accounts.at_rest.fields.NarrativeField(verbose_name="reason")),
                ("salt", accounts.at_rest.fields.NarrativeField(default=audit.models._salt)),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="typed",
                        to=settings.AUDITLOG_LOGENTRY_MODEL,
                        verbose_name="row of the audit",
                    ),
                ),
            ],
            options={
                "verbose_name": "reason",
                "verbose_name_plural": "reasons",
            },
        ),
    ]
