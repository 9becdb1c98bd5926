"""Whatever is sent: a message at the field, in the user's language; nothing lost, nothing written.

The table of all forms stands in ``tests/accounts/every_form.py``; what can be wrong with a field
follows from its kind, so that a new field is tested as soon as it is there.
"""

import re
import uuid
from collections.abc import Iterator
from operator import attrgetter

import pytest
from django import forms
from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import typed as typed_by
from accounts.forms import ComingDayField, MeldcodeForm, MomentField
from accounts.models import User
from accounts.people.forms import NameField
from accounts.people.list_views import ListForm, SendForm
from accounts.tables import one_line
from audit.forms import ExportForm
from cases.destruction.forms import ApproveForm
from cases.errors import KEY_USED
from cases.figures.forms import PaperForm
from cases.imports.forms import AgreeForm, WhoForm
from cases.models import Pupil
from cases.rights_requests.forms import WhoseForm
from cases.vacations.forms import FileForm
from tests.accounts.every_form import FORMS, Row, Sheet, typed, written
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.test_role_matrix import arguments

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024
NUL = "Zat\x00stil."
CHOICES = (forms.ChoiceField, forms.ModelChoiceField)
# What a database may see another way than another one does; and what a form refuses by itself.
NOT_AMONG_THEM = (NUL, "9" * 30, str(uuid.uuid4()))
NO_CHOICE = ("nonsense", "<script>alert(1)</script>", "-1")
ON_SQLITE = connection.vendor == "sqlite"
# A name that is a script, a picture and its joiners, the marks that turn a line around.
STRANGE = (
    "<script>alert('x')</script> & \"'` 👩‍👧 \u202eomgekeerd\u202c \u200fعربي\u200e {{ 1 }} %s"
)
SQL = "'; DROP TABLE cases_case; -- \" %s %% \\ ${0} ' UNION SELECT password"

names = attrgetter("name")
every_form = pytest.mark.parametrize("row", FORMS, ids=names)
# Each wrong answer of all forms takes a minute: on SQLite, where PostgreSQL follows, of each third.
ON_SQLITE_TOO = FORMS[::3]
each_in_turn = pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, marks=[] if row in ON_SQLITE_TOO else [pytest.mark.production])
        for row in FORMS
    ],
    ids=names,
)

# One wrong answer: what is wrong, at which field, and what is sent instead.
Bad = tuple[str, str, dict[str, object]]


def by_itself(row: Row) -> bool:
    """Tell whether to ask what a form refuses by itself: once will do, whatever the database."""
    return ON_SQLITE or row not in ON_SQLITE_TOO


def bad_inputs(sheet: Sheet) -> Iterator[Bad]:
    """Yield what can be wrong with a form, from the kinds of its fields and from the table."""
    for name, field in sheet.fields().items():
        if field.required and by_itself(sheet.row):
            yield "empty", name, {name: []}
            yield "blank", name, {name: " "}
        if isinstance(field, MomentField | ComingDayField):
            yield from ((value, name, {name: value}) for value in bad_dates(field))
        elif isinstance(field, forms.IntegerField):
            beyond = (field.min_value - 1, field.max_value + 1)
            numbers = ("a", "1.5", "1e3", NUL, "9" * 30, *map(str, beyond))
            yield from ((value, name, {name: value}) for value in numbers)
        elif isinstance(field, CHOICES):
            choices = NOT_AMONG_THEM + (NO_CHOICE if by_itself(sheet.row) else ())
            yield from ((repr(value), name, {name: value}) for value in choices)
        elif is_text(field):
            yield "too long", name, {name: "é" * (field.max_length + 1)}
            yield "NUL", name, {name: NUL}
    yield from ((f"with {changes}", name, changes) for changes, name in sheet.row.needs)
    yield from (
        (make.__name__, name, {name: make(sheet.world)}) for name, make in sheet.row.foreign
    )


def is_text(field: forms.Field) -> bool:
    """Tell whether a field takes words."""
    return isinstance(field, forms.CharField)


