"""Times: proposed, answered, agreed; and the file for a calendar, which says nothing of anybody."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from accounts.roles import Role
from cases.errors import ActionError
from consultations.models import Consultation, ProposedTime
from consultations.times.actions import AT_MOST, agree_time, answer_times, propose_times
from consultations.times.calendar import calendar_file
from tests.factories import ConsultationFactory, member

SOON = timezone.now().replace(microsecond=0) + timedelta(days=2)


def times(consultation, coordinator, number=2):
    moments = [SOON + timedelta(days=day) for day in range(number)]
    propose_times(consultation, coordinator, moments)
    return list(consultation.times.all())


# Octets in a line before it is folded (RFC 5545, 3.1).
WIDTH = 75


def parsed(raw: bytes) -> dict[str, str]:
    """Read a calendar file as RFC 5545 says: unfolded, names from values, values unescaped.

    By hand, and not by the library that wrote it.
    """
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= WIDTH
    lines = raw.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert [lines[0], lines[-1]] == ["BEGIN:VCALENDAR", "END:VCALENDAR"]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    return {name: unescaped(value) for name, value in (line.split(":", 1) for line in lines)}


def unescaped(value: str) -> str:
    out, signs = "", iter(value)
    for sign in signs:
        out += sign if sign != "\\" else {"n": "\n"}.get(after := next(signs), after)
    return out


@pytest.mark.django_db
def test_who_chairs_proposes_who_joined_answers_and_one_is_agreed(
    invitation, family_worker, coordinator, signed_in
):
    consultation = invitation.consultation
    first, second = times(consultation, coordinator)
    url = reverse("consultations:answer_times", args=[consultation.reference])
    signed_in(family_worker).post(url, {"can": [str(second.public_id)]})
    assert [a.can for t in (first, second) for a in t.answers.all()] == [False, True]
    agree = reverse("consultations:agree", args=[consultation.reference])
    page = signed_in(coordinator).get(agree).content.decode()
    assert f"· {family_worker.name}" in page
    data = {"time": str(second.public_id), "minutes": "30", "place": "Kamer 3"}
    assert signed_in(coordinator).post(agree, data).status_code == 302
    consultation.refresh_from_db()
    assert (consultation.planned_at, consultation.minutes) == (second.starts_at, 30)
    assert "Kamer 3" in signed_in(family_worker).get(
        reverse("consultations:detail", args=[consultation.reference])
    ).content.decode()  # fmt: skip


@pytest.mark.django_db
def test_the_place_says_nothing_of_the_family(invitation, coordinator, signed_in):
    (time,) = times(invitation.consultation, coordinator, 1)
    url = reverse("consultations:agree", args=[invitation.consultation.reference])
    data = {"time": str(time.public_id), "minutes": "30", "place": "Thuis bij Jasmijn"}
    assert signed_in(coordinator).post(url, data).status_code == 422
    page = signed_in(coordinator).post(url, {**data, "replace": "1"}).content.decode()
    assert "Thuis bij [leerling]" in page


@pytest.mark.django_db
def test_who_may_not(invitation, family_worker, teacher, coordinator):
    consultation = invitation.consultation
    (time,) = times(consultation, coordinator, 1)
    for person in (family_worker, teacher):
        with pytest.raises(PermissionDenied):
            propose_times(consultation, person, [SOON])
        with pytest.raises(PermissionDenied):
            agree_time(consultation, person, time, minutes=30, place="")
    with pytest.raises(PermissionDenied):
        answer_times(consultation, coordinator, [time])


@pytest.mark.django_db
def test_a_time_of_another_consultation_or_of_before_is_not_agreed(consultation, coordinator):
    other = ConsultationFactory(case=consultation.case)
    past = ProposedTime.objects.create(
        consultation=consultation, starts_at=timezone.now() - timedelta(1), proposed_by=coordinator
    )
    for time in (times(other, coordinator, 1)[0], past):
        with pytest.raises(ActionError):
            agree_time(consultation, coordinator, time, minutes=30, place="")


@pytest.mark.django_db
def test_the_same_time_twice_is_one_and_too_many_are_refused(consultation, coordinator):
    times(consultation, coordinator, 2)
    times(consultation, coordinator, 2)
    assert consultation.times.count() == 2
    with pytest.raises(ActionError):
        times(consultation, coordinator, AT_MOST + 1)
    assert consultation.times.count() == 2


@pytest.mark.django_db
def test_what_a_calendar_gets(invitation, family_worker, coordinator, signed_in, settings):
    settings.SITE_URL = "https://meldcode.example:8443"
    consultation = invitation.consultation
    planned = datetime(2027, 1, 11, 9, 30, tzinfo=UTC)
    Consultation.objects.update(planned_at=planned, minutes=45, place="Bij Jasmijn thuis")
    url = reverse("consultations:calendar", args=[consultation.reference])
    answer = signed_in(family_worker).get(url)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert consultation.reference in answer["Content-Disposition"]
    event, ref = parsed(answer.content), consultation.reference
    address = f"https://meldcode.example:8443/consultations/{ref}/"
    assert {k: v for k, v in event.items() if k not in ("BEGIN", "END", "DTSTAMP", "SEQUENCE")} == {
        "VERSION": "2.0",
        "PRODID": "-//Meldcode//Meldcode//NL",
        "METHOD": "PUBLISH",
        "UID": f"{ref}@meldcode.example",
        "DTSTART": "20270111T093000Z",
        "DTEND": "20270111T101500Z",
        "SUMMARY": "Meldcode: overleg",
        "DESCRIPTION": f"{ref}\n{address}",
        "URL": address,
        "CLASS": "PRIVATE",
    }
    # And as a program reads it that knows calendars.
    (read,) = Calendar.from_ical(answer.content).events
    assert (read.start, read.end) == (planned, planned + timedelta(minutes=45))
    Consultation.objects.update(planned_at=None)
    assert signed_in(family_worker).get(url).status_code == 404


@pytest.mark.django_db
def test_a_calendar_takes_the_file_of_a_meeting_that_moved_for_the_newer(consultation):
    """With the same number many calendars keep the old moment (RFC 5545, SEQUENCE)."""
    Consultation.objects.update(planned_at=SOON, minutes=45)
    consultation.refresh_from_db()
    first, later = (
        parsed(calendar_file(consultation, SOON + timedelta(minutes=minutes))) for minutes in (0, 1)
    )
    assert first["UID"] == later["UID"]
    assert 0 < int(first["SEQUENCE"]) < int(later["SEQUENCE"]) < 2**31


@pytest.mark.django_db
def test_nobody_else_gets_it(consultation, signed_in):
    Consultation.objects.update(planned_at=SOON, minutes=45)
    url = reverse("consultations:calendar", args=[consultation.reference])
    assert signed_in(member(Role.COORDINATOR)).get(url).status_code == 404


@pytest.mark.django_db
def test_a_calendar_says_it_in_the_language_of_who_takes_it(consultation, settings):
    settings.SITE_URL = "https://meldcode.example"
    consultation.planned_at, consultation.minutes = SOON, 5
    with translation.override("nl"):
        assert parsed(calendar_file(consultation, SOON))["SUMMARY"] == "Meldcode: overleg"
    with translation.override("en"):
        assert parsed(calendar_file(consultation, SOON))["SUMMARY"] == "Meldcode: consultation"
