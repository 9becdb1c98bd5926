"""What a family's paper left out of what was told, and told all the same: by what came of it.

By how far a goal is, by who looks into it, by which rule asked. Each was read on its day.
"""

import logging
from contextlib import nullcontext
from datetime import date, timedelta
from uuid import uuid4

import pytest
from auditlog.context import set_actor
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.crypto import sealed_number
from accounts.typed import token_for
from audit.about import apart_from, by_system
from audit.kinds import Kind
from audit.models import LogEntry
from background.reasons import in_words
from cases.dossier import actions, tasks
from cases.dossier.actions import Wish, request_export, was_written_in_since
from cases.dossier.tasks import make_dossier
from cases.dossier.variants import Also, Code
from cases.models import Deviation, DossierExport, Pupil, RightsRequest
from consultations.times.actions import agree_time, propose_times
from referrals.actions import withdraw
from referrals.models import Goal, GoalEffect, HelpPlan
from tests.accounts.page import Page
from tests.attacks.papers import FAMILY, page
from tests.cases.records import NOW, ago, decision, feedback, signal
from tests.factories import (
    CaseFactory,
    ConsultationFactory,
    ConversationFactory,
    PupilFactory,
    ReceivedDossierFactory,
    SignalFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
WEIGHED = (Also.WEIGHED,)
GOAL, FAR = "Thuis wordt zij niet meer geslagen.", "Gelukt"


@pytest.fixture
def case(school):
    """A case in which somebody spoke with the parents since all that was heard."""
    case = CaseFactory(pupil=PupilFactory(school=school, birth_date=date(2010, 1, 1)))
    ConversationFactory(case=case, kind="parents", held_at=ago(days=10), recorded_at=ago(days=10))
    return case


def spoken_again(case):
    ConversationFactory(case=case, kind="parents", held_at=NOW, recorded_at=NOW)


def how_far(case, **said):
    """Decide on a goal, hear how far it is, and return the decision and what was heard."""
    made = decision(case, ago(days=9), help="own")
    goal = Goal.objects.create(
        plan=HelpPlan.objects.create(decision=made), number=1, what=GOAL, added_at=NOW
    )
    heard = feedback(case, ago(days=5), **said)
    GoalEffect.objects.create(feedback=heard, goal=goal, effect="reached")
    spoken_again(case)
    return made, heard


WORDS = {"heard_from": "school", "child_words": "Papa slaat nog."}
OTHER = {"heard_from": "other", "source": "Oma"}


@pytest.mark.parametrize(
    ("code", "said", "also", "there"),
    [
        (Code.PARENTS, WORDS, WEIGHED, False),
        (Code.PARENTS, WORDS, tuple(Also), False),
        (Code.PARENTS, OTHER, WEIGHED, False),
        (Code.PARENTS, {"heard_from": "school"}, WEIGHED, True),
        (Code.PUPIL, OTHER, WEIGHED, False),
        (Code.PUPIL, {**OTHER, **WORDS, "heard_from": "other"}, tuple(Also), False),
        (Code.PUPIL, WORDS, WEIGHED, True),
    ],
)
def test_how_far_a_goal_is_stands_where_what_was_heard_does(case, code, said, also, there):
    how_far(case, **said)
    shown = page(case, code, also=also)
    assert GOAL in shown
    assert (FAR in shown) is there


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.SCHOOL])
def test_nor_on_a_paper_for_which_that_was_not_chosen(case, code):
    made, heard = how_far(case, heard_from="school")
    keys = [f"decisions-{made.pk}"]
    assert FAR not in page(case, code, chosen=keys)
    assert FAR in page(case, code, chosen=[*keys, f"feedbacks-{heard.pk}"])


def inquiry(case):
    said = "De huisarts meldde; wij onderzoeken het."
    feedback(case, ago(days=5), heard_from="veilig_thuis", text=said, investigation="begun")
    return said


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("state", ["withdrawn", "unsent", "later", "sent"])
def test_an_inquiry_is_known_by_a_report_that_had_gone(case, coordinator, code, state):
    """One that was decided on, and never went, opened what Veilig Thuis said of another's."""
    sent_at = {"sent": ago(days=9), "later": ago(days=1)}.get(state)
    made = decision(case, ago(days=9), to={"veilig_thuis": sent_at}, report=True)
    if state == "withdrawn":
        withdraw(made.referrals.get(), coordinator, reason="Toch niet.")
    said = inquiry(case)
    spoken_again(case)
    assert (said in page(case, code, also=WEIGHED)) is (state == "sent")


