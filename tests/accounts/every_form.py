"""Every form of the app in one table: where it stands, who sends it, and what fills all of it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from api.scopes import SCOPES
from audit.models import Flag
from cases.destruction.approving import digest
from cases.figures.school_year import SchoolYear
from cases.models import DestructionList, DueItem, Hold, Pupil
from cases.protocol import PERIODS, QUESTIONS
from cases.protocol.vacations import school_year
from cases.references import sign_of
from consultations.models import ReadMark
from referrals.report.fields import FIELDS
from tests.accounts import oidc, saml
from tests.accounts.page import OF_THE_FORM
from tests.cases.made_up_packages import PASSWORD, package_about
from tests.factories import (
    ConsultationFactory,
    ContactFactory,
    PupilFactory,
    SignalFactory,
    member,
)
from tests.world import World

LAST_YEAR = SchoolYear.of(timezone.now()).first - 1
OURS = ("accounts", "api", "cases", "consultations", "referrals", "signals")
MOMENT = "%Y-%m-%dT%H:%M"

Data = dict[str, Any]


def yesterday() -> str:
    """Return a moment of yesterday as a browser sends it."""
    return (timezone.localtime() - timedelta(days=1)).strftime(MOMENT)


def next_month() -> str:
    """Return a day of next month as a browser sends it."""
    return (timezone.localdate() + timedelta(days=30)).isoformat()


def signal(world: World) -> Data:
    """Fill in all that a signal says."""
    return {
        "facts": "Kwam zonder jas.\nHet vroor.", "child_words": "Ik heb er geen.",
        "hearsay_from": "Een klasgenoot", "interpretation": "Ik maak me zorgen.",
        "observed_at": yesterday(), "place": "Schoolplein",
        "categories": ["hygiene", "told_others"], "urgency": "severe",
        "marks-0-region": "upper_arm_left", "marks-0-kind": "bruise", "marks-0-size": "coin",
        "marks-0-note": "Paars, met een gele rand.",
    }  # fmt: skip


def token_of_a_system(world: World) -> Data:
    """Give another system all that it can have."""
    return {"name": "Leerlingvolg", "scopes": list(SCOPES), "expires_on": next_month()}


def new_signal(world: World) -> Data:
    """Fill in a new signal."""
    return {
        **signal(world),
        "pupil_query": "2B",
        "pupil": str(world.pupil.public_id),
        "about_staff": "on",
    }


def correction(world: World) -> Data:
    """Fill in a correction."""
    return {**signal(world), "reason": "Het was dinsdag."}


def conversation(world: World) -> Data:
    """Fill in a talk of three parties."""
    return {
        "kind": "three_way", "family_there": "both", "held_at": yesterday(),
        "attendees": "Moeder, mentor, gezinswerker",
        "facts_brought": "Tien keer te laat.", "reactions": "Moeder schrok.", "concern": "stays",
        "help_wanted": "yes", "agreements": "Volgende week weer.", "interpreter": "Turks",
        "parents_reactions": "Vader zweeg.", "home_safe": "agreed", "home_agreed": "Belt ons.",
        "buurtteam_contact": "Noor", "consent_parents": "given", "consent_pupil": "partly",
        "consent_how": "spoken", "consent_about": "Wel praten, geen bezoek.",
        "hand_over_grounds": "Het gezin vraagt het zelf.", "refused_by": "both",
        "motivation": "De leerling begon er zelf over.",
    }  # fmt: skip


def skipped(world: World) -> Data:
    """Fill in why there is no talk."""
    return {
        "skip_reason": "Vader dreigde.", "weighed_where": "veilig_thuis",
        "weighed_with": "Sanne, advies", "look_again_on": next_month(),
    }  # fmt: skip


def assessment(world: World) -> Data:
    """Answer every question: the first answers lead along all of them."""
    answers = {f"{q.code}_answer": q.answers[0].code for q in QUESTIONS}
    grounds = {f"{q.code}_grounds": f"Gronden bij {q.code}." for q in QUESTIONS}
    return {**answers, **grounds, "consulted": "Gezinswerker", "motivation": "Het haast."}


def closing(world: World) -> Data:
    """Fill in how a case ends."""
    return {
        "outcome": "help_works", "grounds": "Het gaat goed.", "agreements": "Mentor let op.",
        "told": "De mentor vertelde het aan beiden.", "retention_years": "8",
        "retention_reason": "Er is een jonger broertje.",
    }  # fmt: skip


def explanation(world: World) -> Data:
    """Fill in why something is not done."""
    return {"grounds": "De gezinswerker is ziek."}


def look_back(world: World) -> Data:
    """Fill in what one sees now."""
    return {"seen": "Lacht weer.", "child_words": "Ik slaap weer.", "result": "watch"}


def new_cycle(world: World) -> Data:
    """Fill in why the steps are walked again."""
    return {"grounds": "De hulp werkt niet."}


def periods(world: World) -> Data:
    """Set every period to the least."""
    return {period.code: "1" for period in PERIODS.values() if period.adjustable}


def how_told(world: World) -> Data:
    """Choose a mail once a day, and quiet hours."""
    return {
        "mail": "digest", "digest_at": "16:30", "quiet_from": "21:00", "quiet_until": "07:30",
    }  # fmt: skip


def region(world: World) -> Data:
    """Choose the region of the school."""
    return {"region": "midden"}


def vacation(world: World) -> Data:
    """Fill in a week of vacation, next month."""
    first = timezone.localdate() + timedelta(days=30)
    last = first + timedelta(days=6)
    return {
        "name": "Carnaval", "first_day": first.isoformat(), "last_day": last.isoformat(),
    }  # fmt: skip


def other_vacation(world: World) -> Data:
    """Fill in a day of another week."""
    day = (timezone.localdate() + timedelta(days=45)).isoformat()
    return {"name": "Studiedag", "first_day": day, "last_day": day}


def vacation_lines(world: World) -> Data:
    """Write two lines."""
    day = timezone.localdate() + timedelta(days=60)
    return {"lines": f"Studiedag; {day}\nToetsweek; {day + timedelta(days=7)}"}


def snooze(world: World) -> Data:
    """Say why the case waits an hour."""
    later = (timezone.localtime() + timedelta(hours=1)).strftime(MOMENT)
    return {"reason": "Het buurtteam komt straks.", "until": later}


def call(world: World) -> Data:
    """Fill in a call in which the name was given."""
    return {
        "kind": "veilig_thuis", "held_at": yesterday(), "question": "Mag zij naar huis?",
        "spoken_to": "Een adviseur", "their_reference": "VT-1234",
        "contact": str(world.contact.public_id),
        "outcome": "Wacht op ons.", "talk": "wait", "next_talk": "De mentor, later.", "named": "on",
        "naming_ground": "Gevaar.",
    }  # fmt: skip


def unfounded(world: World) -> Data:
    """Fill in how a signal turned out unfounded."""
    return {"grounds": "Het was een val."}


def participant(world: World) -> Data:
    """Choose a colleague."""
    return {"person": str(world.people["teacher"].public_id), "hand_over": "on"}


def export(world: World) -> Data:
    """Give the reason of an export, with the files and without a password."""
    return {"reason": "Ouders vragen om inzage.", "with_files": "on", "password": ""}


def year(world: World) -> Data:
    """Ask for the dossiers of this school year."""
    # One at a time: what the world asked for is over.
    type(world.year).objects.update(state="expired")
    return {
        "school": str(world.school.pk),
        "year": str(school_year(timezone.localdate(world.case.opened_at))),
        "reason": "Archief van dit schooljaar.",
    }


def consultation(world: World) -> Data:
    """Fill in a question to the family worker, with the name."""
    return {
        "kind": "family_worker", "question": "Hoe lees jij dit?", "shared": "Eet niet.",
        "share": [sign_of(f"signals-{world.case.signals.current().first().pk}")],
        "hidden_words": "Fatima, Sem",
        "contact": str(world.contact.public_id),
        "invitees": [str(membership_of(world.people["other_worker"]))],
        "named": "on", "naming_ground": "Ouders stemden toe.",
    }  # fmt: skip


def advice(world: World) -> Data:
    """Fill in an advice, for the eye of who asked."""
    asker = str(world.people["coordinator"].public_id)
    return {"text": "Praat eerst met de leerling.", "mentions": [asker]}


def more_guests(world: World) -> Data:
    """Invite one more worker of the buurtteam."""
    return {"invitees": [str(membership_of(world.people["other_worker"]))]}


def proposal(world: World) -> Data:
    """Propose three times."""
    return {"first": soon(1), "second": soon(2), "third": soon(3)}


def soon(days: int) -> str:
    """Return a moment some days ahead as a browser sends it."""
    return (timezone.localtime() + timedelta(days=days)).strftime(MOMENT)


def agreement(world: World) -> Data:
    """Agree on the time that was proposed."""
    return {"time": str(world.time.public_id), "minutes": "30", "place": "Kamer 3"}


def when(world: World) -> Data:
    """Say that one can at the time that was proposed."""
    return {"can": [str(world.time.public_id)], "none": []}


def refusal(world: World) -> Data:
    """Say why one cannot think along."""
    return {"why": "Ik ben met verlof."}


def colleague(world: World) -> Data:
    """Choose a colleague of the team."""
    return {"to": str(world.people["other_worker"].public_id)}


def time_of_another_consultation(world: World) -> str:
    """Return a time that was proposed for another consultation of the same case."""
    other = ConsultationFactory(case=world.case, author=world.people["coordinator"])
    by, at = world.people["coordinator"], timezone.now() + timedelta(days=5)
    return str(other.times.create(starts_at=at, proposed_by=by).public_id)


def worker_of_another_team(world: World) -> str:
    """Return a family worker of another buurtteam."""
    return str(member(Role.BUURTTEAM_WORKER).public_id)


def who_was_withdrawn(world: World) -> str:
    """Return a colleague whose own invitation to the consultation was withdrawn."""
    return str(world.people["withdrawn"].public_id)


def who_only_was_invited(world: World) -> str:
    """Return somebody who has not joined the consultation."""
    return str(world.people["invited"].public_id)


def record_of_another_case(world: World) -> str:
    """Return a signal of another case of the same school."""
    return sign_of(f"signals-{SignalFactory(case__pupil__school=world.school).pk}")


def contact_elsewhere(world: World) -> str:
    """Return somebody of another school's contact book."""
    return str(ContactFactory().public_id)


