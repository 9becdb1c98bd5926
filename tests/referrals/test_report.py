"""The report to Veilig Thuis: filled from the case, written by several, filed once, corrected."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from guardian.shortcuts import assign_perm

from accounts.roles import Role
from audit.models import LogEntry
from cases.dossier.contents import dossier
from cases.dossier.pdf import as_html
from cases.errors import ActionError, Immutable
from cases.models import Conversation, DossierExport
from cases.timeline import timeline
from referrals.actions import withdraw
from referrals.models import Referral
from referrals.report import actions
from referrals.report.expectations import expectations
from referrals.report.fields import FIELDS, READ_OUT, SECTIONS, Source, missing
from referrals.report.fill import FILL, filled
from referrals.report.models import Report
from referrals.report.versions import read_seen, seen_of
from signals.models import SignalFinding
from tests.cases.records import assessment, consultation, decision, feedback
from tests.factories import (
    CaseFactory,
    ConversationFactory,
    InjuryMarkFactory,
    PupilFactory,
    SignalCategoryFactory,
    SignalFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def case(school):
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    return CaseFactory(pupil=pupil)


@pytest.fixture
def referral(case):
    """A report that was decided on and not sent, in a case in which much happened."""
    seen = SignalFactory(case=case, facts="Een blauwe plek op de arm.", child_words="Van de trap.",
                         interpretation="Dat past niet.", place="Gymzaal")  # fmt: skip
    InjuryMarkFactory(signal=seen, note="Paars.")
    SignalFactory(case=case, facts="Er was geschreeuw.", hearsay_from="De buurvrouw")
    consultation(case, NOW, question="Wat vinden jullie?", shared="Een leerling van 14.")
    ConversationFactory(case=case, reactions="Zei dat het meevalt.", agreements="Morgen verder.")
    ConversationFactory(case=case, kind=Conversation.Kind.PARENTS, reactions="Vader werd boos.")
    assessment(case, NOW, danger="doubt", suspicion="yes", unsafety="structural")
    return decision(case, NOW, to={"veilig_thuis": None}, report=True).referrals.get()


@pytest.fixture
def report(referral, coordinator):
    return actions.start_report(referral, coordinator)


def texts_of(report):
    return Report.objects.get(pk=report.pk).contents


def save(report, by, seen=None, **texts):
    """Save as a page does that showed the report as it stands, or as it was ``seen``."""
    seen = {code: (texts_of(report) if seen is None else seen).get(code, "") for code in FIELDS}
    return actions.save_draft(report, by, {**seen, **texts}, read_seen(seen_of(seen)))


def as_sent(form):
    """Return what a browser sends of a form: no box that nobody ticked."""
    return {name: form[name].value() for name in form.fields if form[name].value()}


def complete(report, by, **texts):
    """Fill in whatever is still empty."""
    answers = {"unsafety": "structural", "harm": "witness"}
    empty = {f.code: answers.get(f.code, f"Bij {f.code}.") for f in missing(texts_of(report))}
    save(report, by, **{**empty, **texts})
    more = {f.code: f"Bij {f.code}." for f in missing(texts_of(report))}
    if more:
        save(report, by, **more)


def filed(report, by, **fields):
    return actions.file_report(report, by, **{"revision": None, "looked_at": True, **fields})


# --- The table ------------------------------------------------------------------------------------
def test_the_table_has_all_of_the_protocol_in_its_order():
    assert [part.code for part in SECTIONS] == [
        "reporter", "whom", "facts", "history", "done", "family", "strengths", "weighing",
        "unsafety", "help", "expected", "feedback", "language", "visits", "harm",
    ]  # fmt: skip
    assert len(FIELDS) == sum(len(part.fields) for part in SECTIONS)
    assert max(map(len, FIELDS)) <= 24
    assert set(READ_OUT) <= set(FIELDS)
    assert len(dict(FIELDS["harm"].choices)) == 13


def test_each_source_fills_the_fields_that_name_it(referral, coordinator):
    assert set(FILL) == set(Source) - {Source.NOTHING}
    for source, fill in FILL.items():
        named = {code for code, field in FIELDS.items() if field.source is source}
        assert set(fill(referral, coordinator)) <= named, source


def test_what_pupil_and_parents_said_in_one_talk_is_told_apart(referral, coordinator):
    """What the pupil said was filled in as the parents' words, and theirs nowhere."""
    ConversationFactory(
        case=referral.decision.case, kind="pupil_and_parents", reactions="Papa slaat mij.",
        parents_reactions="Wij slaan nooit.",
    )  # fmt: skip
    texts = FILL[Source.TALKS](referral, coordinator)
    assert "Papa slaat mij." in texts["pupil_says"]
    assert "Papa slaat mij." not in texts["parents_say"]
    assert "Wij slaan nooit." in texts["parents_say"]
    assert "Wij slaan nooit." not in texts["pupil_says"]
    ConversationFactory(
        case=referral.decision.case, kind="three_way", reactions="Ik kwam alleen.",
        consent_parents="given", consent_how="written", family_there="pupil",
    )  # fmt: skip
    ConversationFactory(
        case=referral.decision.case, kind="three_way", reactions="Zij was er niet.",
        consent_pupil="given", family_there="parents",
    )  # fmt: skip
    texts = FILL[Source.TALKS](referral, coordinator)
    assert "Ik kwam alleen." in texts["pupil_says"]
    assert "Ik kwam alleen." not in texts["parents_say"]
    assert "Zij was er niet." in texts["parents_say"]
    assert "Zij was er niet." not in texts["pupil_says"]


