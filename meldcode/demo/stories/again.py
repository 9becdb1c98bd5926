"""A walk that began again, and a case that is not the care team's."""

from meldcode.demo.events import (
    Accept,
    Ask,
    Begin,
    Child,
    Conclude,
    Decide,
    Explain,
    Hear,
    Signal,
    Story,
    Talk,
    Weigh,
    day,
    minutes,
)

STORIES: tuple[Story, ...] = (
    # Own help did not work: the steps are walked again, and the first walk stays readable (R33).
    Story(
        pupil=Child("Sanne", "Wiersma", 13, "2A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(95, "10:20"), "docent",
                "Zat drie dagen in dezelfde trui en rook naar sigaretten.",
                about="hygiene",
            ),
            Signal(
                day(90, "13:40"), "docent2",
                "Zegt dat ze ’s avonds zelf kookt en haar broers naar bed brengt.",
                about="told_child tired", words="Iemand moet het doen.",
            ),
            Ask(
                day(88, "09:45"), "zorgcoordinator", "care_team",
                "Kan de school dit zelf dragen?", "Leerling van 13 zorgt voor haar broers.",
            ),
            Conclude(
                day(85, "15:10"), "zorgcoordinator",
                "Praten met haar en haar vader.", "De zorgcoördinator.",
            ),
            Explain(
                day(84, "09:00"), "zorgcoordinator", "R12",
                "De gezinswerker was twee weken ziek; het zorgteam kon dit gesprek zelf aan.",
            ),
            Talk(
                day(80, "16:20"), "zorgcoordinator", "pupil_and_parents",
                "Leerling, vader, zorgcoördinator",
                "De trui, de vermoeidheid en wat ze over het koken zei.",
                "Vader werkt in ploegen en wist niet dat het zo zwaar was. Hij wil het anders.",
                "less", "yes", "Vader regelt dat oma drie avonden komt.",
            ),
            Weigh(
                day(77, "11:30"), "zorgcoordinator", "Aandachtsfunctionaris",
                ("no", "Geen geweld of dreiging."),
                ("yes", "Ze draagt de zorg voor haar broers."),
                ("yes", "Uitputting en uitval. Beschermend: vader en oma."),
                ("doubt", "Te weinig zorg, zonder opzet."),
                ("no", "Niet onveilig zolang oma komt."),
                ("yes", "Oma, de mentor en een huiswerkuur."),
                ("yes", "Vader en Sanne willen dit."),
                ("later", "Oma begint volgende week."),
            ),
            Decide(
                day(75, "14:15"), "zorgcoordinator", False,
                "Niet onveilig; vader pakt het op.",
                "own", "De school en oma kunnen dit samen.",
                review=-30,
                goals=(
                    ("Sanne is vrij na het eten.", "Oma: drie avonden", -30,
                     "Ze maakt haar huiswerk en slaapt niet in de les."),
                    ("Sanne kan haar verhaal kwijt.", "Mentor: elke week vijf minuten", -30,
                     "Ze komt zelf."),
                ),
                results="Op tijd en uitgerust op school, vier weken op rij.",
                manager="De zorgcoördinator",
            ),
            Hear(
                day(30, "15:30"), "zorgcoordinator", "Mentor",
                "Oma kwam twee weken en viel toen uit. Sanne sliep weer in de les en kwam "
                "zes keer te laat.",
                "fails", review=5, helped_by="school", willing="yes", goals=("not", "partly"),
            ),
            Begin(
                day(12, "10:00"), "zorgcoordinator",
                "Eigen hulp van school en oma was niet genoeg: na twee weken stond ze er weer "
                "alleen voor. Nu met de gezinswerker erbij.",
            ),
            Ask(
                day(10, "11:15"), "zorgcoordinator", "family_worker",
                "Welke hulp in huis past bij een vader die in ploegen werkt?",
                "Leerling van 13 zorgt voor haar broers. Hulp van familie viel weg.",
                invite=("gezinswerker",),
            ),
            Accept(day(9, "13:05"), "gezinswerker"),
        ),
    ),
    # It points at somebody who works at the school: outside the Meldcode, for the board (R9).
    Story(
        pupil=Child("Ties", "Rozendal", 15, "4A"),
        restricted=True,
        events=(
            Signal(
                minutes(50), "docent3",
                "Ties liet berichten zien die een medewerker hem ’s nachts stuurde.",
                about="online told_child", words="Hij zegt dat ik speciaal ben.",
            ),
        ),
    ),
)  # fmt: skip
