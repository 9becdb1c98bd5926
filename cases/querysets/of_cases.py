"""Reading pupils, cases, records, who takes part: who may see what stands here, and only here."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, Scope
from accounts.waiting import wait_for
from cases.case_records import READ, prefetches
from cases.contact_book.organisations import Organisation
from cases.errors import Immutable

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case, Pupil

# Which grant on a case a scope asks for (accounts/access.py). Who moves a case sees it too.
GRANTS: dict[Scope, tuple[str, ...]] = {
    Scope.TAKES_PART: ("take_part", "handed_over"),
    Scope.HANDED_OVER: ("handed_over",),
}


# What a list shows of each case, and what the protocol looks at (the dashboard, "my signals", "my
# tasks"): no more is fetched. A page of fifty costs mostly what Django makes of the rows.
LISTED = (
    "reference",
    "school_id",
    "pupil__given_name",
    "pupil__family_name",
    "pupil__class_name",
    "pupil__birth_date",
    "responsible_id",
    "restricted",
    "step",
    "attention",
    "in_charge",
    "deadline",
    "opened_at",
    "cycle",
    "cycle_since",
    "closed_at",
    "outcome",
    "retention_years",
    "kept_until",
)


# Written once: each page of a list asks the same.
@cache
def _waits_on_agenda() -> models.Exists:
    items = apps.get_model("cases", "Case")._meta.get_field("agenda_items").related_model.objects
    return models.Exists(items.standing().filter(case=models.OuterRef("pk")))


@cache
def _put_off_until() -> models.Subquery:
    snoozes = apps.get_model("cases", "Snooze").objects.standing()
    return models.Subquery(snoozes.filter(case=models.OuterRef("pk")).values("until"))


def united(*keys: models.QuerySet) -> models.QuerySet:
    """Return the keys that stand in any of these querysets of keys, for ``pk__in``.

    Answered by an index for each, where an ``OR`` of subqueries reads the whole table.
    """
    first, *others = (some.order_by() for some in keys)
    return first.union(*others)


class PupilQuerySet(models.QuerySet):
    """Questions about pupils."""

    def hold(self, pk: int) -> "Pupil":
        """Return a pupil, held until the transaction ends: before all of the pupil's cases.

        Not against a row that only points at the pupil: whoever holds a case checks that on
        committing, and would wait for us while we wait for the case.
        """
        return self.select_for_update(no_key=True).get(pk=pk)

    def wait_for(self, pk: int, *, longer: bool = False) -> None:
        """Wait until nobody holds a pupil, with nothing in hand: before a transaction, not in one.

        A list holds its pupils for as long as it is written. Whoever waits for one of them behind
        the roles of colleagues, which they hold by then, keeps those from saving meanwhile.
        ``longer``: than other pages do (``accounts.waiting``).
        """
        wait_for(self.filter(pk=pk), longer=longer)

    def may_be_signalled_by(self, user: "User") -> "PupilQuerySet":
        """Return the pupils about whom the user may log a signal: those now at their school."""
        ids = access.school_ids(user, Permission.LOG_SIGNAL)
        return self.filter(school_id__in=ids, left_on__isnull=True)

    def of_schools_of(self, user: "User", permission: Permission) -> "PupilQuerySet":
        """Return the pupils of the schools for which the user holds a permission.

        Whatever stands between the user and a pupil's cases (``ShutOut``, R9) stands between them
        and the cases only: a pupil who were missing here would tell it.
        """
        return self.filter(school_id__in=access.school_ids(user, permission))

    def recently_signalled_by(self, user: "User") -> "PupilQuerySet":
        """Return the pupils about whom the user logged signals, the latest first."""
        return (
            self.filter(cases__signals__author=user)
            .alias(latest=models.Max("cases__signals__recorded_at"))
            .order_by("-latest")
        )

    def matching(self, query: str) -> "PupilQuerySet":
        """Return the pupils whose name or class contains every word of the query."""
        found = self
        for word in query.split()[:5]:
            found = found.filter(
                Q(given_name__icontains=word)
                | Q(family_name__icontains=word)
                | Q(class_name__iexact=word)
            )
        return found.order_by("given_name", "family_name")


class CaseQuerySet(models.QuerySet):
    """Questions about cases."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: a case goes by ``cases.destruction.erasing`` alone."""
        raise Immutable(_("A case is destroyed by the list of what is due, and not otherwise."))

    def visible_to(self, user: "User") -> "CaseQuerySet":
        """Return the cases that the user may see: the one gate to every case."""
        return self.permitted(user, Permission.SEE_CASE)

    def permitted(self, user: "User", permission: Permission) -> "CaseQuerySet":
        """Return the cases for which the user holds a permission, at its scope.

        The shape is measured (bench/access). Whole schools are a plain condition, so that the index
        in the dashboard's order answers; what somebody sees case by case is a subquery where it is
        their only way in. Beside another way it is few, and fetched first: an ``OR`` of subqueries
        reads the whole table.
        """
        ways, alone = self._ways_in(user, permission)
        # About somebody who works at the school: the board's line, and nobody else (R9). Where one
        # sees only schools that one leads, it says nothing, and is not asked.
        board = access.school_ids(user, Permission.SEE_BOARD_CASE)
        if not alone or not set(alone) <= set(board):
            ways = Q(ways, Q(restricted=False) | Q(school_id__in=board))
        return self.filter(ways).unconflicted_for(user)

    def _ways_in(self, user: "User", permission: Permission) -> tuple[Q, list[int]]:
        """Return the condition of what opens a case: its school, a grant, or an emergency.

        And the schools, where they alone open cases.
        """
        schools = access.school_ids(user, permission, Scope.SCHOOL)
        granted = {reach: access.school_ids(user, permission, reach) for reach in GRANTS}
        granted = {reach: ids for reach, ids in granted.items() if ids}
        opened = self._in_emergency(user, permission)
        ways = Q(pk__in=opened) if opened else Q()
        if schools or not (granted or opened):
            ways |= Q(school_id__in=schools)
        only_way = len(granted) == 1 and not ways
        for reach, ids in granted.items():
            cases = self._granted(user, reach)
            ways |= Q(pk__in=cases if only_way else list(cases), school_id__in=ids)
        return ways, [] if granted or opened else schools

    @staticmethod
    def reach(user: "User", permission: Permission) -> tuple[frozenset[int], ...] | None:
        """Return how far a permission reaches for a user; None: nowhere.

        Two permissions that reach as far open the same cases (``permitted``): the page of a case
        asks a dozen, and looks at the case for each reach that differs.
        """
        ways = tuple(
            frozenset(access.school_ids(user, permission, way)) for way in (Scope.SCHOOL, *GRANTS)
        )
        emergency = permission in access.EMERGENCY_GIVES and access.may(
            user, Permission.EMERGENCY_ACCESS
        )
        if not any(ways) and not emergency:
            return None
        return (*ways, frozenset({0} if emergency else ()))

    def unconflicted_for(self, user: "User") -> "CaseQuerySet":
        """Leave out the cases of pupils in whom the user has an interest: it overrides all."""
        shut_out = apps.get_model("cases", "ShutOut").objects.standing().filter(user_id=user.pk)
        return self.exclude(pupil_id__in=shut_out.values("pupil_id"))

    def _in_emergency(self, user: "User", permission: Permission) -> set[int]:
        """Return the keys of the cases of sister schools that an emergency opened, for a day.

        Asked once for a user object, as their memberships are, and forgotten with these.
        """
        schools = access.schools(user, Permission.EMERGENCY_ACCESS)
        boards = {school.board_id for school in schools} - {None}
        if permission not in access.EMERGENCY_GIVES or not boards:
            return set()
        if "opened_in_emergency" not in user.__dict__:
            running = apps.get_model("cases", "EmergencyAccess").objects.running_for(user, boards)
            user.__dict__["opened_in_emergency"] = set(running)
        return user.__dict__["opened_in_emergency"]

    @staticmethod
    def know_emergencies(user: "User", opened: Iterable[tuple[int, int]]) -> None:
        """Take what ``EmergencyAccessQuerySet.opening`` found, read with something else."""
        schools = access.schools(user, Permission.EMERGENCY_ACCESS)
        boards = {school.board_id for school in schools} - {None}
        user.__dict__["opened_in_emergency"] = {case for case, board in opened if board in boards}

    def _granted(self, user: "User", reach: Scope) -> models.QuerySet:
        """Return the keys of the cases on which a grant of the user reaches far enough."""
        grants = apps.get_model("cases", "CaseUserObjectPermission").objects.filter(
            user_id=user.pk,
            permission__codename__in=GRANTS[reach],
            permission__content_type__app_label="cases",
        )
        return grants.values_list("content_object_id", flat=True)

    def entrusted_to(self, user: "User") -> "CaseQuerySet":
        """Return the cases that somebody looks after: they are responsible, or were handed them.

        Those of whose place they take for a time too. It opens no case: ``permitted`` does.
        """
        cases = self.model.objects
        theirs = [cases.filter(responsible=user).values("pk")]
        for own in user.current_memberships:
            if own.replaces_id:
                replaced = apps.get_model("accounts", "Membership").objects.filter(
                    pk=own.replaces_id
                )
                of_theirs = cases.filter(
                    school_id=own.school_id, responsible__in=replaced.values("user")
                )
                theirs.append(of_theirs.values("pk"))
        return self.filter(pk__in=united(*theirs, self._granted(user, Scope.HANDED_OVER)))

    def open(self) -> "CaseQuerySet":
        """Return the cases that still run."""
        return self.filter(closed_at__isnull=True)

    def due(self, now: datetime) -> "CaseQuerySet":
        """Return the cases that wait for a reminder, the longest waiting first.

        A closed one waits too, until somebody looked back at it.
        """
        return self.filter(next_due__lte=now).select_related("pupil").order_by("next_due")

    def any_due(self, now: datetime) -> bool:
        """Tell whether a case waits for a reminder: asked every few minutes, mostly in vain.

        In SQL, for Django takes three times as long to write it as the database to answer. In
        order, unlike ``exists``: right after a sweep the database thinks that many wait, and would
        look for the first of them through the whole table.
        """
        meta = self.model._meta
        table, moment = connection.ops.quote_name(meta.db_table), meta.get_field("next_due")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {table} WHERE next_due <= %s"  # noqa: S608 - a name of our own
                " ORDER BY next_due LIMIT 1",
                [moment.get_db_prep_value(now, connection)],
            )
            return cursor.fetchone() is not None

    def with_records(self) -> "CaseQuerySet":
        """Return cases with all that their dossier shows, in a number of queries that stays."""
        # Of what came from another school only from which: the rest is as much as a dossier.
        received = apps.get_model("cases", "ReceivedDossier").objects.only(
            "case", "sender", "file", "idempotency_key"
        )
        senders = models.Prefetch("receiveddossiers", received)
        return self.for_page().prefetch_related(*prefetches(READ), senders)

    def for_page(self) -> "CaseQuerySet":
        """Return cases with what the head of their page shows; in one query."""
        return self.select_related("pupil", "school__buurtteam", "responsible", "closed_by")

    def for_dashboard(self) -> "CaseQuerySet":
        """Return cases with what a list shows, severe first and then the longest waiting.

        ``waits_on_agenda``: whether the care team is to deal with it. ``put_off_until``: until when
        it waits on purpose, or waited last. ``responsible_name``: of the few who are responsible,
        without a user object for each case.
        """
        listed = self.select_related("pupil").only(*LISTED)
        return listed.annotate(
            waits_on_agenda=_waits_on_agenda(),
            put_off_until=_put_off_until(),
            responsible_name=models.F("responsible__name"),
        ).order_by("-attention", models.F("deadline").asc(nulls_last=True), "pk")