@pytest.mark.parametrize("heard_from", ["school", "buurtteam", "veilig_thuis", "raad"])
def test_what_was_heard_beside_the_pupils_words_is_theirs_from_whomever_it_came(case, heard_from):
    decision(case, ago(days=9), to={"veilig_thuis": ago(days=9)}, report=True)
    said = "Ze vertelde hun dat papa haar slaat."
    feedback(case, ago(days=5), heard_from=heard_from, text=said, child_words="Papa slaat mij.")
    spoken_again(case)
    assert said not in page(case, Code.PARENTS, also=WEIGHED)
    assert said in page(case, Code.PUPIL, also=WEIGHED)


@pytest.mark.parametrize("by_other", [True, False])
def test_which_rule_asked_is_not_for_the_family(case, by_other):
    """It said that somebody told of sexual violence, where all else of that was left out."""
    told = {"hearsay_from": "Oma"} if by_other else {"child_words": "Hij raakt mij aan."}
    signal(case, "sexual", severe=True, recorded_at=ago(days=20), **told)
    Deviation.objects.create(
        case=case, author=UserFactory(), kind="skipped", step=2, rule="R5", grounds="Oma weet meer."
    )
    assert all("Oma weet meer." not in page(case, reader) for reader in FAMILY)
    assert "Oma weet meer." in page(case, Code.WHOLE)


HOW = "Vader wil niemand over de vloer; zij zei alleen: niet thuis komen."
PARTLY = {"consent_how": "written", "consent_about": HOW}
# What was said elsewhere by who was not there, beside who came: and what of it stood on the paper.
ELSEWHERE = {
    "parents partly": ({"consent_parents": "partly", **PARTLY}, "Toestemming van de ouders"),
    "parents no": ({"consent_parents": "refused"}, "de school blijft verantwoordelijk"),
    "parents refuse": ({"help_wanted": "no", "refused_by": "parents"}, "Wie weigert"),
    "both refuse": ({"help_wanted": "no", "refused_by": "both"}, "Nee, ze weigeren alle hulp"),
    "pupil partly": ({"consent_pupil": "partly", **PARTLY}, "Toestemming van de leerling"),
    "pupil no": ({"consent_pupil": "refused"}, "de school blijft verantwoordelijk"),
    "pupil refuses": ({"help_wanted": "no", "refused_by": "pupil"}, "Wie weigert"),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_what_who_was_not_at_a_talk_of_three_says_to_help(case, what):
    """It came in writing, or by telephone; on the form it is asked beside the talk."""
    said, shown_as = ELSEWHERE[what]
    Pupil.objects.filter(pk=case.pupil_id).update(birth_date=date(2012, 1, 1))  # it takes both
    there, code = ("parents", Code.PARENTS) if "pupil" in what else ("pupil", Code.PUPIL)
    answers = {"consent_parents": "given", "consent_pupil": "given", "help_wanted": "partly"}
    talk = ConversationFactory(
        case=case, kind="three_way", held_at=NOW, family_there=there, reactions="Knikte.",
        **answers | said,
    )  # fmt: skip
    for reader, also in [(Code.PARENTS, tuple(Also)), (Code.PUPIL, ())]:
        shown = page(case, reader, also=also)
        assert ("Knikte." in shown) is (reader is code)
        assert shown_as not in shown
        assert HOW not in shown
    # Where both sat there, each heard the other say so.
    type(talk).objects.filter(pk=talk.pk).update(family_there="both")
    assert all(shown_as in page(case, reader) for reader in FAMILY)


def test_the_paper_says_whose_reaction_it_is(case):
    talk = {"kind": "three_way", "reactions": "Knikte.", "parents_reactions": "Schrok."}
    ConversationFactory(case=case, held_at=NOW, family_there="parents", **talk)
    assert "Hoe de leerling reageerde" not in page(case, Code.WHOLE)


@pytest.mark.parametrize("code", FAMILY)
@pytest.mark.parametrize("rule", ["R30", "R33", "R38", "R39", "R42"])
def test_that_somebody_else_says_that_help_fails_by_the_rule_that_asks_about_it(case, code, rule):
    feedback(case, ago(days=5), heard_from="other", source="Oma", effect="fails")
    Deviation.objects.create(
        case=case, author=UserFactory(), kind="skipped", step=6, rule=rule, grounds="Volgens oma."
    )
    spoken_again(case)
    shown = page(case, code, also=WEIGHED)
    assert "Volgens oma." not in shown
    assert rule not in shown


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.SCHOOL])
def test_how_far_a_goal_is_of_a_decision_that_was_not_chosen(case, code):
    made, heard = how_far(case, heard_from="school")
    assert FAR not in page(case, code, chosen=[f"feedbacks-{heard.pk}"])
    assert FAR in page(case, code, chosen=[f"feedbacks-{heard.pk}", f"decisions-{made.pk}"])


