"""Questions about runs."""

from datetime import datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from background.limits import JOBS, LONGEST, MINUTE

# A worker says that it is there every fifteen seconds; four times missed, it is gone.
WORKER_GONE_AFTER = timedelta(minutes=1)
# For what lies between the moment that something ends and the moment at which that is noted.
SLACK = timedelta(minutes=1)


class RunQuerySet(models.QuerySet):
    """Questions about runs."""

    def open(self) -> "RunQuerySet":
        """Return what waits or runs, by its row."""
        return self.filter(state__in=("waiting", "running"))

    def waiting(self) -> "RunQuerySet":
        """Return what waits for a worker."""
        return self.filter(state="waiting")

    def lost(self, now: datetime) -> "RunQuerySet":
        """Return what its row says to run, and no worker does: it died, or was started anew."""
        worker = apps.get_model("background", "Worker").objects.filter(name=OuterRef("worker"))
        there = worker.filter(
            seen_at__gte=now - WORKER_GONE_AFTER, started_at__lte=OuterRef("started_at")
        )
        too_long = Q(started_at__lt=now - LONGEST - SLACK)
        for job in JOBS:
            limit = now - timedelta(seconds=job.hard) - SLACK
            too_long |= Q(task=job.task, started_at__lt=limit)
        return self.filter(state="running").filter(too_long | ~Exists(there))

    def forgotten(self, now: datetime) -> "RunQuerySet":
        """Return what waited for so long that the queue has dropped it, or was emptied."""
        by_task = Q(queued_at__lt=now - timedelta(days=1))
        for job in JOBS:
            limit = now - timedelta(seconds=job.waits_at_most + MINUTE)
            by_task |= Q(task=job.task, queued_at__lt=limit)
        return self.waiting().filter(by_task)

    def latest_of_each(self, count: int) -> "RunQuerySet":
        """Return the newest runs of each task, newest first."""
        place = Window(RowNumber(), partition_by=F("task"), order_by=F("pk").desc())
        return self.alias(place_of_task=place).filter(place_of_task__lte=count).order_by("-pk")

    def newest_for(self, subject: OuterRef) -> models.QuerySet:
        """Return the key of the newest run for a paper."""
        return self.filter(subject=subject).order_by("-pk").values("pk")[:1]

    def broken_off(self, now: datetime) -> "RunQuerySet":
        """Return those whose worker died, noted a while ago: one that was only silent writes down
        meanwhile that it came to its end.
        """
        return self.filter(state="lost", finished_at__lt=now - SLACK)

    def why(self, subject: UUID | OuterRef) -> models.QuerySet:
        """Return the class of the error with which the newest run for a paper failed."""
        failed = self.filter(subject=subject, state__in=("failed", "lost"))
        return failed.order_by("-pk").values("error")[:1]