class RecordQuerySet(models.QuerySet):
    """Questions that all records answer."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: what was filed goes with its case (``cases.destruction.erasing``)."""
        raise Immutable(_("What was recorded goes with its case, and not before."))

    def current(self) -> "RecordQuerySet":
        """Return the records as they hold now: those that no correction replaced."""
        return self.filter(correction__isnull=True)


class SnoozeQuerySet(RecordQuerySet):
    """Questions about cases that wait on purpose."""

    def standing(self) -> "SnoozeQuerySet":
        """Return those that nothing ended yet, also when their time is over."""
        return self.filter(ended_at__isnull=True)


class AttachmentQuerySet(RecordQuerySet):
    """Questions about the files of cases."""

    def visible_to(self, user: "User") -> "AttachmentQuerySet":
        """Return the files of the cases that the user may see."""
        return self.filter(case__in=apps.get_model("cases", "Case").objects.visible_to(user))

    def served(self) -> "AttachmentQuerySet":
        """Return those that may be opened: not those that were filed by mistake."""
        return self.filter(withdrawn_at__isnull=True)

    def withdrawable_by(self, user: "User") -> "AttachmentQuerySet":
        """Return those that the user may withdraw: their own, and all of the cases they move."""
        cases = apps.get_model("cases", "Case").objects
        attaching = self.filter(case__in=cases.permitted(user, Permission.ATTACH_FILE))
        moving = cases.permitted(user, Permission.MOVE_CASE)
        return attaching.filter(Q(author=user) | Q(case__in=moving))


