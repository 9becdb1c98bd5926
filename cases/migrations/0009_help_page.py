import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_saml_provider"),
        ("cases", "0008_contact_book_checked"),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "section",
                    models.CharField(
                        choices=[("who", "Who does what"), ("reading", "Training and reading")],
                        max_length=10,
                        verbose_name="place",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("url", models.URLField(blank=True, max_length=300, verbose_name="address")),
                (
                    "idempotency_key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="help_items",
                        to="accounts.school",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of the help page",
                "verbose_name_plural": "parts of the help page",
                "ordering": ("position", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("url", ""), ("url__startswith", "https://"), _connector="OR"
                        ),
                        name="help_leads_over_https",
                        violation_error_message="Give an address that begins with https://.",
                    )
                ],
            },
        ),
    ]
