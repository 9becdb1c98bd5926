"""Headers in mails, links in mails, other sites, other folders (ASVS 5.2.3, 5.1.5, 12.3)."""

import re
import uuid
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.core.validators import validate_email
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.errors import ActionError
from accounts.models import RoleInvitation, School, User
from accounts.people import actions, mails
from accounts.people.listed import look
from accounts.roles import Role
from accounts.sso.actions import _name
from accounts.tables import Table, TableRow
from cases.notifications.kinds import SHUT_OUT
from cases.notifications.outbox import deliver
from cases.notifications.telling import notify
from cases.reminders.sweep import sweep
from tests.accounts.invitations import send
from tests.accounts.page import Page
from tests.accounts.second_factors import LOGIN, code, give_app
from tests.attacks.proof import shows
from tests.factories import PASSWORD, CaseFactory, RoleInvitationFactory, member

pytestmark = pytest.mark.django_db

RESET = reverse("account_reset_password")
# What would be another header, or another mail, if a line break came through.
BREAKS = (
    "\r\nBcc: evil@evil.example", "\nBcc: evil@evil.example", "\r\n\r\nEvil",
    "\u2028Bcc: a@b.c", "\x0bBcc: a@b.c", "=?utf-8?q?=0D=0ABcc:_a@b.c?=",
)  # fmt: skip
OURS = {"Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To",
        "Date", "Message-ID", "Auto-Submitted"}  # fmt: skip


def headers_hold(recipients: set[str]) -> None:
    """Check of each mail: one recipient who was meant, a subject of one line, no other header."""
    assert mail.outbox
    for sent in mail.outbox:
        # As a mail server reads it.
        read = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
        assert set(read.keys()) <= OURS, read.keys()
        assert len(sent.recipients()) == 1
        assert set(sent.recipients()) <= recipients
        assert [str(one) for one in read.get_all("To")] == sent.recipients()
        assert "\n" not in sent.subject
        assert sent.subject.startswith("Meldcode")


