"""Concern, and the consultation that it asks for (step 2)."""

from meldcode.demo.events import (
    Accept,
    Advise,
    Agree,
    Ask,
    Call,
    Can,
    Child,
    Decline,
    HandOver,
    Propose,
    PutOff,
    Signal,
    Story,
    day,
    minutes,
)

STORIES: tuple[Story, ...] = (
    # Two teachers who do not know of each other's signal; nobody has asked anybody yet.
    Story(
        pupil=Child("Oğuz", "Yıldırımer", 13, "2A"),
        take_part=("docent3",),
        events=(
            Signal(
                day(6, "10:45"), "docent",
                "Gooide zijn stoel om toen ik vroeg naar zijn huiswerk. Liep de les uit.",
                about="aggression change", place="Lokaal 201",
            ),
            Signal(
                day(2, "13:05"), "docent3",
                "Werd boos toen een jongen zijn tas pakte. Trapte tegen de kleedkamerdeur. Begon "
                "daarna te huilen.",
                about="aggression", place="Kleedkamer",
                words="Ik mag thuis ook niks, iedereen pakt alles af.",
            ),
        ),
    ),
    Story(
        pupil=Child("Benthe", "Moerkerk", 12, "1A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(8, "09:50"), "docent2",
                "Heeft al sinds september kiespijn. Houdt haar hand tegen haar wang in de les.",
                about="delayed_care",
                words="Mama zegt dat de tandarts te duur is.",
            ),
            Signal(
                day(1, "11:10"), "docent",
                "Kon de toets niet afmaken van de pijn. Haar wang was dik.",
                about="delayed_care marks", place="Mentoruur",
            ),
            PutOff(
                minutes(35), "zorgcoordinator",
                "Moeder belt morgen terug of de schooltandarts mag helpen. Met haar antwoord "
                "vragen wij het buurtteam.",
                hours=30,
            ),
        ),
    ),
    # Stands still: past its period long ago, so that a reminder is due at once.
    Story(
        pupil=Child("Maireni", "Eersteling", 15, "4A"),
        responsible="zorgcoordinator",
        take_part=("docent4",),
        events=(
            Signal(
                day(31, "10:20"), "docent4",
                "Zit in de pauze alleen in de bibliotheek. Ging eerst altijd met een groep om.",
                about="withdrawn change", place="Bibliotheek",
            ),
            Signal(
                day(27, "15:30"), "docent2",
                "Gaf in een opstel aan dat ze ’s avonds niet naar beneden durft. Toen ik ernaar "
                "vroeg, zei ze dat het verzonnen was.",
                about="anxious", place="Les Nederlands",
                words="Beneden is het oorlog, boven is het stil.",
                reading="De zin staat in haar opstel. Ik vond hem te echt voor een verzinsel.",
            ),
            Ask(
                day(25, "16:10"), "zorgcoordinator", "care_team",
                "Wat weten wij samen over deze leerling, en wat is de volgende stap?",
                "Trekt zich terug sinds vijf weken. Schreef over onrust thuis en nam dat terug.",
                invite=("aandachtsfunctionaris",),
            ),
        ),
    ),
    # The family worker is invited and has not answered yet.
    Story(
        pupil=Child("Wiktoria", "Brzozowicz", 14, "3A"),
        responsible="zorgcoordinator",
        take_part=("docent",),
        events=(
            Signal(
                day(9, "12:15"), "docent",
                "Wordt elke dag om twaalf uur gebeld door haar moeder en gaat dan direct naar "
                "huis. Mist zo twee uur per dag.",
                about="absent", words="Mama kan niet alleen zijn als ze haar dag niet heeft.",
            ),
            Signal(
                day(5, "14:40"), "docent2",
                "Weet alles over de medicijnen van moeder: welke, hoeveel, hoe laat. Legt ze zelf "
                "klaar, ook ’s nachts.",
                about="addiction tired",
                reading="Ze zorgt voor haar moeder in plaats van andersom.",
            ),
            Ask(
                day(1, "15:20"), "zorgcoordinator", "family_worker",
                "Hoe ondersteunen we een leerling die voor een zieke ouder zorgt, zonder dat "
                "ouder en kind zich betrapt voelen?",
                "Leerling van 14 zorgt elke dag voor een ouder met psychische klachten. Mist "
                "lessen. Beheert de medicijnen. Er is nog niet met thuis gesproken.",
                invite=("gezinswerker",),
                signals=2,
            ),
        ),
    ),
    # The family worker joined and gave advice; the outcome is still to be recorded.
    Story(
        pupil=Child("Bilal", "Amezrou", 13, "2B"),
        responsible="aandachtsfunctionaris",
        take_part=("docent3",),
        events=(
            Signal(
                day(12, "11:00"), "docent3",
                "Vader wachtte bij het hek en noemde hem hardop “waardeloos” waar anderen bij "
                "stonden. De leerling keek naar de grond.",
                about="harsh", place="Schoolhek",
            ),
            Signal(
                day(8, "10:05"), "docent2",
                "Verscheurde zijn eigen toets, een 6,8.",
                about="anxious", words="Dit mag ik niet laten zien.",
                place="Les Nederlands",
            ),
            Ask(
                day(5, "09:10"), "aandachtsfunctionaris", "family_worker",
                "Hoe openen we het gesprek met een ouder die veel eist van zijn kind?",
                "Leerling van 13. Een ouder noemde hem in het openbaar waardeloos. Hij durft een "
                "voldoende niet thuis te laten zien.",
                invite=("gezinswerker", "gezinswerker2"),
                signals=1,
            ),
            Accept(day(4, "08:45"), "gezinswerker"),
            Decline(
                day(4, "10:20"), "gezinswerker2",
                "Ik begin deze maand op een andere school. Mijn collega kent de wijk beter.",
            ),
            Advise(
                day(3, "16:30"), "gezinswerker",
                "Begin met wat goed gaat en vraag ouders wat zij voor hem hopen. Vertel dan "
                "precies wat je zag: de woorden bij het hek, de toets. Vraag: “Herkent u dit?” "
                "Spreek de leerling eerst apart en vraag wat hij veilig vindt. Als hij bang is "
                "voor straf, bel mij dan vóór het gesprek met de ouders.",
                mention=("aandachtsfunctionaris",),
            ),
            Advise(
                day(2, "09:15"), "aandachtsfunctionaris",
                "Dank je. Hij zegt dat hij bang is voor zaterdag, als de rapporten komen. Kunnen "
                "we vóór die dag samen kijken wie er belt?",
                mention=("gezinswerker",),
            ),
            Propose(day(2, "09:20"), "aandachtsfunctionaris", ((2, "15:30"), (3, "09:00"))),
        ),
    ),
    Story(
        pupil=Child("Quinten", "Blankestijn", 16, "5A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(10, "13:50"), "docent4",
                "Slaapt volgens eigen zeggen om de dag bij een andere vriend. Heeft een grote tas "
                "met kleren mee.",
                about="change", words="Ik heb thuis even geen plek.",
            ),
            Signal(
                day(7, "09:25"), "docent",
                "Vroeg of hij in het weekend in school mocht studeren. Zag er moe uit.",
                about="tired",
            ),
            Ask(
                day(4, "12:50"), "zorgcoordinator", "care_team",
                "Wie kent hem het best en kan vragen wat er thuis aan de hand is?",
                "Leerling slaapt bij vrienden en zegt thuis geen plek te hebben.",
                invite=("aandachtsfunctionaris", "docent4"),
            ),
            Accept(day(4, "15:05"), "docent4"),
            Call(
                day(3, "10:10"), "zorgcoordinator", "veilig_thuis",
                "Een leerling van 16 slaapt om de dag elders. Wat vragen we hem eerst?",
                "Vraag waar hij vannacht slaapt en of hij daar veilig is. Bel ons als hij zegt "
                "dat hij niet terug durft.",
                "pupil", "Docent van 5A, deze week.", "Adviseur van de dag", "VT-A-20417",
            ),
        ),
    ),
    # Handed over to a colleague of the team, and a meeting planned.
    Story(
        pupil=Child("Jurre", "Hofsteenge", 13, "2A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(9, "09:40"), "docent2",
                "Droeg drie weken dezelfde trui. Jurre ruikt naar rook en zit het liefst alleen.",
                about="hygiene withdrawn",
            ),
            Signal(
                day(7, "14:20"), "docent",
                "At twee broodjes van een ander leeg. Zei dat er thuis niets meer in huis was.",
                about="food", words="Het is bijna weer de twintigste.",
            ),
            Ask(
                day(6, "11:00"), "zorgcoordinator", "family_worker",
                "Is dit armoede of meer dan dat, en wie gaat er mee op huisbezoek?",
                "Leerling van 13, twee signalen in een week.",
                invite=("gezinswerker2",), signals=2,
            ),
            HandOver(day(5, "08:50"), "gezinswerker2", "gezinswerker"),
            Accept(day(5, "13:10"), "gezinswerker"),
            Propose(day(4, "10:00"), "zorgcoordinator", ((2, "10:00"), (3, "13:30"), (4, "09:15"))),
            Can(day(4, "16:45"), "gezinswerker", (0, 2)),
            Agree(day(3, "08:30"), "zorgcoordinator", 2, 45, "Spreekkamer 1, op school"),
        ),
    ),
    Story(
        pupil=Child("Thảo", "Nguyễn", 15, "4A"),
        responsible="aandachtsfunctionaris",
        events=(
            Signal(
                day(6, "15:45"), "docent4",
                "Haar telefoon ging twaalf keer in één les. Ze werd wit en nam op onder de tafel.",
                about="online anxious", words="Als ik niet opneem zet hij alles online.",
                reading="Wie ‘hij’ is, zei ze niet.",
            ),
            Signal(
                day(3, "10:35"), "docent2",
                "Klasgenoten laten een bewerkte foto van haar rondgaan.",
                about="online told_others", heard_from="Twee leerlingen uit 4A",
            ),
            Ask(
                day(2, "11:15"), "aandachtsfunctionaris", "colleague",
                "Wat moeten we nu veiligstellen en wie praat met haar?",
                "Leerling wordt onder druk gezet met beelden. Er gaat een foto rond.",
                invite=("schoolleider",),
            ),
            Ask(
                day(1, "09:30"), "aandachtsfunctionaris", "other",
                "Wat kan de politie doen zonder aangifte, en hoe bewaren wij wat er rondgaat?",
                "Een leerling van 15 wordt onder druk gezet met beelden.",
                contact=("police", "Jeugdagent Ilse Brandsma", "030 000 20 50"),
            ),
        ),
    ),
    # One new signal, but there was a case within the year: a concern at once (R2).
    Story(
        pupil=Child("Lieke", "Bleijenberg", 14, "3B"),
        events=(
            Signal(
                day(2, "12:55"), "docent3",
                "Zat tijdens gym in de kleedkamer en wilde niet zeggen waarom.",
                about="withdrawn", place="Kleedkamer",
            ),
        ),
    ),
    Story(
        pupil=Child("Amanuel", "Haddadin", 12, "1B"),
        events=(
            Signal(
                day(4, "10:30"), "docent3",
                "Schrok toen ik hem aantikte om hem te laten invallen. Bleef daarna op afstand.",
                about="anxious", place="Gymzaal",
            ),
            Signal(
                minutes(170), "docent2",
                "Wil na het laatste uur niet weg. Vroeg voor de derde keer of hij mag helpen met "
                "opruimen.",
                about="withdrawn", words="Hier is het gezellig.",
            ),
        ),
    ),
)  # fmt: skip
