"""Reading the log: whose trail shows which rows stands here, and only here."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from auditlog.models import LogEntryManager as AuditlogManager
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import access
from accounts.access import Permission
from accounts.models import Membership
from audit import sight
from audit.about import neutral_name, stands_apart, subject_of, system
from audit.kinds import Kind
from audit.rules import RULES

if TYPE_CHECKING:
    from accounts.models import School, User
    from audit.models import LogEntry

# In ``additional_data``: which other system did it; that it came beside what another row says.
SYSTEM, BESIDE = "system", "beside"

# What auditlog calls it → what we call it.
KIND_OF_ACTION = {0: Kind.MADE, 1: Kind.CHANGED, 2: Kind.REMOVED, 3: Kind.READ}


class LogQuerySet(models.QuerySet):
    """Questions about the log."""

    def newest_first(self) -> "LogQuerySet":
        """Return the rows with who did it and to whom, in the order of every screen."""
        return self.with_whom().select_related("actor").order_by("-timestamp", "-pk")

    def with_whom(self) -> "LogQuerySet":
        """Return the rows with whose account or role it was (``LogEntry.whom``).

        Only these: whom a conflict of interest is about would tell who the pupil is.
        """
        accounts = apps.get_model("accounts", "User"), apps.get_model("accounts", "Membership")
        user, role = (ContentType.objects.get_for_model(model) for model in accounts)
        it = models.OuterRef("object_id")
        named = accounts[0].objects.filter(pk=it).values("name")
        held = accounts[1].objects.filter(pk=it)
        return self.annotate(
            whose=models.Case(
                models.When(content_type=user, then=models.Subquery(named)),
                models.When(content_type=role, then=models.Subquery(held.values("user__name"))),
            ),
            whose_role=models.Case(
                models.When(content_type=role, then=models.Subquery(held.values("role")))
            ),
        )

    def of_case(self, reference: str) -> "LogQuerySet":
        """Return what was done in a case. Who may ask for it is the case's own matter."""
        return self.filter(case_reference=reference)

    def mine(self, user: "User") -> "LogQuerySet":
        """Return the user's own trail, as far as they may still know what it is about.

        Not shown is what a change carried along in a case that they do not see (a step, its
        attention, that it waited): that would tell what colleagues saw. Nor what the end of
        somebody's role carried along in cases of schools where they never wrote any: that would
        count these. Nor what happens in a case since they were shut out of it, but for what they
        wrote or were asked for themselves. What stood there before stays, as it does for who was
        removed: missing, it would tell them that they were shut out.
        """
        before = sight.kept_since(user, OuterRef(OuterRef("timestamp")))
        kept = self.filter(
            ~Q(case_reference__in=sight.kept_from(user))
            | sight.own_rows(user)
            | Q(case_reference__in=before),
            actor=user,
        )
        kept = kept.exclude(_carried_along(user))
        followed = Q(kind__in=(Kind.MADE, Kind.CHANGED), content_type__in=sight.types_that_follow())
        return kept.filter(~followed | Q(case_reference__in=sight.known_to(user)))

    def of_school(self, school: "School", user: "User") -> "LogQuerySet":
        """Return the trail of a school for who looks after it (``SEE_AUDIT`` there).

        Without cases about people who work there (R9), without those that the user has an interest
        in, and without what a register of theirs keeps from them: nothing may show them that these
        are there. And without what another system did in a case: who has its token knows about
        which pupil that was, and would know the case. That it sent something stands by itself.

        Nor with what came beside something else, as the cases on the page of a pupil: together they
        say of which cases the pupil is the same; nor with what says of itself whose a case is.

        Nor does one's own row say in which case one wrote that one does not see, for the same
        reason: whoever looks after the program can teach too (``shown_reference``).
        """
        looks_after = school.pk in access.school_ids(user, Permission.SEE_AUDIT)
        rows = self.filter(school=school) if looks_after else self.none()
        rows = rows.exclude(case_reference__in=sight.kept_from(user))
        rows = rows.exclude(sight.hidden_rows(user))
        if school.pk not in access.school_ids(user, Permission.SEE_BOARD_CASE):
            rows = rows.filter(for_board=False)
        rows = rows.exclude(~Q(case_reference=""), additional_data__has_any_keys=[SYSTEM, BESIDE])
        return rows.annotate(
            shown_reference=models.Case(
                models.When(_knows_whose(user), then=models.Value("")),
                default=models.F("case_reference"),
            )
        )

    def between(self, first: date | None, last: date | None) -> "LogQuerySet":
        """Return the rows of some days, both included, as the school's clock counts them."""
        rows = self
        if first:
            rows = rows.filter(timestamp__gte=_midnight(first))
        if last:
            rows = rows.filter(timestamp__lt=_midnight(last + timedelta(days=1)))
        return rows

    def after(self, pk: int) -> "LogQuerySet":
        """Return what follows a row in the order of the screens: nothing is counted for a page."""
        at = self.model.objects.filter(pk=pk).values_list("timestamp", flat=True).first()
        if at is None:
            return self
        # The first condition walks the index; the second cuts off its first steps.
        return self.filter(timestamp__lte=at).exclude(timestamp=at, pk__gte=pk)

    def unsealed(self) -> "LogQuerySet":
        """Return the rows that no seal holds yet."""
        seals = apps.get_model("audit", "Seal").objects.filter(entry_id=models.OuterRef("pk"))
        return self.filter(~models.Exists(seals))


