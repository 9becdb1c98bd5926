"""What one may not know of changes nothing that one gets, to the byte.

A school goes through what is secret, in stages (``kept_secret``). Each person asks every address
that is theirs before all of it, and again after the last stage of which they may know nothing, days
later, when reminders and letters went out: status, headers, body, mails and notifications are the
same. And whoever logs a signal of their own about one of these pupils reads the same.

The addresses come from the matrix of roles: a new one is asked by itself, or stands in ``UNASKED``.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime, timedelta
from difflib import unified_diff
from http.cookies import Morsel
from typing import Any

import pytest
import time_machine
from django.contrib.messages.storage.cookie import MessageSerializer
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission, school_ids
from accounts.crypto import cipher
from accounts.models import User
from accounts.told_once import PURPOSE, SealedCookie
from background.models import Beat, Worker
from cases.models import Notification
from cases.notifications.outbox import deliver
from cases.reminders.sweep import sweep
from signals.models import Signal
from tests.accounts.every_form import new_signal
from tests.attacks.kept_secret import PEOPLE, UNASKED, Person, School
from tests.conftest import SESSION, sign_in
from tests.test_role_matrix import FROM_LIBRARIES, MATRIX, POST_ONLY

pytestmark = [pytest.mark.django_db, pytest.mark.production]

LATER = timedelta(days=4)

# What follows each request by itself, and says nothing: as it is written, and what stands for it.
NOISE = (
    (re.compile(rb"(\bq=)gAAAA[\w-]+"), rb"\1-"),
    (re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+'), rb"\1-"),
    (re.compile(rb'(name="idempotency_key" value=")[^"]+'), rb"\1-"),
    (re.compile(rb'(name="typed_by" value=")[^"]+'), rb"\1-"),
    (re.compile(rb'(name="seen" value=")gAAAA[^"]+'), rb"\1-"),
    (re.compile(rb"(before=)[\w=-]{60,}"), rb"\1-"),
    (re.compile(rb"/notifications/[0-9a-f-]{36}/"), rb"/notifications/-/"),
)
NOISY_COOKIES = ("csrf", "session")

Answers = dict[str, str]


def as_said(answer: Any) -> str:
    """Return all that an answer says: status, headers and body, without noise."""
    body = b"".join(answer) if answer.streaming else answer.content
    for pattern, instead in NOISE:
        body = pattern.sub(instead, body)
    headers = sorted(f"{name}: {value}" for name, value in answer.items())
    cookies = [_said_by(name, cookie) for name, cookie in sorted(answer.cookies.items())]
    return "\n".join([str(answer.status_code), *headers, *cookies, "", body.decode("latin-1")])


def _said_by(name: str, cookie: Morsel) -> str:
    """Return what a cookie says: of one that is encrypted, what stands in it."""
    if name in NOISY_COOKIES:
        return name
    if name == SealedCookie.cookie_name and cookie.value:
        __, __, said = zlib.decompress(cipher(PURPOSE).decrypt(cookie.value.encode())).partition(
            b":"
        )
        told = MessageSerializer().loads(said)
        return f"{name}: {[(one.level, one.message) for one in told]}"
    return str(cookie)


def told(user: User) -> str:
    """Return what somebody was told: letters, and what their bell knows."""
    letters = [f"{m.subject}\n{m.body}" for m in mail.outbox if user.email in m.recipients()]
    rung = Notification.objects.filter(recipient=user).order_by("pk")
    return "\n".join([*letters, *(str(row) for row in rung.values_list("kind", "about", "urgent"))])


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is done in here, and forget what was remembered."""
    cache.clear()
    block = transaction.atomic()
    block._from_testcase = True  # a transaction that must be the outermost one is, in here
    with block:
        yield
        transaction.set_rollback(True)