def test_a_talk_of_before_somebody_asked_who_came_says_so_and_names_nobody(referral, coordinator):
    """Whose words they are the writer knows; who came was filled in, with colleagues' names."""
    ConversationFactory(
        case=referral.decision.case, kind="three_way", reactions="Het blijft onder ons.",
        attendees="Leerling, juf Ans Bakker, gezinswerker", consent_pupil="given",
    )  # fmt: skip
    texts = filled(referral, coordinator)
    assert "Ans Bakker" not in str(texts)
    assert (
        "(er is niet vastgelegd wie van het gezin erbij was): Het blijft onder ons."
        in texts["parents_say"]
    )


# --- From the case --------------------------------------------------------------------------------
def test_it_begins_with_what_the_case_knows(report, coordinator, school):
    texts = texts_of(report)
    assert texts["reporter_name"] == coordinator.name
    assert texts["reporter_role"] == "Zorgcoördinator"
    assert texts["school"].startswith(school.name)
    assert texts["pupil_name"] == "Tess van der Zwaan"
    assert "Gymzaal, een collega van de school: Een blauwe plek" in texts["facts"]
    assert "1. Bovenarm, voorkant, links van het kind · Blauwe plek" in texts["facts"]
    assert "“Van de trap.”" in texts["child_words"]
    assert "De buurvrouw vertelde: Er was geschreeuw." in texts["hearsay"]
    assert "Dat past niet." in texts["interpretation"]
    assert "Zorg is terecht." in texts["consultations"]
    assert "Zei dat het meevalt." in texts["pupil_says"]
    assert "Vader werd boos." in texts["parents_say"]
    assert "Afgesproken: Morgen verder." in texts["steps"]
    assert texts["weighed_suspicion"].startswith("Ja. ")
    assert texts["unsafety"] == "structural"
    assert texts["family_told"] == "yes"
    assert "report_grounds" in texts


def test_facts_opinions_and_hearsay_stay_apart(report):
    texts = texts_of(report)
    assert "Dat past niet." not in texts["facts"]
    assert "geschreeuw" not in texts["facts"]
    assert "Van de trap" not in texts["facts"]


def test_what_somebody_told_of_whom_nobody_wrote_down_who_it_was_no_colleague_saw(
    case, referral, coordinator
):
    told = SignalFactory(case=case, facts="Oma zei dat er geslagen wordt.")
    SignalCategoryFactory(signal=told, code="told_others")
    texts = filled(referral, coordinator)
    assert "Oma zei" not in texts["facts"]
    assert "iemand anders vertelde: Oma zei dat er geslagen wordt." in texts["hearsay"]


def test_what_is_not_needed_stays_in_the_school(case, referral, coordinator):
    author = case.signals.first().author
    whole = " ".join(filled(referral, coordinator).values())
    for inner in (author.name, "Wat vinden jullie?", "Een leerling van 14.", "Nog niet gezegd."):
        assert inner not in whole, inner


def test_older_versions_and_unfounded_signals_are_left_out(case, referral, coordinator):
    first = SignalFactory(case=case, facts="Op de linkerarm.")
    SignalFactory(case=case, facts="Op de rechterarm.", corrects=first, correction_reason="Mis.")
    fall = SignalFactory(case=case, facts="Een schaafwond.")
    SignalFinding.objects.create(case=case, author=UserFactory(), signal=fall, grounds="Een val.")
    facts = filled(referral, coordinator)["facts"]
    assert "rechterarm" in facts
    assert "linkerarm" not in facts
    assert "schaafwond" not in facts


