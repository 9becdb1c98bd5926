"""What Prometheus reads, in its format. All out of the database and the queue at the moment of
asking, so that it does not matter which web process answers. No label holds a school, a person or
a case.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from background import health, queue, sections
from background.models import Run, Tally, Worker


class Meldcode(Collector):
    """Everything, as it is now."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics."""
        yield from self._runs()
        yield from self._queue()
        yield from self._messages()
        well = GaugeMetricFamily("meldcode_well", "1 when a part is well", labels=["part"])
        age = GaugeMetricFamily(
            "meldcode_seen_seconds",
            "Seconds since worker and beat were last there",
            labels=["part"],
        )
        for check in health.checks(self.now):
            well.add_metric([check.name], int(check.well))
            if check.age is not None and check.name != "messages":
                age.add_metric([check.name], check.age)
        yield from (well, age)

    def _runs(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("meldcode_runs", "Runs that ended", labels=["task", "state"])
        for tally in Tally.objects.order_by("task", "state"):
            runs.add_metric([tally.task, tally.state], tally.count)
        yield runs
        took = SummaryMetricFamily("meldcode_run_seconds", "How long runs took", labels=["task"])
        for row in Tally.objects.values("task").annotate(n=Sum("count"), s=Sum("seconds")):
            took.add_metric([row["task"]], count_value=row["n"], sum_value=row["s"])
        yield took
        open_now = GaugeMetricFamily(
            "meldcode_runs_open", "Runs that wait or run", labels=["task", "state"]
        )
        for row in Run.objects.open().order_by().values("task", "state").annotate(n=Count("pk")):
            open_now.add_metric([row["task"], row["state"]], row["n"])
        yield open_now

    def _queue(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "meldcode_queue_length", "Messages in the queue", queue.state().length
        )
        oldest = Run.objects.waiting().aggregate(at=Min("queued_at"))["at"]
        yield GaugeMetricFamily(
            "meldcode_queue_oldest_seconds", "For how long the oldest waits", self._age(oldest)
        )
        there = Worker.objects.filter(seen_at__gte=self.now - health.WORKER_GONE_AFTER)
        yield GaugeMetricFamily("meldcode_workers", "Workers that are there", there.count())

    def _messages(self) -> Iterator[Metric]:
        names = ["kind"]
        waiting = GaugeMetricFamily("meldcode_messages_unsent", "Messages to send", labels=names)
        oldest = GaugeMetricFamily(
            "meldcode_messages_oldest_seconds", "For how long the oldest waits", labels=names
        )
        dead = GaugeMetricFamily("meldcode_messages_dead", "Messages given up", labels=names)
        for name, unsent in sections.unsent().items():
            waiting.add_metric([name], unsent.waiting)
            oldest.add_metric([name], self._age(unsent.oldest))
            dead.add_metric([name], unsent.dead)
        yield from (waiting, oldest, dead)

    def _age(self, at: datetime | None) -> float:
        return (self.now - at).total_seconds() if at else 0


def text() -> bytes:
    """Return all of it, as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(Meldcode(timezone.now()))
    return generate_latest(registry)
