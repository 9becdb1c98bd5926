"""What is remembered of work behind the pages: names, moments, states. No argument, no text."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from background.querysets import RunQuerySet


class Run(models.Model):
    """One message to a worker, and what became of it. Taken up again it stays the same row."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waits for a worker")
        RUNNING = "running", _("Runs now")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        LOST = "lost", _("Broken off")

    task_id = models.CharField(max_length=64, unique=True)
    task = models.CharField(max_length=120)
    # Started by beat or by hand, for the whole installation. Others were asked for in one case:
    # that they ran at all is nobody's business at another school.
    regular = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    # The class of what went wrong, and where in the code ("module:line"). Never its text.
    error = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=120, blank=True)
    # The public id of the paper that it makes, where it makes one.
    subject = models.UUIDField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = (
            models.Index(fields=("task", "-id"), name="runs_of_task"),
            models.Index(
                fields=("state",),
                condition=models.Q(state__in=("waiting", "running")),
                name="open_runs",
            ),
            models.Index(
                fields=("subject",),
                condition=models.Q(subject__isnull=False),
                name="runs_for_paper",
            ),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.state}"


class Tally(models.Model):
    """How often a task ended in a state, and how long that took: rows of runs are cleaned up."""

    task = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=Run.State.choices)
    count = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = (
            models.UniqueConstraint(fields=("task", "state"), name="one_tally_per_task_and_state"),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.state}: {self.count}"


class Worker(models.Model):
    """A worker that is there, and when it last said so."""

    name = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name


class Beat(models.Model):
    """Which beat may start work, until when it may, and when it last looked: one row."""

    holder = models.CharField(max_length=120, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    ticked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("beat")
        verbose_name_plural = _("beats")

    def __str__(self) -> str:
        return self.holder


class Due(models.Model):
    """When beat last started an entry of its schedule."""

    name = models.CharField(max_length=120, unique=True)
    last_run_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the schedule")
        verbose_name_plural = _("entries of the schedule")

    def __str__(self) -> str:
        return self.name
