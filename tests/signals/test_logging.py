"""The form of a signal: when it was, categories by age, headings, and words that are no fact."""

import re
from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import make_aware

from accounts.forms import MeldcodeForm
from accounts.when import MINUTE, WhenField
from cases.models import Pupil
from signals.categories import CATEGORIES, CHILD, TEEN
from signals.forms import SignalForm
from signals.models import Signal
from signals.opinions import OPINIONS, hints_in
from tests.accounts.page import Page
from tests.factories import PupilFactory, SignalFactory

NEW = reverse("signals:new")


class WhenForm(MeldcodeForm):
    """A form with nothing but the field."""

    at = WhenField(label="When")


def asked(teacher, **sent):
    data = QueryDict(mutable=True)
    data.update(sent)
    return WhenForm(data, user=teacher)


def at(monkeypatch, moment):
    """Let it be a moment."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


@pytest.mark.django_db
def test_when_it_was(teacher, monkeypatch):
    noon = make_aware(datetime(2026, 3, 12, 12, 30, 40))  # noqa: DTZ001 - made aware here
    at(monkeypatch, noon)
    shown = {"at_shown": "2026-03-12T12:10"}
    for sent, moment in (
        ({"at_when": "now"}, "2026-03-12T12:30"),
        ({"at_when": "today", "at_time": "09:15"}, "2026-03-12T09:15"),
        ({"at_when": "yesterday", "at_time": "23:50"}, "2026-03-11T23:50"),
        ({"at_when": "other", "at": "2026-02-01T08:00"}, "2026-02-01T08:00"),
        # Without a choice, a moment is another day; what a choice does not ask for does not count.
        ({"at": "2026-02-01T08:00"}, "2026-02-01T08:00"),
        ({"at_when": "now", "at_time": "09:15", "at": "2026-02-01T08:00"}, "2026-03-12T12:30"),
    ):
        form = asked(teacher, **shown, **sent)
        assert form.is_valid(), sent
        assert timezone.localtime(form.cleaned_data["at"]).strftime(MINUTE) == moment
    for sent in (
        {}, {"at_when": "today"}, {"at_when": "yesterday", "at_time": "25:99"},
        {"at_when": "today", "at_time": "18:00"}, {"at_when": "other"}, {"at_when": "soon"},
        {"at_when": "other", "at": "garbage"}, {"at_when": "\x00"},
    ):  # fmt: skip
        assert "at" in asked(teacher, **shown, **sent).errors, sent
    # Sent a minute after midnight, "today" is the day on which it was chosen.
    at(monkeypatch, make_aware(datetime(2026, 3, 13, 0, 5)))  # noqa: DTZ001
    form = asked(teacher, at_shown="2026-03-12T23:55", at_when="today", at_time="23:50")
    assert form.is_valid()
    assert timezone.localtime(form.cleaned_data["at"]).strftime(MINUTE) == "2026-03-12T23:50"


@pytest.mark.django_db
def test_brought_back_later_now_is_the_moment_of_then(teacher, monkeypatch):
    noon = make_aware(datetime(2026, 3, 12, 12, 30))  # noqa: DTZ001 - made aware here
    for later, when, moment in (
        (timedelta(minutes=5), "now", ""),
        (timedelta(hours=3), "today", "12:30"),
        (timedelta(days=3), "other", "2026-03-12T12:30"),
    ):
        form = WhenForm(user=teacher)
        form.restore(QueryDict("at_when=now&at_shown=2026-03-12T12:30"))
        at(monkeypatch, noon + later)
        said = form["at"].said
        assert (said.choice, said.time or said.moment) == (when, moment)
    form = WhenForm(user=teacher)
    form.restore(QueryDict("at_when=yesterday&at_time=08:10&at_shown=2026-03-12T12:30"))
    assert form["at"].said[:3] == ("other", "", "2026-03-11T08:10")


@pytest.mark.django_db
def test_the_categories_are_those_of_the_school_and_all_the_others_under_more(teacher, school):
    for kind, group in ((school.Kind.SECONDARY, TEEN), (school.Kind.PRIMARY, CHILD)):
        school.kind = kind
        school.save()
        teacher.forget_memberships()
        form = SignalForm(user=teacher)
        assert form.age_group == group
        found = [o.category for g in form.category_groups for o in (*g.usual, *g.more)]
        assert sorted(c.code for c in found) == sorted(c.code for c in CATEGORIES)
        usual = {o.category.code for g in form.category_groups for o in g.usual}
        assert ("substances" in usual, "not_fetched" in usual) == (group == TEEN, group == CHILD)
        assert {c.code for c in CATEGORIES if c.direct} <= usual


@pytest.mark.django_db
def test_the_form_tells_nobody_when_a_pupil_turns_twelve(teacher, school, signed_in, monkeypatch):
    """Who is offered a pupil knows the name and the class; by a birthday they would know more."""
    today = timezone.localdate()
    pupil = PupilFactory(school=school, birth_date=today.replace(year=today.year - 12))
    browser, found = signed_in(teacher), []
    for age in (11, 12):
        monkeypatch.setattr(Pupil, "age", lambda self, day, age=age: age)
        page = browser.get(reverse("signals:new"), {"pupil": str(pupil.public_id)})
        offered = browser.post(reverse("signals:pupils"), {"pupil_query": pupil.given_name})
        groups = page.context["form"].category_groups
        found.append((re.findall(r'data-age="\w*"', page.content.decode()), groups,
                      offered.content))  # fmt: skip
    assert found[0] == found[1]


@pytest.mark.django_db
def test_the_form_shows_the_usual_and_opens_what_is_wrong_or_filled_in(teacher, school, signed_in):
    same = {"given_name": "Sem", "family_name": "Vos"}
    for name in ("1A", "2B"):
        SignalFactory(
            author=teacher, case__pupil=PupilFactory(school=school, class_name=name, **same)
        )
    browser = signed_in(teacher)
    page = browser.get(NEW)
    assert Pupil.objects.count() == 2
    # The recent ones stand there at once, and two of one name are told apart by their class.
    options = re.findall(r'pupil-name">([^<]+)<.*?pupil-class">([^<]+)<', page.content.decode(),
                         re.DOTALL)  # fmt: skip
    assert sorted(options) == [("Sem Vos", "1A"), ("Sem Vos", "2B")]
    folded = {"child_words", "place", "hearsay_from", "interpretation", "about_staff"}
    assert closed(page) >= folded | {"categories"}
    assert closed(page) & {"facts", "pupil", "observed_at", "observed_at_when", "urgency"} == set()
    wrong = browser.post(
        NEW, {"hearsay_from": "x" * 161, "child_words": "Au", "categories": "food"}
    )
    assert closed(wrong) & {"hearsay_from", "place", "child_words"} == set()
    assert {"interpretation", "about_staff"} <= closed(wrong)


def closed(response):
    """Return the fields all of whose inputs stand behind a closed heading."""
    page = Page(response)
    hidden, seen = set(), set()

    def walk(element, behind):
        behind = behind or (element.tag == "details" and "open" not in element.attrib)
        if element.get("name") and element.tag in ("input", "textarea", "select"):
            (hidden if behind else seen).add(element.get("name"))
        for child in element:
            walk(child, behind)

    walk(page.root, False)
    return hidden - seen


def test_words_that_are_no_fact_are_found_and_quotations_are_left_alone():
    for text, words in (
        ("Hij is LUI.", ["LUI"]),
        ("Deed agressief en is altijd te laat", ["agressief", "altijd"]),
        ("Asociaal gedrag, volgens mij.", ["Asociaal", "volgens mij"]),
        ('Zei: "Ik ben lui en dat blijft altijd zo."', []),
        ("Moeder zei: „Hij liegt altijd”. Vader zweeg.", []),
        ("Luister: de fluit lag in de sluis, 3x.", []),
        ("She is lazy and never comes.", ["lazy", "never"]),
        ("Kwam zonder jas, het vroor.", []),
        ("", []),
    ):
        assert [hint.word for hint in hints_in(text)] == words, text
    # Nothing but letters, and what a browser reads in the same way.
    for opinion in OPINIONS:
        assert re.fullmatch(r"(?:[a-z -]|\\w\*|\|)+", opinion.pattern)


@pytest.mark.django_db
def test_a_hint_comes_after_and_keeps_nothing_back(teacher, coordinator, school, signed_in):
    pupil = PupilFactory(school=school)
    data = {"pupil": str(pupil.public_id), "facts": "Hij is lui.", "observed_at_when": "now",
            "urgency": "normal"}  # fmt: skip
    browser = signed_in(teacher)
    page = browser.post(NEW, data, follow=True)
    signal = Signal.objects.get()
    assert page.redirect_chain == [(reverse("signals:detail", args=[signal.reference]), 302)]
    assert "leverde deze week geen huiswerk in" in page.content.decode()
    # It is for who wrote it, and for now.
    detail = reverse("signals:detail", args=[signal.reference])
    assert "huiswerk" not in signed_in(coordinator).get(detail).content.decode()
    Signal.objects.update(recorded_at=timezone.now() - timedelta(hours=2))
    assert "huiswerk" not in browser.get(detail).content.decode()
