"""The tour of the five steps, the accessibility statement, and what stands in a browser's tab."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.template.defaultfilters import capfirst
from django.urls import reverse

from accounts.roles import Role
from cases.protocol import PERIODS, STEPS
from meldcode import accessibility, tour
from meldcode.accessibility import EXAMINED, GAPS, Status
from meldcode.tour import STOPS
from tests.factories import member

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

# What a title may tell beside words of ours: no pupil. Of people, where one looks after them.
IN_A_TITLE = {
    "case.reference", "job.case.reference", "consultation.reference", "signal.reference",
    "job.years", "year", "person.name", "provider.name", "guide.title",
}  # fmt: skip


def read(browser, number):
    return unescape(browser.get(reverse("tour", args=[number])).content.decode())


def test_the_tour_says_who_does_what_within_which_time(signed_in, monkeypatch):
    browser = signed_in(member(Role.BUURTTEAM_WORKER))
    assert [stop.step for stop in STOPS] == [step.code for step in STEPS]
    # What it says of time is what the table says.
    longer = {code: replace(one, days=one.days + 300) for code, one in PERIODS.items()}
    monkeypatch.setattr(tour, "PERIODS", longer)
    for step, stop in zip(STEPS, STOPS, strict=True):
        page = read(browser, step.number)
        assert step.period in stop.periods
        for code in stop.periods:
            assert capfirst(PERIODS[code].label) in page
            assert f"{PERIODS[code].days + 300} werkdagen" in page
        for text in (step.name, stop.asks, stop.does, stop.example):
            assert str(text) in page
        assert f"Stap {step.number} van 5" in page
        assert ("de casus kreeg overgedragen" in page) is (step.number >= 3)
        onward = dict(re.findall(r'href="/protocol/tour/(\d)/"\s+rel="(\w+)"', page))
        around = {step.number - 1: "prev", step.number + 1: "next"}
        assert onward == {str(n): rel for n, rel in around.items() if 1 <= n <= len(STEPS)}
    assert "Signalen in kaart brengen" in browser.get(reverse("tour")).content.decode()
    assert [browser.get(f"/protocol/tour/{number}/").status_code for number in (0, 6)] == [404, 404]


def test_whoever_comes_reads_what_is_not_accessible_yet(client, settings, monkeypatch):
    assert reverse("accessibility") in client.get(reverse("account_login")).content.decode()
    page = unescape(client.get(reverse("accessibility")).content.decode())
    for gap in GAPS:
        for said in (gap.what, gap.cause, gap.consequence, gap.instead, gap.measure):
            assert str(said) in page
    assert page.count("Nog niet gedaan") == sum(not each.done for each in EXAMINED)
    assert "Status C van het Nederlandse model: eerste maatregelen genomen" in page
    assert "mailto:" not in page
    # No better status while nobody from outside looked at it.
    assert accessibility.STATUS in {Status.FIRST_MEASURES, Status.NOT, Status.UNKNOWN} or all(
        each.done for each in EXAMINED
    )
    settings.ACCESSIBILITY_EMAIL = "toegankelijk@school.example"
    assert (
        'href="mailto:toegankelijk@school.example"'
        in client.get(reverse("accessibility")).content.decode()
    )


def test_no_title_tells_the_name_of_a_pupil():
    told = {
        variable
        for path in TEMPLATES.rglob("*.html")
        for block in re.findall(
            r"{% block title %}(.*?){% endblock title %}", path.read_text(), re.DOTALL
        )
        for variable in re.findall(r"{{ *([\w.]+)", block)
    }
    assert told == IN_A_TITLE