def contact_of_before(world: World) -> str:
    """Return somebody who was taken out of the contact book."""
    return str(ContactFactory(school=world.school, removed_at=timezone.now()).public_id)


def outcome(world: World) -> Data:
    """Fill in the outcome of a consultation."""
    return {
        "held_at": yesterday(), "outcome": "De zorg is terecht.", "talk": "pupil",
        "decided_by": "Het zorgteam",
        "next_talk": "De mentor.",
    }  # fmt: skip


def decision(world: World) -> Data:
    """Fill in a report without one's name that the family does not know of, and own help."""
    return {
        "report": "yes", "report_grounds": "Acute onveiligheid.", "anonymous": "yes",
        "anonymous_reason": "Vader dreigt.", "family_told": "no", "not_told_reason": "Onveilig.",
        "help": "own", "help_grounds": "Ook op school.", "plan": "Elke dag bij de mentor.",
        "goal_who": "De mentor", "goal_by": next_month(), "goal_seen": "Hij komt zelf.",
        "contact": str(world.contact.public_id),
        "results": "Op tijd, vier weken.", "case_manager": "De mentor",
        "follow_up_on": next_month(),
    }  # fmt: skip


def withdrawal(world: World) -> Data:
    """Fill in why a referral is not sent."""
    return {"reason": "Het gezin is verhuisd."}