def test_the_pupil_reads_how_far_a_goal_is_by_their_own_words_where_the_parents_may_not(case):
    ConversationFactory(case=case, kind="skipped", skip_reason="Nog niet.", held_at=ago(days=12))
    how_far(case, heard_from="school", child_words="Papa slaat nog.")
    assert FAR in page(case, Code.PUPIL, also=WEIGHED)
    assert FAR not in page(case, Code.PARENTS)


@pytest.mark.parametrize("code", FAMILY)
def test_what_veilig_thuis_said_before_our_report_and_somebody_wrote_down_after_it(case, code):
    """Of whose report it was they know nothing: ours had not gone."""
    decision(case, ago(days=9), to={"veilig_thuis": ago(days=3)}, report=True)
    said = "De huisarts meldde; wij onderzoeken het."
    heard = feedback(case, ago(days=2), heard_from="veilig_thuis", text=said, investigation="begun")
    spoken_again(case)
    assert said in page(case, code, also=WEIGHED)
    type(heard).objects.filter(pk=heard.pk).update(received_at=ago(days=5))
    assert said not in page(case, code, also=WEIGHED)


def test_a_letter_that_grants_a_request_names_no_ground_that_was_ticked_before(case):
    granted = RightsRequest(outcome="granted", grounds=["harm", "informant"])
    assert granted.grounds_told == []
    granted.outcome = "refused"
    assert granted.grounds_told


def test_a_paper_takes_as_many_queries_for_many_dossiers_that_came(case):
    def queries(times):
        for __ in range(times):
            ReceivedDossierFactory(case=case)
            SignalFactory(case=case)
        with CaptureQueriesContext(connection) as captured:
            page(case, Code.PARENTS)
        return len(captured)

    queries(1)  # with what a process asks once
    assert queries(1) == queries(4)


@pytest.mark.parametrize("code", [*FAMILY, Code.WHOLE])
@pytest.mark.parametrize("wrote", [set_actor, by_system, None])
def test_a_family_s_paper_is_not_made_of_what_was_written_since_it_was_asked_for(
    case, coordinator, code, wrote
):
    """Who asked ticked what they may read of what stood there; its worker may come hours later."""
    Pupil.objects.filter(pk=case.pupil_id).update(birth_date=date(2012, 1, 1))
    case.pupil.refresh_from_db()
    export = request_export(case, coordinator, uuid4(), "Inzage.", Wish(variant=code))
    if wrote:
        with wrote(coordinator if wrote is set_actor else "Volgsysteem"):
            signal(case, facts="Hij slaat haar.", recorded_at=timezone.now())
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert (export.state == "failed") is (wrote is not None and code in FAMILY)


@pytest.mark.parametrize("code", [Code.BUURTTEAM, Code.VEILIG_THUIS, Code.SCHOOL])
def test_nor_is_a_paper_of_chosen_records(case, coordinator, code):
    """A colleague writes into an older record as well: an advice, how a referral ended."""
    export = DossierExport.objects.create(
        case=case, requested_by=coordinator, reason="Hulp.", variant=code, number=1
    )
    assert not was_written_in_since(export)
    with set_actor(coordinator):
        signal(case, facts="Hij slaat haar.", recorded_at=timezone.now())
    assert was_written_in_since(export)


