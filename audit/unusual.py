"""Reading that is unusual (``audit.rules``): beat looks, flags once, and tells who looks after it.

A flag accuses nobody. It says how often and on which day; whoever looks after the school's trail
finds out why, and writes that down.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts import access
from accounts.access import Permission, Scope
from accounts.models import Membership, School, User
from audit import mails, sight
from audit.kinds import Kind
from audit.models import Flag, FlagCase, LogEntry, Look
from audit.querysets import LogQuerySet
from audit.rules import NIGHT_FROM, NIGHT_UNTIL, RULES, Rule

# Rows can come in a little after the moment that they bear.
OVERLAP = timedelta(minutes=15)
DAY = timedelta(days=1)
# Who writes, reads as well: so long before and after.
AROUND = timedelta(hours=1)


@dataclass
class Hit:
    """What somebody did too often at a school on a day.

    ``count``: how many times; ``keys``: the cases that were counted there; ``elsewhere``: those of
    other schools that were counted together with them.
    """

    count: int = 0
    keys: set[Any] = field(default_factory=set)
    elsewhere: set[Any] = field(default_factory=set)


Hits = dict[tuple[int, date], Hit]
# School → of each flag that was settled there its day, and when that was.
Settled = dict[int, list[tuple[date, datetime]]]


def look(now: datetime) -> int:
    """Look at what came in since the last look; flag what is unusual, tell it, return how many."""
    with transaction.atomic():
        Look.objects.get_or_create(pk=1, defaults={"at": now - DAY})
        mark = Look.objects.select_for_update().get(pk=1)
        # Settled in between, the same rows would be flagged once more.
        list(Flag.objects.standing().select_for_update().values_list("pk"))
        found = [one for rule in RULES for one in _flags(rule, mark.at - OVERLAP, now)]
        standing = Flag.objects.count()
        Flag.objects.bulk_create([flag for flag, *__ in found], ignore_conflicts=True)
        made = Flag.objects.count() - standing
        for flag, hit, rule in found:
            _grow(flag, hit, rule)
        mark.at = now
        mark.save(update_fields=["at"])
    tell(now)
    return made


def _grow(found: Flag, hit: Hit, rule: Rule) -> None:
    """Let the flag that stands say how many there are by now, and which cases these are: settling
    it settles all of them.
    """
    flag = Flag.objects.standing().get(
        rule=found.rule, user_id=found.user_id, school_id=found.school_id, day=found.day
    )
    if flag.count > hit.count and rule.over:
        return
    count = max(flag.count, hit.count)
    if rule.cases:
        if rule.over:
            flag.cases.all().delete()
        found_at = ((hit.keys, False), (hit.elsewhere, True))
        FlagCase.objects.bulk_create(
            [
                FlagCase(flag=flag, reference=reference, elsewhere=elsewhere)
                for references, elsewhere in found_at
                for reference in sorted(references)
            ],
            ignore_conflicts=True,
        )
        # Of a night all of it, which several looks found.
        count = max(count, flag.cases.filter(elsewhere=False).count())
    Flag.objects.filter(pk=flag.pk).update(count=count)


def tell(now: datetime) -> None:
    """Mail whoever looks after the trail, once; what could not be sent waits for the next look."""
    sent: dict[int, bool] = {}
    for flag in Flag.objects.standing().filter(told_at__isnull=True).select_related("school"):
        if mails.tell_of_flag(flag, sent):
            Flag.objects.filter(pk=flag.pk).update(told_at=now)


def _flags(rule: Rule, since: datetime, until: datetime) -> Iterator[tuple[Flag, Hit, Rule]]:
    # Rows outlive people and schools; a flag about who or what is gone helps nobody. And a case for
    # the board (R9) stands in no trail of who would be told: a flag would say that there is one.
    rows = LogEntry.objects.filter(
        kind__in=rule.kinds,
        actor__in=User.objects.all(),
        school__in=School.objects.all(),
        for_board=False,
    ).filter(timestamp__gt=since - rule.within, timestamp__lte=until)
    if rule.cases:
        rows = rows.exclude(case_reference="")
    if rule.at_night:
        rows = rows.filter(Q(timestamp__hour__gte=NIGHT_FROM) | Q(timestamp__hour__lt=NIGHT_UNTIL))
    counted = Count("case_reference", distinct=True) if rule.cases else Count("pk")
    people = rows.order_by().values("actor").annotate(found=counted).filter(found__gt=rule.over)
    for actor in people.values_list("actor", flat=True):
        settled = _settled(rule, actor)
        parts = _counted_apart(rule, rows.filter(actor=actor))
        hits = [hit for part in parts for hit in _told_of(rule, part, settled, actor).items()]
        for (school, day), hit in hits:
            flag = Flag(
                rule=rule.code,
                user_id=actor,
                school_id=school,
                day=day,
                count=hit.count,
                of_administrator=_looks_after(actor, school),
            )
            yield flag, hit, rule


def _told_of(rule: Rule, rows: LogQuerySet, settled: Settled, actor: int) -> Hits:
    """Return the hits without the cases from which somebody who is told of them is kept.

    Their trail does not show these: a flag without a row beside it would say that there is one.
    """
    hits = _hits(rule, rows, settled)
    hidden: set[str] = set()
    for school in {school for school, __ in hits} if rule.cases else ():
        of_administrator = _looks_after(actor, school)
        flag = Flag(user_id=actor, school_id=school, of_administrator=of_administrator)
        for watcher in mails.watchers(flag):
            hidden.update(sight.kept_from(watcher).values_list("reference", flat=True))
    return _hits(rule, rows.exclude(case_reference__in=hidden), settled) if hidden else hits


def _counted_apart(rule: Rule, rows: LogQuerySet) -> list[LogQuerySet]:
    """Return the rows of a person as they are counted: together, or those of each school."""
    if not rule.in_each_trail:
        return [rows]
    schools = rows.order_by().values_list("school", flat=True).distinct()
    return [rows.filter(school=school) for school in schools]


def _settled(rule: Rule, actor: int) -> Settled:
    settled: Settled = defaultdict(list)
    flags = Flag.objects.settled().filter(rule=rule.code, user=actor)
    for school, day, at in flags.values_list("school_id", "day", "settled_at"):
        settled[school].append((day, at))
    return settled


def _is_settled(settled: Settled, school: int, at: datetime) -> bool:
    """Tell whether a row came before somebody settled a flag of that day or of a later one."""
    return any(at <= until and day_of(at) <= day for day, until in settled.get(school, ()))


def _hits(rule: Rule, rows: LogQuerySet, settled: Settled) -> Hits:
    """Return school and day of each time that somebody went over, with what was counted.

    What was settled counts no more: only as much again does.
    """
    written = _written_in(rows) if rule.at_night else set()
    window: deque[tuple[datetime, tuple[int, Any]]] = deque()
    # What is in the window, by school and case (or row), how often; and how many of each school. A
    # case is of one school.
    times: Counter[tuple[int, Any]] = Counter()
    here: Counter[int] = Counter()
    hits: Hits = defaultdict(Hit)
    columns = ("timestamp", "school_id", "case_reference", "pk")
    for at, school, case, pk in rows.order_by("timestamp", "pk").values_list(*columns).iterator():
        if case in written or _is_settled(settled, school, at):
            continue
        one = school, case if rule.cases else pk
        if not rule.over:  # each by itself, so all of a day
            hit = hits[school, day_of(at)]
            hit.keys.add(one[1])
            hit.count = len(hit.keys)
            continue
        window.append((at, one))
        here[school] += one not in times
        times[one] += 1
        while at - window[0][0] > rule.within:
            __, gone = window.popleft()
            times[gone] -= 1
            if not times[gone]:
                del times[gone]
                here[gone[0]] -= 1
        if len(times) > rule.over:
            _note(hits, rule, times, here, day_of(at))
    return hits


def _note(
    hits: Hits, rule: Rule, times: Counter[tuple[int, Any]], here: Counter[int], day: date
) -> None:
    """Note at each school what was there at once, when it is more than before that day.

    Of how much was elsewhere, its people see no row.
    """
    for school in +here:
        hit, count = hits[school, day], here[school]
        before = hit.count, len(hit.keys) + len(hit.elsewhere)
        # Whoever opens one page all day is noted once: it would be walked through for each time.
        if (count, len(times) if rule.cases else 0) <= before:
            continue
        hit.count = count
        if rule.cases:
            hit.keys = {key for place, key in times if place == school}
            hit.elsewhere = {key for place, key in times if place != school}


def _written_in(rows: LogQuerySet) -> set[str]:
    """Return the cases in which a person wrote something around the moments that they read."""
    span = list(rows.order_by("timestamp").values_list("timestamp", "actor_id"))
    if not span:
        return set()
    made = LogEntry.objects.filter(
        actor=span[0][1],
        kind=Kind.MADE,
        timestamp__range=(span[0][0] - AROUND, span[-1][0] + AROUND),
    ).exclude(content_type__in=sight.types_of_reading())
    return set(made.exclude(case_reference="").values_list("case_reference", flat=True))


def day_of(at: datetime) -> date:
    """Return the day to which a moment belongs: it ends when the night does."""
    return timezone.localdate(at - timedelta(hours=NIGHT_UNTIL))


def _looks_after(user: int, school: int) -> bool:
    roles = access.roles_at(Permission.SEE_AUDIT, Scope.SCHOOL)
    held = Membership.objects.current().filter(user=user, school=school, role__in=roles)
    return held.exists()
