"""Whatever can be sent, by somebody whose roles end while the request waits: nothing is written.

Who somebody is, is looked at when a request comes in; what it writes, it writes later. It waits at
the start of its first transaction (SQLite), or at its locks (PostgreSQL): there, and behind its
back, every role of the sender ends here. Not once the request holds their memberships: who ends a
role waits for it then.
"""

import inspect
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.models import Membership, User
from accounts.people.listed import Listed, seal
from cases.imports.actions import preview
from cases.imports.sealed import open_read
from cases.models import Contact, DossierExport, HelpItem
from consultations.models import AgendaItem
from referrals.models import Referral
from referrals.report.models import Report
from tests.accounts.every_form import FORMS, Data, Sheet, approval, written
from tests.factories import HelpItemFactory, PupilFactory
from tests.test_role_matrix import (
    FROM_LIBRARIES,
    MATRIX,
    POST_ONLY,
    PUBLIC,
    all_patterns,
    arguments,
)
from tests.world import World

pytestmark = pytest.mark.django_db

# What somebody changes of their own, whatever their roles; and what only looks.
OF_ONES_OWN = {
    "background:again": "starts work of the clock's, of nobody's case; asked once more, unlocked",
    "close_introduction": "one's own first cards",
    "show_introduction": "one's own first cards",
    "end_other_sessions": "one's own sessions",
    "end_session": "one's own sessions",
    "notifications:add_device": "one's own browser: it is told what one may still know of",
    "notifications:open": "one's own notice: its page is asked anew",
    "notifications:read_all": "one's own notices",
    "notifications:remove_device": "one's own browser",
    "notifications:settings": "how one is told, and not of what",
    "signals:throw_draft_away": "one's own draft",
    "people:new_link": "a mail to who was invited, whoever asks",
    "stay": "one's own session",
}
ONLY_LOOKS = {
    "cases:dashboard": "leads to what is searched",
    "cases:exportable": "leads to what is searched",
    "cases:readers": "takes a page's number",
    "people:invite_list": "shows whom a list would invite",
    "cases:check_paper": "compares a file with what was made; keeps nothing",
    "cases:vacation_file": "reads a list into the form that saves it",
    "cases:weighed": "says what would follow",
    "consultations:meetings": "takes the school of a list",
    "cases:whose_request": "lists the pupils to choose from",
    "signals:pupils": "lists the pupils to choose from",
}


# Have a button alone, and a page before it.
ALSO = {
    "people:send_invitations",
    "people:end_role",
    "people:reset_second_factor",
    "sso:switch",
    "systems:revoke",
}


def another_item(world: World) -> Data:
    """Put a piece behind the one that there is, to move it up."""
    HelpItemFactory(school=world.school, section=world.help_item.section, position=99)
    world.help_item = HelpItem.objects.get(position=99)
    return {}


def a_doubt(world: World) -> Data:
    """Let the list be about a pupil of whom there are two, and say which of them."""
    row = open_read(world.pupil_import)[0].rows[0]
    same = {"given_name": row.given, "family_name": row.family, "birth_date": row.born}
    one, __ = (PupilFactory(school=world.school, **same) for __ in range(2))
    return {f"line_{row.line}": str(one.public_id)}


def a_list_of_people(world: World) -> Data:
    """Send the list that was shown, with somebody who gets an invitation."""
    one = Listed(2, "Noor de Wit", "noor.de.wit@school.example", "teacher", world.school.pk)
    return {"people": seal([one], world.people["administrator"])}


def a_copy(world: World) -> Data:
    """Ask for the trail of today."""
    day = timezone.localdate().isoformat()
    reason = "Voor de FG, zoals elk jaar."
    return {"school": str(world.school.pk), "first": day, "last": day, "reason": reason}


def after(change: Callable[[World], object]) -> Callable[[World], Data]:
    """Send nothing but the click, once something is so that it changes something."""

    def fill(world: World) -> Data:
        change(world)
        return {}

    return fill


# What is sent without a form of ours: what must be so, and what is sent.
MORE: dict[str, Callable[[World], Data]] = {
    **dict.fromkeys((POST_ONLY | ALSO) - {*OF_ONES_OWN, *ONLY_LOOKS}, lambda world: {}),
    "audit:export": a_copy,
    "background:item_again": after(
        lambda world: DossierExport.objects.filter(pk=world.export.pk).update(state="failed")
    ),
    "cases:agree_import": lambda world: {"digest": preview(world.pupil_import)[0].digest()},
    "cases:decide_import": a_doubt,
    "people:send_invitations": a_list_of_people,
    "cases:approve_destruction": approval,
    "cases:contact_checked": after(lambda world: Contact.objects.update(checked_on="2020-01-01")),
    "cases:move_help": another_item,
    "cases:own_help": after(lambda world: HelpItem.objects.all().delete()),
    "consultations:put_on_agenda": after(lambda world: AgendaItem.objects.all().delete()),
    "referrals:received": after(
        lambda world: Referral.objects.filter(pk=world.referral.pk).update(
            sent_at=timezone.now(), sent_by=world.people["coordinator"]
        )
    ),
    "referrals:sent": after(
        lambda world: Referral.objects.filter(pk=world.referral.pk).update(
            consent="given", consent_of="Moeder"
        )
    ),
    "referrals:report_of": after(lambda world: Report.objects.filter(pk=world.report.pk).delete()),
}
# Writes nothing of ours: a row of the log, and a task in the queue.
NO_ROW = {"audit:export"}