def test_earlier_walks_are_history_and_of_earlier_cases_who_sees_them_is_told(
    case, referral, school, signed_in
):
    """Not of what is for the board alone, whoever writes (R9). A draft that was begun by who sees
    an earlier case told it to each who moves this one.
    """
    case.cycle = 2
    case.save()
    SignalFactory(case=case, cycle=2, facts="Nu weer.")
    opened = NOW - timedelta(days=400)
    closed = {"closed_at": NOW - timedelta(days=300), "outcome": "cleared", "closing_grounds": "x"}
    CaseFactory(pupil=case.pupil, opened_at=opened, **closed)
    CaseFactory(pupil=case.pupil, opened_at=opened, restricted=True, **closed)
    referral = Referral.objects.get(pk=referral.pk)
    leader, teacher = member(Role.SCHOOL_LEADER, school), member(Role.TEACHER, school)
    for permission in ("cases.take_part", "cases.handed_over"):
        assign_perm(permission, teacher, case)
    texts = filled(referral, leader)
    assert "Nu weer." in texts["facts"]
    assert "blauwe plek" not in texts["facts"]
    assert "blauwe plek" in texts["history"]
    assert "2025" not in texts["history"]
    url = reverse("referrals:write_report", args=[actions.start_report(referral, leader).public_id])
    told = [signed_in(one).get(url).content.decode() for one in (leader, teacher)]
    assert [page.count("eerdere casus van deze leerling (") for page in told] == [1, 0]


def test_who_told_it_and_in_whose_words_stands_there_of_earlier_walks_too(referral, coordinator):
    case = referral.decision.case
    SignalFactory(case=case, hearsay_from="Buurvrouw Ans", facts="Er werd geslagen.")
    SignalFactory(case=case, facts="Was stil.", child_words="Papa slaat mij.")
    case.cycle = 2
    case.save()
    history = filled(Referral.objects.get(pk=referral.pk), coordinator)["history"]
    assert "Buurvrouw Ans vertelde: Er werd geslagen." in history
    assert "De leerling zei: “Papa slaat mij.”" in history


def test_begun_twice_it_is_one_and_only_to_veilig_thuis(report, referral, coordinator, case):
    assert actions.start_report(referral, coordinator) == report
    other = decision(case, NOW, to={"buurtteam": None}, help="buurtteam").referrals.get()
    with pytest.raises(ActionError):
        actions.start_report(other, coordinator)


def test_decided_anew_nothing_is_typed_twice(report, referral, coordinator, case):
    save(report, coordinator, expected="Onderzoek doen.")
    withdraw(referral, coordinator, reason="Opnieuw besloten.")
    again = decision(case, NOW, to={"veilig_thuis": None}, report=True).referrals.get()
    assert texts_of(actions.start_report(again, coordinator))["expected"] == "Onderzoek doen."


# --- Two people -----------------------------------------------------------------------------------
def test_what_others_wrote_elsewhere_stays(report, coordinator):
    leader = member(Role.SCHOOL_LEADER, coordinator.memberships.get().school)
    seen = texts_of(report)
    save(report, coordinator, seen, address="Kade 1")
    merged = save(report, leader, seen, telephone="030 123 45 67")
    assert merged.theirs == ("address",)
    texts = texts_of(report)
    assert (texts["address"], texts["telephone"]) == ("Kade 1", "030 123 45 67")
    assert Report.objects.get().saved_by == leader


