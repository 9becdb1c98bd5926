"""A list of pupils from the school's administration, from the file until it is applied."""

from datetime import timedelta

from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from accounts.models import School
from cases.models.export import PaperJob
from cases.querysets import PupilImportQuerySet


class PupilImport(PaperJob):
    """What was read of one file, sealed, until it is applied or thrown away; then numbers alone.

    ``sha256``: of the preview that was agreed on (``cases.imports.plan``); nothing else is applied.
    """

    task = "cases.imports.tasks.apply_import"
    told_ready, told_failed = "import_done", "import_failed"
    forgotten = ("sealed",)
    secret = ("sealed",)
    # Between file and agreement: a working day and a night to look into what is doubtful.
    kept_for = timedelta(hours=36)

    class State(models.TextChoices):
        """Where it stands: columns to be named, to be agreed on, applied by a worker."""

        COLUMNS = "columns", _("Columns to be named")
        PREVIEW = "preview", _("To be agreed on")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being applied")
        READY = "ready", _("Applied")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Removed")

    class Kind(models.TextChoices):
        """What kind of file it was."""

        EDEXML = "edexml", "EDEXML"
        CSV = "csv", "CSV"

    state = models.CharField(max_length=10, choices=State.choices, default=State.PREVIEW)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="pupil_imports")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    # Whether the file is the list of all pupils: who is missing from it left on that day.
    full_list = models.BooleanField(_("all pupils"), default=False)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    # ``cases.imports.sealed``; emptied when it is applied, thrown away or too old.
    sealed = models.TextField(blank=True, editable=False)
    # Which heading held which field: taken for the school's next file.
    sealed_columns = models.TextField(blank=True, editable=False)
    # What it did, by the names of ``cases.imports.plan.COUNTED``.
    counts = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    # The school changed between preview and applying: it is shown anew.
    overtaken = models.BooleanField(default=False)

    objects = PupilImportQuerySet.as_manager()

    class Meta(PaperJob.Meta):
        verbose_name = _("import of pupils")
        verbose_name_plural = _("imports of pupils")
        indexes = (
            models.Index(
                fields=("state",),
                condition=models.Q(state__in=("columns", "preview", "waiting", "running")),
                name="imports_to_look_after",
            ),
        )

    @property
    def can_retry(self) -> bool:
        """What was read is gone by then: the file is sent anew."""
        return False

    @property
    def in_case(self) -> None:
        """It is of no single case."""
        return
