"""Decided and handed over: waiting on what follows."""

from meldcode.demo.events import (
    Accept,
    Advise,
    Ask,
    Child,
    Conclude,
    Confirm,
    Decide,
    Hear,
    Report,
    Send,
    Signal,
    Story,
    Talk,
    Weigh,
    day,
)

STORIES: tuple[Story, ...] = (
    # Reported; the outcome of Veilig Thuis is waited for.
    Story(
        pupil=Child("Gianno", "Ramdjan", 15, "4B"),
        responsible="aandachtsfunctionaris",
        take_part=("docent4",),
        events=(
            Signal(
                day(33, "10:15"), "docent4",
                "Zijn telefoon lag in stukken. Zegt dat vader hem tegen de muur gooide, vlak "
                "langs zijn hoofd.",
                about="harsh told_child", words="Hij mikte niet op mij. Denk ik.",
            ),
            Signal(
                day(30, "08:45"), "docent",
                "Moeder belde huilend en hing op toen er een man binnenkwam.",
                about="partners", heard_from="Moeder, aan de telefoon",
            ),
            Ask(
                day(30, "09:30"), "aandachtsfunctionaris", "veilig_thuis",
                "Wat kunnen we veilig doen?",
                "Leerling van 15; er wordt thuis met spullen gegooid en een ouder is bang.",
            ),
            Conclude(
                day(29, "11:15"), "aandachtsfunctionaris",
                "Praat met de leerling en met moeder alleen, overdag, op school.",
                "De aandachtsfunctionaris.",
            ),
            Talk(
                day(26, "13:00"), "aandachtsfunctionaris", "pupil_and_parents",
                "Leerling, moeder, aandachtsfunctionaris",
                "De telefoon en het gesprek dat werd afgebroken.",
                "Moeder zei dat het erger wordt. Ze staat achter een melding, als hij maar niet "
                "hoort dat zij het heeft gezegd.",
                "stays", "yes", "De school meldt. Moeder weet wanneer en wat erin staat.",
            ),
            Weigh(
                day(25, "10:40"), "aandachtsfunctionaris", "Veilig Thuis, adviesgesprek",
                ("doubt", "Er wordt met spullen gegooid. Tot nu toe is niemand geraakt."),
                ("yes", "Hij leeft met dreiging en let de hele dag op de stemming van vader."),
                ("yes", "Geraakt worden; op termijn schade. Beschermend: moeder praat."),
                ("yes", "Geweld tegen spullen en dreiging tussen de ouders."),
                ("structural", "Het wordt erger en gebeurt elke week."),
            ),
            Decide(
                day(24, "09:20"), "aandachtsfunctionaris", True,
                "Structurele onveiligheid. Moeder steunt de melding.",
                "buurtteam", "Moeder wil ook hulp van het buurtteam.",
                review=8,
                results="Geen geweld meer in huis; hij is veilig, ook ’s avonds.",
                manager="Noor Kuipers, gezinswerker",
            ),
            Report(
                day(24, "09:55"), "aandachtsfunctionaris",
                (
                    ("telephone", "030 555 01 40"),
                    ("reachable", "Op schooldagen van 8 tot 17 uur"),
                    ("address", "Weefgetouw 12, Utrecht"),
                    ("parents", "Moeder: S. Ramdjan, zelfde adres, 06 1234 5670.\n"
                                "Vader: R. Ramdjan, zelfde adres."),
                    ("authority", "Beide ouders, voor zover wij weten."),
                    ("siblings", "Een zusje van acht, op een andere school."),
                    ("household", "Niemand anders, voor zover bekend."),
                    ("told_how", "Moeder en Gianno, op school, een dag voor de melding. Moeder "
                                 "staat erachter. Vader weet het nog niet van de school."),
                    ("strengths", "Gianno komt elke dag naar school en voetbalt. Moeder praat "
                                  "open en zoekt hulp."),
                    ("expected", "Onderzoek naar de veiligheid van Gianno en zijn zusje, en een "
                                 "plan waarin moeder veilig kan praten."),
                    ("feedback", "Veilig Thuis belt de aandachtsfunctionaris binnen vijf "
                                 "werkdagen. De mentor spreekt Gianno elke week."),
                    ("languages", "Nederlands"),
                    ("interpreter", "Niet nodig"),
                    ("visit_risks", "Vader gooit met spullen als hij boos is. Kom niet zonder "
                                    "afspraak met moeder, op een veilige plek."),
                    ("harm", "emotional_abuse witness"),
                ),
            ),
            Send(day(24, "10:05"), "aandachtsfunctionaris", "veilig_thuis"),
            Confirm(day(24, "10:30"), "aandachtsfunctionaris", "veilig_thuis"),
            Send(day(23, "14:10"), "aandachtsfunctionaris", "buurtteam"),
            Confirm(day(22, "11:05"), "aandachtsfunctionaris", "buurtteam"),
        ),
    ),
    # Own help by the school, with a plan; its review is near.
    Story(
        pupil=Child("Guusje", "de Ruijter", 12, "1B"),
        responsible="docent2",
        handed_over=("docent2",),
        events=(
            Signal(
                day(45, "11:10"), "docent2",
                "Komt sinds haar verhuizing elke dag te laat en alleen.",
                about="absent change",
            ),
            Signal(
                day(41, "09:35"), "docent3",
                "Zegt dat haar vader ’s ochtends slaapt en dat zij haar broertje wegbrengt.",
                about="told_child tired", words="Ik ben nu de oudste thuis.",
            ),
            Ask(
                day(38, "13:30"), "zorgcoordinator", "care_team",
                "Kan de school dit zelf dragen?", "Leerling zorgt ’s ochtends voor haar broertje.",
                invite=("docent2",),
            ),
            Accept(day(37, "10:30"), "docent2"),
            Conclude(
                day(34, "15:05"), "zorgcoordinator",
                "Praten met vader. Waarschijnlijk is praktische hulp genoeg.",
                "De mentor.",
            ),
            Talk(
                day(30, "08:35"), "docent2", "pupil_and_parents", "Leerling, vader, mentor",
                "Elke dag te laat, en dat zij haar broertje wegbrengt.",
                "Vader werkt sinds kort in de nacht. Hij zei: “Ik had het moeten zien.”",
                "less", "yes", "Vader regelt opvang voor het broertje.",
            ),
            Weigh(
                day(27, "14:25"), "docent2", "Zorgcoördinator",
                ("no", "Geen gevaar."),
                ("doubt", "Ze nam taken over die niet van haar zijn; vader pakt dat terug."),
                ("no", "Klein zolang vader zijn afspraak houdt."),
                ("doubt", "Geen mishandeling; een gezin dat moest wennen."),
                ("no", "Niets wijst op onveiligheid."),
                ("yes", "De school kan dit samen met vader."),
                ("yes", "Vader regelt opvang."),
                ("later", "Over zes weken kijken we."),
            ),
            Decide(
                day(25, "10:55"), "docent2", False,
                "Geen onveiligheid en vader werkt mee.",
                "own", "De school kan dit met vader samen oplossen.",
                review=3,
                goals=(
                    ("Haar vader brengt het broertje.", "Vader, met opvang", 3,
                     "Zij hoeft ’s ochtends niet om te lopen."),
                    ("Ze is op tijd op school.", "Mentor: elke maandag vijf minuten", 3,
                     "Vier weken op rij op tijd."),
                    ("Haar huiswerk is bij.", "Zorgcoördinator: huiswerkuur op dinsdag", 10,
                     "Geen openstaande toetsen."),
                ),
                results="Vier weken op rij op tijd; vader brengt haar broertje.",
                manager="De mentor",
            ),
        ),
    ),
    # It does not work enough: a new review was agreed.
    Story(
        pupil=Child("Emre", "Üçgül", 15, "4A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(70, "12:45"), "docent4",
                "Rookt in de pauze wiet, ook voor schooltijd. Cijfers gezakt naar een 5,2.",
                about="substances marks", place="Fietsenstalling",
            ),
            Signal(
                day(66, "10:00"), "docent",
                "Zegt dat thuis niemand merkt of hij er is.",
                about="told_child", words="Ik kan net zo goed een plant zijn.",
            ),
            Ask(
                day(63, "09:25"), "zorgcoordinator", "family_worker",
                "Welke hulp past hier?",
                "Leerling van 15 gebruikt drugs en voelt zich niet gezien.",
                invite=("gezinswerker",),
            ),
            Accept(day(62, "13:20"), "gezinswerker"),
            Advise(
                day(61, "11:50"), "gezinswerker",
                "Jongerenwerk naast gesprekken met de ouders. Begin met wat hij leuk vindt.",
            ),
            Conclude(
                day(58, "15:35"), "zorgcoordinator",
                "Driehoeksgesprek met de ouders.", "De zorgcoördinator.",
            ),
            Talk(
                day(53, "16:15"), "zorgcoordinator", "three_way",
                "Leerling, moeder, zorgcoördinator, gezinswerker",
                "Het gebruik, de cijfers en zijn zin over de plant.",
                "Moeder schrok. Ze werkt veel en wil dat er iemand met hem meedenkt.",
                "stays", "yes", "Jongerenwerker start. Moeder is op dinsdag en donderdag thuis.",
                contact="Noor Kuipers", consent=True,
            ),
            Weigh(
                day(50, "11:00"), "zorgcoordinator", "Noor Kuipers, gezinswerker",
                ("no", "Geen geweld. Het gebruik is een risico, geen direct gevaar."),
                ("yes", "Weinig toezicht en weinig aandacht."),
                ("yes", "Meer gebruik, uitval. Beschermend: hij praat, moeder luistert."),
                ("doubt", "Te weinig aandacht, maar moeder herstelt het."),
                ("no", "Niet onveilig volgens de gezinswerker."),
                ("yes", "Buurtteam en jongerenwerk hebben plaats."),
                ("yes", "Moeder en Emre stemden in."),
                ("later", "Het traject begint volgende week."),
            ),
            Decide(
                day(49, "10:20"), "zorgcoordinator", False,
                "Geen onveiligheid; de hulp is aanvaard.",
                "buurtteam", "Moeder en leerling willen het buurtteam en jongerenwerk.",
                review=-12,
                results="Hij komt naar het jongerenwerk en haalt zijn toetsen, binnen zes weken.",
                manager="Noor Kuipers, gezinswerker",
            ),
            Send(day(48, "09:40"), "zorgcoordinator", "buurtteam"),
            Confirm(day(47, "13:15"), "zorgcoordinator", "buurtteam"),
            Hear(
                day(12, "14:50"), "zorgcoordinator", "Gezinswerker",
                "Hij kwam twee van de zes keer. Moeder was één keer thuis. Cijfers gelijk "
                "gebleven. De gezinswerker wil het anders aanpakken, met zijn oom erbij.",
                "fails", review=4,
                heard_from="buurtteam", helped_by="buurtteam",
            ),
        ),
    ),
    Story(
        pupil=Child("Zeynep", "Gündoğan", 14, "3A"),
        responsible="docent",
        handed_over=("docent",),
        events=(
            Signal(
                day(40, "13:15"), "docent",
                "Draagt sinds de zomer lange mouwen bij gym en wil niet douchen.",
                about="withdrawn anxious",
            ),
            Signal(
                day(36, "09:55"), "docent3",
                "Zegt dat ze op haar lichaam wordt nagewezen door haar oudere nicht.",
                about="harsh", words="Ik mag pas eten als ik in die broek pas.",
            ),
            Ask(
                day(34, "11:05"), "zorgcoordinator", "family_worker",
                "Wat is wijs: eerst de leerling of eerst de ouders?",
                "Leerling van 14 schaamt zich voor haar lichaam en krijgt regels over eten.",
                invite=("gezinswerker2",),
            ),
            Accept(day(33, "10:15"), "gezinswerker2"),
            Conclude(
                day(31, "15:45"), "zorgcoordinator",
                "Eerst de leerling. Vraag of ze wil dat de jeugdarts meekijkt.", "De mentor.",
            ),
            Talk(
                day(28, "12:35"), "docent", "pupil", "Leerling, mentor",
                "De lange mouwen en wat ze over eten zei.",
                "Ze was opgelucht dat iemand het vroeg. Haar moeder weet er niets van.",
                "stays", "yes", "Samen met haar moeder praten.",
            ),
            Talk(
                day(24, "16:00"), "docent", "pupil_and_parents", "Leerling, moeder, mentor",
                "Dezelfde feiten, en wat de nicht zegt.",
                "Moeder werd boos op de nicht, niet op haar dochter. Ze wil hulp.",
                "less", "yes", "De nicht past niet meer op. Moeder belt de huisarts.",
            ),
            Weigh(
                day(21, "10:10"), "docent", "Jérôme Martina, gezinswerker",
                ("no", "Moeder heeft de situatie meteen veranderd."),
                ("doubt", "Er waren schadelijke regels over eten, buiten moeder om."),
                ("yes", "Een eetprobleem. Beschermend: moeder en de huisarts."),
                ("yes", "Kleineren door een familielid dat oppaste."),
                ("no", "Gestopt sinds moeder het weet."),
                ("yes", "Huisarts, jeugdarts en mentor."),
                ("yes", "Moeder heeft de huisarts al gebeld."),
                ("later", "De eerste afspraak is gemaakt."),
            ),
            Decide(
                day(19, "14:40"), "docent", False,
                "Niet onveilig. Moeder handelt zelf.",
                "own", "Huisarts en jeugdarts zijn betrokken; de mentor volgt haar.",
                review=10,
                goals=(
                    ("Ze eet weer mee in de pauze.", "Mentor: elke week een kort gesprek", 10,
                     "Je ziet haar eten in de kantine."),
                    ("De huisarts is gerust.", "Moeder en de huisarts; jeugdarts na zes weken", 10,
                     "Moeder vertelt wat de huisarts zei."),
                ),
                results="Ze eet mee in de pauze en de huisarts is gerust, binnen zes weken.",
                manager="De mentor",
            ),
        ),
    ),
)  # fmt: skip