class ContactQuerySet(models.QuerySet):
    """Questions about the contact book."""

    def standing(self) -> "ContactQuerySet":
        """Return the entries that were not removed."""
        return self.filter(removed_at__isnull=True)

    def in_order(self) -> "ContactQuerySet":
        """Return the entries in the order of the organisations (``Organisation``)."""
        places = [
            models.When(organisation=code, then=place)
            for place, code in enumerate(Organisation.values)
        ]
        return self.order_by(models.Case(*places, default=len(places)), "name", "pk")

    def unchecked(self, since: date) -> "ContactQuerySet":
        """Return the entries at which nobody looked after a day."""
        return self.standing().filter(checked_on__lte=since)


class ShutOutQuerySet(models.QuerySet):
    """Questions about conflicts of interest."""

    def standing(self) -> "ShutOutQuerySet":
        """Return those that hold now."""
        return self.filter(ended_at__isnull=True)

    def ever_since(self, moment: "datetime | models.expressions.Combinable") -> "ShutOutQuerySet":
        """Return those of somebody who was kept out at a moment already, and ever since.

        One that ended while another of the same two stood counts on in that: that it ended would
        tell them.
        """
        return self.standing().filter(kept_out_since__lte=moment)

    def shown_in(self, case: "Case") -> "ShutOutQuerySet":
        """Return those of the pupil that a case shows, with who, by whom and why.

        They hold in all of the pupil's cases. But what was set in one for the board alone says
        whom that one is about: it shows there, and nowhere else (R9).
        """
        found = self.filter(pupil=case.pupil_id)
        return found if case.restricted else found.exclude(case__restricted=True)

    def ends_in(self, case: "Case") -> "ShutOutQuerySet":
        """Return those of them that can be ended there.

        Where it was set, for why it ended stands there: who takes part in an older case of the
        pupil reads no word of a newer one, and nobody of what is written in one for the board (R9).
        One of which the case is gone ends in any but those, so that its people are told; in these
        where there is no other.
        """
        ends = models.Q(case=case)
        if (
            not case.restricted
            or not type(case).objects.filter(pupil=case.pupil_id, restricted=False).exists()
        ):
            ends |= models.Q(case__isnull=True)
        return self.filter(ends, pupil=case.pupil_id)


