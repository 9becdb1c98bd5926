"""How long a dossier is kept: set on closing, shown, and dated when the pupil leaves (R44)."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases import actions
from cases.errors import ActionError
from cases.models import Case, Pupil
from cases.retention import kept_until, retention
from tests.cases.records import ago, consultation, decision, pupil_left, signal
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db

LEFT = date(2027, 7, 9)


@pytest.fixture
def case(school):
    """A case that was decided on, so that it may be closed."""
    case = CaseFactory(pupil=PupilFactory(school=school), opened_at=ago(days=10))
    signal(case, "tired", recorded_at=ago(days=9))
    consultation(case, closed_at=ago(days=5), recorded_at=ago(days=6), next_talk="De mentor.")
    decision(case, ago(days=2))
    actions.refresh(case, None)
    return case


def close(case, by, **kept):
    return actions.close_case(
        case, by, outcome="help_works", grounds="Gronden.", agreements="De mentor.", **kept
    )


def test_closing_sets_it_by_the_rule_and_a_pupil_at_school_has_no_day_yet(case, coordinator):
    closed = close(case, coordinator)
    assert (closed.retention_years, closed.kept_until, closed.retention_reason) == (5, None, "")


def test_of_a_pupil_who_left_before_the_day_is_known_on_closing(case, coordinator):
    Pupil.objects.update(left_on=LEFT)
    assert close(case, coordinator).kept_until == date(2032, 7, 9)


def test_the_day_is_set_when_the_pupil_leaves_and_taken_back_when_they_return(case, coordinator):
    close(case, coordinator, retention_years=10, retention_reason="Jonger broertje.")
    running = CaseFactory(pupil=case.pupil)
    pupil_left(case.pupil, LEFT)
    case.refresh_from_db()
    assert (case.kept_until, case.pupil.left_on) == (date(2037, 7, 9), LEFT)
    # What still runs has no day before it is closed.
    running.refresh_from_db()
    assert running.kept_until is None
    pupil_left(case.pupil, None)
    assert Case.objects.get(pk=case.pk).kept_until is None


def test_a_later_rule_changes_nothing_of_what_was_set(case, coordinator, monkeypatch):
    close(case, coordinator)
    monkeypatch.setattr("cases.retention.RETENTION_YEARS", 3)
    pupil_left(case.pupil, LEFT)
    assert retention(Case.objects.get()).until == date(2032, 7, 9)


def test_longer_takes_a_reason_and_the_bound_holds(case, coordinator):
    with pytest.raises(ActionError) as refused:
        close(case, coordinator, retention_years=8)
    assert refused.value.field == "retention_reason"
    with pytest.raises(IntegrityError), transaction.atomic():
        close(case, coordinator, retention_years=21, retention_reason="Voor altijd.")
    kept = close(case, coordinator, retention_years=20, retention_reason="Jonger broertje.")
    assert (kept.retention_years, kept.retention_reason) == (20, "Jonger broertje.")


def test_a_reason_is_kept_only_for_what_is_longer(case, coordinator):
    assert close(case, coordinator, retention_reason="Zomaar.").retention_reason == ""


def test_a_leap_day_has_its_anniversary_a_day_earlier():
    pupil = PupilFactory.build(school=None, left_on=date(2024, 2, 29))
    assert kept_until(pupil, 6) == date(2030, 2, 28)


def test_it_stands_on_the_form_before_on_the_case_after_and_in_the_list(
    case, coordinator, signed_in
):
    coordinator.language = "en"
    coordinator.save()
    browser = signed_in(coordinator)
    words = "The dossier is kept until five years after the pupil leaves the school."
    form = reverse("cases:close", args=[case.reference])
    assert words in browser.get(form).content.decode()
    sent = {
        "outcome": "help_works", "grounds": "Het gaat goed.", "agreements": "De mentor.",
        "told": "De mentor.", "retention_years": "9", "retention_reason": "Jonger broertje.",
    }  # fmt: skip
    assert browser.post(form, sent).status_code == 302
    page = browser.get(reverse("cases:detail", args=[case.reference])).content.decode()
    assert "kept until 9 years after the pupil leaves" in page
    assert "Jonger broertje." in page
    listed = reverse("cases:dashboard") + "?view=closed"
    assert "kept until 9 years after leaving" in browser.get(listed).content.decode()
    pupil_left(case.pupil, LEFT)
    page = browser.get(reverse("cases:detail", args=[case.reference])).content.decode()
    assert "The dossier is kept until 9 July 2036." in page
    assert "kept until 9 July 2036" in browser.get(listed).content.decode()


def test_a_form_without_years_is_kept_by_the_rule(case, coordinator, signed_in):
    sent = {
        "outcome": "help_works", "grounds": "Het gaat goed.", "agreements": "De mentor.",
        "told": "De mentor.", "retention_years": "",
    }  # fmt: skip
    signed_in(coordinator).post(reverse("cases:close", args=[case.reference]), sent)
    assert Case.objects.get().retention_years == 5


def test_what_was_closed_before_is_kept_by_the_rule_of_then(school):
    migration = import_module("cases.migrations.0011_retention")
    closed = {"closed_at": ago(days=1), "outcome": "cleared", "closing_grounds": "Gronden."}
    gone = CaseFactory(pupil=PupilFactory(school=school, left_on=date(2024, 2, 29)), **closed)
    here = CaseFactory(pupil=PupilFactory(school=school), **closed)
    running = CaseFactory(pupil=PupilFactory(school=school))
    migration.keep_by_the_rule(apps, None)
    set_to = {c.pk: (c.retention_years, c.kept_until) for c in Case.objects.all()}
    assert set_to == {
        gone.pk: (5, date(2029, 2, 28)), here.pk: (5, None), running.pk: (None, None),
    }  # fmt: skip