@pytest.mark.parametrize("last", ["dossier", "make_pdf"])
def test_nor_of_what_was_written_while_it_is_made(case, coordinator, monkeypatch, last):
    """The worker reads the case when it has asked, and on a busy machine long after it."""
    Pupil.objects.filter(pk=case.pupil_id).update(birth_date=date(2012, 1, 1))
    case.pupil.refresh_from_db()
    wish = Wish(variant=Code.PARENTS, also=tuple(Also))
    export = request_export(case, coordinator, uuid4(), "Inzage.", wish)
    goes_on = getattr(tasks, last)

    def meanwhile(*args):
        with set_actor(coordinator):
            signal(case, facts="Hij slaat haar.", recorded_at=timezone.now())
        return goes_on(*args)

    monkeypatch.setattr(tasks, last, meanwhile)
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert (export.state, export.file.name) == ("failed", "")


@pytest.mark.parametrize("agreed", [{"place": "Bij oma thuis; zij meldde het."}, {"minutes": 45}])
def test_a_meeting_that_is_agreed_anew_is_written_down_without_its_words(case, coordinator, agreed):
    """The place stands on a paper, beside the time: that it is another one alone left no row."""
    asked = ConsultationFactory(case=case, author=coordinator)
    propose_times(asked, coordinator, [timezone.now() + timedelta(days=2)])
    before = {"minutes": 30, "place": "Kamer 3"}
    with set_actor(coordinator):
        agree_time(asked, coordinator, asked.times.get(), **before)
        export = request_export(case, coordinator, uuid4(), "Inzage.", Wish(variant=Code.PUPIL))
        assert not was_written_in_since(export)
        asked.refresh_from_db()
        agree_time(asked, coordinator, asked.times.get(), **before | agreed)
    assert was_written_in_since(export)
    rows = LogEntry.objects.of_case(case.reference).filter(kind=Kind.CHANGED).order_by("pk")
    said = [changed for row in rows if (changed := row.changes.get(next(iter(agreed))))]
    assert said == ([["…", "…"]] * 2 if "place" in agreed else [["None", "30"], ["30", "45"]])


def test_that_it_is_not_made_is_no_fault_of_the_program(case, coordinator, monkeypatch, caplog):
    export = request_export(case, coordinator, uuid4(), "Inzage.", Wish(variant=Code.PUPIL))
    with set_actor(coordinator):
        signal(case, facts="Hij slaat haar.", recorded_at=timezone.now())
    why = []
    monkeypatch.setattr(tasks, "gave_up", lambda error, subject: why.append(type(error).__name__))
    make_dossier(str(export.public_id))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert in_words(*why) == (
        "Er is in de casus geschreven nadat het is aangevraagd: wie het aanvroeg, leest dat eerst."
    )


OUT = (*FAMILY, Code.BUURTTEAM, Code.VEILIG_THUIS)


def opened(case, by, signed_in, code):
    """Return a browser with the page of a kind of paper, and all of it ticked and chosen."""
    Pupil.objects.filter(pk=case.pupil_id).update(birth_date=date(2012, 1, 1))
    browser, url = signed_in(by), f"{reverse('cases:dossier', args=[case.reference])}?kind={code}"
    form = browser.get(url).context["form"]
    sent = {"variant": code, "reason": "Verzoek om inzage."}
    for name in ("also", "chosen"):
        if name in form.fields:
            sent[name] = [value for value, __ in form.fields[name].choices]
    for name in ("seen", "idempotency_key"):
        if name in form.fields:
            sent[name] = form[name].value()
    return browser, url, sent


def written(case, by):
    with set_actor(by):
        signal(case, facts="Hij slaat haar.", recorded_at=timezone.now())


def later(browser, seconds):
    """Let the second factor of a browser be so much longer ago."""
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= seconds
    session.save()


@pytest.mark.parametrize("code", [*OUT, Code.WHOLE, Code.SUMMARY])
def test_nor_of_what_was_written_while_its_page_lay_open(case, coordinator, signed_in, code):
    """What was ticked was what stood there then: it lies open for as long as a session lasts."""
    browser, url, sent = opened(case, coordinator, signed_in, code)
    written(case, UserFactory())
    answer = browser.post(url, sent)
    if code not in OUT:
        assert answer.status_code == 302
        return
    assert (answer.status_code, DossierExport.objects.count()) == (422, 0)
    assert "Er is in deze casus geschreven sinds je deze pagina opende." in Page(answer).text
    again = Page(answer).typed
    ticks = "also" if code in FAMILY else "chosen"
    assert (again["reason"], again[ticks]) == ([sent["reason"]], sent[ticks])
    assert browser.post(url, again).status_code == 302  # who looked at it asks again


