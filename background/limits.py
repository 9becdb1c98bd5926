"""THE table of what runs behind the pages: each task with its limits, its rhythm and its words.

``settings.py`` takes limits and schedule from here, the administrator's screen the words; a test
holds it against the tasks that there are. Tasks are named by their names: this room stands below
those that own them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@dataclass(frozen=True, slots=True)
class Job:
    """One task. All times in seconds."""

    task: str
    does: Promise
    # When it is told to stop, in a way that it can answer by tidying up; and when it is stopped.
    soft: int
    hard: int
    # How often beat starts it; None: only when somebody asks for what it makes.
    every: int | None = None
    # Whether an administrator may start it, and so try it again. What is made for one case is tried
    # again where that paper stands.
    by_hand: bool = False

    @property
    def waits_at_most(self) -> int:
        """Return after how long in the queue it is no longer wanted: beat asks again by then."""
        return self.every or HOUR


# fmt: off
JOBS: tuple[Job, ...] = (
    #   task, what it does, soft and hard limit
    Job("cases.reminders.tasks.sweep",
        _("Looks which cases wait too long, and reminds who is asked to act"),
        15 * MINUTE, 20 * MINUTE, every=5 * MINUTE, by_hand=True),
    Job("cases.notifications.tasks.deliver",
        _("Sends the mails that wait, at once"),
        5 * MINUTE, 6 * MINUTE),
    Job("cases.notifications.tasks.clean",
        _("Removes what people were told long ago"),
        10 * MINUTE, 12 * MINUTE, every=DAY, by_hand=True),
    Job("accounts.people.tasks.wind_up_memberships",
        _("Ends the roles whose last day is past, and hands on what hung on those that ended"),
        10 * MINUTE, 12 * MINUTE, every=5 * MINUTE, by_hand=True),
    Job("accounts.people.tasks.tell_again",
        _("Tells of changed roles and ways of signing in what mail did not take at once"),
        5 * MINUTE, 6 * MINUTE, every=10 * MINUTE, by_hand=True),
    Job("accounts.people.tasks.clear_sessions",
        _("Removes sessions that have ended"),
        5 * MINUTE, 6 * MINUTE, every=DAY, by_hand=True),
    Job("accounts.people.tasks.clear_drafts",
        _("Removes drafts that nobody went on with"),
        5 * MINUTE, 6 * MINUTE, every=DAY, by_hand=True),
    Job("cases.contact_book.tasks.remind",
        _("Asks to look at contacts that nobody checked for a year"),
        5 * MINUTE, 6 * MINUTE, every=DAY, by_hand=True),
    Job("cases.rights_requests.tasks.remind",
        _("Says which requests of parents and pupils are due soon"),
        5 * MINUTE, 6 * MINUTE, every=DAY, by_hand=True),
    Job("cases.files.tasks.remove_orphans",
        _("Removes files that belong to nothing"),
        10 * MINUTE, 12 * MINUTE, every=DAY, by_hand=True),
    Job("cases.search.tasks.keep_words",
        _("Lets encrypted texts be found that were written just now"),
        5 * MINUTE, 6 * MINUTE, every=MINUTE, by_hand=True),
    Job("cases.dossier.tasks.make_dossier",
        _("Makes the PDF of a dossier"),
        10 * MINUTE, 12 * MINUTE),
    Job("cases.dossier.tasks.make_year",
        _("Makes the dossiers of a school year, some at a time"),
        10 * MINUTE, 12 * MINUTE),
    Job("cases.dossier.tasks.look_after_exports",
        _("Looks after dossiers: starts what waits, removes what is old"),
        2 * MINUTE, 3 * MINUTE, every=2 * MINUTE, by_hand=True),
    Job("cases.figures.tasks.make_year_report",
        _("Makes the PDF of a year report"),
        5 * MINUTE, 6 * MINUTE),
    Job("cases.figures.tasks.look_after_year_reports",
        _("Looks after year reports: starts what waits, removes what is old"),
        2 * MINUTE, 3 * MINUTE, every=2 * MINUTE, by_hand=True),
    Job("cases.imports.tasks.apply_import",
        _("Applies a list of pupils from the administration"),
        5 * MINUTE, 6 * MINUTE),
    Job("cases.imports.tasks.look_after_imports",
        _("Looks after lists of pupils: starts what waits, removes what nobody went on with"),
        2 * MINUTE, 3 * MINUTE, every=2 * MINUTE, by_hand=True),
    Job("cases.destruction.tasks.list_due",
        _("Makes the yearly list of what is due for destruction"),
        5 * MINUTE, 6 * MINUTE, every=DAY, by_hand=True),
    Job("cases.destruction.tasks.destroy",
        _("Destroys what two people approved"),
        10 * MINUTE, 12 * MINUTE),
    Job("cases.destruction.tasks.look_after_destruction",
        _("Looks after destruction: starts what waits, takes up what broke off"),
        5 * MINUTE, 6 * MINUTE, every=10 * MINUTE, by_hand=True),
    Job("referrals.report.tasks.make_report_pdf",
        _("Makes the PDF of a report"),
        10 * MINUTE, 12 * MINUTE),
    Job("referrals.report.tasks.look_after_report_copies",
        _("Looks after copies of reports: starts what waits, removes what is old"),
        2 * MINUTE, 3 * MINUTE, every=2 * MINUTE, by_hand=True),
    Job("audit.tasks.seal",
        _("Seals the trail of who saw and changed what"),
        5 * MINUTE, 6 * MINUTE, every=MINUTE, by_hand=True),
    Job("audit.tasks.note_head",
        _("Notes where the sealed trail ends"),
        MINUTE, 2 * MINUTE, every=DAY, by_hand=True),
    Job("audit.tasks.look_for_unusual_reading",
        _("Looks for unusual reading"),
        5 * MINUTE, 6 * MINUTE, every=10 * MINUTE, by_hand=True),
    Job("background.tasks.look_after_runs",
        _("Looks which work was broken off"),
        MINUTE, 2 * MINUTE, every=MINUTE, by_hand=True),
    Job("background.tasks.clean_up",
        _("Removes what is old from the list of background work"),
        5 * MINUTE, 6 * MINUTE, every=DAY, by_hand=True),
)
# fmt: on

BY_TASK: dict[str, Job] = {job.task: job for job in JOBS}
# The longest of them: a run that is older than this is not running, whatever its row says.
LONGEST = timedelta(seconds=max(job.hard for job in JOBS))


def annotations() -> dict[str, dict[str, int]]:
    """Return the limits as Celery's ``task_annotations``."""
    return {job.task: {"soft_time_limit": job.soft, "time_limit": job.hard} for job in JOBS}


def schedule(instead: Mapping[str, int]) -> dict[str, dict[str, object]]:
    """Return beat's schedule; ``instead`` holds other rhythms for some tasks, in seconds."""
    return {
        job.task: {"task": job.task, "schedule": instead.get(job.task, job.every)}
        for job in JOBS
        if job.every
    }
