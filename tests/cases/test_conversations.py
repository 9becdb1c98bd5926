"""Step 3: what a talk says, whose consent makes the buurtteam responsible, and what asks for help.

R16 to R21, R30, R35; the sheet stands in test_preparation.
"""

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.roles import Role
from cases import actions
from cases.deadlines import running
from cases.dossier.contents import dossier
from cases.dossier.pdf import as_html
from cases.facts import facts_for
from cases.models import Case, Conversation, Deviation, DossierExport, Reminder
from cases.protocol import guide
from cases.reminders.sweep import sweep
from cases.timeline import timeline
from tests.cases.records import ago, consultation, decision, feedback, signal
from tests.factories import (
    CaseFactory,
    ConversationFactory,
    InvitationFactory,
    PupilFactory,
    member,
)

pytestmark = pytest.mark.django_db

CHILD, BETWEEN, OLDER = 8, 14, 17
NOT_RESPONSIBLE = "Not everybody consents whose consent it takes: your school stays responsible."
RESPONSIBLE = "The buurtteam is responsible from this talk on. Your school stays in touch."


def case_of(school, years=BETWEEN):
    """Return a case that was consulted on, of a pupil of this age; 0: nobody knows it."""
    born = timezone.localdate() - timedelta(days=365 * years + 100) if years else None
    case = CaseFactory(pupil=PupilFactory(school=school, birth_date=born), opened_at=ago(days=10))
    signal(case, "tired", recorded_at=ago(days=9))
    signal(case, "marks", recorded_at=ago(days=8))
    consultation(case, closed_at=ago(days=5), recorded_at=ago(days=6), next_talk="De mentor.")
    actions.refresh(case, None)
    return case


@pytest.fixture
def case(school):
    """A case of a pupil of fourteen."""
    return case_of(school)


@pytest.fixture
def coordinator(school):
    return member(Role.COORDINATOR, school, language="en")


def talk(**changes):
    """Return a talk of three as the form sends it, in which everybody consents."""
    return {
        "kind": "three_way", "family_there": "both", "parents_reactions": "Schrok.",
        "held_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "attendees": "Moeder, leerling, mentor", "facts_brought": "Tien keer te laat.",
        "reactions": "Knikte.", "concern": "less", "help_wanted": "yes", "home_safe": "yes",
        "buurtteam_contact": "Noor Kuipers", "consent_parents": "given",
        "consent_pupil": "given", "consent_how": "spoken", **changes,
    }  # fmt: skip


@pytest.fixture
def send(coordinator, signed_in):
    """Send the form of a talk; return the answer."""
    browser = signed_in(coordinator)

    def sent(case, **changes):
        url = reverse("cases:conversation", args=[case.reference])
        return browser.post(url, talk(**changes), follow=True)

    return sent


def known(case):
    return facts_for(Case.objects.get(pk=case.pk), timezone.now())


def asked(case):
    guidance = guide(known(case))
    return {task.rule.code for task in (*guidance.tasks, *guidance.notes)}


# Whose consent counts


@pytest.mark.parametrize(
    ("years", "parents", "pupil", "hands_over"),
    [
        (CHILD, "given", "", True),
        (CHILD, "refused", "", False),
        (BETWEEN, "given", "given", True),
        (BETWEEN, "given", "refused", False),
        (BETWEEN, "not_asked", "given", False),
        (OLDER, "", "given", True),
        (OLDER, "", "refused", False),
        (0, "given", "given", True),
        (0, "given", "not_asked", False),
    ],
)
def test_consent_of_all_whom_it_takes_makes_the_buurtteam_responsible(
    school, send, years, parents, pupil, hands_over
):
    case = case_of(school, years)
    how = "spoken" if "given" in (parents, pupil) else ""
    page = send(case, consent_parents=parents, consent_pupil=pupil, consent_how=how)
    filed = Conversation.objects.get()
    assert (filed.buurtteam_consent, filed.handed_over_on_grounds) == (hands_over, False)
    facts = known(case)
    assert facts.buurtteam_consented == hands_over
    assert facts.buurtteam_consented_at == (filed.recorded_at if hands_over else None)
    assert ("R21" in asked(case)) == hands_over
    said = page.content.decode()
    assert (RESPONSIBLE in said, NOT_RESPONSIBLE in said) == (hands_over, not hands_over)


