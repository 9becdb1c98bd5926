"""The register of requests of parents and pupils, and statements beside the original."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from cases.search.columns import words_of


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_guides"),
        ("cases", "0024_destruction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cycle", models.PositiveSmallIntegerField(default=1)),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="recorded"
                    ),
                ),
                (
                    "idempotency_key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "correction_reason",
                    models.TextField(blank=True, verbose_name="why you correct it"),
                ),
                (
                    "step",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="beside which step",
                    ),
                ),
                (
                    "said_by",
                    models.CharField(
                        choices=[
                            ("parent", "A parent or guardian"),
                            ("pupil", "The pupil"),
                            ("former", "A former pupil"),
                            ("representative", "Somebody on their behalf"),
                        ],
                        max_length=16,
                        verbose_name="whose statement it is",
                    ),
                ),
                ("about", models.CharField(max_length=200, verbose_name="what it is about")),
                ("text", models.TextField(verbose_name="the statement, in their own words")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="cases.statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "ordering": ("recorded_at", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RightsRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("see", "See, or get a copy"),
                            ("correct", "Correct, or add a statement"),
                            ("destroy", "Destroy"),
                            ("object", "Object to its use"),
                        ],
                        max_length=10,
                        verbose_name="what is asked",
                    ),
                ),
                (
                    "asker",
                    models.CharField(
                        choices=[
                            ("parent", "A parent or guardian"),
                            ("pupil", "The pupil"),
                            ("former", "A former pupil"),
                            ("representative", "Somebody on their behalf"),
                        ],
                        max_length=16,
                        verbose_name="who asks",
                    ),
                ),
                (
                    "asked_by",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="name, and relation to the pupil"
                    ),
                ),
                (
                    "identity",
                    models.CharField(
                        choices=[
                            ("known", "I know this person, and spoke with them"),
                            ("document", "By an identity document, of which no copy was kept"),
                            ("register", "By an identity document and the register of authority"),
                            ("not_yet", "Not yet"),
                        ],
                        max_length=10,
                        verbose_name="how checked",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received")),
                ("extended_on", models.DateField(blank=True, null=True)),
                ("extended_why", models.TextField(blank=True, verbose_name="why it takes longer")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("granted", "Granted"),
                            ("partly", "Granted in part"),
                            ("refused", "Refused"),
                            ("taken_back", "Taken back by who asked"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "grounds",
                    models.JSONField(
                        blank=True, db_default=models.Value([], models.JSONField()), default=list
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="explanation")),
                ("handed_over", models.TextField(blank=True, verbose_name="what was handed over")),
                (
                    "explained",
                    models.TextField(blank=True, verbose_name="why it was done otherwise"),
                ),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("registered_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "idempotency_key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rights_requests",
                        to="cases.pupil",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rights_requests",
                        to="accounts.school",
                    ),
                ),
            ],
            options={
                "verbose_name": "request of a parent or pupil",
                "verbose_name_plural": "requests of parents and pupils",
                "ordering": ("-received_on", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_on__isnull", True), ("outcome", "")),
                            models.Q(
                                ("answered_by__isnull", False),
                                ("answered_on__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="answered_request_says_how_and_by_whom",
                    )
                ],
            },
        ),
        words_of("cases", "Statement", ("text", "about")),
    ]
