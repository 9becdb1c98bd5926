"""Script in every text, name, query and header; and what would run on any page (5.3, 14.4)."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Board, Buurtteam, Membership, RoleInvitation, School, User
from accounts.roles import Role
from cases.dossier.contents import Dossier, dossier
from cases.dossier.pdf import as_html
from cases.models import DossierExport, Pupil
from referrals.models import Referral
from tests.accounts.every_form import FORMS, Sheet
from tests.accounts.second_factors import give_app
from tests.attacks.looked_up import looked_up
from tests.attacks.page_elements import PAYLOAD, Elements, read, what_runs
from tests.attacks.proof import shows
from tests.cases.records import send
from tests.factories import UserFactory
from tests.test_bad_input import WITHOUT_TEXT
from tests.test_role_matrix import MATRIX, POST_ONLY, PUBLIC, arguments, first_to_see
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# What ends something, in orders in which one can do so: sent after all others were read.
ENDINGS = (
    ("consultations:outcome", "referrals:withdraw", "signals:correct", "cases:end_shut_out",
     "cases:new_cycle", "cases:shut_out"),
    ("signals:unfounded", "cases:close"),
)  # fmt: skip
LAST = {name for ending in ENDINGS for name in ending}
# One of each who sees something of the case, and one who sees nothing.
READERS = (
    "author", "handed_over", "coordinator", "leader", "administrator", "joined", "sister_leader",
    "nobody",
)  # fmt: skip
# The pupil is called as the script is: each word of it is said to be no name of the family, where
# one looks for those.
WORDS = "x-probe\nonclick\nprobe\ntitle\nscript\nhref\njavascript"
CONFIRMED = {"consultations:agree": {"no_names": "on", "words_shown": WORDS}}
# What was searched for; why one decides against the weighing, where one does not; and what stands
# on the page of a provider that is not the world's own.
NOT_SHOWN = {
    # Searched where nobody is found by the name in a package.
    "signals:receive.pupil_query",
    "signals:new.pupil_query", "cases:add_sibling.pupil_query", "referrals:decide.override_grounds",
    "sso:add.client_id",
    # On the page of a request and of a hold that are not the world's own.
    "cases:new_request.asked_by", "cases:hold.reason", "cases:lift_hold.why",
    # How a family was told that was not; why a draft corrects, before it is filed.
    "referrals:write_report.told_how", "referrals:correct_report.reason",
}  # fmt: skip


def payload(of: str) -> str:
    """Return the text of one field: it is known again."""
    return f"{of}{PAYLOAD}"


def name_everything() -> None:
    """Put script into every name of the world."""
    for model, names in (
        (User, ("name",)),
        (School, ("name", "city")),
        (Board, ("name",)),
        (Buurtteam, ("name", "city")),
        (Pupil, ("given_name", "family_name", "class_name")),
        (RoleInvitation, ("name",)),
    ):
        for name in names:
            size = model._meta.get_field(name).max_length
            model.objects.update(**{name: payload(name)[:size]})
    Buurtteam.objects.update(telephone="javascript:probe(1)")


def file_everything(world: World, signed_in, names: tuple[str, ...]) -> dict[str, str]:
    """File forms with script in every text field; return what was written, by form and field."""
    written = {}
    for row in (row for name in names for row in FORMS if row.name == name):
        if row.name in ("cases:new_cycle", "cases:close"):
            for referral in Referral.objects.filter(sent_at=None, withdrawn_at=None):
                send(referral, world.people["coordinator"])
        sheet = Sheet(row, signed_in, world)
        sheet.full.pop("about_staff", None)  # which would file it in a case of its own
        texts = {
            name: payload(f"{row.name} {name}")[: sheet.fields()[name].max_length]
            for name in sheet.texts()
        }
        answer = sheet.send(**texts, **CONFIRMED.get(row.name, {}))
        assert answer.status_code == row.then, (row.name, answer.context["form"].errors)
        written |= {f"{row.name}.{name}": text for name, text in texts.items()}
    return written


def pages(world: World, signed_in, readers: tuple[str, ...] = READERS) -> Iterator[tuple[str, str]]:
    """Yield each page that each of the readers gets, by name."""
    for who in readers:
        user = world.people[who]
        browser = signed_in(user) if user else Client()
        for name in sorted(set(MATRIX) - POST_ONLY):
            if MATRIX[name] is not PUBLIC and who not in MATRIX[name]:
                continue  # to them it is not there (tests/test_role_matrix.py)
            answer = browser.get(reverse(name, args=arguments(name, world)))
            if "text/html" in answer.get("Content-Type", ""):
                yield f"{name} as {who}", answer.content.decode()


def test_the_reader_finds_what_runs():
    for bad in (
        PAYLOAD, "<script>1</script>", "<b onclick=a()>", "<a href=' java\nscript:a()'>",
        "<p style='a'>", "<style></style>", "<iframe src=//a>", "<a href='data:text/html,a'>",
    ):  # fmt: skip
        assert what_runs(bad), bad
    for good in ("<script src=/a.js>", "<img src='data:image/png'>", "<a href='/a?javascript:'>"):
        assert not what_runs(good), good


@shows("xss-1", "xss-2", "xss-4")
def test_what_is_written_is_shown_as_text_to_everybody(signed_in):
    world, shown = World(), set()
    name_everything()
    first = tuple(row.name for row in FORMS if row.name not in {*LAST, *WITHOUT_TEXT})
    texts = file_everything(world, signed_in, first)
    look_at(pages(world, signed_in, ("author", "coordinator")), shown)
    # The second ends less, and what it ends is read by who runs the case and by the author.
    for ending, readers in zip(ENDINGS, (READERS, ("author", "coordinator")), strict=True):
        before_the_end = transaction.savepoint()
        texts |= file_everything(world, signed_in, ending)
        look_at(pages(world, signed_in, readers), shown)
        paper = read(as_html(last_dossier()))
        assert what_runs(paper, styles=True) == []
        shown.update(lines(paper))
        transaction.savepoint_rollback(before_the_end)
    together = "\n".join(shown)
    unseen = {name for name, text in texts.items() if " ".join(text.split()) not in together}
    assert unseen <= NOT_SHOWN


def look_at(found: Iterator[tuple[str, str]], shown: set[str]) -> None:
    """Assert that nothing runs on these pages, and remember what they show."""
    for where, html in found:
        page = read(html)
        assert what_runs(page) == [], where
        shown.update(lines(page))


def lines(page: Elements) -> Iterator[str]:
    """Yield the texts of a page, each on one line."""
    return (" ".join(part.split()) for part in page.text)


def last_dossier() -> Dossier:
    """Return the dossier that was asked for last."""
    return dossier(DossierExport.objects.latest("pk"), timezone.localtime())


@shows("xss-1")
def test_a_refused_form_shows_it_as_text(signed_in, world):
    for row in FORMS:
        sheet = Sheet(row, signed_in, world)
        answer = sheet.send(**{**dict.fromkeys(sheet.full, PAYLOAD), "idempotency_key": PAYLOAD})
        assert answer.status_code == 422, row.name
        assert what_runs(answer.content.decode()) == [], row.name


@shows("xss-1")
def test_the_name_of_a_passkey_is_text(signed_in, teacher):
    give_app(teacher)
    key = Authenticator.objects.create(
        user=teacher, type="webauthn", data={"name": PAYLOAD, "credential": {}}
    )
    browser, shown = signed_in(teacher), False
    for name, of in (
        ("mfa_index", []), ("mfa_list_webauthn", []), ("mfa_edit_webauthn", [key.pk]),
        ("mfa_remove_webauthn", [key.pk]),
    ):  # fmt: skip
        html = browser.get(reverse(name, args=of)).content.decode()
        assert what_runs(html) == [], name
        shown |= PAYLOAD in read(html).text
    assert shown


@shows("xss-4")
def test_signed_out_nothing_runs_either():
    world = World()
    for where, html in pages(world, None, ("signed_out",)):
        assert what_runs(html) == [], where


# --- Reflected ------------------------------------------------------------------------------------
QUERIES = (
    "view", "step", "q", "page", "school", "pupil", "pupil_query", "next", "language", "reason",
)  # fmt: skip
ADDRESSES = (
    PAYLOAD,
    "javascript:probe()",
    "data:text/html,<script>probe()</script>",
    "//evil.example",
)


ASKING = ("signed_out", "coordinator", "administrator", "author", "joined")


@shows("xss-3")
@pytest.mark.parametrize("who", ASKING)
def test_a_query_is_no_script(who, browser_of, world):
    browser = browser_of(who)
    for name in sorted(set(MATRIX) - POST_ONLY):
        if first_to_see(name, ASKING) != who:
            continue
        url, first, *others = reverse(name, args=arguments(name, world)), *ADDRESSES
        with looked_up() as read:
            assert_plain(name, ask(browser, url, first))
        for value in others if read else ():
            assert_plain(name, ask(browser, url, value))


def ask(browser, url: str, value: str):
    """Ask a page with a script in all that an address and its headers can hold."""
    headers = {"referer": PAYLOAD, "user-agent": PAYLOAD, "hx-current-url": value}
    return browser.get(url, dict.fromkeys(QUERIES, value), headers=headers)


def assert_plain(name: str, answer) -> None:
    """Assert that nothing of an answer runs or leads elsewhere."""
    assert answer.status_code < 500, name
    location = answer.get("Location", "")
    assert location.partition(":")[0] not in ("javascript", "data"), name
    assert not location.startswith(("//", "http")), name
    if "text/html" in answer.get("Content-Type", ""):
        assert what_runs(answer.content.decode()) == [], name


@shows("xss-3")
def test_an_address_that_is_not_there_is_no_script(signed_in, teacher, client):
    for browser in (signed_in(teacher), client):
        for path in (f"/{PAYLOAD}", f"/cases/{PAYLOAD}/", f"/invitation/{PAYLOAD}/"):
            html = browser.get(path, headers={"referer": PAYLOAD}, follow=True).content.decode()
            assert what_runs(html) == []


@shows("xss-3")
def test_a_browser_that_calls_itself_a_script_is_listed_as_text(teacher):
    browser = Client(headers={"user-agent": PAYLOAD})
    browser.force_login(teacher, backend="allauth.account.auth_backends.AuthenticationBackend")
    give_app(teacher)
    html = browser.get(reverse("sessions"), follow=True).content.decode()
    assert what_runs(html) == []


@shows("xss-1")
def test_names_in_the_list_of_people_are_text(signed_in):
    world = World()
    name_everything()
    other = UserFactory(name=payload("substitute")[:120])
    Membership.objects.create(
        user=other, role=Role.COORDINATOR, school=world.school, ends_on=timezone.localdate(),
        replaces=world.people["coordinator"].memberships.get(),
    )  # fmt: skip
    html = signed_in(world.people["administrator"]).get(reverse("people:people")).content.decode()
    assert what_runs(html) == []
    assert "substitute" in html