@pytest.mark.parametrize("years", [CHILD, BETWEEN, OLDER])
@pytest.mark.parametrize(
    ("there", "spoken"),
    [("pupil", (True, False)), ("parents", (False, True)), ("both", (True, True))],
)
def test_who_came_to_a_talk_of_three_was_spoken_with(school, send, years, there, spoken):
    """A child who came alone leaves its parents to be told."""
    case = case_of(school, years)
    consents = {"consent_parents": "given" if years < OLDER else ""}
    consents["consent_pupil"] = "given" if years > CHILD else ""
    send(
        case, family_there=there, parents_reactions="Schrok." if there == "both" else "", **consents
    )
    assert Conversation.objects.get(kind="three_way").family_there == there
    facts = known(case)
    assert (facts.pupil_spoken, facts.parents_spoken) == spoken
    assert ("R18" in asked(case)) == (years == CHILD and not spoken[1])


def test_a_talk_of_three_of_before_counts_for_both_still(case):
    """Nobody is sent anew to somebody of whom nobody was asked to write down that they came."""
    ConversationFactory(case=case, kind="three_way")
    assert (known(case).pupil_spoken, known(case).parents_spoken) == (True, True)


def test_who_came_is_asked_of_a_talk_of_three_alone(case, send):
    assert "family_there" in send(case, family_there="").context["form"].errors
    apart = {"family_there": "parents", "parents_reactions": "Schrok."}
    assert "parents_reactions" in send(case, **apart).context["form"].errors
    apart = {"family_there": "pupil", "parents_reactions": "Schrok."}
    assert "parents_reactions" in send(case, **apart).context["form"].errors
    assert "parents_reactions" in send(case, parents_reactions="").context["form"].errors
    of_two = dict.fromkeys(
        ("consent_parents", "consent_pupil", "consent_how", "parents_reactions"), ""
    )
    send(case, **of_two, kind="parents", family_there="pupil")
    assert Conversation.objects.get().family_there == ""


def test_partly_is_no_consent_and_says_to_what(case, send):
    refused = send(case, consent_pupil="partly")
    assert refused.status_code == 422
    assert "consent_about" in refused.context["form"].errors
    send(case, consent_pupil="partly", consent_about="Wel praten, niet thuis.")
    assert not known(case).buurtteam_consented


@pytest.mark.parametrize(("years", "field"), [(CHILD, "consent_pupil"), (OLDER, "consent_parents")])
def test_nobody_else_is_asked_for_consent(school, coordinator, signed_in, years, field):
    url = reverse("cases:conversation", args=[case_of(school, years).reference])
    form = signed_in(coordinator).get(url).context["form"]
    shown = {f for f in ("consent_parents", "consent_pupil") if not form[f].is_hidden}
    assert shown == {"consent_parents", "consent_pupil"} - {field}


def test_without_somebodys_consent_it_takes_written_grounds(case, send):
    page = send(case, consent_pupil="refused", hand_over_grounds="Moeder vraagt het dringend.")
    filed = Conversation.objects.get()
    assert (filed.buurtteam_consent, filed.handed_over_on_grounds) == (False, True)
    explained = Deviation.objects.get(rule="R21")
    assert (explained.step, explained.grounds) == (3, "Moeder vraagt het dringend.")
    assert known(case).buurtteam_consented
    assert RESPONSIBLE in page.content.decode()
    # Everybody consents: there is nothing to explain.
    assert "hand_over_grounds" in send(case, hand_over_grounds="Zomaar.").context["form"].errors


def test_sent_twice_a_talk_on_grounds_is_one_talk_and_one_explanation(case, coordinator):
    key = uuid.uuid4()
    for __ in range(2):
        actions.record_conversation(
            case, coordinator, key, kind="three_way", held_at=timezone.now(),
            consent_parents="given", hand_over_grounds="Haast.", motivation="Haast.",
        )  # fmt: skip
    assert Conversation.objects.count() == Deviation.objects.filter(rule="R21").count() == 1


def test_an_action_judges_consent_itself_whatever_it_is_told(case, coordinator):
    filed = actions.record_conversation(
        case, coordinator, uuid.uuid4(), kind="parents", held_at=timezone.now(),
        consent_parents="given", consent_pupil="given", buurtteam_consent=True,
    )  # fmt: skip
    assert not filed.hands_over


def test_what_is_said_last_in_a_talk_of_three_holds(case, send):
    send(case)
    assert known(case).buurtteam_consented
    send(case, consent_pupil="refused")
    assert not known(case).buurtteam_consented
    assert "R21" not in asked(case)


def test_a_refusal_afterwards_takes_consent_back(case, send):
    send(case)
    ConversationFactory(case=case, help_wanted="no", refused_by="parents")
    assert known(case).buurtteam_consented_at is None
    assert {"R35"} & asked(case)
    ConversationFactory(case=case, help_wanted="yes")
    assert known(case).buurtteam_consented


