"""How somebody is told: at once or once a day, quiet hours, and what the mail looks like."""

import re
from datetime import datetime, time
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from cases.actions import refresh
from cases.models import NotificationChoice, OutboxMessage
from cases.notifications import letters
from cases.notifications.kinds import SEVERE, SHUT_OUT
from cases.notifications.outbox import deliver
from cases.notifications.telling import notify
from consultations.models import Consultation
from tests.accounts.page import Page
from tests.cases import todo_situations as made
from tests.factories import CaseFactory, PupilFactory, SignalFactory

pytestmark = pytest.mark.django_db

SETTINGS = reverse("notifications:settings")
MORNING = datetime(2027, 3, 1, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
AT_ONCE = {"mail": "at_once", "digest_at": "08:00", "quiet_from": "", "quiet_until": ""}
NIGHT = {**AT_ONCE, "quiet_from": "22:00", "quiet_until": "07:00"}
DIGEST = {**AT_ONCE, "mail": "digest", "digest_at": "16:00"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


def tell(case, *people, kind=SHUT_OUT, key="1"):
    notify(kind, [person.pk for person in people], key, case=case)


def test_what_is_chosen_is_kept_and_stands_there_again(coordinator, signed_in):
    browser = signed_in(coordinator)
    assert Page(browser.get(SETTINGS)).typed["mail"] == ["at_once"]
    assert browser.post(SETTINGS, {**NIGHT, **DIGEST, "quiet_from": "22:00",
                                   "quiet_until": "07:00"})["Location"] == SETTINGS  # fmt: skip
    chosen = NotificationChoice.objects.get()
    assert (chosen.user, chosen.mail, chosen.digest_at) == (coordinator, "digest", time(16))
    assert (chosen.quiet_from, chosen.quiet_until) == (time(22), time(7))
    typed = Page(browser.get(SETTINGS)).typed
    assert (typed["mail"], typed["quiet_until"]) == (["digest"], ["07:00"])
    browser.post(SETTINGS, AT_ONCE)
    assert NotificationChoice.objects.get().quiet_from is None


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"mail": "never"}, "mail", ""),
        ({"digest_at": "25:00"}, "digest_at", "Vul een tijd in"),
        ({"digest_at": ""}, "digest_at", ""),
        ({"quiet_from": "22:00"}, "quiet_until", "Vul allebei in"),
        ({"quiet_until": "07:00"}, "quiet_from", "Vul allebei in"),
        ({"quiet_from": "laat", "quiet_until": "07:00"}, "quiet_from", "Vul een tijd in"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until", "Kies een andere tijd"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(coordinator, signed_in, wrong, field, said):
    answer = signed_in(coordinator).post(SETTINGS, {**AT_ONCE, **wrong})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert said in Page(answer).at(field)
    assert not NotificationChoice.objects.exists()


def test_what_waits_follows_a_new_choice(case, coordinator, signed_in, clock):
    browser = signed_in(coordinator)
    browser.post(SETTINGS, DIGEST)
    tell(case, coordinator)
    assert deliver() == 0
    browser.post(SETTINGS, AT_ONCE)
    assert deliver() == 1
    tell(case, coordinator, key="2")
    browser.post(SETTINGS, DIGEST)
    assert OutboxMessage.objects.latest("pk").not_before == MORNING.replace(hour=16)


def test_in_quiet_hours_only_what_is_urgent_comes(case, coordinator, signed_in, clock):
    signed_in(coordinator).post(SETTINGS, NIGHT)
    clock.move_to(MORNING.replace(hour=23))
    tell(case, coordinator)
    tell(case, coordinator, kind=SEVERE)
    assert deliver() == 1
    assert "iets ernstigs" in mail.outbox[0].subject
    clock.move_to(MORNING.replace(day=2, hour=7))
    assert deliver() == 1


def test_what_was_read_meanwhile_is_not_mailed(case, coordinator, signed_in, clock):
    browser = signed_in(coordinator)
    browser.post(SETTINGS, DIGEST)
    tell(case, coordinator)
    browser.get(reverse("cases:detail", args=[case.reference]))
    clock.move_to(MORNING.replace(hour=16))
    assert deliver() == 0


@pytest.mark.parametrize(
    ("language", "subject", "link"),
    [
        ("nl", "Meldcode: je overzicht van vandaag (2 berichten)", "Kijk in Meldcode"),
        ("en", "Meldcode: your overview of today (2 things)", "Look in Meldcode"),
    ],
)
def test_the_digest_has_a_subject_of_its_own_in_ones_language(
    case, coordinator, school, clock, language, subject, link
):
    type(coordinator).objects.filter(pk=coordinator.pk).update(language=language)
    NotificationChoice.objects.create(user=coordinator, mail="digest", digest_at=time(16))
    tell(case, coordinator)
    tell(CaseFactory(pupil=PupilFactory(school=school)), coordinator, key="2")
    clock.move_to(MORNING.replace(hour=16))
    assert deliver() == 1
    (letter,) = mail.outbox
    assert letter.subject == subject
    assert link in html_of(letter)


def test_the_digest_has_ones_tasks_with_it_and_a_mail_at_once_has_not(case, coordinator, clock):
    type(case).objects.update(responsible=coordinator)
    SignalFactory(case=case, author=coordinator)
    refresh(case, None)
    tell(case, coordinator)
    assert deliver() == 1
    NotificationChoice.objects.create(user=coordinator, mail="digest", digest_at=time(16))
    tell(case, coordinator, key="2")
    clock.move_to(MORNING.replace(hour=16))
    assert deliver() == 1
    at_once, digest = mail.outbox
    for text in (digest.body, html_of(digest)):
        assert "Mijn taken" in text
        assert reverse("todo") in text
        tasks = text.partition("Mijn taken")[2]
        assert case.reference in tasks
        # The address of a form names the step.
        assert reverse("cases:detail", args=[case.reference]) not in tasks
        assert case.pupil.given_name not in text
    assert "Mijn taken" not in at_once.body + html_of(at_once)


def test_the_digest_has_both_halves_of_my_tasks_and_says_where_it_is_cut(
    case, coordinator, school, clock, monkeypatch
):
    for __ in range(2):
        made.sent_invitation(coordinator, school)
    made.unconfirmed(coordinator, school)
    NotificationChoice.objects.create(user=coordinator, mail="digest", digest_at=time(16))
    tell(case, coordinator)
    clock.move_to(MORNING.replace(hour=16))
    monkeypatch.setattr(letters, "TASKS_SHOWN", 2)
    deliver()
    (digest,) = mail.outbox
    rooms = [room.reference for room in Consultation.objects.all()]
    for text in (digest.body, html_of(digest)):
        of_me, by_me = text.partition("Mijn taken")[2].split("Door mij gevraagd")
        assert "Aan mij gevraagd" in of_me
        assert sum(room in by_me for room in rooms) == 2
        assert "Er is nog 1 taak" in by_me
        assert "is niet bevestigd" not in by_me  # nor what was sent in a case


def html_of(letter):
    (alternative,) = letter.alternatives
    assert alternative[1] == "text/html"
    return alternative[0]


class Elements(HTMLParser):
    """Which elements a mail has, with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_the_mail_is_text_and_simple_html_that_fetches_nothing(case, coordinator, settings):
    tell(case, coordinator, kind=SEVERE)
    assert deliver() == 1
    (letter,) = mail.outbox
    page = Elements(html_of(letter))
    tags = {tag for tag, _ in page.found}
    assert tags <= {"html", "head", "meta", "title", "body", "div", "p", "h2", "strong", "br", "a"}
    assert not re.search(r"src=|url\(|@import|<link|cid:", html_of(letter))
    links = {attributes["href"] for tag, attributes in page.found if tag == "a"}
    place = settings.SITE_URL + reverse("cases:detail", args=[case.reference])
    assert links == {place, settings.SITE_URL + SETTINGS}
    for said in (case.reference, "Dringend", "iets ernstigs vastgelegd", "Hoe je bericht krijgt"):
        assert said in page.text
    for text in (letter.body, page.text):
        assert case.pupil.given_name not in text
        assert case.school.name not in text
    assert place in letter.body
    assert settings.SITE_URL + SETTINGS in letter.body