def feedback(world: World) -> Data:
    """Fill in that the help does not work yet."""
    return {
        "received_at": yesterday(), "source": "Gezinswerker", "text": "Nog onrust.",
        "child_words": "Hij schreeuwt nog.",
        "effect": "fails", "next_review_on": next_month(), "heard_from": "veilig_thuis",
        "helped_by": "buurtteam", "willing": "no", "investigation": "begun",
        "referral": str(world.sent.public_id), "letters": [str(world.attachment.number)],
        "goal_1": "partly",
    }  # fmt: skip


def preparation(world: World) -> Data:
    """Fill in what is handed over, although they refuse."""
    return {
        "consent": "refused", "consent_of": "Moeder", "consent_ground": "Niet veilig thuis.",
        "handed_over": "De signalen van maart.", "letters": [str(world.attachment.number)],
    }  # fmt: skip


def movement(world: World) -> Data:
    """Fill in that a receiver ends."""
    return {
        "state": "closed", "taken_on_by": "Mevrouw Osei", "closed_why": "Veilig genoeg.",
        "closed_to": "school", "grounds": "Op hun verzoek.",
    }  # fmt: skip


def passing_on(world: World) -> Data:
    """Fill in that it is passed on to somebody whom the chain does not know."""
    return {
        "to": "other", "contact": str(world.contact.public_id), "consent": "not_asked",
        "consent_of": "Niemand", "consent_ground": "Het kon niet wachten.",
        "handed_over": "De uitkomst.", "state": "accepted", "taken_on_by": "De jeugdarts",
        "grounds": "De schoolarts vroeg het aan de jeugdarts.",
    }  # fmt: skip


def new_goal(world: World) -> Data:
    """Fill in a goal."""
    return {
        "what": "Weer meedoen met gym.", "who": "De mentor", "by_day": next_month(),
        "seen_by": "Ze doet mee.",
    }  # fmt: skip


def report(world: World) -> Data:
    """Fill in every field of a report to Veilig Thuis."""
    texts = {code: f"Tekst bij {code}." for code, field in FIELDS.items() if not field.choices}
    return {
        **texts, "anonymous": "yes", "family_told": "no", "unsafety": "structural",
        "harm": ["emotional_abuse", "witness"],
    }  # fmt: skip


def report_filing(world: World) -> Data:
    """Say why a report is filed with something left empty."""
    return {"why_incomplete": "Het kan niet wachten."}


def report_correction(world: World) -> Data:
    """Say why a report is corrected."""
    return {"reason": "De datum klopte niet."}


def report_copy(world: World) -> Data:
    """Say for whom a copy is made."""
    return {"reason": "Voor Veilig Thuis, per beveiligde mail."}


def role_invitation(world: World) -> Data:
    """Invite somebody for a time."""
    return {
        "name": "Noor de Wit", "email": "noor@school.example", "role": "teacher",
        "ends_on": next_month(),
    }  # fmt: skip


def role(world: World) -> Data:
    """Let a teacher take the coordinator's place for a time."""
    replaced = world.people["coordinator"].memberships.get()
    return {
        "role": "coordinator", "starts_on": timezone.localdate().isoformat(),
        "ends_on": next_month(), "replaces": str(replaced.public_id),
    }  # fmt: skip


def provider(world: World) -> Data:
    """Let the school trust the provider that runs beside the tests."""
    return {
        "kind": "other", "name": "Schoolaccount", "location": oidc.address(), "client_id": "app",
        "client_secret": "een geheim van de aanbieder", "domains": "delinde.example",
    }  # fmt: skip


def other_provider(world: World) -> Data:
    """Let the school trust another one, for people of another domain."""
    return {**provider(world), "client_id": "other-app", "domains": "deklaproos.example"}


def entree(world: World) -> Data:
    """Let the school trust the hub of all schools."""
    return {
        "name": "Entree", "location": saml.ISSUER, "sign_in_url": saml.SIGN_IN,
        "certificate": saml.stranger().certificate, "home_organization": saml.BRIN,
        "domains": "dedistel.example",
    }  # fmt: skip


