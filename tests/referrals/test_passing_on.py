"""Along the chain: recorded by the school, with consent or a ground, and nobody lets go between."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from cases.actions import begin_cycle, record_conversation, refresh
from cases.dossier.contents import dossier
from cases.errors import ActionError
from cases.facts import facts_for
from cases.in_charge import changes_of
from cases.models import Case, Deviation, DossierExport
from cases.protocol import guide
from cases.timeline import timeline
from referrals.actions import (
    confirm_received,
    decide,
    mark_sent,
    move,
    pass_on,
    prepare,
    record_feedback,
)
from referrals.chain import State
from referrals.models import Referral
from tests.cases.records import send
from tests.factories import (
    AttachmentFactory,
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    ConversationFactory,
    InvitationFactory,
    PupilFactory,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(school):
    return CaseFactory(pupil=PupilFactory(school=school))


@pytest.fixture
def buurtteam(case, coordinator):
    """The referral to the buurtteam, sent."""
    return send(decided(case, coordinator, help="buurtteam").referrals.get(), coordinator)


def decided(case, by, **changes):
    fields = {
        "decided_at": timezone.now(), "report": False, "report_grounds": "Gronden.",
        "help_grounds": "Gronden.", "report_fields": {}, "motivation": "Haast.",
        "follow_up_on": timezone.localdate() + timedelta(days=30), **changes,
    }  # fmt: skip
    return decide(case, by, uuid.uuid4(), **fields)


def heard(case, by, **changes):
    fields = {
        "received_at": timezone.now(), "source": "Noor", "text": "Niet veilig.", "effect": "fails",
        "heard_from": "buurtteam", "helped_by": "buurtteam", **changes,
    }  # fmt: skip
    return record_feedback(case, by, uuid.uuid4(), **fields)


def facts(case):
    return facts_for(Case.objects.get(pk=case.pk), timezone.now())


def asked(case):
    return {task.rule.code for task in guide(facts(case)).tasks}


def in_charge(case):
    """Return who is responsible, as facts and lists say it: they never disagree."""
    assert Case.objects.get(pk=case.pk).in_charge == facts(case).in_charge
    return facts(case).in_charge


def test_scenario_11_the_whole_chain(case, coordinator, buurtteam):
    assert in_charge(case) == "school"
    move(buurtteam, coordinator, state=State.ACCEPTED, taken_on_by="Noor")
    assert in_charge(case) == "buurtteam"
    heard(case, coordinator, referral=buurtteam, willing="no")
    assert {"R35", "R38"} <= asked(case)

    report = pass_on(
        buurtteam, coordinator, to="veilig_thuis", consent="refused", consent_of="Ouders",
        consent_ground="Niet veilig genoeg.",
    )  # fmt: skip
    # Veilig Thuis needs no consent: what was left to do about their refusal is done.
    assert not {"R35", "R38"} & asked(case)
    # Until Veilig Thuis takes it on, the buurtteam does not let go.
    assert in_charge(case) == "buurtteam"
    assert {"R40", "R42"} <= asked(case)
    assert "triage" in {d.period.code for d in guide(facts(case)).deadlines}
    move(report, coordinator, state=State.IN_ASSESSMENT)
    move(report, coordinator, state=State.ACCEPTED)
    assert in_charge(case) == "veilig_thuis"
    assert "triage" not in {d.period.code for d in guide(facts(case)).deadlines}

    save = pass_on(report, coordinator, to="save", consent="given", consent_of="Moeder",
                   state=State.ACCEPTED)  # fmt: skip
    assert in_charge(case) == "save"
    heard(case, coordinator, heard_from="save", helped_by="save", referral=save)
    assert "R39" in asked(case)
    raad = pass_on(save, coordinator, to="raad", consent="not_asked", consent_ground="SAVE beslist",
                   state=State.IN_ASSESSMENT)  # fmt: skip
    assert "R39" not in asked(case)
    assert in_charge(case) == "save"
    move(raad, coordinator, state=State.ACCEPTED)
    assert in_charge(case) == "raad"
    # All of it as the chain knows it: nothing had to be explained beside the decision itself.
    assert not Deviation.objects.filter(step=6).exists()
    assert [r.state for r in Referral.objects.of(case)] == ["passed_on"] * 3 + ["accepted"]
    assert "R43" not in asked(case)


def test_what_the_chain_does_not_know_is_recorded_with_grounds(case, coordinator, buurtteam):
    with pytest.raises(ActionError) as refused:
        pass_on(buurtteam, coordinator, to="raad", consent="given", consent_of="Moeder")
    assert refused.value.field == "grounds"
    assert Referral.objects.count() == 1
    pass_on(buurtteam, coordinator, to="raad", consent="given", grounds="De rechter vroeg het.")
    deviation = Deviation.objects.get(step=6)
    assert (deviation.rule, deviation.grounds) == ("R38", "De rechter vroeg het.")


def test_passed_on_to_somebody_who_first_looks_into_it_without_that_being_their_way(
    case, coordinator, buurtteam, school
):
    away = {"to": "other", "consent": "given", "contact": ContactFactory(school=school)}
    with pytest.raises(ActionError):
        pass_on(buurtteam, coordinator, state=State.IN_ASSESSMENT, **away)
    done = pass_on(
        buurtteam, coordinator, state=State.IN_ASSESSMENT, grounds="Zo ging het.", **away
    )
    assert done.state is State.IN_ASSESSMENT


@pytest.mark.parametrize("state", [State.IN_ASSESSMENT, State.ACCEPTED, State.CLOSED])
def test_nothing_happens_to_what_was_not_sent(case, coordinator, state):
    prepared = decided(case, coordinator, help="buurtteam").referrals.get()
    for grounds in ("", "Toch."):  # grounds do not make it possible
        with pytest.raises(ActionError):
            move(prepared, coordinator, state=state, grounds=grounds)
        with pytest.raises(ActionError):
            pass_on(prepared, coordinator, to="save", consent="given", grounds=grounds)
    assert Referral.objects.get().state is State.PREPARED


@pytest.mark.parametrize("moment", ["assessing_at", "accepted_at", "passed_on_at", "closed_at"])
def test_the_database_refuses_what_cannot_have_happened(case, coordinator, moment):
    decided(case, coordinator, help="buurtteam")
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.update(**{moment: timezone.now()})
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.update(sent_at=now, passed_on_at=now, closed_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.update(consent="refused")


def test_nobody_passes_on_to_themselves_nor_twice(case, coordinator, buurtteam):
    with pytest.raises(ActionError):
        pass_on(buurtteam, coordinator, to="buurtteam", consent="given", grounds="Toch.")
    again = [pass_on(buurtteam, coordinator, to="save", consent="given") for __ in range(2)]
    assert again[0] == again[1]
    with pytest.raises(ActionError) as refused:
        pass_on(buurtteam, coordinator, to="veilig_thuis", consent="refused", consent_ground="Nee.")
    assert coordinator.name in refused.value.message
    assert Referral.objects.count() == 2


def test_recorded_twice_by_oneself_changes_nothing_and_by_another_says_so(
    case, coordinator, buurtteam, school
):
    for __ in range(2):
        move(buurtteam, coordinator, state=State.ACCEPTED)
    first = Referral.objects.get().accepted_at
    confirm_received(buurtteam, coordinator)  # they said so later: it is long past that
    assert Referral.objects.get().confirmed_at is None
    assert Referral.objects.get().accepted_at == first
    with pytest.raises(ActionError) as refused:
        move(buurtteam, member(Role.COORDINATOR, school), state=State.ACCEPTED)
    assert coordinator.name in refused.value.message


def test_what_ends_says_who_is_responsible_after_it(case, coordinator, buurtteam):
    move(buurtteam, coordinator, state=State.ACCEPTED)
    save = pass_on(buurtteam, coordinator, to="save", consent="given", state=State.ACCEPTED)
    move(save, coordinator, state=State.CLOSED, closed_why="Veilig genoeg.")
    assert in_charge(case) == "buurtteam"
    assert Referral.objects.get(to="save").closed_to == "buurtteam"


def test_what_ends_where_it_is_no_more_changes_nothing(case, coordinator, buurtteam):
    report = mark_sent(
        decided(case, coordinator, report=True, help="none",
                report_fields={"family_told": True}).referrals.get(), coordinator,
    )  # fmt: skip
    move(buurtteam, coordinator, state=State.ACCEPTED)
    move(report, coordinator, state=State.CLOSED, closed_why="Geen onderzoek.", closed_to="school")
    assert in_charge(case) == "buurtteam"


def test_consent_in_a_talk_and_words_heard_change_who_is_responsible(case, coordinator):
    ConversationFactory(case=case, kind="three_way", buurtteam_consent=True)
    refresh(case, coordinator)
    assert in_charge(case) == "buurtteam"
    since = facts(case).in_charge_since
    decided(case, coordinator, help="buurtteam")
    heard(case, coordinator)
    assert facts(case).in_charge_since == since  # said again, it is not since today
    heard(case, coordinator, helped_by="school", heard_from="school")
    assert in_charge(case) == "school"
    heard(case, coordinator, helped_by="save", heard_from="veilig_thuis")
    begin_cycle(case, coordinator, grounds="Opnieuw.")
    assert in_charge(case) == "save"  # to walk again takes nothing back


def test_who_is_responsible_is_so_since_the_talk_and_the_word_not_since_it_was_noted(
    case, coordinator
):
    """R21: from that moment on."""
    monday, tuesday = (timezone.now() - timedelta(days=days) for days in (3, 2))
    Case.objects.filter(pk=case.pk).update(opened_at=monday - timedelta(days=9))
    ConversationFactory(case=case, kind="three_way", buurtteam_consent=True, held_at=monday)
    assert facts(case).in_charge_since == monday
    decided(case, coordinator, help="buurtteam")
    heard(case, coordinator, helped_by="save", received_at=tuesday)
    assert facts(case).in_charge_since == tuesday
    # Noted later of an earlier day, it begins no sooner than what it follows on.
    heard(case, coordinator, helped_by="school", received_at=monday)
    walked = changes_of(Case.objects.with_records().get(pk=case.pk))
    assert [(step.party, step.since) for step in walked[1:]] == [
        ("buurtteam", monday), ("save", tuesday), ("school", tuesday),
    ]  # fmt: skip


def test_the_card_names_who_is_responsible(case, coordinator, buurtteam, signed_in):
    page = signed_in(coordinator).get(f"/cases/{case.reference}/").content.decode()
    assert "Nu verantwoordelijk" not in page
    move(buurtteam, coordinator, state=State.ACCEPTED)
    assert "Het buurtteam" in signed_in(coordinator).get("/cases/?layout=list").content.decode()
    for path in (f"/cases/{case.reference}/", f"/referrals/{buurtteam.public_id}/"):
        page = signed_in(coordinator).get(path).content.decode()
        assert "Nu verantwoordelijk: Het buurtteam" in page, path
    page = signed_in(coordinator).get(f"/cases/{case.reference}/").content.decode()
    assert "naar wie nu verantwoordelijk is: Het buurtteam" in page


def test_what_is_handed_over_is_written_before_it_is_sent(case, coordinator):
    prepared = decided(case, coordinator, help="buurtteam").referrals.get()
    letter, elsewhere = AttachmentFactory(case=case), AttachmentFactory()
    fields = {"consent": "given", "consent_of": "Moeder", "handed_over": "De signalen."}
    prepare(prepared, coordinator, letters=[letter], version=1, **fields)
    with pytest.raises(ActionError):  # the page was opened before a colleague wrote
        prepare(prepared, coordinator, version=1, **{**fields, "handed_over": "Andere woorden."})
    with pytest.raises(ActionError):
        prepare(prepared, coordinator, letters=[elsewhere], version=2, **fields)
    kept = Referral.objects.get()
    assert (kept.handed_over, list(kept.letters.all())) == ("De signalen.", [letter])
    mark_sent(kept, coordinator)
    with pytest.raises(ActionError):
        prepare(kept, coordinator, version=2, **{**fields, "handed_over": "Achteraf."})
    assert Referral.objects.get().handed_over == "De signalen."


def test_what_they_said_of_it_or_the_ground_without_is_known_before_it_is_sent(
    case, coordinator, signed_in
):
    referral = decided(case, coordinator, help="buurtteam").referrals.get()
    with pytest.raises(ActionError):
        mark_sent(referral, coordinator)
    browser, to_prepare = signed_in(coordinator), f"/referrals/{referral.public_id}/prepare/"
    step_five = browser.get(f"/cases/{case.reference}/step/5/").content.decode()
    assert "Markeren als verstuurd" not in step_five
    assert to_prepare in step_five
    answer = browser.post(f"/referrals/{referral.public_id}/sent/", follow=True)
    assert answer.redirect_chain[-1][0] == to_prepare  # pressed on a page of before
    assert "Schrijf eerst op" in answer.content.decode()
    prepare(referral, coordinator, consent="not_asked", consent_ground="Nu te gevaarlijk.")
    assert (
        "Markeren als verstuurd" in browser.get(f"/cases/{case.reference}/step/5/").content.decode()
    )
    assert mark_sent(referral, coordinator).state is State.SENT


def test_a_report_needs_no_consent_before_it_is_sent(case, coordinator):
    told = {"family_told": False, "not_told_reason": "Niet veilig."}
    report = decided(case, coordinator, report=True, help="none", report_fields=told)
    assert mark_sent(report.referrals.get(), coordinator).state is State.SENT


def test_the_save_team_is_a_referral_of_its_own(case, coordinator):
    """Where the buurtteam came in by a talk of three, there is no other to pass on."""
    referral = decided(case, coordinator, help="save").referrals.get()
    assert referral.to == "save"
    move(send(referral, coordinator), coordinator, state=State.ACCEPTED)
    assert in_charge(case) == "save"
    raad = pass_on(referral, coordinator, to="raad", consent="refused", consent_ground="Gevaar.")
    assert raad.passed_on_from == referral


def test_a_letter_that_was_withdrawn_is_no_longer_chosen(case, coordinator):
    prepared = decided(case, coordinator, help="buurtteam").referrals.get()
    gone = AttachmentFactory(
        case=case, withdrawn_at=timezone.now(), withdrawn_by=coordinator, withdrawn_why="Verkeerd."
    )
    with pytest.raises(ActionError):
        prepare(prepared, coordinator, letters=[gone], consent="given", consent_of="Moeder")


def test_help_by_somebody_of_the_contact_book_is_a_referral(case, coordinator, school):
    doctor = ContactFactory(school=school)
    referral = decided(case, coordinator, help="other", contact=doctor).referrals.get()
    assert (referral.to, referral.contact) == ("other", doctor)
    assert "R34" in asked(case)
    confirm_received(send(referral, coordinator), coordinator)
    assert "R34" not in asked(case)


def test_who_does_not_move_the_case_records_nothing(case, coordinator, teacher, buurtteam):
    with pytest.raises(PermissionDenied):
        move(buurtteam, teacher, state=State.ACCEPTED)
    with pytest.raises(PermissionDenied):
        pass_on(buurtteam, teacher, to="save", consent="given")


def test_where_a_case_is_shown_it_says_who_is_responsible(
    case, coordinator, teacher, buurtteam, signed_in
):
    move(buurtteam, coordinator, state=State.ACCEPTED)
    room = ConsultationFactory(case=case, author=coordinator)
    assign_perm("cases.take_part", teacher, case)
    responsible = "Nu verantwoordelijk: Het buurtteam"
    pages = {
        coordinator: (f"/consultations/{room.reference}/", f"/cases/{case.reference}/close/"),
        teacher: ("/signals/",),
    }
    for user, paths in pages.items():
        for path in paths:
            assert responsible in signed_in(user).get(path, follow=True).content.decode(), path
    assert responsible in [str(entry.title) for entry in timeline(with_records(case))]
    export = DossierExport.objects.create(case=case, requested_by=coordinator, reason="Inzage.")
    paper = render_to_string("pdf/dossier.html", {
        "dossier": dossier(export, timezone.now()), "case": with_records(case),
    })  # fmt: skip
    assert "Nu verantwoordelijk" in paper
    assert "Opgepakt" in paper


def with_records(case):
    return Case.objects.with_records().get(pk=case.pk)


def test_who_only_advises_is_not_told_where_the_case_is(case, coordinator, buurtteam, signed_in):
    move(buurtteam, coordinator, state=State.ACCEPTED)
    worker = member(Role.BUURTTEAM_WORKER, case.school.buurtteam)
    room = ConsultationFactory(case=case, author=coordinator)
    InvitationFactory(
        consultation=room, user=worker, buurtteam=case.school.buurtteam,
        accepted_at=timezone.now(),
    )  # fmt: skip
    page = signed_in(worker).get(f"/consultations/{room.reference}/")
    assert page.status_code == 200
    assert "Nu verantwoordelijk" not in page.content.decode()
    assert signed_in(worker).get(f"/referrals/{buurtteam.public_id}/").status_code == 404


def test_an_empty_contact_book_offers_nobody_and_stops_nobody(
    case, coordinator, buurtteam, signed_in
):
    browser = signed_in(coordinator)
    form = browser.get(f"/cases/{case.reference}/decision/").context["form"]
    assert "contact" not in form.fields
    assert "other" not in dict(form.fields["help"].choices)
    url = f"/referrals/{buurtteam.public_id}/pass-on/"
    sent = {
        "to": "other", "consent": "given", "consent_of": "Moeder", "state": "sent",
        "grounds": "Op verzoek van de huisarts.",
    }  # fmt: skip
    assert browser.post(url, sent).status_code == 422
    assert browser.post(url, {**sent, "taken_on_by": "De huisarts"}).status_code == 302
    assert Referral.objects.get(to="other").taken_on_by == "De huisarts"


def talk(case, by, **fields):
    return record_conversation(
        case, by, uuid.uuid4(), held_at=timezone.now(), motivation="Haast.", **fields
    )


def test_consent_in_a_talk_of_three_hands_over_and_a_refusal_after_it_takes_it_back(
    case, coordinator
):
    both = {"consent_parents": "given", "consent_pupil": "given"}
    talk(case, coordinator, kind="three_way", **{**both, "consent_pupil": "refused"})
    assert in_charge(case) == "school"
    talk(case, coordinator, kind="three_way", **both)
    assert in_charge(case) == "buurtteam"
    talk(case, coordinator, kind="parents", help_wanted="unsure")
    assert in_charge(case) == "buurtteam"
    talk(case, coordinator, kind="pupil_and_parents", help_wanted="no", refused_by="both")
    assert in_charge(case) == "school"


def test_a_refusal_takes_nothing_from_who_needs_no_consent(case, coordinator, buurtteam):
    pass_on(
        buurtteam, coordinator, to="veilig_thuis", consent="refused", consent_of="Ouders",
        consent_ground="Niet veilig genoeg.", state=State.ACCEPTED,
    )  # fmt: skip
    talk(case, coordinator, kind="parents", help_wanted="no", refused_by="parents")
    assert in_charge(case) == "veilig_thuis"
