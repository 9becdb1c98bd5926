"""How many taps the usual tasks take on a phone, from the first page: printed, and held down.

Logging a signal is counted in ``test_logging``.
"""

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from cases import actions
from cases.models import DossierExport
from consultations.models import Advice, AgendaItem, Consultation
from tests.browser.conftest import Thumb, dutch
from tests.factories import (
    BuurtteamFactory,
    CaseFactory,
    PupilFactory,
    SchoolFactory,
    SignalFactory,
    member,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def size():
    """A phone: at a desk nobody counts."""
    return "phone"


@pytest.fixture
def browser_context_args(browser_context_args):
    """One that says so: to a phone the dashboard is a list."""
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    return {**browser_context_args, "user_agent": agent}


def test_the_usual_tasks_take_few_taps(visitor, capsys):
    team = BuurtteamFactory(name="Buurtteam Kade")
    school = SchoolFactory(name="Lyceum De Kade", buurtteam=team)
    case = CaseFactory(pupil=PupilFactory(school=school, given_name="Tess"))
    SignalFactory.create_batch(2, case=case, author=member(Role.TEACHER, school))
    coordinator = member(Role.COORDINATOR, school)
    worker = member(Role.BUURTTEAM_WORKER, team, name="Noor Kuipers")
    case = actions.take_on(case, coordinator)
    taken: dict[str, int] = {}

    def told(thumb: Thumb, task: str) -> None:
        thumb.tell(capsys, task)
        taken[task] = thumb.taps

    thumb = Thumb(visitor(coordinator).page)
    thumb.tap("nav a[href='/cases/']")
    thumb.tap(".case-action button")
    thumb.page.locator(".state-mark", has_text="agenda").wait_for()
    assert AgendaItem.objects.get().case == case
    told(thumb, "A case on the agenda")

    thumb = Thumb(visitor(coordinator).page)
    thumb.tap("a[href$='/consultations/new/'], a[href*='/consultations/new/?']")
    thumb.tap("label:has([value=family_worker]), label[for=id_kind_2]")
    thumb.tap("[name=question]")
    thumb.types("Hoe lees jij deze signalen?")
    thumb.tap("[name=shared]")
    thumb.types("Een leerling van 14 eet niet.")
    thumb.tap("text=Noor Kuipers")
    thumb.tap_words("See what they will see")
    thumb.tap_words("Ask the consultation")
    expect(thumb.page.locator("form[aria-busy]")).to_have_count(0)  # it arrived
    assert Consultation.objects.get().question == "Hoe lees jij deze signalen?"
    told(thumb, "A consultation asked")

    thumb = Thumb(visitor(worker).page)
    thumb.tap(f"main a:has-text('{dutch('Answer the invitation')}')")
    thumb.tap_words("Accept and read")
    thumb.tap("[name=text]")
    thumb.types("Praat eerst met de leerling zelf.")
    thumb.tap_words("Send the advice")
    thumb.page.get_by_text("Praat eerst met de leerling zelf.").first.wait_for()
    assert Advice.objects.get().author == worker
    told(thumb, "An invitation accepted and answered")

    thumb = Thumb(visitor(coordinator).page)
    thumb.tap("nav a[href='/cases/']")
    thumb.tap(".case-name")
    thumb.tap("a[href$='/dossier/']")
    thumb.tap("[name=reason]")
    thumb.types("Ouders vragen om inzage.")
    thumb.tap_words("Make the PDF")
    thumb.page.locator("progress").wait_for()
    assert DossierExport.objects.get().case == case
    told(thumb, "A dossier asked for")

    assert max(taken.values()) <= 10, taken