def other_entree(world: World) -> Data:
    """Let the school trust the hub for another school's number and domain."""
    return {**entree(world), "home_organization": "88ZZ", "domains": "deklaver.example"}


def conflict(world: World) -> Data:
    """Keep a teacher out who has an interest."""
    person = str(world.people["author"].public_id)
    return {"person": person, "ground": "other", "explanation": "Buurvrouw van het gezin."}


def sibling(world: World) -> Data:
    """Note a brother or sister who was not noted yet."""
    other = Pupil.objects.filter(school=world.school, given_name="Broertje").first()
    other = other or PupilFactory(school=world.school, given_name="Broertje")
    return {"pupil_query": "Broertje", "pupil": str(other.public_id)}


def end_of_conflict(world: World) -> Data:
    """Say why a conflict of interest ends."""
    return {"why": "Woont niet meer samen met de ouder."}


def settling(world: World) -> Data:
    """Say what was behind unusual reading."""
    return {"why": "Las zich in voor het overleg van morgen."}


def emergency(world: World) -> Data:
    """Open the case of a sister school."""
    return {
        "school": str(world.school.pk), "reference": world.case.reference,
        "reason": "De school is dicht en de politie belt over deze leerling.",
    }  # fmt: skip


class Picked:
    """A file as somebody chooses it in a browser; it can be sent again."""

    name = "Ties Rozendal 2B.txt"
    content_type = "text/plain"

    def read(self) -> bytes:
        """Return all of it, each time."""
        return b"Tien keer te laat in maart."


class PickedPackage(Picked):
    """A package of another school, chosen anew for each sending."""

    name = "overdracht.zip"
    content_type = "application/zip"

    def __init__(self, package: bytes) -> None:
        self.package = package

    def read(self) -> bytes:
        """Return all of it, each time."""
        return self.package


def package(world: World) -> Data:
    """Choose a package that is about the pupil, with its password."""
    return {
        "file": PickedPackage(package_about(world.pupil)), "password": PASSWORD,
        "urgency": "normal", "pupil": str(world.pupil.public_id), "same": "on",
        "pupil_query": world.pupil.given_name,
    }  # fmt: skip


def attachment(world: World) -> Data:
    """Choose a file and say what it is."""
    return {"file": Picked(), "title": "Verzuimoverzicht van maart"}


class PickedList(Picked):
    """A list of pupils, chosen anew for each sending."""

    name = "lijst.csv"
    content_type = "text/csv"

    def read(self) -> bytes:
        """Return all of it, each time."""
        return b"Stamnr;Roepnaam;Achternaam;Geboortedatum;Klas\n17;Noor;Bos;4-3-2015;2B\n"


def list_of_pupils(world: World) -> Data:
    """Choose a list of all pupils."""
    day = timezone.localdate().isoformat()
    return {"file": PickedList(), "full_list": "yes", "left_on": day}


def columns(world: World) -> Data:
    """Say what each column is: another thing than is guessed."""
    return {"key": "0", "given": "1", "prefix": "", "family": "2", "born": "3", "class": ""}


def file_withdrawal(world: World) -> Data:
    """Say why a file does not belong here."""
    return {"why": "Gaat over een ander kind."}


def somebody_elsewhere(world: World) -> str:
    """Return a coordinator of another school, who has no business with this one."""
    return str(world.people["other_coordinator"].public_id)


def role_elsewhere(world: World) -> str:
    """Return the role of somebody at another school."""
    return str(world.people["other_coordinator"].memberships.get().public_id)


def school_of_another_board(world: World) -> str:
    """Return a school that is no sister school."""
    return str(world.people["other_leader"].memberships.get().school_id)


def membership_of(user: Any) -> uuid.UUID:
    """Return the id by which somebody is chosen as a guest."""
    return user.memberships.get().public_id


def pupil_elsewhere(world: World) -> str:
    """Return a pupil of another school."""
    return str(PupilFactory().public_id)


def pupil_who_left(world: World) -> str:
    """Return a pupil who left the school."""
    gone = PupilFactory(school=world.school, left_on=timezone.localdate())
    return str(gone.public_id)


def teacher_elsewhere(world: World) -> str:
    """Return a teacher of another school."""
    return str(world.people["other_teacher"].public_id)


def family_worker(world: World) -> str:
    """Return the family worker of this school, who is no colleague."""
    return str(world.people["joined"].public_id)


def guest_elsewhere(world: World) -> str:
    """Return the membership of somebody at another school."""
    return str(membership_of(world.people["other_coordinator"]))


def worker_elsewhere(world: World) -> str:
    """Return the membership of a family worker of another buurtteam."""
    return str(membership_of(member(Role.BUURTTEAM_WORKER)))


def worker_of_before(world: World) -> str:
    """Return the membership of a family worker who left the buurtteam."""
    worker = member(Role.BUURTTEAM_WORKER, world.school.buurtteam)
    today = timezone.localdate()
    worker.memberships.update(
        starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
    )
    return str(membership_of(worker))