class Walk:
    """All that the people get, before and after."""

    def __init__(self, school: School, clock: Any, now: datetime) -> None:
        self.school, self.clock, self.now = school, clock, now
        # Others than those in which something is done: what is said of that waits in a cookie.
        self.keys: dict[str, str] = {}
        with self.days_later():
            for who in {person.who: None for person in PEOPLE}:
                client = sign_in(school.world.people[who])
                client.get(reverse("help"))  # which notes that there is a session
                self.keys[who] = client.cookies[SESSION].value

    def browser(self, person: Person) -> Client:
        """Return a browser that holds nothing but the session of one of the people."""
        client = Client()
        client.cookies[SESSION] = self.keys[person.who]
        return client

    @contextmanager
    def days_later(self) -> Iterator[None]:
        """Let some days go by."""
        self.clock.move_to(self.now + LATER)
        yield
        self.clock.move_to(self.now)

    def days_go_by(self) -> None:
        """Let reminders and letters go out."""
        mail.outbox.clear()
        Worker.objects.update(seen_at=timezone.now())
        Beat.objects.update(ticked_at=timezone.now())
        sweep(timezone.now())
        deliver()

    def of(self, person: Person) -> Answers:
        """Return what somebody gets, by address; and what they were told."""
        browser, got = self.browser(person), {"told": told(self.user(person))}
        with undone():
            got |= {url: as_said(browser.get(url)) for url in self.school.addresses(person)}
        return got | self.of_a_signal(person)

    def of_a_signal(self, person: Person) -> Answers:
        """Return what somebody of the school gets who logs a signal of their own."""
        school, browser = self.school, self.browser(person)
        if school.world.school.pk not in school_ids(self.user(person), Permission.LOG_SIGNAL):
            return {}
        there = school.hidden if person.who == "conflicted" else school.world
        with undone():
            form = {**new_signal(there), "urgency": "normal", "about_staff": ""}
            answer = browser.post(reverse("signals:new"), form)
            said = f"{as_said(answer)}\n{as_said(browser.get(answer['Location']))}"
            signal = Signal.objects.select_related("case").latest("pk")
        for reference in (signal.reference, signal.case.reference):
            said = said.replace(reference, "-")
        return {"a signal of one's own": said}

    def user(self, person: Person) -> User:
        """Return one of the people."""
        return self.school.world.people[person.who]

    def of_all(self, people: list[Person]) -> dict[Person, Answers]:
        """Return what people get, days later."""
        if not people:
            return {}
        with self.days_later(), undone():
            self.days_go_by()
            return {person: self.of(person) for person in people}


@pytest.fixture(scope="module")
def walked(_standing_world, django_db_blocker) -> dict[Person, tuple[Answers, Answers]]:
    """Return what each person got before and after all that they may not know of."""
    world, media = _standing_world
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media),
        time_machine.travel(timezone.now(), tick=False) as clock,
        undone(),
    ):
        school = School(copy(world))
        walk = Walk(school, clock, timezone.now())
        before, after = {}, {}
        with undone():
            for stage, happens in school.stages.items():
                happens()
                after |= walk.of_all([person for person in PEOPLE if person.stage == stage])
                before |= walk.of_all([person for person in PEOPLE if person.since == stage])
        at_first = {person.who: person for person in PEOPLE if not person.since}
        got = walk.of_all(list(at_first.values()))
        before |= {p: got[at_first[p.who]] for p in PEOPLE if not p.since}
    return {person: (before[person], after[person]) for person in PEOPLE}


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: f"{person.who}-{person.stage}")
def test_what_one_may_not_know_of_changes_nothing_that_one_gets(walked, person):
    before, after = walked[person]
    assert set(before) == set(after)
    assert len(before) > 10
    differ = [
        "\n".join([asked, *unified_diff(was.split("\n"), after[asked].split("\n"), n=0)])
        for asked, was in before.items()
        if was != after[asked]
    ]
    assert not differ, "\n".join(differ)


def test_who_asks_nothing_stands_in_the_table_with_a_reason():
    assert set(UNASKED) <= set(MATRIX) - POST_ONLY - FROM_LIBRARIES