class LogManager(AuditlogManager.from_queryset(LogQuerySet)):
    """Writes rows, for auditlog and for ``audit.log``: with school, case and a neutral name."""

    def log_create(
        self, instance: models.Model, force_log: bool = False, **kwargs: object
    ) -> "LogEntry | None":
        """Write a row about a record; without changes only when told to, as auditlog asks it.

        auditlog's own would ask the record for its ``str``, which may be a name.
        """
        if kwargs.get("changes") is None and not force_log:
            return None
        about, kind = _about(instance), KIND_OF_ACTION[kwargs["action"]]
        return self.create(**{**about, "kind": kind, **_how(kwargs, about, instance)})

    def log_many(
        self,
        records: "Iterable[models.Model]",
        *,
        changes: dict[int, dict[str, list[str]]],
        beside: "Iterable[models.Model]" = (),
        **kwargs: object,
    ) -> None:
        """Write a row about each of many records, with the changes of each by its key; and about
        each that came ``beside`` them.
        """
        what = [(record, changes.get(record.pk), kwargs) for record in records]
        with_them = {**kwargs, "additional_data": {BESIDE: True}}
        what += [(record, None, with_them) for record in beside]
        rows = [
            self.model(**(about := _about(record)), changes=changed, **_how(columns, about, record))
            for record, changed, columns in what
        ]
        for row in rows:  # by which auditlog puts in from where, as into one that is saved alone
            models.signals.pre_save.send(self.model, instance=row)
        self.bulk_create(rows, batch_size=500)


def _how(
    columns: dict[str, object], about: dict[str, object], record: models.Model
) -> dict[str, object]:
    """Return the columns of a row with the system that did it, where it was one, and whether it is
    for the trail of its case alone.
    """
    said = {SYSTEM: system()} if system() else {}
    if stands_apart(about["case_reference"]) or sight.is_within(record):
        said[BESIDE] = True
    if not said:
        return columns
    return {**columns, "additional_data": {**(columns.get("additional_data") or {}), **said}}


def _about(record: models.Model) -> dict[str, object]:
    """Return the columns of a row that say what it is about."""
    subject = subject_of(record)
    return {
        "content_type": ContentType.objects.get_for_model(record),
        "object_pk": "" if record.pk is None else str(record.pk),
        "object_id": record.pk if isinstance(record.pk, int) else None,
        "object_repr": neutral_name(record),
        "school_id": subject.school_id,
        "case_reference": subject.case_reference,
        "for_board": subject.for_board,
    }


