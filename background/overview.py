"""What the administrator's screen shows of regular work: each task, how it stands, since when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from background.limits import JOBS, Job
from background.models import Run
from background.reasons import in_words

# Runs shown of each task.
SHOWN = 5
State = Run.State


@dataclass(frozen=True, slots=True)
class Standing:
    """How one task stands: its newest runs, newest first."""

    job: Job
    runs: list[Run]

    @property
    def newest(self) -> Run | None:
        """Return the run that says how it stands: the newest that was taken up, else any."""
        return next((run for run in self.runs if run.state != State.WAITING), self.waits)

    @property
    def waits(self) -> Run | None:
        """Return the run that waits, if any."""
        return next((run for run in self.runs if run.state == State.WAITING), None)

    @property
    def fails(self) -> bool:
        """Tell whether its last end was a bad one."""
        return bool(self._bad())

    @property
    def since(self) -> datetime | None:
        """Return since when it fails, as far as the runs shown go back."""
        bad = self._bad()
        return bad[-1].started_at or bad[-1].finished_at if bad else None

    @property
    def why(self) -> str:
        """Return why it failed last, in plain words."""
        bad = self._bad()
        return in_words(bad[0].error) if bad else ""

    def _bad(self) -> list[Run]:
        bad = []
        for run in self.runs:
            if run.state == State.DONE:
                break
            if run.state in (State.FAILED, State.LOST):
                bad.append(run)
        return bad


def standings(now: datetime) -> list[Standing]:
    """Return how every regular task stands; in the order of the table."""
    runs: dict[str, list[Run]] = defaultdict(list)
    lost = Run.objects.lost(now).filter(pk=OuterRef("pk"))
    newest = Run.objects.filter(regular=True).latest_of_each(SHOWN)
    for run in newest.annotate(is_lost=Exists(lost)):
        if run.is_lost:  # nobody may have noted it yet
            run.state, run.error = State.LOST, "WorkerLostError"
        runs[run.task].append(run)
    return [Standing(job, runs[job.task]) for job in JOBS if job.every]
