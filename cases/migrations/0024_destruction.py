"""What is due for destruction, who approved it, and what stays of it."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import cases.references


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_guides"),
        ("cases", "0023_pupil_import"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Destruction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "number",
                    models.CharField(
                        default=cases.references.destruction_reference,
                        editable=False,
                        max_length=8,
                        unique=True,
                        verbose_name="number",
                    ),
                ),
                ("for_board", models.BooleanField(default=False)),
                ("approved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Being destroyed"),
                            ("done", "Destroyed"),
                            ("failed", "Stopped"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("files_left", models.JSONField(blank=True, default=list)),
                ("certificate", models.JSONField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "first_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="destructions",
                        to="accounts.school",
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "destruction",
                "verbose_name_plural": "destructions",
                "ordering": ("-approved_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="DestructionList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("looked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="destruction_lists",
                        to="accounts.school",
                    ),
                ),
            ],
            options={
                "verbose_name": "list of what is due for destruction",
                "verbose_name_plural": "lists of what is due for destruction",
            },
        ),
        migrations.CreateModel(
            name="DueItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "ground",
                    models.CharField(
                        choices=[("period", "The period is over"), ("request", "On request")],
                        default="period",
                        max_length=10,
                    ),
                ),
                ("listed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("first_at", models.DateTimeField(blank=True, null=True)),
                ("second_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due",
                        to="cases.case",
                    ),
                ),
                (
                    "destruction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="cases.destruction",
                    ),
                ),
                (
                    "first_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "of_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="cases.destructionlist",
                    ),
                ),
                (
                    "pupil",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due",
                        to="cases.pupil",
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "due for destruction",
                "verbose_name_plural": "due for destruction",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reason", models.TextField(verbose_name="why it is held back")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lifted_why",
                    models.TextField(blank=True, verbose_name="why it is no longer held back"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="cases.case",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "hold on destruction",
                "verbose_name_plural": "holds on destruction",
                "ordering": ("set_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="KeptCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=80)),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.school",
                    ),
                ),
            ],
            options={
                "verbose_name": "kept count",
                "verbose_name_plural": "kept counts",
            },
        ),
        migrations.CreateModel(
            name="SchoolRetention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("years", models.PositiveSmallIntegerField(verbose_name="years after leaving")),
                ("reason", models.TextField(blank=True, verbose_name="why it is kept longer")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retentions",
                        to="accounts.school",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "retention period of a school",
                "verbose_name_plural": "retention periods of schools",
            },
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("reference", models.CharField(max_length=40)),
                ("row", models.BigIntegerField()),
                ("certificate", models.CharField(blank=True, max_length=8)),
                ("destroyed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "tombstone",
                "verbose_name_plural": "tombstones",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "reference", "row"), name="destroyed_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="destruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_by__isnull", True),
                    ("second_by__isnull", True),
                    models.Q(("first_by", models.F("second_by")), _negated=True),
                    _connector="OR",
                ),
                name="destroyed_by_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionlist",
            constraint=models.UniqueConstraint(
                fields=("school", "year"), name="one_list_per_school_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="dueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("pupil__isnull", True)),
                    models.Q(("case__isnull", True), ("pupil__isnull", False)),
                    _connector="OR",
                ),
                name="due_is_a_case_or_a_pupil",
            ),
        ),
        migrations.AddConstraint(
            model_name="dueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_by__isnull", True),
                    ("second_by__isnull", True),
                    models.Q(("first_by", models.F("second_by")), _negated=True),
                    _connector="OR",
                ),
                name="approved_by_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="dueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("destruction__isnull", True),
                    models.Q(("first_by__isnull", False), ("second_by__isnull", False)),
                    _connector="OR",
                ),
                name="destroyed_when_both_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("case",),
                name="held_back_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lifted_at__isnull", True),
                    models.Q(
                        ("lifted_by__isnull", False), models.Q(("lifted_why", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="lifted_hold_says_who_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="keptcount",
            constraint=models.UniqueConstraint(
                fields=("school", "year", "name"), name="one_count_per_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="schoolretention",
            constraint=models.UniqueConstraint(
                fields=("school", "kind"), name="one_retention_per_kind"
            ),
        ),
    ]
