"""What each role does with Meldcode: the help in the program, and ``docs/users``.

One table for both, in Dutch and English. ``script/user_guide`` takes the pictures and writes the
pages; ``tests/test_user_guide.py`` holds the pages to the table.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import CARE_TEAM, Role

PICTURES_AT = "img/guide"
# Width and height of what a picture shows.
PHONE, DESK = (390, 720), (1280, 800)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as somebody of the demo school sees it. ``name``: of the file, without its ending."""

    name: str
    # Before the @ of their address in the demo.
    who: str
    # "{case}" and "{consultation}": the address of the first one that they have.
    path: str
    shows: Promise
    phone: bool = False

    @property
    def file(self) -> str:
        """Return where it stands among the static files."""
        return f"{PICTURES_AT}/{self.name}.png"

    @property
    def width(self) -> int:
        """Return how wide it is, in pixels."""
        return PHONE[0] if self.phone else DESK[0]

    @property
    def height(self) -> int:
        """Return how high it is, in pixels."""
        return PHONE[1] if self.phone else DESK[1]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that somebody does, in the order in which they do it."""

    title: Promise
    steps: tuple[Promise, ...]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class RoleHelp:
    """The help of one role. ``code``: in addresses and file names."""

    code: str
    roles: frozenset[Role]
    title: Promise
    lead: Promise
    chapters: tuple[Chapter, ...]


TEACHER = RoleHelp(
    "teacher",
    frozenset({Role.TEACHER}),
    _("For teachers"),
    _(
        "You see something that worries you. You write it down in a minute; the care team takes it "
        "from there, and you can see what is asked of you."
    ),
    (
        Chapter(
            _("Log a signal"),
            (
                _("Choose “Log a signal”. It works on your phone."),
                _("Choose the pupil, or search by name or class."),
                _("Write what you saw or heard, as a camera would have recorded it."),
                _("What the pupil said, and what you make of it, go under headings of their own."),
                _("Say when it was, what it is about and how severe it is. Then save it."),
                _(
                    "Interrupted? What you type is kept as a draft that only you can see. Go on "
                    "with it later, also on another device."
                ),
                _(
                    "Did you see an injury? Mark where on the drawn figure. Take no photographs: "
                    "the page says why."
                ),
            ),
            Picture(
                "teacher-signal",
                "docent",
                "/signals/new/",
                _("The page on which a signal is logged, on a phone"),
                phone=True,
            ),
        ),
        Chapter(
            _("Is there danger right now?"),
            (
                _("Call 112 first. Log the signal after that."),
                _("Choose “There is danger right now”: the care team is told at once."),
            ),
        ),
        Chapter(
            _("See what happens with it"),
            (
                _("“My signals” shows what you logged, and what the Meldcode asks of you now."),
                _("Others do not see your signal: only the care team and whoever they involve."),
                _("Was something wrong? Correct it. The old text stays readable beside it."),
            ),
            Picture(
                "teacher-signals",
                "docent",
                "/signals/",
                _("A list of one's own signals, on a phone"),
                phone=True,
            ),
        ),
        Chapter(
            _("Take part in a case"),
            (
                _("The care team can ask you to take part. The case then stands in “My tasks”."),
                _("Is a step handed over to you? You write down what was done in it."),
                _("You are reminded when it stands still. You can also say when you go on."),
            ),
        ),
    ),
)

CARE = RoleHelp(
    "care-team",
    CARE_TEAM,
    _("For the care team"),
    _(
        "You run the cases. Meldcode says what comes next and why, keeps the dossier, and reminds "
        "you when a case stands still."
    ),
    (
        Chapter(
            _("Begin with My tasks"),
            (
                _("Here stands what is asked of you, what is severe or late first."),
                _("Each task says why it is there and until when."),
                _("Not now? Put it off with a reason; it comes back by itself."),
            ),
            Picture(
                "care-tasks",
                "zorgcoordinator",
                "/tasks/",
                _("The tasks of a care coordinator"),
            ),
        ),
        Chapter(
            _("Keep an eye on all cases"),
            (
                _("“Cases” shows the five steps side by side, or all cases in a list."),
                _("Filter by step, class, attention or who is responsible, and save the view."),
                _("Search a name, or a word that stands in a record."),
            ),
            Picture(
                "care-board",
                "zorgcoordinator",
                "/cases/?layout=board",
                _("The board: five columns with cases"),
            ),
        ),
        Chapter(
            _("Walk the five steps"),
            (
                _("Open a case. “What now?” says what the Meldcode asks next, with the reason."),
                _(
                    "Record each step on its own page: signals, consultation, conversation, "
                    "weighing, decision."
                ),
                _("Do you leave a step out? Say why; the dossier keeps it."),
                _("Nothing is overwritten: whoever corrects leaves the old text readable."),
            ),
            Picture(
                "care-case",
                "zorgcoordinator",
                "{case}",
                _("The page of a case with its five steps"),
            ),
        ),
        Chapter(
            _("Decide who may see a case"),
            (
                _("The page “People” of a case says who sees it and why."),
                _("Let somebody take part, hand a step over, or end it."),
                _(
                    "Is somebody too close to the family? Keep them out: nothing shows them that "
                    "there is a case."
                ),
            ),
            Picture(
                "care-people",
                "zorgcoordinator",
                "{case}people/",
                _("Who may see a case, and by what"),
            ),
        ),
        Chapter(
            _("Ask for advice"),
            (
                _("Ask one clear question, and choose which records go with it."),
                _(
                    "Without a name? Names, birth date and class are replaced, and names in the "
                    "text are shown to you first."
                ),
                _(
                    "Look at what they will see, then invite. When it is closed, they see nothing "
                    "any more; what they wrote stays."
                ),
            ),
        ),
        Chapter(
            _("Make a dossier"),
            (
                _(
                    "Choose for whom: the school, the parents or the pupil, the buurtteam or "
                    "Veilig Thuis, or a summary."
                ),
                _("You confirm with your second factor. The paper is made while you go on."),
                _("Each page says for whom it was made, by whom and when."),
            ),
        ),
    ),
)

LEADER = RoleHelp(
    "school-leader",
    frozenset({Role.SCHOOL_LEADER}),
    _("For school leaders"),
    _(
        "You are responsible for how your school uses the Meldcode, and you alone see what is "
        "about somebody who works there."
    ),
    (
        Chapter(
            _("What is asked of you"),
            (
                _(
                    "“My tasks” shows it. A signal about a colleague comes to you and to nobody "
                    "else of the school: that is not a Meldcode case."
                ),
                _("You are told who gets which role, and when somebody reads unusually much."),
            ),
            Picture(
                "leader-tasks",
                "schoolleider",
                "/tasks/",
                _("The tasks of a school leader"),
            ),
        ),
        Chapter(
            _("Look into another school of your board"),
            (
                _("Only in an emergency, with a reason, for a short time."),
                _("All who take part in that case are told at once."),
            ),
        ),
        Chapter(
            _("The year report"),
            (
                _("It says how your school uses the Meldcode, in numbers and without persons."),
                _("Small numbers are hidden. You can give it to the board and the inspectorate."),
            ),
            Picture(
                "leader-report",
                "schoolleider",
                "/cases/year-report/",
                _("The year report of a school"),
            ),
        ),
    ),
)

FAMILY = RoleHelp(
    "family-worker",
    frozenset({Role.BUURTTEAM_WORKER}),
    _("For family workers of the buurtteam"),
    _(
        "A school asks your advice. You see the question and what was shared with it, for as long "
        "as the consultation is open, and nothing else."
    ),
    (
        Chapter(
            _("Your inbox"),
            (
                _(
                    "“Advice asked for” shows what is new, what waits for you, what is planned and "
                    "what is closed, of all your schools."
                ),
                _("Accept, decline with a reason, or hand it over to a colleague."),
            ),
            Picture(
                "family-inbox",
                "gezinswerker",
                "/consultations/",
                _("The inbox of a family worker, on a phone"),
                phone=True,
            ),
        ),
        Chapter(
            _("Give advice"),
            (
                _("Read the question and what the school shared. Names can be left out."),
                _("Agree on a time, or write your advice at once. The school sees it right away."),
                _("Take it with you: the appointment for your calendar holds no names."),
            ),
            Picture(
                "family-room",
                "gezinswerker",
                "{consultation}",
                _("A consultation, on a phone"),
                phone=True,
            ),
        ),
        Chapter(
            _("When it is closed"),
            (
                _("The school records what was decided. You see nothing of it any more."),
                _("What you wrote stays in the school's dossier, under your name."),
            ),
        ),
    ),
)

ADMINISTRATOR = RoleHelp(
    "administrator",
    frozenset({Role.ADMINISTRATOR}),
    _("For administrators"),
    _(
        "You look after people, papers and settings. You do not read cases: what you make of them "
        "is written down and told."
    ),
    (
        Chapter(
            _("People and roles"),
            (
                _("Invite somebody by e-mail and choose the role. The link works once."),
                _("Many at once go by a list: “Invite many at once, out of a list”."),
                _(
                    "Does somebody leave? End the role: their sessions and access end at once, and "
                    "their tasks go to the care coordinator."
                ),
                _("Is somebody ill? Let somebody take their place, from one day until another."),
            ),
            Picture(
                "administrator-people",
                "beheerder",
                "/people/",
                _("The people of a school and their roles"),
            ),
        ),
        Chapter(
            _("Pupils from the administration"),
            (
                _(
                    "Under “My tasks” you find “Pupils”. Send an EDEXML file, or a list as CSV: "
                    "you see what would change, and decide then."
                ),
                _(
                    "Do it anew each school year, with all pupils. Who is missing is marked as "
                    "left; nobody is removed, and cases stay."
                ),
                _(
                    "A row that cannot be used says why, with its line. Correct it in your "
                    "administration and send the file once more."
                ),
            ),
        ),
        Chapter(
            _("Dossiers"),
            (
                _("Look a case up by its reference and say for what the paper is."),
                _("Or all of a school year at once. The school leader is told."),
                _("What is made can be fetched for a short time, and is removed then."),
            ),
            Picture(
                "administrator-dossiers",
                "beheerder",
                "/cases/dossiers/",
                _("The page on which an administrator asks for a dossier"),
            ),
        ),
        Chapter(
            _("Who looked at what"),
            (
                _("“Trail” shows who saw and changed what. Nobody can change it, you neither."),
                _("Unusual reading is flagged: look at it and say what it was."),
            ),
            Picture("administrator-trail", "beheerder", "/audit/", _("The trail of a school")),
        ),
        Chapter(
            _("What runs by itself"),
            (
                _("“Background” says whether reminders and mails go out, and what waits."),
                _("Is something red there? Tell whoever runs the server."),
            ),
        ),
    ),
)

GUIDES = (TEACHER, CARE, LEADER, FAMILY, ADMINISTRATOR)
BY_CODE = {guide.code: guide for guide in GUIDES}
PICTURES = tuple(c.picture for guide in GUIDES for c in guide.chapters if c.picture)


def guides_for(roles: set[Role]) -> list[RoleHelp]:
    """Return the help of some roles first, and then that of the others."""
    return sorted(GUIDES, key=lambda guide: not guide.roles & roles)
