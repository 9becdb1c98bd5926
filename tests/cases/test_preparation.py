"""The sheet with which one prepares a talk: by age, and with what must come first."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from audit.models import LogEntry
from cases.conversations.preparation import LINKS, PARTS, SHEET, Part, sheet
from cases.models import Conversation
from cases.protocol.ages import AgeGroup, Party, age_group, consent_missing, consents
from cases.protocol.rules import SOURCES
from tests.cases.records import ago, signal
from tests.factories import CaseFactory, PupilFactory

# What only one age is told, in words of the sheet.
FIRST = {
    AgeGroup.CHILD: "With the parents. Tell them concretely",
    AgeGroup.BETWEEN: "With the pupil. After that with the parents.",
    AgeGroup.OLDER: "With the pupil. Then decide together",
}
CONSENT = {
    AgeGroup.CHILD: "Help takes the consent of the parents:",
    AgeGroup.BETWEEN: "Help takes the consent of the pupil and of the parents",
    AgeGroup.OLDER: "The parents&#x27; consent is not needed.",
}


@pytest.mark.parametrize(
    ("age", "group", "parties"),
    [
        (11, AgeGroup.CHILD, (Party.PARENTS,)),
        (12, AgeGroup.BETWEEN, (Party.PARENTS, Party.PUPIL)),
        (15, AgeGroup.BETWEEN, (Party.PARENTS, Party.PUPIL)),
        (16, AgeGroup.OLDER, (Party.PUPIL,)),
        (None, AgeGroup.BETWEEN, (Party.PARENTS, Party.PUPIL)),
    ],
)
def test_the_age_says_whose_consent_it_takes(age, group, parties):
    assert age_group(age) is group
    assert consents(age) == parties
    assert consent_missing(age, {}) == parties
    assert consent_missing(age, dict.fromkeys(parties, "partly")) == parties
    assert consent_missing(age, dict.fromkeys(parties, "given")) == ()


@pytest.mark.parametrize("row", SHEET, ids=lambda row: str(row.text)[:30])
def test_a_row_says_on_whose_word_and_speaks_both_languages(row):
    assert row.part in PARTS
    assert row.ages
    assert set(row.source.split(", ")) <= set(SOURCES)
    assert not row.link or row.link in LINKS
    with translation.override("en"):
        english = str(row.text)
    with translation.override("nl"):
        assert str(row.text) != english


@pytest.mark.parametrize("group", AgeGroup)
def test_each_age_has_a_whole_sheet_in_the_order_of_its_parts(group):
    parts = sheet(group)
    assert [part.code for part in parts] == list(Part)
    assert all(part.rows for part in parts)
    assert all(group in row.ages for part in parts for row in part.rows)


def test_one_reads_on_at_home_pages_only():
    for __, address in LINKS.values():
        assert re.fullmatch(r"https://[a-z.]+/", address)


@pytest.fixture
def sheet_of(school, coordinator, signed_in):
    """Return the sheet's page for a pupil of an age, as the coordinator reads it in English."""
    coordinator.language = "en"
    coordinator.save()
    browser = signed_in(coordinator)

    def read(years, query="", *categories):
        born = years and timezone.localdate() - timedelta(days=365 * years + 100)
        case = CaseFactory(pupil=PupilFactory(school=school, birth_date=born))
        if categories:
            signal(case, *categories, recorded_at=ago(days=1))
        url = reverse("cases:prepare_talk", args=[case.reference])
        return browser.get(f"{url}{query}").content.decode()

    return read


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("years", "group"), [(8, AgeGroup.CHILD), (14, AgeGroup.BETWEEN), (17, AgeGroup.OLDER)]
)
def test_the_page_shows_the_sheet_of_the_pupils_age_and_of_no_other(sheet_of, years, group):
    shown = sheet_of(years)
    for words in (FIRST, CONSENT):
        assert {age for age, text in words.items() if text in shown} == {group}
    # An age that is known is not asked, nor chosen in the address.
    assert "birth date" not in shown
    other = next(age for age in AgeGroup if age is not group)
    assert FIRST[other] not in sheet_of(years, f"?age={other}")


@pytest.mark.django_db
def test_an_unknown_birth_date_is_asked_and_the_sheet_from_12_is_shown_until_then(sheet_of):
    shown = sheet_of(None)
    assert "The birth date of this pupil is not known." in shown
    assert FIRST[AgeGroup.BETWEEN] in shown
    assert FIRST[AgeGroup.CHILD] in sheet_of(None, "?age=child")
    assert FIRST[AgeGroup.BETWEEN] in sheet_of(None, "?age=nonsense")


@pytest.mark.django_db
def test_what_comes_before_a_talk_stands_on_top(sheet_of):
    assert "No talk with the parents before that." not in sheet_of(14)
    assert "No talk with the parents before that." in sheet_of(14, "", "coercion")


@pytest.mark.django_db
def test_nothing_is_ticked_beforehand_sent_or_kept(sheet_of, school):
    shown = sheet_of(14)
    sheet_itself = shown.partition("<main")[2].partition("</main>")[0]
    boxes = re.findall(r"<input[^>]*checkbox[^>]*>", sheet_itself)
    assert len(boxes) == sum(len(part.rows) for part in sheet(AgeGroup.BETWEEN))
    assert not [box for box in boxes if "checked" in box or "name=" in box]
    assert not Conversation.objects.exists()


@pytest.mark.django_db
def test_reading_it_stands_in_the_trail_of_the_case(sheet_of):
    before = LogEntry.objects.count()
    sheet_of(14)
    assert LogEntry.objects.count() > before


@pytest.mark.django_db
def test_links_elsewhere_tell_nobody_where_one_came_from(sheet_of):
    links = re.findall(r'<a[^>]*href="https://[^"]*"[^>]*>', sheet_of(14))
    assert links
    assert all('rel="noreferrer noopener"' in link for link in links)