def test_who_is_responsible_stands_in_card_timeline_and_dossier(case, send, coordinator, signed_in):
    send(case)
    page = signed_in(coordinator).get(reverse("cases:whole", args=[case.reference]))
    assert "The buurtteam is responsible from this talk on (" in page.content.decode()
    export = DossierExport(case=case, requested_by=coordinator, number=1)
    with translation.override("en"):
        titles = [str(e.title) for e in timeline(Case.objects.get())]
        paper = as_html(dossier(export, timezone.localtime()))
    assert "The buurtteam is responsible" in titles
    assert "is responsible from this talk on (" in paper


def test_a_missing_consent_stands_in_the_card_too(case, send, coordinator, signed_in):
    send(case, consent_pupil="not_asked")
    page = signed_in(coordinator).get(reverse("cases:whole", args=[case.reference]))
    assert "the school stays responsible." in page.content.decode()
    with translation.override("en"):
        titles = [str(e.title) for e in timeline(Case.objects.get())]
    assert "Talk recorded" in titles
    assert "The buurtteam is responsible" not in titles


# Refusing


@pytest.mark.parametrize(
    ("years", "who", "counts"),
    [
        (CHILD, "parents", True), (CHILD, "pupil", False), (CHILD, "both", True),
        (BETWEEN, "parents", True), (BETWEEN, "pupil", True),
        (OLDER, "parents", False), (OLDER, "pupil", True), (OLDER, "", True),
    ],
)  # fmt: skip
def test_refusing_counts_of_those_without_whom_there_is_no_help(school, years, who, counts):
    case = case_of(school, years)
    ConversationFactory(case=case, help_wanted="no", refused_by=who)
    assert (known(case).help_refused_at is not None) == counts


def test_a_word_of_somebody_else_does_not_undo_a_refusal(school):
    case = case_of(school, CHILD)
    ConversationFactory(case=case, help_wanted="no", refused_by="parents")
    ConversationFactory(case=case, help_wanted="no", refused_by="pupil")
    assert known(case).help_refused_at is not None


def test_a_refusal_goes_from_the_form_to_what_now(case, send):
    page = send(
        case, kind="parents", help_wanted="no", buurtteam_contact="", consent_parents="",
        consent_pupil="", consent_how="", concern="stays", parents_reactions="",
    )  # fmt: skip
    filed = Conversation.objects.get()
    # With the parents alone at the table it is clear who refuses.
    assert filed.refused_by == "parents"
    codes = [task.rule for task in page.context["guidance"].tasks]
    assert "R35" in codes
    assert "They refuse all help while your concern stays" in page.content.decode()


def test_where_both_sat_it_is_asked_who_refuses(case, send):
    both = {
        "kind": "pupil_and_parents", "help_wanted": "no", "buurtteam_contact": "",
        "consent_parents": "", "consent_pupil": "", "consent_how": "", "parents_reactions": "",
    }  # fmt: skip
    assert set(send(case, **both).context["form"].errors) == {"refused_by", "parents_reactions"}
    send(case, **{**both, "refused_by": "both", "parents_reactions": "Boos."})
    assert Conversation.objects.get().refused_by == "both"


def test_a_part_of_the_help_is_no_refusal(case, send):
    send(case, help_wanted="partly", consent_pupil="refused", refused_by="pupil")
    assert Conversation.objects.get().refused_by == ""
    assert "R35" not in asked(case)


# What a talk says


def test_reactions_stand_apart_and_each_fact_by_itself(case):
    filed = ConversationFactory(
        case=case, kind="pupil_and_parents", facts_brought="Tien keer te laat.\n\n Geen jas. ",
        reactions="Huilde.", parents_reactions="Vader zweeg.", interpreter="Turks, via de lijn",
    )  # fmt: skip
    assert filed.statements == ["Tien keer te laat.", "Geen jas."]
    page = render_to_string("cases/_conversation_fields.html", {"conversation": filed})
    assert "<li>Geen jas.</li>" in page
    assert page.index("Huilde.") < page.index("Vader zweeg.")
    assert "Turks, via de lijn" in page


def test_after_a_talk_with_the_pupil_it_is_said_whether_home_is_safe(case, send):
    assert "home_safe" in send(case, home_safe="").context["form"].errors
    assert "home_agreed" in send(case, home_safe="agreed").context["form"].errors
    send(case, home_safe="agreed", home_agreed="Belt om vijf uur.")
    assert "R4" not in asked(case)


def test_not_safe_to_go_home_is_danger_now(case, send):
    send(case, home_safe="no")
    assert {"R3", "R4", "R13"} <= asked(case)
    filed, facts = Conversation.objects.get(), known(case)
    assert (facts.last_severe_at, facts.last_acute_at) == (filed.recorded_at,) * 2
    assert (facts.severe_signals, facts.acute_signals) == (1, 1)
    case.refresh_from_db()
    assert case.attention == Case.Attention.SEVERE
    assert case.deadline <= filed.recorded_at + timedelta(hours=2)
    assert facts.signals == 2
    # Veilig Thuis is told: that answers it, and it stays severe.
    consultation(
        case, kind="veilig_thuis", closed_at=timezone.now(), recorded_at=timezone.now(),
    )  # fmt: skip
    assert not {"R3", "R4"} & asked(case)
    assert known(case).accelerated


