"""What the help page says until a school says it otherwise: a table, in our own words.

Addresses are the organisations' own home pages: these stay when a page moves.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import HelpItem

WHO, READING = HelpItem.Section.WHO, HelpItem.Section.READING
SAMEN_VEILIG = "https://www.samen-veilig.nl/"


@dataclass(frozen=True, slots=True)
class Default:
    """One piece of the help page. ``url``: https only, empty where there is none to give."""

    section: HelpItem.Section
    title: Promise | str
    text: Promise
    url: str = ""


# fmt: off
DEFAULTS: tuple[Default, ...] = (
    Default(WHO, _("Care team"), _(
        "Reads the signals, leads the case through the steps, and decides with you.")),
    Default(WHO, _("Buurtteam"), _(
        "Helps families in the neighbourhood. Its family worker thinks along with the school.")),
    Default(WHO, "Veilig Thuis", _(
        "Gives advice, also without names, and looks into reports. In a crisis they come at "
        "once."), "https://veiligthuis.nl/"),
    Default(WHO, "SAVE", _(
        "Looks with the family at what must change to be safe, together with the buurtteam."),
        SAMEN_VEILIG),
    Default(WHO, "Raad voor de Kinderbescherming", _(
        "Investigates when a child stays unsafe, and can ask the judge for a measure."),
        "https://www.kinderbescherming.nl/"),
    Default(WHO, _("Youth doctor and youth nurse"), _(
        "See every child at school some times. Ask them about injury, growth, tiredness or "
        "absence through illness.")),
    Default(WHO, _("School social work"), _(
        "Talks with pupils and parents at school, and helps with what is hard at home.")),
    Default(WHO, _("Police"), _(
        "Call 112 when there is danger now. The youth officer thinks along when it can wait."),
        "https://www.politie.nl/"),
    Default(READING, _("Voorlichtingspoule of Samen Veilig"), _(
        "People of Veilig Thuis and SAVE come to your school, free, and tell how they work."),
        SAMEN_VEILIG),
    Default(READING, _("Expertisecentrum of Samen Veilig"), _(
        "Training for school teams: using the Meldcode, and talking with the child and the "
        "parents."), SAMEN_VEILIG),
    Default(READING, _("The Meldcode app of the ministry"), _(
        "The five steps on your telephone, with the numbers to call. Look for Meldcode in the "
        "app store."), "https://www.rijksoverheid.nl/"),
    Default(READING, "Augeo", _(
        "Courses that you follow on your own computer, and a magazine: seeing signals, and "
        "talking about them."), "https://www.augeo.nl/"),
    Default(READING, "Nederlands Jeugdinstituut (NJi)", _(
        "What is known about growing up safely, and how one begins a hard conversation."),
        "https://www.nji.nl/"),
    Default(READING, _("How Veilig Thuis works: the protocol of the VNG"), _(
        "The municipalities agreed with each other what Veilig Thuis does with a question and "
        "with a report."), "https://vng.nl/"),
)
# fmt: on