BY_FORM = {row.name: row for row in reversed(FORMS)}
EVERYTHING = sorted({*BY_FORM, *MORE} - set(OF_ONES_OWN))


class Ending:
    """What ends all roles of somebody as a request of theirs waits for the n-th time."""

    def __init__(self, person: User, number: int) -> None:
        self.person, self.left = person, number
        self.armed = self.held = self.done = False
        self.locked: set[str] = set()

    def __call__(
        self, execute: Callable, sql: str, params: object, many: bool, context: dict
    ) -> object:
        own = "accounts_membership" in sql and self.person.pk in (params or ())
        if self.armed and not self.done and not self.held and self._waits(sql):
            self.left -= 1
            if not self.left:
                self.done = True
                self._end()
        self.held = self.held or (own and "FOR " in sql)
        found = execute(sql, params, many, context)
        if sql.startswith("ROLLBACK TO"):  # what was held is let go: one waited for it first
            self.held = False
            if self.done:  # by another connection: it stays
                self._end()
        return found

    def _end(self) -> None:
        day = timezone.localdate() - timedelta(days=1)
        Membership.objects.filter(user=self.person).update(starts_on=day, ends_on=day)

    def _waits(self, sql: str) -> bool:
        if connection.vendor == "sqlite":
            return sql.startswith("SAVEPOINT") and self.left == 1
        found = re.search(r'FROM "(\w+)".* FOR (NO KEY )?UPDATE', sql, re.DOTALL)
        if found is None or found[1] in self.locked:
            return False
        self.locked.add(found[1])
        return True


@pytest.fixture
def waiting(monkeypatch) -> Callable[[User, int], Ending]:
    """Return an ending that counts from where the view began: whoever has no role comes not in."""

    def make(person: User, number: int) -> Ending:
        ending = Ending(person, number)
        real = access.may

        def may(user: User, permission: access.Permission) -> bool:
            found = real(user, permission)
            ending.armed = ending.armed or found
            return found

        monkeypatch.setattr(access, "may", may)
        return ending

    return make


def sender(name: str, signed_in: Callable, world: World) -> tuple[User, Callable[[], HttpResponse]]:
    """Return somebody who may send it, and how."""
    if name in BY_FORM:
        sheet = Sheet(BY_FORM[name], signed_in, world)
        return sheet.user, sheet.send
    data = MORE[name](world)
    user = world.people[MATRIX[name][0]]
    browser, url = signed_in(user), reverse(name, args=arguments(name, world))
    return user, lambda: browser.post(url, data)


def without_own_roles(person: User) -> dict[str, list[tuple]]:
    """Return all that is written, but for the roles that ended here."""
    rows = written()
    rows["Membership"] = list(Membership.objects.exclude(user=person).order_by("pk").values_list())
    return rows


@pytest.mark.production
@pytest.mark.parametrize("name", EVERYTHING)
def test_whoever_lost_their_roles_while_it_waited_writes_nothing(name, signed_in, world, waiting):
    user, send = sender(name, signed_in, world)
    before, number, ended = without_own_roles(user), 0, True
    while ended:
        number += 1
        undone = transaction.atomic()
        undone._from_testcase = True  # a transaction that must be the outermost may begin in it
        with undone:
            ending = waiting(user, number)
            with connection.execute_wrapper(ending):
                answer = send()
            after, ended = without_own_roles(user), ending.done
            transaction.set_rollback(True)
        if ended:
            assert answer.status_code in (403, 404), number
            assert {table for table in before if before[table] != after[table]} == set(), number
        # Inside a transaction nobody waits on SQLite. What stands in FORMS is sent, and written, by
        # other tests.
        if connection.vendor == "sqlite" and (number > 1 or name in BY_FORM):
            break
    # As it is sent when no role ends, so that the above says something.
    assert ended or before != after or name in NO_ROW


def test_whatever_can_be_sent_stands_above():
    """A view that looks for a POST is sent something above, or stands in a table with why not."""
    takes = {
        name
        for name, view in all_patterns()
        if name not in FROM_LIBRARIES
        and MATRIX[name] is not PUBLIC
        and re.search(r"POST|[Ff]orm\.for_page|is_bound", inspect.getsource(inspect.unwrap(view)))
    }
    assert takes - {*EVERYTHING, *OF_ONES_OWN, *ONLY_LOOKS} == set()
