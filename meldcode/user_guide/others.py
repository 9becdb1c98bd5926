"""The help of those beside a school's cases: family workers, administrators."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from meldcode.user_guide.parts import Chapter, Picture, RoleHelp

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
            _("Connected systems"),
            (
                _(
                    "Can your administration send its pupils by itself? Under “People” you find "
                    "“Connected systems”: make a token there, and give it to your supplier."
                ),
                _(
                    "A token is shown once, works for a year at most, and does only what you "
                    "choose. With none of them a system can read a pupil or a case."
                ),
                _(
                    "Did somebody see it who should not, or is a system not used any more? Revoke "
                    "the token: from that moment on nothing comes in with it."
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
            _("A parent or pupil sends you a request"),
            (
                _(
                    "Do they want to see, correct or destroy something? Give it to the care "
                    "coordinator or school leader the same day: they answer within one month."
                ),
                _(
                    "Under “My tasks” you find “Requests of parents and pupils”: what waits and "
                    "until when. Whom it is about, you do not see."
                ),
                _(
                    "Is a request to destroy granted? Then the closed cases come on the list "
                    "“Destruction”: you approve it, and so does a colleague."
                ),
            ),
        ),
        Chapter(
            _("Keeping and destroying"),
            (
                _(
                    "From September on a list says which closed cases and which pupils who left "
                    "are past their time. You find it under “My tasks”, “Destruction”."
                ),
                _(
                    "You approve it, and so does a care coordinator or school leader. For a day "
                    "after that each of you can still hold a case back, with a reason."
                ),
                _(
                    "A certificate without names stays. How many years your school keeps what, "
                    "you set there too, within the bounds of the law."
                ),
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