@shows("mail-1")
@pytest.mark.parametrize("broken", BREAKS)
def test_a_line_break_in_a_name_adds_no_header(broken, django_capture_on_commit_callbacks):
    school = member(Role.TEACHER).memberships.get().school
    people = [member(role, school) for role in (Role.ADMINISTRATOR, Role.SCHOOL_LEADER)]
    teacher = User.objects.exclude(pk__in=[p.pk for p in people]).get()
    case = CaseFactory(pupil__school=school, responsible=teacher)
    School.objects.update(name=f"School{broken}")
    User.objects.update(name=f"Anna{broken}")
    administrator = User.objects.get(pk=people[0].pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.give_role(school, administrator, teacher, role=Role.COORDINATOR)
        actions.end_role(teacher.memberships.get(role=Role.COORDINATOR), administrator, school)
        actions.reset_second_factor(school, administrator, teacher)
    invitation = RoleInvitationFactory(
        school=School.objects.get(pk=school.pk), name=f"Noor{broken}", email="noor@school.example"
    )
    mails.send_invitation(invitation, "geheim")
    Client().post(RESET, {"email": teacher.email})
    _remind(case)
    headers_hold({teacher.email, "noor@school.example", *(person.email for person in people)})


def _remind(case) -> None:
    now = timezone.now()
    type(case).objects.filter(pk=case.pk).update(next_due=now)
    sweep(now)
    deliver()


@shows("mail-1")
@pytest.mark.parametrize("broken", BREAKS[:5])
def test_an_address_with_a_line_break_gets_no_mail(broken, signed_in, administrator, teacher):
    for address in (f"{teacher.email}{broken}", f"a@b.nl{broken}", f'"a{broken}"@b.nl'):
        assert Client().post(RESET, {"email": address}).status_code == 200
        invited = {"name": "A", "email": address, "role": "teacher"}
        answer = signed_in(administrator).post(reverse("people:invite"), invited)
        assert answer.status_code == 422
    assert mail.outbox == []


@shows("mail-1")
@pytest.mark.parametrize(
    "address", ["a@b.nl,c@d.nl", "a@b.nl;c@d.nl", "A <a@b.nl>", "a@b.nl c@d.nl"]
)
def test_one_address_is_one_address(address, signed_in, administrator):
    answer = signed_in(administrator).post(
        reverse("people:invite"), {"name": "A", "email": address, "role": "teacher"}
    )
    assert answer.status_code == 422
    assert Client().post(RESET, {"email": address}).status_code == 200
    assert mail.outbox == []


@shows("mail-1")
@pytest.mark.parametrize("broken", ["\r\n\r\n", "\n", "\u2028", "\x0b", "\x85", "\t"])
def test_a_name_adds_no_lines_of_its_own(broken, signed_in, administrator, client):
    name = f"Noor{broken}Klik hier"
    invited = {"name": name, "email": "noor@school.example", "role": "teacher"}
    assert signed_in(administrator).post(reverse("people:invite"), invited).status_code == 302
    assert RoleInvitation.objects.get().name == "Noor Klik hier"
    RoleInvitationFactory(secret="geheim", email="anna@school.example")
    client.get("/invitation/geheim/")
    send(client, {"name": name, "password": "paard stal klok regen"})
    assert User.objects.get(email="anna@school.example").name == "Noor Klik hier"


@shows("mail-1")
@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Noor de Wit", True), ("A.B. de Vries-Jansen", True), ("St. Jan O'Neil", True),
        ("je account verloopt. Ga naar https://evil.example/login", False),
        ("Log in op evil.example", False), ("//evil/x", False), ("noor@evil.example", False),
        ("WWW.evil", False), ("Log in op meldcode-i.nl/login", False), ("t.ly/x", False),
        ("(meldcode.e.nl)", False), ("meldcode\u3002evil", False), ("evil\uff0eexample", False),
        ("J.-P. van den Berg", True), ("Jan A.B", True), ("drs. J. Bos (locatie Oost).", True),
    ],
)  # fmt: skip
def test_a_name_leads_nowhere(name, is_one, signed_in, administrator, client):
    """It is in the first line of a mail of ours, to whatever address somebody invites."""
    invited = {"name": name, "email": "noor@school.example", "role": "teacher"}
    answer = signed_in(administrator).post(reverse("people:invite"), invited)
    assert (answer.status_code == 302) is is_one
    assert is_one or "Dit is meer dan een naam" in Page(answer).at("name")
    RoleInvitationFactory(secret="geheim", email="anna@school.example")
    client.get("/invitation/geheim/")
    send(client, {"name": name, "password": "paard stal klok regen"})
    assert User.objects.filter(email="anna@school.example").exists() is is_one
    assert _name({"name": name}) == (name if is_one else "")
    table = Table(("Naam", "E-mail"), (TableRow(1, (name, "a@b.example")),))
    school = administrator.memberships.get().school
    (row,) = look(table, administrator, [school], school, Role.TEACHER)
    assert (row.why == "link_in_name") is not is_one


# --- Links ----------------------------------------------------------------------------------------
FORGED = (
    {"host": "testserver:666"},
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-server": "evil.example"},
    {"forwarded": "host=evil.example"},
    {"x-forwarded-proto": "javascript"},
    {"x-original-url": "//evil.example/"},
)


@shows("mail-2")
@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers)))
def test_the_link_to_a_new_password_leads_to_our_own_site(headers, client, teacher, settings):
    assert client.post(RESET, {"email": teacher.email}, headers=headers).status_code == 302
    sent = mail.outbox[-1]
    addresses = re.findall(r"\S+://\S+", sent.body)
    assert [a for a in addresses if not a.startswith(f"{settings.SITE_URL}/account/")] == []
    assert addresses
    for word in (":666", "evil", "testserver", "javascript"):
        assert word not in sent.body + sent.subject


@shows("mail-2")
@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b", "\x00"]
)
def test_a_host_that_is_not_ours_is_refused(host, client, teacher):
    assert client.post(RESET, {"email": teacher.email}, headers={"host": host}).status_code == 400
    assert mail.outbox == []


# --- Other sites ----------------------------------------------------------------------------------
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x",
    "/\t/evil.example",
    "\x00//evil.example", "https://testserver@evil.example", "https://testserver.evil.example",
    " //evil.example", "ftp://testserver/",
)  # fmt: skip


def stays(location: str) -> bool:
    """Tell whether a browser that is sent there stays on this site."""
    return re.match(r"/(?![/\\\t])", location) is not None