# Not now, it is not safe


@pytest.fixture
def skip(case, coordinator, signed_in):
    """Send that a talk is not safe; return the answer."""
    browser = signed_in(coordinator)
    url = reverse("cases:skip", args=[case.reference])

    def sent(**changes):
        day = (timezone.localdate() + timedelta(days=10)).isoformat()
        return browser.post(url, {"skip_reason": "Vader dreigt.", "look_again_on": day, **changes})

    sent.url, sent.browser = url, browser
    return sent


@pytest.mark.parametrize(
    ("where", "asks"),
    [("veilig_thuis", False), ("buurtteam", False), ("school", True), ("other", True),
     ("nobody", True)],
)  # fmt: skip
def test_weighed_with_nobody_from_outside_the_buurtteam_or_veilig_thuis_comes_first(
    case, skip, where, asks
):
    assert skip(weighed_where=where, weighed_with="Iemand").status_code == 302
    assert ("R19" in asked(case)) == asks
    # Asked since, somebody from outside thinks along; asked on the signals before, nobody did.
    consultation(case, kind="veilig_thuis", recorded_at=timezone.now())
    assert "R19" not in asked(case)


def test_whom_it_was_weighed_with_is_chosen_from_who_was_consulted(case, skip):
    closed = {"closed_at": ago(days=3), "recorded_at": ago(days=4)}
    heard = consultation(case, kind="colleague", **closed)
    consultation(case, kind="emergency", **closed)
    waiting = consultation(case, kind="veilig_thuis")
    InvitationFactory(consultation=heard, user__name="Bram Smit", accepted_at=ago(days=4))
    offered = dict(skip.browser.get(skip.url).context["form"].fields["weighed_where"].choices)
    assert offered[heard.reference].startswith("Bram Smit, Expert colleague")
    assert waiting.reference not in offered
    assert not any("112" in str(label) for label in offered.values())
    assert skip(weighed_where=heard.reference).status_code == 302
    filed = Conversation.objects.get()
    assert filed.weighed_where == "school"
    assert filed.weighed_with.startswith("Bram Smit")


def test_who_is_consulted_in_another_case_cannot_be_chosen(case, school, skip):
    other = consultation(case_of(school), closed_at=ago(days=3))
    assert skip(weighed_where=other.reference).status_code == 422


def test_on_the_agreed_day_somebody_is_reminded_until_a_talk_was_held(case, skip):
    skip(weighed_where="veilig_thuis", weighed_with="Sanne")
    filed = Conversation.objects.get()
    due = timezone.make_aware(datetime.combine(filed.look_again_on, time(17)))
    assert known(case).talk_again_at == due
    periods = {(p.deadline.period.code, p.due) for p in running(guide(known(case)))}
    assert ("talk", due) in periods
    sweep(due + timedelta(minutes=1))
    assert "talk" in Reminder.objects.values_list("period", flat=True)
    # A new day replaces the old one.
    ConversationFactory(
        case=case, kind="skipped", skip_reason="Nog niet.", look_again_on=date(2030, 1, 7)
    )
    assert timezone.localtime(known(case).talk_again_at).date() == date(2030, 1, 7)
    ConversationFactory(case=case)
    assert known(case).talk_again_at is None


def test_a_decision_ends_looking_again(case, skip):
    skip(weighed_where="veilig_thuis", weighed_with="Sanne")
    decision(case, timezone.now())
    codes = [p.deadline.period.code for p in running(actions.guidance_for(case))]
    assert "talk" not in codes


def test_feedback_that_they_refuse_takes_consent_back(case, send):
    send(case)
    feedback(case, timezone.now() + timedelta(minutes=1), effect="unknown", willing="no")
    assert not known(case).buurtteam_consented


def test_a_number_to_call_stands_once_in_what_now(school, coordinator, signed_in):
    case = CaseFactory(pupil=PupilFactory(school=school))
    signal(case, "tired")
    signal(case, "marks")
    consultation(case, kind="care_team", closed_at=timezone.now(), next_talk="Niemand.")
    ConversationFactory(case=case, kind="skipped", skip_reason="Dreiging.", weighed_where="nobody")
    tasks = signed_in(coordinator).get(f"/cases/{case.reference}/").context["guidance"].tasks
    calls = [call.href for task in tasks for call in task.calls]
    assert {"R19", "R24"} <= {task.rule for task in tasks}  # both name Veilig Thuis
    assert calls.count("tel:08002000") == 1