def bad_dates(field: forms.Field) -> tuple[str, ...]:
    """Return what is no moment, or no day that can be meant here."""
    wrong = ("garbage", "<b>", NUL, "30-02-2026", "2026-02-30", "20260-01-01", "1" * 400)
    if isinstance(field, MomentField):
        # In the last one, the clock jumps from two to three.
        return (*wrong, "0001-01-01T00:00", "9999-12-31T23:59", "1989-12-31T23:59",
                "2026-03-29T02:30")  # fmt: skip
    return (*wrong, "0001-01-01", "9999-12-31", "2020-01-01")


def refused(sheet: Sheet, bad: Bad, language: str) -> str:
    """Send a wrong answer, and check all that holds for each; return what is said of it."""
    _, name, changes = bad
    response = sheet.send(**changes)
    assert response.status_code == 422
    page = Page(response)
    assert page.language == language
    with translation.override(language):
        said = [" ".join(message.split()) for message in response.context["form"].errors[name]]
    assert [message for message in said if message not in page.at(name)] == []
    assert "UUID" not in page.at(name)
    assert page.summary_leads_to(name)
    assert lost(sheet, changes, response, page) == {}
    return " ".join(said)


def lost(sheet: Sheet, changes: dict, response: HttpResponse, page: Page) -> dict[str, list[str]]:
    """Return what was sent and does not stand in the fields any more."""
    sent, shown = typed({**sheet.full, **changes}), page.typed
    for name in changes:
        if isinstance(response.context["form"].fields[name], (*CHOICES, forms.FileField)):
            sent.pop(name, None)  # what is no choice cannot be shown as chosen, nor is a file
    return {name: values for name, values in sent.items() if shown.get(name) != values}


def refused_at_once(sheet: Sheet, wrong: list[Bad], language: str) -> dict[str, list[Bad]]:
    """Send one wrong answer of each field at once, and check what holds for each that is refused.

    Returns them by what is said of them; with "" those that it takes to send alone: what is
    answered in one field can decide whether another is asked, or shown, at all.
    """
    simple = [bad for bad in wrong if list(bad[2]) == [bad[1]]]
    found: dict[str, list[Bad]] = {"": [bad for bad in wrong if bad not in simple]}
    while simple:
        at_once = {bad[1]: bad for bad in simple}
        simple = [bad for bad in simple if bad not in at_once.values()]
        changes = {name: bad[2][name] for name, bad in at_once.items()}
        response = sheet.send(**changes)
        assert response.status_code == 422
        page = Page(response)
        with translation.override(language):
            errors = {
                name: [" ".join(message.split()) for message in messages]
                for name, messages in response.context["form"].errors.items()
            }
        gone = lost(sheet, changes, response, page)
        for name, bad in at_once.items():
            said = errors.get(name, [])
            shown = all(message in page.at(name) for message in said)
            kept = name not in gone and page.summary_leads_to(name)
            words = " ".join(said) if shown and kept else ""
            found.setdefault(words, []).append(bad)
    return found


@each_in_turn
def test_each_wrong_answer_is_refused_at_its_field(row, signed_in, subtests, world):
    """Those of many fields go together; and in English one of all that is said of them.

    In English on one database alone: the words of an answer are no matter of it.
    """
    sheet = Sheet(row, signed_in, world)
    sheet.speak("nl")
    wrong = list(bad_inputs(sheet))
    before = written()
    at_once = refused_at_once(sheet, wrong, "nl")
    alone = at_once.pop("")
    said = {words: bads[0] for words, bads in at_once.items()}
    for bad in alone:
        with subtests.test(field=bad[1], what=bad[0], language="nl"):
            said.setdefault(refused(sheet, bad, "nl"), bad)
    assert written() == before
    if by_itself(row):
        sheet.speak("en")
        before = written()
        in_english = refused_at_once(sheet, list(said.values()), "en")
        for bad in in_english.pop("", []):
            with subtests.test(field=bad[1], what=bad[0], language="en"):
                assert refused(sheet, bad, "en") not in said
        assert not in_english.keys() & said.keys()
        assert written() == before


WITHOUT_TEXT = {
    "cases:participants", "cases:periods", "people:give_role", "consultations:propose",
    "consultations:invite",
    "consultations:answer_times", "consultations:hand_over", "notifications:settings",
    "cases:vacations", "cases:vacation_lines", "cases:import_columns", "cases:new_import",
}  # fmt: skip


