"""The second school: a few cases that nobody of the first school sees."""

from meldcode.demo.events import (
    Accept,
    Advise,
    Ask,
    Child,
    Close,
    Conclude,
    Decide,
    Signal,
    Story,
    Talk,
    Weigh,
    day,
)

STORIES: tuple[Story, ...] = (
    Story(
        pupil=Child("Loïs", "Coenen", 7, "groep 4"),
        events=(
            Signal(
                day(8, "09:20"), "leerkracht",
                "Gaapt de hele ochtend en legt haar hoofd op tafel. Al twee weken.",
                about="tired", place="Klas, kring",
                words="Ik mag opblijven tot papa thuiskomt.",
            ),
        ),
    ),
    Story(
        pupil=Child("Ilyas", "Benhaddi", 9, "groep 6"),
        responsible="internbegeleider",
        take_part=("leerkracht2",),
        events=(
            Signal(
                day(7, "13:10"), "leerkracht2",
                "Eet bij de lunch ook de boterhammen van anderen. Heeft zelf niets mee.",
                about="food",
            ),
            Signal(
                day(4, "10:30"), "leerkracht",
                "Werd drie keer in een week niet opgehaald bij de naschoolse opvang.",
                about="not_fetched",
            ),
            Ask(
                day(2, "14:45"), "internbegeleider", "family_worker",
                "Hoe vragen we naar zorgen om geld?",
                "Een leerling van 9 heeft geen eten mee en wordt vaak te laat opgehaald.",
                invite=("gezinswerker3",),
            ),
            Accept(day(1, "09:05"), "gezinswerker3"),
            Advise(
                day(1, "11:20"), "gezinswerker3",
                "Vraag de ouders hoe hun week eruitziet. Geldzorgen komen vaak pas in het tweede "
                "gesprek op tafel. Ik kan daarbij zijn als zij dat goed vinden.",
            ),
        ),
    ),
    Story(
        pupil=Child("Ypke", "Terpstra", 11, "groep 8"),
        responsible="internbegeleider",
        events=(
            Signal(
                day(15, "11:50"), "leerkracht2",
                "Speelt op het plein steeds hetzelfde spel: iemand roept, iedereen verstopt zich.",
                about="anxious", place="Schoolplein",
            ),
            Signal(
                day(12, "08:40"), "leerkracht2",
                "Wilde niet naar binnen toen er buiten werd geschreeuwd.",
                about="anxious", words="Bij ons gooien ze dan met borden.",
            ),
            Ask(
                day(10, "12:55"), "internbegeleider", "care_team",
                "Wie praat met de ouders?", "Leerling van 11 is bang voor geschreeuw.",
                invite=("leerkracht2",),
            ),
            Accept(day(9, "08:30"), "leerkracht2"),
            Conclude(
                day(5, "15:40"), "internbegeleider",
                "Met de ouders praten over wat we zien. Met haar zelf op een rustig moment.",
                "De intern begeleider, met de leerkracht erbij.",
            ),
        ),
    ),
    # A fall in the playground that three people saw: the talk clears it up.
    Story(
        pupil=Child("Mees", "Rietveldt", 5, "groep 2"),
        responsible="internbegeleider",
        events=(
            Signal(
                day(40, "09:00"), "leerkracht",
                "Blauwe plek op zijn wang, zo groot als een euro.",
                about="change",
            ),
            Signal(
                day(39, "12:10"), "leerkracht2",
                "Twee leerlingen vertellen dat hij van het klimrek viel. Ik zag het niet zelf.",
                about="told_others", heard_from="Twee leerlingen uit groep 4",
            ),
            Ask(
                day(38, "13:35"), "internbegeleider", "care_team",
                "Past dit bij elkaar?", "Een plek op de wang; leerlingen zagen een val.",
                invite=("leerkracht",),
            ),
            Conclude(
                day(36, "15:10"), "internbegeleider", "Vragen aan moeder.", "De leerkracht.",
            ),
            Talk(
                day(35, "08:25"), "internbegeleider", "parents", "Moeder, leerkracht",
                "De plek op zijn wang en wat de leerlingen zagen.",
                "Moeder vertelde van de val en liet het berichtje van de overblijf zien.",
                "gone", "no",
            ),
            Weigh(
                day(34, "14:15"), "internbegeleider", "Directeur",
                ("no", "Verklaard door de val."),
                ("no", "Niets gezien."),
                ("no", "Niets gezien."),
                ("no", "De verklaring past en is gezien door drie kinderen en de overblijf."),
            ),
            Decide(
                day(34, "14:40"), "internbegeleider", False,
                "Geen vermoeden: een val van het klimrek, door meer mensen gezien.",
                "none", "Er is geen hulp nodig.",
            ),
            Close(
                day(33, "10:20"), "internbegeleider", "cleared",
                "Het gesprek nam de zorg weg. De signalen blijven bewaard.",
                "Geen afspraken. Moeder weet dat dit genoteerd is.",
            ),
        ),
    ),
)  # fmt: skip
