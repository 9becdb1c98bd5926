"""How tests make their people and cases. All names are invented."""

from datetime import date, timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import (
    Board,
    Buurtteam,
    IdentityProvider,
    Membership,
    RoleInvitation,
    School,
    User,
)
from accounts.people.actions import hashed
from accounts.roles import Role
from accounts.sso.models import trust_of
from api import secrets
from api.models import ApiToken
from api.scopes import SCOPES
from cases.contact_book.organisations import Organisation
from cases.models import (
    Attachment,
    Case,
    Contact,
    Conversation,
    HelpItem,
    Pupil,
    ReceivedDossier,
    SchoolVacation,
)
from consultations.models import Consultation, Invitation, Meeting
from signals.models import InjuryMark, Signal, SignalCategory

PASSWORD = "een lange zin voor de toets"


class BuurtteamFactory(DjangoModelFactory):
    """A buurtteam."""

    class Meta:
        model = Buurtteam

    name = factory.Sequence(lambda n: f"Buurtteam {n}")
    city = "Utrecht"
    telephone = "030 123 45 67"


class BoardFactory(DjangoModelFactory):
    """A school board."""

    class Meta:
        model = Board

    name = factory.Sequence(lambda n: f"Stichting {n}")


class SchoolFactory(DjangoModelFactory):
    """A secondary school with a buurtteam."""

    class Meta:
        model = School

    name = factory.Sequence(lambda n: f"School {n}")
    city = "Utrecht"
    kind = School.Kind.SECONDARY
    buurtteam = factory.SubFactory(BuurtteamFactory)


class UserFactory(DjangoModelFactory):
    """Somebody without a role."""

    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Medewerker {n}")
    email = factory.Sequence(lambda n: f"medewerker{n}@school.example")
    password = factory.django.Password(PASSWORD)


class RoleInvitationFactory(DjangoModelFactory):
    """Somebody who is invited to be a teacher; the link's secret is "geheim" and the number."""

    class Meta:
        model = RoleInvitation

    class Params:
        secret = factory.Sequence(lambda n: f"geheim{n}")

    school = factory.SubFactory(SchoolFactory)
    email = factory.Sequence(lambda n: f"nieuw{n}@school.example")
    name = factory.Sequence(lambda n: f"Nieuwe {n}")
    role = Role.TEACHER
    secret_hash = factory.LazyAttribute(lambda o: hashed(o.secret))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class IdentityProviderFactory(DjangoModelFactory):
    """A provider that nobody asks anything."""

    class Meta:
        model = IdentityProvider

    school = factory.SubFactory(SchoolFactory)
    kind = "other"
    name = factory.Sequence(lambda n: f"Schoolaccount {n}")
    issuer = "https://inloggen.example"
    client_id = factory.Sequence(lambda n: f"meldcode-{n}")
    secret = "een geheim"
    trust = factory.LazyAttribute(lambda o: trust_of(o.kind, o.issuer, o.client_id))


class ApiTokenFactory(DjangoModelFactory):
    """A token of another system of a school, for all there is, that its administrator made."""

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.LazyFunction(secrets.new)

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Leerlingvolg {n}")
    scopes = factory.LazyFunction(lambda: list(SCOPES))
    secret_hash = factory.LazyAttribute(lambda o: secrets.hashed(o.secret))
    made_by = factory.LazyAttribute(lambda o: member(Role.ADMINISTRATOR, o.school))
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


class PupilFactory(DjangoModelFactory):
    """A pupil of fourteen."""

    class Meta:
        model = Pupil

    school = factory.SubFactory(SchoolFactory)
    given_name = factory.Sequence(lambda n: f"Voornaam{n}")
    family_name = factory.Sequence(lambda n: f"van Achternaam{n}")
    birth_date = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=365 * 14 + 30))
    class_name = "2B"


class CaseFactory(DjangoModelFactory):
    """An open case in step 1, as the protocol would leave it after nothing."""

    class Meta:
        model = Case

    pupil = factory.SubFactory(PupilFactory)
    school = factory.SelfAttribute("pupil.school")


class RecordFactory(DjangoModelFactory):
    """What all records share; the author is anybody."""

    class Meta:
        abstract = True

    case = factory.SubFactory(CaseFactory)
    author = factory.SubFactory(UserFactory)


class SignalFactory(RecordFactory):
    """A mild signal of yesterday."""

    class Meta:
        model = Signal

    facts = "Zat stil in de pauze en at niets."
    observed_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))


class SignalCategoryFactory(DjangoModelFactory):
    """A category of a signal."""

    class Meta:
        model = SignalCategory

    signal = factory.SubFactory(SignalFactory)
    code = "tired"