@pytest.mark.any_database
@pytest.mark.parametrize("row", [r for r in FORMS if r.name not in WITHOUT_TEXT], ids=names)
def test_a_megabyte_in_each_field_is_refused_and_comes_back(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    texts = sheet.texts()
    # As much as a body may hold, beside the rest of it, in a form of many texts.
    room = settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 200_000
    texts = dict.fromkeys(texts, "a" * min(MEGABYTE, room // len(texts)))
    before = written()
    response = sheet.send(**texts)
    assert response.status_code == 422
    assert set(texts) <= set(response.context["form"].errors)
    assert lost(sheet, texts, response, Page(response)) == {}
    assert written() == before


def test_every_form_stands_in_the_table(signed_in, world):
    def leaves(form: type) -> set[type]:
        below = form.__subclasses__()
        return set().union(*(leaves(f) for f in below)) if below else {form}

    shown = set()
    for row in FORMS:
        sheet = Sheet(row, signed_in, world)
        shown.add(type(sheet.client.get(sheet.url).context["form"]))
    ours = {f for f in leaves(MeldcodeForm) if not f.__module__.startswith("tests")}
    # Answer with a file and no page, and with lines that are not kept yet: tests/audit/test_export,
    # tests/cases/test_vacations. A button alone: tests/cases/test_figures; and with a box to tick,
    # for a list that is looked at once more: tests/cases/test_destruction. Only hidden fields, or
    # as many as there are doubts: tests/cases/test_imports. Reads a list, and sends what was read:
    # tests/accounts/test_people_list. Looks, and keeps nothing: tests/cases/test_whose_request.
    hidden = {AgreeForm, WhoForm, ListForm, SendForm, WhoseForm}
    assert shown == ours - {ApproveForm, ExportForm, FileForm, PaperForm} - hidden


@pytest.mark.production
@shows("sql-2")
@every_form
def test_strange_text_is_kept_as_it_is_and_shown_as_text(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    fields = {name: sheet.fields()[name] for name in sheet.texts()}
    texts = {
        name: f"{STRANGE} {SQL} {name}"[: field.max_length].strip()
        for name, field in fields.items()
    }
    kept = {  # but for names, of which nothing is kept that cannot be seen
        one_line(text) if isinstance(fields[name], NameField) else text
        for name, text in texts.items()
    }
    before = written()
    response = sheet.send(**texts)
    assert response.status_code == row.then
    page = response if row.then == 200 else sheet.client.get(response["Location"])
    assert "<script>alert" not in page.content.decode()
    stored = {cell for rows in written().values() for row_ in rows for cell in row_}
    assert kept - {texts.get("pupil_query")} <= stored
    assert written() != before


@pytest.mark.any_database
@every_form
def test_strange_text_comes_back_as_text_when_something_else_is_wrong(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    texts = dict.fromkeys(sheet.texts(), STRANGE)
    wrong = {name: [] for name in sheet.fields() if name not in texts}
    response = sheet.send(**{**texts, **wrong, "idempotency_key": "no key"})
    assert response.status_code == 422
    page = Page(response)
    assert {name: page.typed[name] for name in texts} == {name: [STRANGE] for name in texts}
    assert "<script>alert" not in page.html


def test_names_are_shown_as_text(signed_in, world):
    Pupil.objects.update(given_name=STRANGE[:80], family_name="<i>Berg</i>")
    User.objects.update(name=STRANGE[:120])
    coordinator = signed_in(world.people["coordinator"])
    for name, of in (
        ("cases:dashboard", ()),
        ("cases:detail", (world.case.reference,)),
        ("cases:participants", (world.case.reference,)),
        ("consultations:new", (world.case.reference,)),
        ("consultations:detail", (world.consultation.reference,)),
        ("signals:detail", (world.signal.reference,)),
        ("signals:unfounded", (world.signal.reference,)),
    ):
        page = coordinator.get(reverse(name, args=of)).content.decode()
        assert "&lt;script&gt;alert" in page, name
        assert "<script>alert" not in page, name
        assert "<i>Berg" not in page, name


@pytest.mark.production
@every_form
def test_a_full_form_is_filed_and_sent_twice_it_is_filed_once(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    # The marks of the body map are one field, of which each part has a name of its own.
    assert {name.partition("-")[0] for name in sheet.full} == set(sheet.fields())
    before = written()
    first = sheet.send()
    once = written()
    assert (first.status_code, once != before) == (row.then, True)
    second = sheet.send()
    # What was shown once is not there to be shown again, and the form says so.
    assert second.status_code == (302 if row.then == 302 else 422)
    assert second.get("Location") == first.get("Location")
    assert written() == once


@pytest.mark.production
@pytest.mark.parametrize("row", [row for row in FORMS if row.keyed and row.also], ids=names)
def test_the_key_of_somebody_else_files_nothing(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    somebody_else = signed_in(sheet.world.people[row.also])
    sheet.send()
    once = written()
    response = sheet.send(somebody_else)
    assert response.status_code == 422
    assert str(KEY_USED) in Page(response).text
    assert written() == once


@pytest.mark.production
@pytest.mark.parametrize("row", [row for row in FORMS if row.keyed and row.also], ids=names)
def test_other_words_under_the_same_key_are_not_lost(row, signed_in, world):
    """The browser's back button brings a form that was sent, key and all: it is filled in anew."""
    sheet = Sheet(row, signed_in, world)
    sheet.send()
    once = written()
    text = sheet.texts()[0]
    name = "facts" if text == "pupil_query" else text
    assert sheet.send(**{name: "Iets heel anders, later die dag."}).status_code == 302
    assert written() != once


@pytest.mark.any_database
@every_form
def test_without_the_csrf_token_a_form_comes_back_filled_in(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    browser = strict(sheet.client)
    token = browser.get(sheet.url).context["form"]["typed_by"].value()
    before = written()
    response = sheet.send(browser, typed_by=token)
    assert (response.status_code, response["Location"]) == (302, sheet.url)
    page = Page(browser.get(sheet.url))
    assert "Je sessie is vernieuwd." in page.text
    kept = {
        name: words for name, words in typed(sheet.full).items() if name not in typed_by.LEFT_OUT
    }
    assert {name: page.typed[name] for name in kept} == kept
    assert written() == before


SOME = {"signals:new", "cases:close", "people:invite"}


@pytest.mark.any_database
@every_form
def test_without_our_own_token_nothing_is_put_on_the_screen(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    browser = strict(sheet.client)
    before = written()
    of_somebody_else = typed_by.token_for(sheet.world.people["nobody"].pk)
    made_up = ("", "forged", signing.dumps(sheet.user.pk, salt="another"))
    # No form reads it itself: of most of them one will do.
    for token in (of_somebody_else, *(made_up if row.name in SOME else ())):
        response = sheet.send(browser, typed_by=token)
        assert response.status_code == 403
        assert "stond te lang open" in Page(response).text
        assert Page(browser.get(sheet.url)).typed != typed(sheet.full)
    assert written() == before


def strict(client: Client) -> Client:
    """Return the same browser, before a server that asks for the CSRF token."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client.cookies
    return browser


WITH_OBJECT = [
    "cases:detail", "cases:step", "cases:timeline", "cases:people", "cases:files", "cases:whole",
    "cases:pupil", "cases:add_sibling", "cases:end_sibling",
    "cases:statement", "cases:hold", "cases:lift_hold", "cases:certificate",
    "cases:new_request", "cases:request",
    "cases:longer", "cases:answer_request", "cases:letter",
    "cases:take_on", "cases:participants", "cases:remove_participant",
    "cases:conversation", "cases:skip", "cases:assessment", "cases:weighed", "cases:explain",
    "cases:prepare_talk",
    "cases:look_back", "cases:new_cycle", "cases:close", "cases:dossier", "signals:unfounded",
    "consultations:call", "referrals:received", "referrals:detail", "referrals:prepare",
    "referrals:move", "referrals:pass_on", "referrals:goal",
    "referrals:withdraw",
    "cases:attach", "cases:file", "cases:withdraw_file", "cases:received",
    "cases:shut_out", "cases:end_shut_out", "cases:end_emergency", "cases:readers", "audit:settle",
    "people:person", "people:give_role", "people:end_role", "people:reset_second_factor",
    "people:withdraw_invitation", "sso:change", "sso:switch", "systems:revoke",
    "cases:pupil_import", "cases:import_columns", "cases:decide_import", "cases:agree_import",
    "cases:discard_import",
    "cases:year", "cases:cancel_year", "cases:year_download",
    "cases:export", "cases:export_download", "cases:year_paper", "cases:year_paper_download",
    "signals:detail", "signals:correct",
    "consultations:new", "consultations:detail", "consultations:outcome", "consultations:accept",
    "consultations:withdraw", "consultations:invite", "consultations:propose",
    "consultations:agree",
    "consultations:answer_times", "consultations:calendar", "consultations:decline",
    "consultations:hand_over", "consultations:meeting", "consultations:move_meeting",
    "consultations:close_meeting", "consultations:discuss", "consultations:put_on_agenda",
    "consultations:take_off_agenda", "cases:change_contact", "cases:contact_checked",
    "cases:remove_contact", "cases:change_vacation", "cases:remove_vacation",
    "cases:put_off", "cases:go_on", "cases:change_help", "cases:move_help", "cases:remove_help",
    "referrals:decide", "referrals:feedback", "referrals:sent",
    "referrals:report_of_case", "referrals:report_of", "referrals:report", "referrals:write_report",
    "referrals:file_report", "referrals:correct_report", "referrals:read_report_out",
    "referrals:request_copy", "referrals:copy", "referrals:copy_download", "notifications:open",
    "notifications:remove_device", "cases:rename_view", "cases:remove_view",
]  # fmt: skip


@pytest.mark.production
@shows("ids-1")
@pytest.mark.usefixtures("bare_not_found")
def test_what_is_unknown_or_of_another_school_is_not_there(signed_in, world, elsewhere, subtests):
    browsers = [signed_in(world.people[who]) for who in ("coordinator", "joined", "administrator")]
    reference = re.compile(r"[MSC]-[A-Z0-9]{6}|[0-9a-f-]{36}")
    before = written()
    for name in WITH_OBJECT:
        known = reverse(name, args=arguments(name, elsewhere))
        unknown, strange = (
            [re.sub(reference, other, known) for other in others]
            for others in (
                ("M-ZZZZZZ", str(uuid.uuid4())),
                ("%00", "a%00b", "x" * 3000, "..", "'--", "%F0"),
            )
        )
        # What no address can be is nobody's address, whoever asks, and however; and what a
        # database does not find is a matter of the database, not of who asks.
        tried = [(known, browser) for browser in browsers]
        tried += [(url, browsers[0]) for url in (*unknown, *strange[: None if ON_SQLITE else 2])]
        with subtests.test(name):
            assert known not in (*unknown, *strange)
            for url, browser in tried:
                # What only takes a POST says so, before it looks whether there is something.
                assert browser.get(url).status_code in (404, 405), url
                assert url in strange or browser.post(url).status_code == 404, url
    assert written() == before


@pytest.mark.any_database
@every_form
def test_a_body_that_is_too_large_gets_a_page_that_says_so(row, signed_in, settings, world):
    """Of every other form whoever asks for the token reads it first."""
    sheet = Sheet(row, signed_in, world)
    browser = strict(sheet.client) if FORMS.index(row) % 2 else sheet.client
    before = written()
    for body in (
        {"idempotency_key": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)},
        {f"field{number}": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)},
    ):
        response = sheet.send(browser, **body)
        assert response.status_code == 400
        assert "Je browser stuurde iets" in Page(response).text
    assert written() == before


@pytest.mark.any_database
@every_form
def test_what_is_no_form_at_all_is_a_form_with_nothing_in_it(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    for body, kind in (("{}", "application/json"), (b"\xff\x00", "text/plain"), ("", "")):
        assert sheet.client.post(sheet.url, body, content_type=kind).status_code == 422, kind
    broken = sheet.client.post(sheet.url, "nothing", content_type="multipart/form-data")
    assert broken.status_code == 400
