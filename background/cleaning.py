"""How long what ran is remembered."""

from datetime import datetime, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from background.models import Run, Worker

# Of each regular task: its newest runs, and what failed lately.
KEPT = 50
KEPT_FOR = timedelta(days=14)
# What was asked for in one case is remembered as long as its paper.
OF_A_CASE_KEPT_FOR = timedelta(days=7)


def clean(now: datetime) -> int:
    """Remove runs that are old, and workers that did not come back; return how many runs."""
    place = Window(RowNumber(), partition_by=F("task"), order_by=F("pk").desc())
    newest = Run.objects.filter(regular=True).annotate(place_of_task=place)
    kept = list(newest.filter(place_of_task__lte=KEPT).values_list("pk", flat=True))
    ended = Run.objects.exclude(state__in=("waiting", "running"))
    old = ended.filter(regular=True).exclude(pk__in=kept)
    removed, __ = old.filter(state="done").delete()
    removed += old.filter(finished_at__lt=now - KEPT_FOR).delete()[0]
    asked = ended.filter(regular=False, finished_at__lt=now - OF_A_CASE_KEPT_FOR)
    removed += asked.delete()[0]
    Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    return removed