class InjuryMarkFactory(DjangoModelFactory):
    """A bruise on the left upper arm, marked on the body map."""

    class Meta:
        model = InjuryMark

    signal = factory.SubFactory(SignalFactory)
    number = 1
    region = "upper_arm_left"
    kind = "bruise"
    size = "coin"


class ConsultationFactory(RecordFactory):
    """An open consultation with the family worker."""

    class Meta:
        model = Consultation

    kind = Consultation.Kind.FAMILY_WORKER
    question = "Hoe lees jij deze signalen?"
    shared = "Een leerling eet niet en is vaak moe."


class InvitationFactory(DjangoModelFactory):
    """An invitation that nobody answered yet."""

    class Meta:
        model = Invitation

    consultation = factory.SubFactory(ConsultationFactory)
    user = factory.SubFactory(UserFactory)
    invited_by = factory.SubFactory(UserFactory)


class MeetingFactory(DjangoModelFactory):
    """A meeting of the care team tomorrow."""

    class Meta:
        model = Meeting

    school = factory.SubFactory(SchoolFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    place = "Kamer 12"
    made_by = factory.SubFactory(UserFactory)


class ConversationFactory(RecordFactory):
    """A conversation with the pupil."""

    class Meta:
        model = Conversation

    kind = Conversation.Kind.PUPIL
    held_at = factory.LazyFunction(timezone.now)
    facts_brought = "De cijfers dalen sinds de herfst."
    reactions = "Knikte en zei weinig."
    concern = Conversation.Concern.STAYS
    help_wanted = Conversation.HelpWanted.UNSURE


class ContactFactory(DjangoModelFactory):
    """A youth doctor in the contact book of a school."""

    class Meta:
        model = Contact

    school = factory.SubFactory(SchoolFactory)
    organisation = Organisation.YOUTH_DOCTOR
    name = factory.Sequence(lambda n: f"Jeugdarts {n}")
    telephone = "030 765 43 21"
    hours = "ma t/m vr, 9 tot 17 uur"
    checked_on = factory.LazyFunction(timezone.localdate)


class VacationFactory(DjangoModelFactory):
    """A study day, half a year from now."""

    class Meta:
        model = SchoolVacation

    school = factory.SubFactory(SchoolFactory)
    name = "Studiedag"
    first_day = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=200))
    last_day = factory.SelfAttribute("first_day")
    set_by = factory.SubFactory(UserFactory)


class HelpItemFactory(DjangoModelFactory):
    """A piece of a school's own help page."""

    class Meta:
        model = HelpItem

    school = factory.SubFactory(SchoolFactory)
    section = HelpItem.Section.READING
    position = factory.Sequence(lambda n: n)
    title = factory.Sequence(lambda n: f"Cursus {n}")
    text = "Een avond over gesprekken met ouders."
    url = "https://cursus.example/"


class AttachmentFactory(RecordFactory):
    """A text of some words, as it stands in the store after it was judged."""

    class Meta:
        model = Attachment

    number = factory.Sequence(lambda n: n + 1)
    title = "Verzuimoverzicht van maart"
    kind = "txt"
    size = 12
    sha256 = "0" * 64
    file = factory.LazyFunction(lambda: ContentFile(b"Tien keer te", name="x"))


class ReceivedDossierFactory(RecordFactory):
    """A dossier of another school, with its paper among the files of the case."""

    class Meta:
        model = ReceivedDossier

    file = factory.SubFactory(AttachmentFactory, case=factory.SelfAttribute("..case"))
    sender = "De Horizon"
    number = "M-BBBBBB/1"
    made_at = factory.LazyFunction(timezone.now)
    reason = "De leerling verhuist."
    sha256 = "1" * 64
    contents = factory.LazyFunction(
        lambda: [
            {
                "title": "Stap 1: signalen",
                "parts": [
                    {
                        "title": "Signaal", "meta": "3 maart", "severe": "",
                        "lines": [{"label": "Gezien", "text": "Was stil.", "tone": "fact"}],
                    }
                ],
            }
        ]
    )  # fmt: skip


def member(role: Role, place: School | Buurtteam | None = None, **fields: object) -> User:
    """Return a new user who holds a role at a school or buurtteam (a new one unless given).

    For years: a sweep of another day, before today too, asks who worked there on that day.
    """
    user, since = UserFactory(**fields), date(2020, 1, 1)
    if role == Role.BUURTTEAM_WORKER:
        team = place or BuurtteamFactory()
        Membership.objects.create(user=user, role=role, buurtteam=team, starts_on=since)
    else:
        school = place or SchoolFactory()
        Membership.objects.create(user=user, role=role, school=school, starts_on=since)
    return user
