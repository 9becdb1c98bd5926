"""Inviting the people of a list: looking first, then all of them or nobody, and no mail twice."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Buurtteam, RoleInvitation, School
from accounts.people import actions
from accounts.people.listed import seal, unseal
from accounts.roles import Role
from tests.factories import RoleInvitationFactory, SchoolFactory, member

pytestmark = pytest.mark.django_db
LIST, SEND = reverse("people:invite_list"), reverse("people:send_invitations")


@pytest.fixture
def school():
    return SchoolFactory(buurtteam=None)


@pytest.fixture
def administrator(school):
    return member(Role.ADMINISTRATOR, school)


def looked(browser, *lines, head="Naam;E-mail;Rol;School;Telefoon", **more):
    file = SimpleUploadedFile("lijst.csv", "\n".join([head, *lines]).encode(), "text/csv")
    return browser.post(LIST, {"file": file, "role": "", **more})


def test_a_list_is_shown_then_sent_and_nobody_gets_two_mails(
    school, administrator, signed_in, django_capture_on_commit_callbacks
):
    browser = signed_in(administrator)
    here = member(Role.TEACHER, school)
    RoleInvitationFactory(school=school, email="al@school.example", role=Role.TEACHER)
    lines = [
        "Noor de Wit;Noor@School.example;Leerkracht;;0612345678",
        "Sem Bos;sem@school.example;intern begeleider;" + school.name.upper() + ";",
        f"Al Hier;{here.email};docent;;",
        "Al Gevraagd;al@school.example;docent;;",
        "Geen Adres;;docent;;",
        "Raar Adres;a@b;docent;;",
        '"=?utf-8?q?x?=";"=?x?=@school.example";docent;;',
        "Geen Rol;geen@school.example;;;",
        "Rare Rol;raar@school.example;conciërge;;",
        "Elders;elders@school.example;docent;Een andere school;",
        "Zelf;" + administrator.email + ";docent;;",
        "Nog Eens;noor@school.example;docent;;",
        "Zonder Team;team@school.example;gezinswerker;;",
        ";naamloos@school.example;docent;;",
    ]
    page = looked(browser, *lines)
    why = {one.line: one.why for one in page.context["wrong"] + page.context["fine"]}
    assert why == {
        4: "here", 5: "invited", 6: "no_address", 7: "bad_address", 8: "bad_address",
        9: "no_role", 10: "bad_role", 11: "bad_school", 12: "yourself", 13: "twice",
        14: "no_team", 15: "no_name",
    }  # fmt: skip
    assert [one.name for one in page.context["invited"]] == ["Noor de Wit", "Sem Bos"]
    assert not mail.outbox
    sealed = {"people": page.context["form"]["people"].value()}
    assert "noor" not in sealed["people"].lower()
    # Somebody invites one of them in between: one mail each.
    actions.invite(school, administrator, administrator.public_id, email="sem@school.example",
                   name="Sem", role=Role.COORDINATOR)  # fmt: skip
    mail.outbox.clear()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert browser.post(SEND, sealed).status_code == 302
    assert [sent.to for sent in mail.outbox] == [["noor@school.example"]]
    assert RoleInvitation.objects.get(email="noor@school.example").role == Role.TEACHER
    # Roles in the form for who has none in the list; a name in parts.
    page = looked(
        browser, "Zoë;van;Dam;zoe@school.example", head="Roepnaam;Tussenv;Achternaam;Email",
        role="attention_officer",
    )  # fmt: skip
    (one,) = page.context["invited"]
    assert (one.name, one.role) == ("Zoë van Dam", Role.ATTENTION_OFFICER)


def test_all_of_a_list_or_nobody_and_by_nobody_else(
    school, administrator, signed_in, django_capture_on_commit_callbacks
):
    browser = signed_in(administrator)
    lines = [f"Mens {n};mens{n}@school.example;gezinswerker;;" for n in range(3)]
    School.objects.filter(pk=school.pk).update(
        buurtteam=Buurtteam.objects.create(name="Oost", city="Utrecht", telephone="030 1234567")
    )
    page = looked(browser, *lines)
    sealed = page.context["form"]["people"].value()
    School.objects.filter(pk=school.pk).update(buurtteam=None)  # meanwhile
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(SEND, {"people": sealed}, follow=True)
    assert "Regel 2" in answer.content.decode()
    assert not RoleInvitation.objects.exists()
    assert not mail.outbox
    other = member(Role.ADMINISTRATOR, school)
    assert unseal(sealed, other) is None
    signed_in(other).post(SEND, {"people": sealed})
    signed_in(member(Role.SCHOOL_LEADER, school)).post(SEND, {"people": sealed})
    # Sealed for a school where the role ended since.
    elsewhere = member(Role.ADMINISTRATOR, SchoolFactory())
    moved = [type(one)(one.line, one.name, one.email, "teacher", school.pk) for one in unseal(sealed, administrator)]  # fmt: skip  # noqa: E501
    signed_in(elsewhere).post(SEND, {"people": seal(moved, elsewhere)})
    assert not RoleInvitation.objects.exists()
    assert signed_in(administrator, second_factor_ago=None).post(LIST).status_code == 302


@pytest.mark.parametrize(
    "content", [b"Naam;Rol\nNoor;docent", b"\x00", b"Naam;E-mail\n" + b"Noor;a@b.nl\n" * 101]
)
def test_what_is_no_list_of_people_says_so(content, administrator, signed_in):
    file = SimpleUploadedFile("lijst.csv", content, "text/csv")
    page = signed_in(administrator).post(LIST, {"file": file, "role": "teacher"})
    assert page.status_code == 422
    assert "file" in page.context["form"].errors