def test_of_the_same_field_both_are_shown_and_neither_is_lost(report, coordinator, signed_in):
    leader = member(Role.SCHOOL_LEADER, coordinator.memberships.get().school)
    browser, url = signed_in(leader), reverse("referrals:write_report", args=[report.public_id])
    form = browser.get(url).context["form"]
    sent = as_sent(form)
    save(report, coordinator, expected="Een gesprek.", address="Kade 1")

    answer = browser.post(url, {**sent, "expected": "Onderzoek."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Een gesprek." in page
    form = answer.context["form"]
    assert (form["expected"].value(), form["address"].value()) == ("Onderzoek.", "Kade 1")
    assert texts_of(report)["expected"] == "Een gesprek."

    sent = as_sent(form)
    both = "Een gesprek, en dan onderzoek."
    assert browser.post(url, {**sent, "expected": both}).status_code == 302
    assert (texts_of(report)["expected"], texts_of(report)["address"]) == (both, "Kade 1")


def test_a_paragraph_that_is_split_is_a_change(report, coordinator):
    save(report, coordinator, expected="Een. Twee.")
    save(report, coordinator, expected="Een.\n\nTwee.")
    assert texts_of(report)["expected"] == "Een.\n\nTwee."


@pytest.mark.parametrize("value", ["", "{", "[]", "3", '{"a": 3}', '{"facts": {}}', "null"])
def test_marks_that_make_no_sense_have_shown_nothing(value):
    assert read_seen(value) == {}


def test_a_draft_can_be_saved_half_and_comes_back(report, coordinator, signed_in):
    browser, url = (
        signed_in(coordinator),
        reverse("referrals:write_report", args=[report.public_id]),
    )
    form = browser.get(url).context["form"]
    sent = as_sent(form)
    answer = browser.post(url, {**sent, "harm": ["witness", "divorce"], "expected": "Help."})
    assert answer.url == url
    again = browser.get(url).context["form"]
    assert again["harm"].value() == ["witness", "divorce"]
    assert again["expected"].value() == "Help."
    assert Report.objects.get().is_draft


# --- Filing ---------------------------------------------------------------------------------------
def test_what_was_kept_while_typing_is_saved_without_writing_over_a_colleague(
    report, coordinator, school, signed_in
):
    browser, url = (
        signed_in(coordinator),
        reverse("referrals:write_report", args=[report.public_id]),
    )
    sent = as_sent(browser.get(url).context["form"])
    kept = {**sent, "strengths": "Oma, twee straten verder.", "hearsay": "", "draft": "1"}
    assert browser.post(url, kept, HTTP_HX_REQUEST="true").status_code == 200
    assert not texts_of(report).get("strengths")  # nobody else reads what is not saved
    save(report, member(Role.COORDINATOR, school), visit_risks="Een hond.")

    form = browser.get(url, {"draft": "open"}).context["form"]
    assert form["strengths"].value() == "Oma, twee straten verder."
    assert form["hearsay"].value() == ""  # emptied stays empty
    saved = browser.post(url, as_sent(form), HTTP_HX_REQUEST="true")
    assert saved["HX-Redirect"] == url
    texts = texts_of(report)
    assert texts["strengths"] == "Oma, twee straten verder."
    assert texts["visit_risks"] == "Een hond."
    assert texts["hearsay"] == ""
    assert "?draft=open" not in browser.get(url).content.decode()


def test_filed_it_never_changes(report, coordinator, case):
    complete(report, coordinator)
    done = filed(report, coordinator)
    assert (done.filed_by, done.why_incomplete) == (coordinator, "")
    with pytest.raises(ActionError):
        save(report, coordinator, expected="Toch iets anders.")
    with pytest.raises(Immutable):
        Report.objects.get().save()
    with pytest.raises(Immutable):
        actions.write_texts(Report.objects.get(), {"expected": "Toch iets anders."})
    assert "Melding bij Veilig Thuis vastgelegd" in _dutch_timeline(case)
    first = done.filed_at
    assert filed(report, coordinator).filed_at == first


def _dutch_timeline(case):
    with translation.override("nl"):
        return {str(entry.title) for entry in timeline(case)}


def test_left_empty_only_with_a_reason(report, coordinator):
    with pytest.raises(ActionError) as refused:
        filed(report, coordinator)
    assert refused.value.field == "why_incomplete"
    assert filed(report, coordinator, why_incomplete="Het kan niet wachten.").filed_at


def test_without_a_name_only_with_its_reason(report, coordinator):
    """R37; and R36 for a family that is not told."""
    complete(report, coordinator)
    for answer in ({"anonymous": "yes"}, {"family_told": "no"}):
        save(report, coordinator, anonymous="no", family_told="yes")
        save(report, coordinator, anonymous_reason="", not_told_reason="", **answer)
        with pytest.raises(ActionError):
            filed(report, coordinator, why_incomplete="Haast.")
    assert Report.objects.get().is_draft


def test_the_referral_says_what_the_report_says(report, referral, coordinator):
    complete(report, coordinator)
    save(report, coordinator, anonymous="yes", anonymous_reason="Vader dreigt.")
    assert not Referral.objects.get().anonymous
    done = filed(report, coordinator)
    referral.refresh_from_db()
    assert (referral.anonymous, referral.anonymous_reason) == (True, "Vader dreigt.")
    assert "Onder onze eigen naam" in done.decided_before


def test_a_text_that_changed_meanwhile_is_looked_at_again(report, coordinator):
    complete(report, coordinator)
    seen = Report.objects.get().revision
    save(report, coordinator, expected="Iets anders.")
    with pytest.raises(ActionError):
        filed(report, coordinator, revision=seen)
    assert filed(report, coordinator, revision=seen + 1).filed_at


def test_a_withdrawn_report_is_not_filed(report, referral, coordinator):
    complete(report, coordinator)
    withdraw(referral, coordinator, reason="Verhuisd.")
    with pytest.raises(ActionError):
        filed(report, coordinator)


def test_opinions_do_not_block_but_are_looked_at(report, coordinator, signed_in):
    complete(report, coordinator, facts="Vader is agressief. Hij sloeg met de deur.")
    url = reverse("referrals:file_report", args=[report.public_id])
    browser = signed_in(coordinator)
    assert "<mark>agressief</mark>" in browser.get(url).content.decode()
    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, {"looked_at": "on"}).status_code == 302
    assert Report.objects.get().confirmed_words == "agressief"


def test_a_sentence_moves_to_the_interpretation(report, coordinator, signed_in):
    save(report, coordinator, facts="Ik denk dat hij bang is. Hij huilde.", interpretation="Zo.")
    url = reverse("referrals:write_report", args=[report.public_id])
    browser = signed_in(coordinator)
    page = browser.get(url)
    move = re.search(r'name="move"\s+value="(facts [0-9a-f]+)"', page.content.decode())[1]
    form = page.context["form"]
    sent = as_sent(form)
    moved = browser.post(url, {**sent, "address": "Kade 1", "move": move})
    form = moved.context["form"]
    assert moved.status_code == 200
    assert form["facts"].value() == "Hij huilde."
    assert form["interpretation"].value() == "Zo.\n\nIk denk dat hij bang is."
    assert form["address"].value() == "Kade 1"
    assert "Ik denk" in texts_of(report)["facts"]  # nothing is saved yet
    odd = browser.post(url, {**sent, "move": "nonsense"})
    assert odd.context["form"]["facts"].value() == sent["facts"]


def test_a_correction_is_a_new_version(report, coordinator):
    complete(report, coordinator)
    first = filed(report, coordinator)
    draft = actions.correct_report(first, coordinator, reason="De datum klopte niet.")
    assert actions.correct_report(first, coordinator, reason="Nog eens.") == draft
    assert (draft.number, draft.corrects, draft.is_draft) == (2, first, True)
    save(draft, coordinator, expected="Anders.")
    filed(draft, coordinator)
    assert texts_of(first)["expected"] != "Anders."
    assert texts_of(draft)["expected"] == "Anders."


def test_the_database_knows_one_draft(report, referral, coordinator):
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(referral=referral, number=2, started_by=coordinator,
                              saved_by=coordinator)  # fmt: skip


# --- The pages ------------------------------------------------------------------------------------
def test_what_now_leads_to_the_report(referral, case, coordinator, signed_in):
    browser = signed_in(coordinator)
    lead = reverse("referrals:report_of_case", args=[case.reference])
    assert lead in browser.get(reverse("cases:detail", args=[case.reference])).content.decode()
    start = browser.get(lead).url
    assert browser.get(start).status_code == 200
    written = browser.post(start).url
    assert browser.get(written).status_code == 200
    report = reverse("referrals:report", args=[Report.objects.get().public_id])
    assert browser.get(start).url == report
    assert report in browser.get(reverse("cases:step", args=[case.reference, 5])).content.decode()


def test_the_page_to_read_out_is_in_the_order_of_the_call(report, coordinator, signed_in):
    url = reverse("referrals:read_report_out", args=[report.public_id])
    page = signed_in(coordinator).get(url).content.decode()
    places = [page.index(word) for word in (coordinator.name, "Tess van der Zwaan", "blauwe plek")]
    assert places == sorted(places)
    assert "tel:08002000" in page


def test_it_is_gone_for_whoever_may_not_move_the_case_any_more(report, coordinator, signed_in):
    url = reverse("referrals:report", args=[report.public_id])
    browser = signed_in(coordinator)
    assert browser.get(url).status_code == 200
    coordinator.memberships.update(role=Role.TEACHER)
    assert browser.get(url).status_code == 404


def test_in_a_case_for_the_board_there_is_no_report(report, case, school, signed_in):
    """R9: outside the Meldcode."""
    case.restricted = True
    case.save()
    leader = member(Role.SCHOOL_LEADER, school)
    for name in ("report", "write_report", "file_report", "correct_report", "read_report_out"):
        url = reverse(f"referrals:{name}", args=[report.public_id])
        assert signed_in(leader).get(url).status_code == 404
    with pytest.raises(ActionError):
        save(report, leader, expected="Iets.")


def test_in_a_closed_case_nothing_is_written(report, case, coordinator, signed_in):
    case.closed_at, case.outcome, case.closing_grounds = NOW, "reported", "Gemeld."
    case.save()
    browser = signed_in(coordinator)
    page = reverse("referrals:report", args=[report.public_id])
    assert browser.get(reverse("referrals:write_report", args=[report.public_id])).url == page
    assert browser.get(page).status_code == 200
    with pytest.raises(ActionError):
        save(report, coordinator, expected="Iets.")


def test_the_audit_remembers_who_and_when_and_no_word(report, coordinator, signed_in):
    signed_in(coordinator).get(reverse("referrals:report", args=[report.public_id]))
    save(report, coordinator, expected="Een heel bijzonder woord.")
    rows = LogEntry.objects.get_for_object(report)
    assert rows.filter(actor=coordinator, action=LogEntry.Action.ACCESS).exists()
    assert {row.case_reference for row in rows} == {report.referral.decision.case.reference}
    assert "bijzonder" not in "".join(f"{row.changes} {row.additional_data}" for row in rows)


def test_the_dossier_says_that_it_was_filed_and_not_what(report, case, coordinator):
    complete(report, coordinator, expected="Een heel bijzonder verzoek.")
    filed(report, coordinator)
    export = DossierExport.objects.create(case=case, requested_by=coordinator, reason="Inzage.")
    page = as_html(dossier(export, timezone.localtime()))
    assert "Melding, versie 1, vastgelegd op" in page
    assert "Melding bij Veilig Thuis vastgelegd" in page
    assert "Een heel bijzonder verzoek." not in page


# --- The clock of Veilig Thuis --------------------------------------------------------------------
def states(referral, now):
    return [str(one.state) for one in expectations(referral, now)]


def test_before_it_is_sent_no_time_runs(referral):
    assert states(referral, NOW) == ["to_come", "to_come", "to_come"]


def test_after_five_business_days_one_asks(referral, case):
    """R40, R41."""
    referral.sent_at = NOW - timedelta(days=2)
    referral.save()
    assert states(referral, NOW)[1] == "waiting"
    assert states(referral, NOW + timedelta(days=14))[:2] == ["overdue", "overdue"]
    feedback(case, NOW, heard_from="veilig_thuis", investigation="begun")
    assert states(referral, NOW + timedelta(days=14)) == ["done", "done", "waiting"]
    assert states(referral, NOW + timedelta(days=80))[2] == "overdue"
    feedback(case, NOW + timedelta(days=60), heard_from="veilig_thuis", investigation="done")
    assert states(referral, NOW + timedelta(days=80))[2] == "done"


def test_what_they_take_on_came_in_and_is_answered(referral, coordinator, signed_in, report):
    referral.sent_at = NOW - timedelta(days=20)
    referral.save()
    referral.accepted_at = NOW - timedelta(days=1)
    referral.save()
    assert states(referral, NOW)[:2] == ["done", "done"]
    referral.accepted_at, referral.assessing_at = None, NOW - timedelta(days=1)
    referral.save()
    assert states(referral, NOW)[:2] == ["done", "overdue"]
    page = signed_in(coordinator).get(reverse("referrals:report", args=[report.public_id]))
    assert reverse("referrals:received", args=[referral.public_id]) not in page.content.decode()


def test_a_key_of_somebody_else_makes_no_copy(report, coordinator, school):
    complete(report, coordinator)
    filed(report, coordinator)
    key, reason = uuid.uuid4(), "Voor Veilig Thuis."
    report.refresh_from_db()
    made = actions.request_copy(report, coordinator, key, reason)
    assert actions.request_copy(report, coordinator, key, reason) == made
    with pytest.raises(ActionError):
        actions.request_copy(report, member(Role.COORDINATOR, school), key, reason)