@dataclass(frozen=True)
class Row:
    """One form."""

    name: str
    who: str
    # Who else sends it for the same object; nobody for a form of one person.
    also: str | None
    of: str | None
    fill: Callable[[World], Data]
    # What one answer asks of another field: the change, and the field that is missed.
    needs: tuple[tuple[Data, str], ...] = ()
    foreign: tuple[tuple[str, Callable[[World], str]], ...] = ()
    # Has an idempotency key in the database; the others change or make one row, once.
    keyed: bool = True
    # What its address takes besides the object.
    more: tuple[str, ...] = ()
    # Texts that are no free words: a code that must be right.
    codes: tuple[str, ...] = ()
    # What answers it once it is taken: it leads on, but for one that shows something this once.
    then: int = 302


def statement(world: World) -> Data:
    """Say what a mother says beside what was recorded."""
    return {
        "step": "3", "about": "Het gesprek van mei", "said_by": "parent",
        "text": "Dit heb ik zo niet gezegd.",
    }  # fmt: skip


def approval(world: World) -> Data:
    """Approve that a pupil without a case goes, who left long ago."""
    made, __ = DestructionList.objects.get_or_create(school=world.school, year=2026)
    pupil = PupilFactory(school=world.school, left_on=date(2018, 7, 10))
    item = DueItem.objects.create(of_list=made, pupil=pupil)
    return {"sure": "on", "seen": digest([item])}


def periods_kept(world: World) -> Data:
    """Keep dossiers longer than the rule."""
    return {"case_years": "8", "case_reason": "Zo besloot het bestuur.", "pupil_years": "1"}


def holding(world: World) -> Data:
    """Hold a case back that nobody holds back."""
    Hold.objects.filter(pk=world.hold.pk).update(
        lifted_at=timezone.now(), lifted_by=world.people["leader"], lifted_why="Voorbij."
    )
    return {"reason": "Er loopt een klacht.", "until": next_month()}


def request_of_a_parent(world: World) -> Data:
    """Fill in what a parent asks."""
    return {
        "kind": "see", "asker": "parent", "asked_by": "Vader", "identity": "known",
        "received_on": timezone.localdate().isoformat(),
    }  # fmt: skip


def answer_to_it(world: World) -> Data:
    """Grant a part of what was asked, although the table warns."""
    return {
        "outcome": "partly", "grounds": ["others", "informant"], "words": "De melder blijft weg.",
        "handed_over": "De PDF voor ouders.", "explained": "Beide ouders hebben gezag.",
        "answered_on": timezone.localdate().isoformat(),
    }  # fmt: skip


def contact(world: World) -> Data:
    """Fill in whom one can call."""
    return {
        "organisation": "save", "name": "SAVE-team West", "telephone": "030 765 43 21",
        "hours": "Elke dag, 9 tot 17 uur", "at_night": "on",
    }  # fmt: skip


def saved_view(world: World) -> Data:
    """Name a view of the dashboard."""
    return {"name": "Ernstig in groep 7"}


def help_item(world: World) -> Data:
    """Fill in something for the help page."""
    return {
        "section": "reading", "title": "Onze eigen studiedag", "text": "In januari.",
        "url": "https://studiedag.example/",
    }  # fmt: skip


def year_texts(world: World) -> Data:
    """Fill in what the school adds to its year report."""
    return {
        "knowledge": "Een studiedag in oktober.", "agreements": "Eerder overleggen.",
        "looked_at": "on",
    }  # fmt: skip


def meeting(world: World) -> Data:
    """Fill in when and where the care team meets."""
    return {"starts_at": f"{next_month()}T15:30", "place": "Kamer 3"}


def minutes(world: World) -> Data:
    """Fill in what the care team said of a case."""
    return {
        "minutes": "Drie docenten zien hetzelfde.", "decided": "De mentor praat met de leerling.",
        "decided_by": "Zorgcoördinator en mentor", "talk": "pupil", "next_talk": "De mentor.",
    }  # fmt: skip