def test_a_page_with_a_mistake_keeps_since_when_it_was_open(case, coordinator, signed_in):
    browser, url, sent = opened(case, coordinator, signed_in, Code.PARENTS)
    written(case, coordinator)
    answer = browser.post(url, sent | {"reason": "Kort"})
    assert "seen" not in answer.context["form"].errors
    assert browser.post(url, Page(answer).typed | {"reason": sent["reason"]}).status_code == 422
    assert not DossierExport.objects.exists()


def test_nor_is_it_lost_on_a_page_that_is_right_but_for_a_mistake(case, coordinator, signed_in):
    browser, url, sent = opened(case, coordinator, signed_in, Code.PARENTS)
    answer = browser.post(url, sent | {"reason": "Kort"})
    assert browser.post(url, Page(answer).typed | {"reason": sent["reason"]}).status_code == 302


@pytest.mark.parametrize("known", [True, False])
def test_what_comes_back_after_a_session_ended_keeps_it_too(case, coordinator, signed_in, known):
    """With its ticks comes when they were set; without that, what stands there is asked anew."""
    browser, url, sent = opened(case, coordinator, signed_in, Code.PARENTS)
    if not known:
        sent.pop("seen", None)
    later(browser, 3600)
    browser.post(url, sent | {"typed_by": token_for(coordinator.pk)})
    later(browser, -3600)
    if known:
        written(case, coordinator)
    back = Page(browser.get(url))
    assert back.typed["also"] == sent["also"]
    assert browser.post(url, back.typed).status_code == 422
    assert not DossierExport.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        "", "0", "1", "gAAAA", "\x00", "2999-01-01T00:00", "é" * 2000,
        lambda case, by: actions.mark(CaseFactory(), by),
        lambda case, by: actions.mark(case, UserFactory()),
        lambda case, by: sealed_number(10**6, f"cases.dossier.mark:{by.pk}:{case.pk}"),
    ],
)  # fmt: skip
def test_a_mark_that_is_not_of_this_page_is_of_long_ago(case, coordinator, signed_in, forged):
    browser, url, sent = opened(case, coordinator, signed_in, Code.PARENTS)
    if callable(forged):
        forged = forged(case, coordinator)
    answer = browser.post(url, sent | {"seen": forged})
    assert (answer.status_code, DossierExport.objects.count()) == (422, 0)
    assert browser.post(url, sent).status_code == 302


def test_sent_twice_it_is_one_whatever_was_written_in_between(case, coordinator, signed_in):
    browser, url, sent = opened(case, coordinator, signed_in, Code.PARENTS)
    first = browser.post(url, sent)
    written(case, coordinator)
    assert browser.post(url, sent).url == first.url


WROTE = ["a colleague", "a system", "oneself", "beside"]


def somebody_writes(case, wrote, by):
    how = {
        "a colleague": set_actor(UserFactory()),
        "a system": by_system("Volgsysteem"),
        "oneself": set_actor(by),
        "beside": apart_from(CaseFactory().reference),
    }
    with how[wrote], set_actor(UserFactory()) if wrote == "beside" else nullcontext():
        ConversationFactory(case=case)


@pytest.mark.parametrize("wrote", WROTE)
def test_by_its_refusal_nobody_finds_the_case_of_a_pupil(case, administrator, signed_in, wrote):
    """Who knows about whom it is that something was written would try all cases of the school."""
    browser, url, sent = opened(case, administrator, signed_in, Code.BUURTTEAM)
    somebody_writes(case, wrote, administrator)
    assert browser.post(url, sent).status_code == (422 if wrote == "a colleague" else 302)


@pytest.mark.parametrize("wrote", WROTE)
def test_nor_by_a_paper_that_is_not_made(case, administrator, signed_in, wrote):
    """It waits for as long as who asked has it: behind all dossiers of a school year."""
    browser, url, sent = opened(case, administrator, signed_in, Code.BUURTTEAM)
    browser.post(url, sent)
    export = DossierExport.objects.get()
    somebody_writes(case, wrote, administrator)
    make_dossier(str(export.public_id))
    export.refresh_from_db()
    assert export.state == ("failed" if wrote == "a colleague" else "ready")