class SiblingTieQuerySet(models.QuerySet):
    """Questions about siblings."""

    def standing(self) -> "SiblingTieQuerySet":
        """Return the ties that nobody took back."""
        return self.filter(ended_at__isnull=True)

    def of(self, pupil: "Pupil") -> "SiblingTieQuerySet":
        """Return the standing ties of a pupil with pupils of the same school.

        Whoever went to another school is no pupil of this one: what is known there stays there.
        """
        school = {"first__school": pupil.school_id, "second__school": pupil.school_id}
        return self.standing().filter(Q(first=pupil) | Q(second=pupil), **school)


class EmergencyAccessQuerySet(models.QuerySet):
    """Questions about emergency access."""

    def running(self) -> "EmergencyAccessQuerySet":
        """Return those that still let somebody in."""
        return self.filter(ends_at__gt=timezone.now())

    def opening(self, users: models.QuerySet) -> models.QuerySet:
        """Return the keys of the cases that are open to some users now, each with its board."""
        found = self.running().filter(user__in=users, case__restricted=False)
        return found.values_list("case_id", "case__school__board_id")

    def running_for(self, user: "User", boards: Collection[int]) -> list[int]:
        """Return the keys of the cases of boards into which somebody's emergency access leads now.

        In SQL: every page of a school leader asks it, mostly in vain, and writing it costs Django
        more than the database answering it.
        """
        names = self.model, apps.get_model("cases", "Case"), apps.get_model("accounts", "School")
        given, case, school = (connection.ops.quote_name(name._meta.db_table) for name in names)
        now = self.model._meta.get_field("ends_at").get_db_prep_value(timezone.now(), connection)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT given.case_id FROM {given} given"  # noqa: S608 - names of our own
                f" JOIN {case} one ON one.id = given.case_id AND NOT one.restricted"
                f" JOIN {school} at ON at.id = one.school_id"
                f" WHERE given.user_id = %s AND given.ends_at > %s"
                f" AND at.board_id IN ({', '.join(['%s'] * len(boards))})",
                [user.pk, now, *boards],
            )
            return [case for (case,) in cursor.fetchall()]


class SavedViewQuerySet(models.QuerySet):
    """Questions about saved views of the dashboard."""

    def of(self, user: "User") -> "SavedViewQuerySet":
        """Return somebody's own: nobody else's are there for them."""
        return self.filter(user=user)