NO_PROVIDER = (
    ({"location": ""}, "location"),
    ({"location": "http://elders.example"}, "location"),
    ({"domains": "geen domein"}, "domains"),
    ({"domains": "gmail.com"}, "domains"),
)
NO_ENTREE = (
    ({"location": ""}, "location"),
    ({"sign_in_url": "http://elders.example"}, "sign_in_url"),
    ({"certificate": "geen certificaat"}, "certificate"),
    ({"home_organization": "school"}, "home_organization"),
)
NO_FACT = {"facts": "", "child_words": ""}
FORMS = (
    # First: nothing is put off once a signal is severe.
    Row("cases:put_off", "handed_over", "leader", "case", snooze, (
        ({"until": "2020-01-01T10:00"}, "until"),
    )),
    Row("signals:new", "teacher", "participant", None, new_signal, ((NO_FACT, "facts"),),
        (("pupil", pupil_elsewhere), ("pupil", pupil_who_left))),
    Row("signals:correct", "author", None, "signal", correction, ((NO_FACT, "facts"),)),
    Row("cases:conversation", "handed_over", "leader", "case", conversation, (
        ({"buurtteam_contact": ""}, "buurtteam_contact"),
        ({"help_wanted": "no"}, "hand_over_grounds"),
        ({"help_wanted": "no", "refused_by": ""}, "refused_by"),
        ({"kind": "parents"}, "consent_parents"),
        ({"consent_parents": ""}, "consent_parents"),
        ({"consent_pupil": []}, "consent_pupil"),
        ({"consent_how": ""}, "consent_how"),
        ({"consent_about": ""}, "consent_about"),
        ({"consent_pupil": "given"}, "hand_over_grounds"),
        ({"consent_pupil": "given", "hand_over_grounds": "", "help_wanted": "no"},
         "consent_pupil"),
        ({"home_safe": ""}, "home_safe"),
        ({"home_agreed": ""}, "home_agreed"),
    )),
    Row("cases:skip", "coordinator", "leader", "case", skipped, (
        ({"weighed_where": "buurtteam", "weighed_with": ""}, "weighed_with"),
        ({"look_again_on": ""}, "look_again_on"),
    )),
    Row("cases:assessment", "leader", "coordinator", "case", assessment, (
        ({"danger_answer": []}, "danger_answer"),
        ({"risks_grounds": " "}, "risks_grounds"),
        ({"suspicion_answer": []}, "suspicion_answer"),
        ({"unsafety_answer": []}, "unsafety_answer"),
        ({"unsafety_answer": "acute", "unsafety_grounds": ""}, "unsafety_grounds"),
        ({"works_grounds": ""}, "works_grounds"),
    )),
    Row("cases:explain", "coordinator", "leader", "case", explanation, keyed=False,
        more=("R34",)),
    Row("cases:look_back", "handed_over", "leader", "case", look_back,
        (({"seen": "", "child_words": ""}, "seen"),)),
    Row("cases:new_cycle", "coordinator", "leader", "case", new_cycle, keyed=False),
    Row("cases:periods", "coordinator", None, None, periods, keyed=False),
    Row("notifications:settings", "teacher", None, None, how_told, (
        ({"digest_at": "24:00"}, "digest_at"),
        ({"quiet_from": "laat"}, "quiet_from"),
        ({"quiet_from": ""}, "quiet_from"),
        ({"quiet_until": "21:00"}, "quiet_until"),
    ), keyed=False),
    Row("cases:statement", "handed_over", "coordinator", "case", statement),
    Row("cases:retention", "administrator", None, None, periods_kept, (
        ({"case_reason": ""}, "case_reason"),
    ), keyed=False),
    Row("cases:lift_hold", "leader", "coordinator", "hold", end_of_conflict, keyed=False),
    Row("cases:hold", "coordinator", "leader", "case", holding, keyed=False),
    Row("cases:new_request", "coordinator", None, "pupil", request_of_a_parent),
    Row("cases:longer", "coordinator", "leader", "asked", end_of_conflict, keyed=False),
    Row("cases:answer_request", "coordinator", "leader", "asked", answer_to_it, (
        ({"grounds": []}, "grounds"),
        ({"words": ""}, "words"),
        ({"explained": ""}, "explained"),
    ), keyed=False),
    Row("cases:add_vacation", "coordinator", None, None, vacation, (
        ({"last_day": "2026-01-01"}, "last_day"),
        ({"first_day": "1999-01-01"}, "last_day"),
        ({"first_day": "garbage"}, "first_day"),
    ), keyed=False),
    Row("cases:change_vacation", "coordinator", None, "vacation", other_vacation,
        (({"last_day": "2099-01-01"}, "last_day"),), keyed=False),
    Row("cases:vacation_lines", "administrator", None, None, vacation_lines, (
        ({"lines": "Zomer; 2026-13-01"}, "lines"),
        ({"lines": "naam;van;tot"}, "lines"),
    ), keyed=False, codes=("lines",)),
    Row("cases:save_view", "coordinator", None, None, saved_view, keyed=False),
    Row("cases:rename_view", "coordinator", None, "saved_view", saved_view, keyed=False),
    Row("cases:year_texts", "administrator", None, None, year_texts, keyed=False,
        more=(str(LAST_YEAR),)),
    Row("cases:vacations", "administrator", None, None, region, keyed=False),
    Row("signals:unfounded", "coordinator", "leader", "signal", unfounded, keyed=False),
    Row("consultations:call", "participant", "leader", "case", call,
        (({"naming_ground": ""}, "naming_ground"), ({"kind": "other", "contact": ""}, "contact")),
        (("contact", contact_elsewhere), ("contact", contact_of_before))),
    Row("cases:close", "coordinator", "leader", "case", closing, (
        ({"retention_reason": ""}, "retention_reason"),
        ({"retention_years": "21"}, "retention_years"),
        ({"retention_years": "4"}, "retention_years"),
    ), keyed=False),
    Row("cases:participants", "attention_officer", "leader", "case", participant, (),
        (("person", teacher_elsewhere), ("person", family_worker)), keyed=False),
    Row("cases:dossier", "administrator", "leader", "case", export,
        (({"reason": "kort"}, "reason"), ({"password": "te kort"}, "password")),
        codes=("password",)),
    Row("cases:years", "administrator", None, None, year,
        (({"reason": "kort"}, "reason"), ({"year": "1990"}, "year"))),
    # Before the next list: that takes its place.
    Row("cases:import_columns", "administrator", None, "import_columns", columns,
        (({"given": ""}, "given"), ({"family": "1"}, "family")), keyed=False),
    Row("cases:new_import", "administrator", None, None, list_of_pupils,
        (({"left_on": ""}, "left_on"), ({"left_on": next_month()}, "left_on"))),
    Row("cases:attach", "participant", "leader", "case", attachment),
    Row("consultations:new", "coordinator", "attention_officer", "case", consultation, (
        ({"naming_ground": ""}, "naming_ground"),
        ({"invitees": []}, "invitees"),
        ({"kind": "colleague"}, "invitees"),
        ({"kind": "other", "invitees": [], "contact": ""}, "contact"),
    ), (("invitees", guest_elsewhere), ("invitees", worker_elsewhere),
        ("invitees", worker_of_before), ("share", record_of_another_case),
        ("contact", contact_elsewhere), ("contact", contact_of_before)),
        # Not kept anywhere: it only says what is left out.
        codes=("hidden_words",)),
    Row("consultations:detail", "joined", "attention_officer", "consultation", advice, (),
        (("mentions", who_only_was_invited), ("mentions", somebody_elsewhere))),
    Row("consultations:invite", "coordinator", "attention_officer", "consultation", more_guests,
        (({"invitees": []}, "invitees"),), (("invitees", guest_elsewhere),
        ("invitees", worker_elsewhere), ("invitees", worker_of_before)), keyed=False),
    Row("consultations:propose", "coordinator", "attention_officer", "consultation", proposal,
        (({"first": ""}, "first"), ({"second": "2020-01-01T10:00"}, "second")), keyed=False),
    Row("consultations:agree", "coordinator", "attention_officer", "consultation", agreement,
        (({"minutes": "0"}, "minutes"),), (("time", time_of_another_consultation),), keyed=False),
    Row("consultations:answer_times", "joined", None, "consultation", when,
        (({"can": []}, "can"), ({"none": "on"}, "none")),
        (("can", time_of_another_consultation),), keyed=False),
    Row("consultations:decline", "invited", None, "invited", refusal, keyed=False),
    Row("consultations:hand_over", "joined", None, "joined", colleague, (),
        (("to", worker_of_another_team), ("to", who_was_withdrawn)), keyed=False),
    Row("consultations:outcome", "coordinator", "attention_officer", "consultation", outcome,
        keyed=False),
    Row("consultations:plan_meeting", "coordinator", None, None, meeting,
        (({"starts_at": "2020-01-01T10:00"}, "starts_at"),
         ({"starts_at": "morgen"}, "starts_at"))),
    Row("consultations:move_meeting", "attention_officer", None, "meeting", meeting,
        (({"starts_at": "2020-01-01T10:00"}, "starts_at"),), keyed=False),
    # Filed by a key, and by nobody after that: the case is off the agenda then.
    Row("consultations:discuss", "coordinator", None, "meeting", minutes, more=("case",)),
    Row("referrals:decide", "coordinator", "handed_over", "case", decision, (
        ({"anonymous_reason": ""}, "anonymous_reason"),
        ({"family_told": ""}, "family_told"),
        ({"not_told_reason": ""}, "not_told_reason"),
        ({"plan": ""}, "plan"),
        ({"results": ""}, "results"),
        ({"case_manager": ""}, "case_manager"),
        ({"follow_up_on": ""}, "follow_up_on"),
        ({"report": "no", "help": "buurtteam", "follow_up_on": ""}, "follow_up_on"),
    )),
    Row("referrals:prepare", "coordinator", "leader", "referral", preparation, (
        ({"consent_ground": ""}, "consent_ground"),
        ({"consent_of": ""}, "consent_of"),
    ), keyed=False),
    Row("referrals:withdraw", "coordinator", "leader", "referral", withdrawal, keyed=False),
    Row("referrals:feedback", "handed_over", "coordinator", "case", feedback,
        (({"next_review_on": ""}, "next_review_on"),
         ({"source": ""}, "source"),
         ({"text": "", "child_words": ""}, "text"),
         ({"heard_from": "buurtteam"}, "investigation"))),
    Row("referrals:write_report", "coordinator", "leader", "report", report, keyed=False),
    Row("referrals:file_report", "coordinator", "leader", "report", report_filing, keyed=False),
    Row("referrals:correct_report", "handed_over", "leader", "filed_report", report_correction,
        keyed=False),
    Row("referrals:request_copy", "coordinator", "leader", "filed_report", report_copy,
        (({"reason": "kort"}, "reason"),)),
    Row("referrals:move", "coordinator", "leader", "sent", movement, (
        ({"closed_why": ""}, "closed_why"),
        ({"closed_to": ""}, "closed_to"),
    ), keyed=False),
    Row("referrals:pass_on", "coordinator", "leader", "elsewhere", passing_on, (
        ({"contact": ""}, "contact"),
        ({"consent_ground": ""}, "consent_ground"),
        ({"grounds": ""}, "grounds"),
    ), keyed=False),
    Row("referrals:goal", "handed_over", "coordinator", "case", new_goal, keyed=False),
    Row("signals:receive", "coordinator", None, None, package,
        (({"password": "een ander wachtwoord"}, "password"),), codes=("password",)),
    # After the forms in which the file is chosen.
    Row("cases:withdraw_file", "coordinator", "leader", "case", file_withdrawal, keyed=False,
        more=("attachment",)),
    Row("people:invite", "administrator", None, None, role_invitation,
        (({"email": "geen adres"}, "email"), ({"email": "a@b.nl\nBcc: c@d.nl"}, "email"))),
    Row("people:give_role", "administrator", None, "colleague", role, (
        ({"ends_on": ""}, "ends_on"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"starts_on": "garbage"}, "starts_on"),
    ), (("replaces", role_elsewhere),), keyed=False),
    Row("systems:new", "administrator", None, None, token_of_a_system, (
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["cases:read"]}, "scopes"),
        ({"expires_on": "2099-01-01"}, "expires_on"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
    ), then=200),
    Row("sso:add", "administrator", None, None, provider, NO_PROVIDER,
        codes=("location", "client_secret", "domains")),
    Row("sso:change", "administrator", None, "identity_provider", other_provider, NO_PROVIDER,
        keyed=False, codes=("location", "client_secret", "domains")),
    Row("sso:saml_add", "administrator", None, None, entree, NO_ENTREE,
        codes=("location", "sign_in_url", "certificate", "home_organization", "domains")),
    Row("sso:change", "administrator", None, "saml_provider", other_entree, NO_ENTREE, keyed=False,
        codes=("location", "sign_in_url", "certificate", "home_organization", "domains")),
    Row("cases:shut_out", "coordinator", None, "case", conflict,
        (({"explanation": ""}, "explanation"),),
        (("person", somebody_elsewhere),), keyed=False),
    Row("cases:add_sibling", "coordinator", None, "pupil", sibling,
        foreign=(("pupil", pupil_elsewhere), ("pupil", pupil_who_left)), keyed=False),
    Row("cases:end_shut_out", "coordinator", "leader", "case", end_of_conflict, keyed=False,
        more=("shut_out",)),
    Row("cases:add_contact", "administrator", None, None, contact, (
        ({"telephone": "1234"}, "telephone"),
        ({"organisation": "buurtteam"}, "organisation"),
    ), codes=("telephone",)),
    Row("cases:change_contact", "coordinator", None, "contact", contact,
        (({"telephone": "030 12"}, "telephone"),), keyed=False, codes=("telephone",)),
    Row("cases:add_help", "administrator", None, None, help_item,
        (({"url": "http://studiedag.example/"}, "url"), ({"url": "javascript:alert(1)"}, "url")),
        codes=("url",)),
    Row("cases:change_help", "administrator", None, "help_item", help_item,
        (({"url": "geen adres"}, "url"),), keyed=False, codes=("url",)),
    Row("audit:settle", "administrator", None, "flag", settling, keyed=False),
    Row("cases:emergency", "sister_leader", None, None, emergency, (
        ({"reason": "te kort"}, "reason"),
        ({"reference": "M-ZZZZZZ"}, "reference"),
    ), (("school", school_of_another_board),), codes=("reference",)),
)  # fmt: skip


