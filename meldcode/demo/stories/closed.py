"""Closed cases: one or more for each way in which a case ends."""

from meldcode.demo.events import (
    Accept,
    Advise,
    Ask,
    Child,
    Close,
    Conclude,
    Confirm,
    Decide,
    Hear,
    LookBack,
    Send,
    Signal,
    Story,
    Talk,
    Unfounded,
    Weigh,
    day,
)

STORIES: tuple[Story, ...] = (
    # Help works.
    Story(
        pupil=Child("Nynke", "Galema", 16, "5A"),
        responsible="zorgcoordinator",
        handed_over=("docent4",),
        events=(
            Signal(
                day(118, "11:15"), "docent4",
                "Viel flauw in de kantine. Had sinds de dag ervoor niets gegeten.",
                about="food tired", place="Kantine",
            ),
            Signal(
                day(113, "10:30"), "docent2",
                "Vertelt dat ze alleen woont met haar moeder die niet meer uit bed komt.",
                about="addiction told_child", words="Ik doe alsof ze werkt.",
            ),
            Ask(
                day(111, "09:15"), "zorgcoordinator", "family_worker",
                "Hoe snel kan er hulp in huis komen?",
                "Leerling van 16 zorgt voor een zieke ouder en eet slecht.",
                invite=("gezinswerker2",),
            ),
            Accept(day(110, "10:50"), "gezinswerker2"),
            Advise(
                day(110, "11:30"), "gezinswerker2",
                "Wij kunnen deze week langskomen als moeder dat wil. Vraag het haar samen.",
            ),
            Conclude(
                day(108, "15:00"), "zorgcoordinator",
                "Deze week een gesprek met leerling en moeder.", "De zorgcoördinator.",
            ),
            Talk(
                day(106, "13:40"), "zorgcoordinator", "three_way",
                "Leerling, moeder, zorgcoördinator, gezinswerker",
                "Het flauwvallen en dat ze alles alleen doet.",
                "Moeder zei: “Ik dacht dat niemand het zag.” Ze wil hulp.",
                "stays", "yes", "De huisarts komt morgen. De gezinswerker komt elke week.",
                contact="Jérôme Martina", consent=True,
            ),
            Weigh(
                day(104, "10:05"), "zorgcoordinator", "Jérôme Martina, gezinswerker",
                ("no", "Met de huisarts en de gezinswerker is er toezicht."),
                ("yes", "Ze droeg de zorg voor een volwassene."),
                ("yes", "Uitval en uitputting. Beschermend: ze vraagt nu zelf om hulp."),
                ("doubt", "Geen opzet; wel te weinig zorg."),
                ("no", "Veilig genoeg nu er hulp is."),
                ("yes", "Het buurtteam kan elke week komen."),
                ("yes", "Moeder en Nynke willen het zelf."),
                ("later", "De hulp begint nu."),
            ),
            Decide(
                day(102, "14:35"), "zorgcoordinator", False,
                "Niet onveilig met de hulp die begonnen is.",
                "buurtteam", "Moeder stemde in met wekelijkse hulp.",
                review=-61,
                results="Moeder is in behandeling en Nynke eet elke dag, binnen acht weken.",
                manager="Jérôme Martina, gezinswerker",
            ),
            Send(day(102, "15:10"), "zorgcoordinator", "buurtteam"),
            Confirm(day(101, "09:30"), "zorgcoordinator", "buurtteam"),
            Hear(
                day(61, "16:25"), "zorgcoordinator", "Gezinswerker en leerling",
                "Moeder is in behandeling en kookt weer. De leerling: “Ik ga weer uit met "
                "vriendinnen.” Cijfers gestegen.",
                "works",
                heard_from="buurtteam", helped_by="buurtteam", willing="yes",
            ),
            Close(
                day(54, "10:45"), "zorgcoordinator", "help_works",
                "Moeder is in behandeling, het gezin heeft steun en het gaat beter op school.",
                "De mentor houdt het in de gaten en bespreekt het elk rapport. Leerling en "
                "moeder weten dat de casus gesloten is.",
                years=10, years_why="Moeder was eerder ziek; de jongere broer komt volgend jaar.",
            ),
        ),
    ),
    # Somebody else is responsible now.
    Story(
        pupil=Child("João", "Figueirôa", 13, "2B"),
        responsible="aandachtsfunctionaris",
        events=(
            Signal(
                day(140, "09:20"), "docent3",
                "Had een gezwollen lip. Zei eerst: gevallen. Later: geslagen.",
                about="injury disclosure", words="Papa wordt zo als hij gedronken heeft.",
                severe=True,
            ),
            Ask(
                day(140, "09:50"), "aandachtsfunctionaris", "veilig_thuis",
                "Moet hij vandaag naar huis?", "Leerling van 13 met letsel aan het gezicht.",
            ),
            Conclude(
                day(140, "11:20"), "aandachtsfunctionaris",
                "Vandaag niet zonder meer naar huis. Veilig Thuis belt moeder.",
                "De aandachtsfunctionaris blijft bij hem tot moeder er is.",
            ),
            Talk(
                day(140, "14:40"), "aandachtsfunctionaris", "pupil_and_parents",
                "Leerling, moeder, aandachtsfunctionaris",
                "De lip en zijn woorden.",
                "Moeder bevestigde het. Ze gaat vandaag met hem naar haar moeder.",
                "stays", "yes", "Hij slaapt bij oma. Wij melden met medeweten van moeder.",
            ),
            Weigh(
                day(140, "15:20"), "aandachtsfunctionaris", "Veilig Thuis, adviesgesprek",
                ("yes", "Bij vader is hij vandaag niet veilig. Bij oma wel."),
                ("yes", "Geslagen worden en drank in huis."),
                ("yes", "Herhaling als hij terugkeert zonder afspraken."),
                ("yes", "Letsel, verteld door hem en bevestigd door moeder."),
                ("acute", "Vandaag kan hij niet naar huis."),
            ),
            Decide(
                day(140, "15:55"), "aandachtsfunctionaris", True,
                "Acute onveiligheid. Telefonisch gemeld, samen met moeder.",
                "none", "Eerst veiligheid; Veilig Thuis doet de rest.",
                review=-134,
            ),
            Send(day(140, "16:10"), "aandachtsfunctionaris", "veilig_thuis"),
            Confirm(day(140, "16:40"), "aandachtsfunctionaris", "veilig_thuis"),
            Hear(
                day(133, "10:35"), "aandachtsfunctionaris", "Veilig Thuis",
                "Vader verblijft elders. Het SAVE-team is nu verantwoordelijk voor de veiligheid. "
                "De school houdt hem in het oog en geeft nieuwe signalen door.",
                "works",
                heard_from="veilig_thuis", helped_by="save", willing="yes",
            ),
            Close(
                day(120, "13:50"), "aandachtsfunctionaris", "handed_over",
                "SAVE is verantwoordelijk. De school heeft een vast contact daar.",
                "De gymdocent houdt hem in het oog. Nieuwe signalen gaan direct naar SAVE.",
            ),
            LookBack(
                day(62, "11:20"), "aandachtsfunctionaris",
                "Komt elke dag, doet mee met gym. SAVE is nog wekelijks bij het gezin.",
                "quiet",
            ),
        ),
    ),
    # The conversation cleared it up.
    Story(
        pupil=Child("Jurre", "Zandstra", 14, "3A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(96, "12:20"), "docent3",
                "Blauwe plekken op beide schenen. Loopt mank.",
                about="change", place="Gymzaal",
            ),
            Signal(
                day(93, "10:55"), "docent",
                "Zei dat hij dat gisteren weer kreeg, en lachte erbij.",
                about="told_child", words="Dat hoort erbij.",
            ),
            Ask(
                day(92, "09:35"), "zorgcoordinator", "care_team",
                "Weet iemand waar dit van komt?", "Blauwe plekken op beide schenen.",
                invite=("docent3",),
            ),
            Accept(day(92, "12:00"), "docent3"),
            Conclude(
                day(90, "14:20"), "zorgcoordinator",
                "Vragen aan hem en zijn ouders. Geen haast, wel snel.", "De gymdocent.",
            ),
            Talk(
                day(88, "16:35"), "docent3", "pupil_and_parents",
                "Leerling, vader, gymdocent, zorgcoördinator",
                "De plekken op zijn schenen en zijn woorden.",
                "Hij speelt sinds kort ijshockey op hoog niveau. Vader liet foto’s en de "
                "beschermers zien. De trainer bevestigde het telefonisch.",
                "gone", "no", "Hij draagt voortaan beschermers. Hij lachte toen hij ze liet zien.",
            ),
            Weigh(
                day(86, "11:35"), "zorgcoordinator", "Aandachtsfunctionaris",
                ("no", "Verklaard door sport en bevestigd door de trainer."),
                ("no", "Niets gezien."),
                ("no", "Alleen dat hij zich vaker bezeert in zijn sport."),
                ("no", "De verklaring past bij wat we zagen."),
            ),
            Decide(
                day(85, "13:45"), "zorgcoordinator", False,
                "Geen vermoeden: sport, bevestigd door ouders en trainer.",
                "none", "Er is geen hulp nodig.",
            ),
            Close(
                day(85, "14:30"), "zorgcoordinator", "cleared",
                "Het gesprek nam de zorg weg. De signalen blijven bewaard.",
                "Geen bijzondere afspraken. Vader en leerling weten dat de casus gesloten is.",
            ),
            LookBack(
                day(26, "12:40"), "zorgcoordinator",
                "Draagt zijn beschermers, geen nieuwe plekken. De gymdocent ziet niets bijzonders.",
                "quiet",
            ),
        ),
    ),
    # Unfounded, recorded as such (R10).
    Story(
        pupil=Child("Oliwia", "Zieliński", 15, "4B"),
        responsible="aandachtsfunctionaris",
        events=(
            Signal(
                day(75, "09:10"), "docent2",
                "Een buurtbewoner belde dat er ’s avonds kinderen alleen op het balkon staan.",
                about="told_others", heard_from="Buurtbewoner, aan de telefoon",
            ),
            Ask(
                day(73, "10:20"), "aandachtsfunctionaris", "care_team",
                "Klopt het adres, en wie gaat vragen?", "Een melding van buiten over een balkon.",
                invite=("zorgcoordinator",),
            ),
            Conclude(
                day(70, "11:00"), "aandachtsfunctionaris",
                "Eerst bij de leerling en moeder vragen.", "De aandachtsfunctionaris.",
            ),
            Talk(
                day(68, "16:50"), "aandachtsfunctionaris", "pupil_and_parents",
                "Leerling, moeder, aandachtsfunctionaris",
                "Wat de buurtbewoner zei.",
                "Ze wonen op de begane grond en hebben geen balkon. Het bleek het huis ernaast.",
                "gone", "no",
            ),
            Unfounded(
                day(67, "09:15"), "aandachtsfunctionaris",
                "Verkeerd adres: het balkon hoort bij het huis ernaast, zo zei ook de wijkagent.",
            ),
            Weigh(
                day(66, "13:05"), "aandachtsfunctionaris", "Zorgcoördinator",
                ("no", "Verkeerd adres."),
                ("no", "Niets gezien."),
                ("no", "Niets gezien."),
                ("no", "De melding ging over een ander huis."),
            ),
            Decide(
                day(66, "13:20"), "aandachtsfunctionaris", False,
                "Het vermoeden was onterecht: het ging om een ander adres.",
                "none", "Er is geen hulp nodig. Moeder kreeg een brief met een excuus.",
            ),
            Close(
                day(65, "09:30"), "aandachtsfunctionaris", "unfounded",
                "Onterecht vermoeden; dat staat hier uitdrukkelijk zo genoteerd.",
                "Moeder heeft dit op papier. Geen afspraken nodig.",
            ),
            LookBack(
                day(6, "10:15"), "aandachtsfunctionaris",
                "Gaat goed op school. Moeder groet vriendelijk bij het hek.",
                "quiet",
            ),
        ),
    ),
    # Another ending: the family moved.
    Story(
        pupil=Child("Veerle", "Hogeweg", 17, "6A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(88, "15:20"), "docent",
                "Zegt dat haar vriend bepaalt wie ze mag zien.",
                about="told_child withdrawn", words="Hij is gewoon jaloers, dat is lief bedoeld.",
            ),
            Signal(
                day(84, "11:45"), "docent4",
                "Haar vriend staat elke pauze bij het hek en houdt haar vast bij haar arm.",
                about="anxious", place="Schoolhek",
            ),
            Ask(
                day(82, "14:00"), "zorgcoordinator", "family_worker",
                "Hoe praten we over een relatie die knelt?",
                "Leerling van 17 mag van haar vriend weinig contacten hebben.",
                invite=("gezinswerker",),
            ),
            Accept(day(81, "09:25"), "gezinswerker"),
            Advise(
                day(81, "10:20"), "gezinswerker",
                "Ga naast haar staan, niet tegenover hem. Vraag wat zij mist.",
            ),
            Conclude(
                day(79, "15:15"), "zorgcoordinator", "Praten met de leerling.", "De mentor.",
            ),
            Talk(
                day(77, "12:25"), "docent", "pupil", "Leerling, mentor",
                "Haar woorden over jaloezie, en wat we bij het hek zagen.",
                "Ze zei: “Ik weet dat het niet goed voelt.” Ze wil er met haar tante over praten.",
                "stays", "yes", "Ze gaat een weekend naar haar tante.",
            ),
            Weigh(
                day(72, "09:50"), "docent", "Noor Kuipers, gezinswerker",
                ("no", "Geen geweld gezien of verteld."),
                ("no", "Thuis gaat het goed; haar moeder staat achter haar."),
                ("yes", "De druk kan toenemen. Beschermend: moeder en tante."),
                ("doubt", "Dwang binnen een relatie, nog zonder geweld."),
                ("no", "Nu niet onveilig."),
                ("yes", "De mentor en de familie kunnen haar steunen."),
                ("yes", "Ze vroeg er zelf om."),
                ("later", "De afspraken beginnen nu."),
            ),
            Decide(
                day(71, "16:15"), "zorgcoordinator", False,
                "Niet onveilig. Zij en haar moeder vinden zelf steun.",
                "own", "De mentor houdt wekelijks contact.",
                review=-56,
                goals=(
                    ("Ze kiest zelf wie ze ziet.", "Mentor: elke week; moeder en tante: steun", -57,
                     "Ze spreekt weer af met vriendinnen."),
                ),
                results="Ze spreekt weer met vriendinnen en voelt zich vrij, binnen drie weken.",
                manager="De mentor",
            ),
            Hear(
                day(57, "15:25"), "zorgcoordinator", "Moeder, aan de telefoon",
                "Het gezin verhuist naar Drenthe. Ze woont daar bij haar tante en zegt dat het "
                "goed met haar gaat.",
                "works",
                heard_from="other", helped_by="school", willing="yes",
            ),
            Close(
                day(55, "10:00"), "zorgcoordinator", "other",
                "Verhuisd. De nieuwe school weet, met haar toestemming, bij wie ze terechtkan.",
                "Overdracht met toestemming van de leerling, alleen wat nodig is.",
            ),
        ),
    ),
    # One signal, looked back at, and closed on its own ground.
    Story(
        pupil=Child("Wytske", "Sinnema", 13, "2A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(58, "08:50"), "docent",
                "Kwam een week lang zonder boeken en met een rode neus.",
                about="tired hygiene",
            ),
            LookBack(
                day(38, "15:40"), "zorgcoordinator",
                "Boeken mee, uitgeslapen, lacht met vriendinnen. De mentor ziet hetzelfde.",
                "quiet",
            ),
            Decide(
                day(37, "15:55"), "zorgcoordinator", False,
                "Eén signaal, daarna niets meer gezien. Ze was verhuisd en alles zat in dozen.",
                "none", "Er is geen hulp nodig.",
                motivation="Eén signaal, na vier weken opletten niets erbij: overleg, gesprek en "
                           "weging voegen niets toe.",
            ),
            Close(
                day(37, "16:05"), "zorgcoordinator", "nothing_more",
                "Na vier weken opletten is er niets bij gekomen.",
                "De mentor blijft gewoon opletten.",
            ),
        ),
    ),
    # Own help that worked. She comes back in consulting.py: the year before counts.
    Story(
        pupil=Child("Lieke", "Bleijenberg", 14, "3B"),
        responsible="docent",
        handed_over=("docent",),
        events=(
            Signal(
                day(130, "10:35"), "docent",
                "Drie weken niet op gym geweest, steeds met een ander briefje.",
                about="absent",
            ),
            Signal(
                day(126, "13:00"), "docent3",
                "Vertelt dat ze sinds het overlijden van opa niet slaapt.",
                about="tired anxious", words="Mama huilt de hele tijd en ik durf niet weg.",
            ),
            Ask(
                day(124, "11:25"), "zorgcoordinator", "care_team",
                "Is dit verdriet of is er meer?", "Leerling slaapt slecht na een overlijden.",
                invite=("docent",),
            ),
            Accept(day(124, "15:35"), "docent"),
            Conclude(
                day(121, "14:50"), "zorgcoordinator", "Praten met haar en moeder.", "De mentor.",
            ),
            Talk(
                day(119, "16:40"), "docent", "pupil_and_parents", "Leerling, moeder, mentor",
                "Het verzuim bij gym en dat ze slecht slaapt.",
                "Moeder: “Ik had niet door dat zij op mij past.” Ze zoeken samen rouwhulp.",
                "less", "yes", "Elke vrijdag een kort gesprek met de mentor.",
            ),
            Weigh(
                day(116, "10:25"), "docent", "Zorgcoördinator",
                ("no", "Geen gevaar."),
                ("doubt", "Tijdelijk weinig ruimte door verdriet."),
                ("no", "Klein met steun van familie en school."),
                ("no", "Verdriet, geen mishandeling."),
            ),
            Decide(
                day(115, "11:40"), "docent", False,
                "Geen onveiligheid; verdriet in het gezin.",
                "own", "Mentor en rouwgroep.",
                review=-80,
                goals=(
                    ("Ze slaapt door.", "Moeder, met de rouwgroep", -80, "Ze is uitgerust."),
                    ("Ze doet weer mee.", "Mentor: elke vrijdag", -80, "Ze doet mee met gym."),
                ),
                results="Ze slaapt door en doet mee met gym, binnen zes weken.",
                manager="De mentor",
            ),
            Hear(
                day(80, "15:00"), "docent", "Leerling en moeder",
                "Ze doet weer mee met gym. “We lachen weer om opa.”",
                "works", goals=("reached", "reached"),
                heard_from="other", helped_by="school", willing="yes",
            ),
            Close(
                day(78, "13:30"), "docent", "help_works",
                "De hulp werkt en moeder en dochter vinden steun bij elkaar.",
                "De mentor vraagt er nog naar tot de zomer.",
            ),
            LookBack(
                day(19, "14:10"), "docent",
                "Ze doet overal aan mee en praat met haar vriendinnen. Moeder zegt hetzelfde.",
                "quiet",
            ),
        ),
    ),
)  # fmt: skip