@shows("redirect-1")
@pytest.mark.parametrize("place", ELSEWHERE)
def test_next_leads_to_no_other_site(place, client, teacher, signed_in):
    def where(browser, url, data):
        answers = [
            browser.post(url, {**data, "next": place}),
            browser.post(url, data, QUERY_STRING=f"next={place}"),
        ]
        return [answer["Location"] for answer in answers if answer.status_code == 302]

    found = where(client, reverse("set_language"), {"language": "nl"})
    found += where(client, LOGIN, {"login": teacher.email, "password": PASSWORD})
    browser = signed_in(teacher)
    secret = give_app(teacher)
    found += where(browser, reverse("mfa_reauthenticate"), {"code": code(secret)})
    found += where(browser, reverse("mfa_deactivate_totp"), {"meant": "on"})
    found += where(browser, reverse("account_logout"), {})
    assert len(found) >= 8
    assert [location for location in found if not stays(location)] == []


@shows("redirect-1")
def test_next_does_not_lead_out_of_tls():
    # With its own port a host is another one already, whatever stands before it.
    browser = Client(headers={"host": "testserver", "x-forwarded-proto": "https"})
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        for place in ("http://testserver/", "http://localhost/"):
            answer = browser.post(reverse("account_logout"), {"next": place})
            assert stays(answer["Location"])


@shows("redirect-1")
def test_an_address_with_two_slashes_stays_here(client):
    for path in ("//evil.example", "//evil.example/%2f..", "/\\evil.example/", "///evil.example"):
        answer = client.get(path)
        assert answer.status_code == 404 or stays(answer["Location"]), path


# --- Other folders --------------------------------------------------------------------------------
CLIMBS = (
    "../meldcode/settings.py", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/.env", "....//....//.env",
    "..\\..\\.env", "%c0%ae%c0%ae/.env", "/etc/passwd", "%00", "a%00.css", ".env", "../.env",
    "css/../../../.env", "vendor/../../.env", "file:///etc/passwd", "~root", "C:/windows/win.ini",
)  # fmt: skip


@shows("path-1")
@pytest.mark.parametrize("climb", CLIMBS)
@pytest.mark.parametrize("folder", ["static", "media", "cases/dossiers", "invitation", "."])
def test_no_path_leaves_its_folder(climb, folder, client, signed_in, teacher):
    for browser in (client, signed_in(teacher)):
        answer = browser.get(f"/{folder}/{climb}")
        assert answer.status_code in (301, 302, 404), answer.status_code
        body = b"".join(answer) if answer.streaming else answer.content
        for secret in (b"SECRET_KEY", b"root:x:", b"BASE_DIR"):
            assert secret not in body


# --- An address that is one, and to which no mail can be written, kept all mails after it waiting
UNWRITTEN = [
    '"a\x0bx:y"@school.example',
    '"a\x0b\x0bHallo"@school.example',
    "=?utf-8?b?!!?=@school.example",
    "=?utf-8?q?beheerder?=@school.example",
    "\u0131an@school.example",
    '"a@elders.example>"@school.example',
    "jan@sch\u043eol.example",  # a Cyrillic letter
    "jan@schoo\u0131.example",
    "jan@par\u0138.example",
    "jan@scho\u00adol.example",
]


@pytest.mark.parametrize("address", UNWRITTEN)
def test_nobody_is_invited_at_an_address_that_reads_as_another(school, administrator, address):
    validate_email(address)
    with pytest.raises(ActionError):
        actions.invite(
            school, administrator, uuid.uuid4(), email=address, name="Iemand", role=Role.TEACHER
        )
    assert not RoleInvitation.objects.exists()


@pytest.mark.parametrize(
    "address", ["o'neill+school@school.example", "jan@sch\u00f3\u0142.example"]
)
def test_people_have_addresses_of_all_kinds(school, administrator, address):
    actions.invite(
        school, administrator, uuid.uuid4(), email=address, name="Iemand", role=Role.TEACHER
    )
    assert RoleInvitation.objects.get().email == address


def test_whose_address_cannot_be_written_keeps_nobody_waiting(school, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    first = member(Role.COORDINATOR, school, email=UNWRITTEN[0])
    others = [member(Role.COORDINATOR, school) for __ in range(2)]
    case = CaseFactory(pupil__school=school)
    notify(SHUT_OUT, [first.pk, *(other.pk for other in others)], "1", case=case)
    assert deliver() == len(others)
    mails.tell(mails.What.GIVEN, first.memberships.get().pk)
    mails.tell_again(timezone.now() + timedelta(hours=1))
    reached = "".join(file.read_text() for file in tmp_path.iterdir())
    assert all(other.email in reached for other in others)