def address_of(about: Any) -> Any:
    """Return what stands in an address for an object of the world, or None."""
    return getattr(about, "reference", None) or getattr(about, "public_id", None)


class Sheet:
    """A form in somebody's hands, in a world of its own."""

    def __init__(self, row: Row, signed_in: Callable, world: World | None = None) -> None:
        self.row, self.signed_in = row, signed_in
        self.world = world or World()
        self.user = self.world.people[row.who]
        self.client: Client = signed_in(self.user)
        about = getattr(self.world, row.of) if row.of else None
        of = [address_of(about)] if about else []
        # What stands in the world under that name, or just the word.
        more = [address_of(getattr(self.world, name, None)) or name for name in row.more]
        self.url = reverse(row.name, args=[*of, *more])
        self.full = row.fill(self.world)
        self.key = str(uuid.uuid4())
        self._fields: dict[str, forms.Field] | None = None

    def speak(self, language: str) -> None:
        """Let the user have another language."""
        type(self.user).objects.filter(pk=self.user.pk).update(language=language)

    def fields(self) -> dict[str, forms.Field]:
        """Return what one can fill in, in the order of the form: the page is asked for once."""
        if self._fields is None:
            form = self.client.get(self.url).context["form"]
            self._fields = {
                name: field
                for name, field in form.fields.items()
                if name not in OF_THE_FORM and not field.widget.is_hidden
            }
        return self._fields

    def texts(self) -> list[str]:
        """Return the fields that take any words."""
        return [
            name
            for name, field in self.fields().items()
            if isinstance(field, forms.CharField)
            and not isinstance(field, forms.EmailField)
            and name not in self.row.codes
        ]

    def send(self, client: Client | None = None, **changes: Any) -> HttpResponse:
        """Send the form, full but for the changes."""
        data = {**self.full, "idempotency_key": self.key, **changes}
        return (client or self.client).post(self.url, data)


def typed(data: Data) -> dict[str, list[str]]:
    """Return what was filled in, as a page would show it again: a file is chosen anew."""
    data = {name: value for name, value in data.items() if not isinstance(value, Picked)}
    lists = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    return {name: values for name, values in lists.items() if values}


def written() -> dict[str, list[tuple]]:
    """Return all that our tables hold, but for the log and for who read: they follow each page.

    As the database keeps it, past the ORM: some tests ask it a hundred times.
    """
    with connection.cursor() as cursor:
        return {model.__name__: _rows(cursor, model) for model in _kept()}


def _kept() -> list[type[Model]]:
    models = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    models.remove(ReadMark)
    return [*models, Flag]


def _rows(cursor: CursorWrapper, model: type[Model]) -> list[tuple]:
    table, key = map(connection.ops.quote_name, (model._meta.db_table, model._meta.pk.column))
    cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")  # noqa: S608 - our own names
    return cursor.fetchall()
