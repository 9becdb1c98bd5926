"""Numbers of rows on pages: a gap told of records that one may not know of. Each failed on its day.

All signals of all schools are counted through. Who saw those of two of their own signals knew how
many were logged in between: at a small school that is the one about a colleague (R9), and its day.
"""

import re
from base64 import b64decode

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from audit import chain
from audit.log import record_read
from tests.accounts.second_factors import give_app
from tests.attacks.passkey import Passkey
from tests.attacks.proof import shows
from tests.factories import CaseFactory, PupilFactory

pytestmark = pytest.mark.django_db

# As a field that names a row would have it: "signals-12".
NUMBERED = re.compile(r'value="([a-z_]+-\d+)"')


@shows("count-1")
def test_no_form_names_a_record_by_its_number(world, signed_in):
    pages = [
        ("participant", reverse("consultations:new", args=[world.case.reference])),
        *(
            (who, f"{reverse('cases:dossier', args=[world.case.reference])}?kind={kind}")
            for who in ("coordinator", "administrator")
            for kind in ("buurtteam", "veilig_thuis")
        ),
    ]
    for who, url in pages:
        page = signed_in(world.people[who]).get(url).content.decode()
        assert page.count('type="checkbox"') > 1
        assert NUMBERED.findall(page) == []


@shows("count-1")
def test_who_can_be_invited_is_not_named_by_the_number_of_a_role(world, signed_in):
    """Roles of all schools are counted through: the difference was how many others were given."""
    browser = signed_in(world.people["coordinator"])
    for name, about in (("new", world.case), ("invite", world.consultation)):
        page = browser.get(reverse(f"consultations:{name}", args=[about.reference]))
        chosen = re.findall(r'name="invitees"\s+value="([^"]+)"', page.content.decode())
        assert len(chosen) > 1
        assert not any(value.isdigit() for value in chosen)


@shows("count-1")
def test_the_list_of_ones_own_sessions_does_not_count_those_of_others(teacher, signed_in):
    """Of two that began at different hours the difference was how many signed in meanwhile."""
    third = [signed_in(teacher) for __ in range(3)][-1]
    page = third.get(reverse("sessions")).content.decode()
    ends = re.findall(r"account/sessions/([^/]+)/end/", page)
    assert [len(end) for end in ends] == [16, 16]


@shows("count-1")
def test_a_copy_of_the_audit_does_not_say_how_many_rows_there_are(school, administrator, signed_in):
    """Of two copies the difference was that of all schools, and of what is for the board."""
    ends = []
    for hidden in (1, 3):
        for _ in range(hidden):
            record_read(None, CaseFactory(pupil=PupilFactory(school=school), restricted=True))
        chain.seal_waiting()
        today = timezone.localdate()
        asked = {"school": school.pk, "first": today, "last": today, "reason": "Voor de FG hier."}
        answer = signed_in(administrator).post(reverse("audit:export"), asked)
        ends.append(b"".join(answer.streaming_content).decode().splitlines()[-1].split(";")[1])
    assert ends[0] != ends[1]
    assert [re.fullmatch("[0-9a-f]{64}", end) is not None for end in ends] == [True, True]


def said_in(token: str) -> list[str]:
    """Return what the pieces of a token say to whoever takes the trouble."""
    pieces = re.split(r"[^0-9A-Za-z_-]", token)
    return [
        b64decode(piece + "=" * (-len(piece) % 4), altchars=b"-_").decode(errors="ignore")
        for piece in pieces
        if len(piece) % 4 != 1
    ]


@shows("count-1")
def test_no_page_says_the_number_of_ones_own_account(teacher, client, signed_in):
    """Those of two colleagues told how many people of all schools came in between."""
    number = str(teacher.pk)
    form = signed_in(teacher).get(reverse("signals:new")).context["form"]
    assert number not in said_in(form["typed_by"].value())
    client.post(reverse("account_reset_password"), {"email": teacher.email})
    link = re.search(r"/reset/key/([0-9A-Za-z]+)-", mail.outbox[-1].body)
    assert link[1] == teacher.public_id.hex
    entity = get_adapter().get_public_key_credential_user_entity(teacher)
    assert entity["id"].decode() == teacher.public_id.hex


@shows("count-1")
def test_nor_that_of_a_passkey(teacher, signed_in):
    give_app(teacher)
    key = Authenticator.objects.create(
        user=teacher, type="webauthn", data={"name": "Telefoon", "credential": {}}
    )
    browser = signed_in(teacher)
    page = browser.get(reverse("mfa_list_webauthn")).content.decode()
    links = re.findall(r'href="([^"]*/keys/[^"]*)"', page)
    assert len(links) == 2
    assert not any(re.search(r"/keys/\d+/", link) for link in links)
    assert browser.post(links[0], {"name": "Laptop"}).status_code == 302
    key.refresh_from_db()
    assert key.wrap().name == "Laptop"


def test_no_address_takes_the_number_of_a_passkey(signed_in, coordinator):
    """By trying numbers one finds one's own, and so how many all schools set up in between."""
    Passkey(coordinator)
    browser = signed_in(coordinator)
    key = Authenticator.objects.get(user=coordinator, type=Authenticator.Type.WEBAUTHN)
    keys = f"{reverse('mfa_list_webauthn')}keys"
    for what in ("remove", "edit"):
        assert browser.get(f"{keys}/{key.pk}/{what}/").status_code == 404
