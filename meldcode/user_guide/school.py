"""The help of those who see a pupil: teachers, care team, school leaders."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import CARE_TEAM, Role
from meldcode.user_guide.parts import Chapter, Picture, RoleHelp

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
        Chapter(
            _("A pupil goes to another school"),
            (
                _(
                    "Does the next school need to know? Make the dossier “To hand over to another "
                    "school”: choose the records, and write down who consented or why without."
                ),
                _(
                    "You get a package behind a password. Send it by safe mail; tell the password "
                    "by telephone."
                ),
                _(
                    "Do you get a package yourself? Choose “Receive a dossier” under “Cases”. It "
                    "becomes a signal in the pupil's case, and you read it there."
                ),
            ),
        ),
        Chapter(
            _("A parent or pupil asks what stands there"),
            (
                _(
                    "Write it down under “Requests of parents and pupils”: look the pupil up, and "
                    "the page says who may ask for this, and by which day you answer."
                ),
                _(
                    "Make the dossier for the parents or for the pupil: what is another's stays "
                    "out, and talks, what somebody told and what was weighed go along only if "
                    "you tick that. Read it before you hand it over."
                ),
                _(
                    "Do they see it otherwise? Their statement stands beside what you wrote; "
                    "nothing is taken away."
                ),
                _(
                    "Must something be destroyed? Granted, the closed cases come on the list that "
                    "two people approve. An open case you close first."
                ),
                _(
                    "Write down the answer with the request, and print the letter. Do you refuse, "
                    "or a part? Choose the ground."
                ),
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
        Chapter(
            _("What is kept, and what goes"),
            (
                _(
                    "Parents and pupils may ask what stands there: “Requests of parents and "
                    "pupils” shows what waits, and until when."
                ),
                _(
                    "What is past its time is destroyed when the administrator and you, or a care "
                    "coordinator, approve it. Is a case still needed? Hold it back, with a reason."
                ),
            ),
        ),
    ),
)