class FlagQuerySet(models.QuerySet):
    """Questions about unusual reading."""

    def visible_to(self, user: "User") -> "FlagQuerySet":
        """Return the flags that the user looks at: never those about themselves.

        Nor one that says too much of a case which is kept from them: a flag without a row in the
        trail would tell that there is such a case. What is raised counts none that is kept from who
        is told (``audit.unusual``); so this is about who is kept out, or begins to look, since. Of
        a flag that counts more than that the rest stays to be looked at: else whoever was flagged
        could take it out of sight by keeping the administrator out of one of the cases.
        """
        watched = access.school_ids(user, Permission.WATCH_ADMINISTRATORS)
        theirs = self.filter(
            Q(school_id__in=access.school_ids(user, Permission.SEE_AUDIT))
            | Q(school_id__in=watched, of_administrator=True)
        ).exclude(user=user)
        rest = theirs.alias(
            left=_left_for(user), left_here=_left_for(user, elsewhere=False), enough=_enough()
        )
        too_few = Q(left__lt=models.F("enough")) | Q(left_here=0)
        # What a colleague found out can be about what is kept.
        says_too_much = Q(settled_at__isnull=False) | too_few
        return rest.exclude(_counts_what_is_kept(user) & says_too_much)

    def counted_for(self, user: "User") -> "FlagQuerySet":
        """Return flags with how many times the user's trail knows of: ``shown_count``."""
        left = _left_for(user, elsewhere=False)
        fewer = models.When(_counts_what_is_kept(user), then=left)
        number = models.IntegerField()
        return self.annotate(
            shown_count=models.Case(fewer, default=models.F("count"), output_field=number)
        )

    def standing(self) -> "FlagQuerySet":
        """Return those that nobody settled yet."""
        return self.filter(settled_at__isnull=True)

    def settled(self) -> "FlagQuerySet":
        """Return those that somebody settled."""
        return self.filter(settled_at__isnull=False)

    def of_schools(self, ids: Iterable[int]) -> "FlagQuerySet":
        """Return the flags of some schools."""
        return self.filter(school_id__in=ids)


def _counted(**which: bool) -> models.QuerySet:
    """Return which cases a flag counts, around a query of flags."""
    cases = apps.get_model("audit", "FlagCase").objects.filter(flag=OuterRef("pk"), **which)
    return cases.order_by()


def _counts_what_is_kept(user: "User") -> Q:
    """Return the condition on flags that count a case which is kept from somebody."""
    return Q(models.Exists(_counted().filter(reference__in=sight.kept_from(user))))


def _left_for(user: "User", **which: bool) -> Coalesce:
    """Return how many cases a flag counts that are not kept from somebody."""
    rest = _counted(**which).exclude(reference__in=sight.kept_from(user)).values("flag")
    return Coalesce(models.Subquery(rest.annotate(left=models.Count("pk")).values("left")), 0)


def _enough() -> models.Case:
    """Return how many cases a flag counts at least: what its rule asks."""
    rules = (models.When(rule=rule.code, then=rule.over + 1) for rule in RULES)
    return models.Case(*rules, default=models.Value(1), output_field=models.IntegerField())


def _carried_along(user: "User") -> Q:
    """Return the condition on rows in cases of schools where somebody never held a role that writes
    in any; how one reads in a case is one's own. Of a family worker any school can be one.
    """
    writes = [role for role in access.ROLES if access.scope(role, Permission.ADVISE)]
    held = Membership.objects.filter(user_id=user.pk, role__in=writes)
    rows = Q(kind__in=(Kind.MADE, Kind.CHANGED, Kind.REMOVED)) & ~Q(case_reference="")
    here = Q(school__in=held.filter(school__isnull=False).values("school"))
    of_team = Q(models.Exists(held.filter(buurtteam__isnull=False)))
    return rows & ~Q(content_type__in=sight.types_of_reading()) & ~here & ~of_team


def _knows_whose(user: "User") -> Q:
    """Return the condition on rows of what somebody did who knew about whom it was, in cases that
    they do not see. What they did by its reference they know of, and of nothing else.
    """
    own = Q(actor=user) & ~Q(case_reference="")
    of_case = Q(content_type=sight.type_of_cases()) & ~Q(kind__in=(Kind.MADE, Kind.CHANGED))
    by_reference = Q(content_type__in=sight.types_by_reference()) | of_case
    return own & ~by_reference & ~Q(case_reference__in=sight.known_to(user))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
