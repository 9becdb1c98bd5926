"""Talked, or skipped for safety, and now to be weighed (step 4)."""

from meldcode.demo.events import (
    Accept,
    Advise,
    Ask,
    Child,
    Conclude,
    Signal,
    Skip,
    Story,
    Talk,
    day,
)

STORIES: tuple[Story, ...] = (
    Story(
        pupil=Child("Fedde", "Hylkema", 13, "2B"),
        responsible="zorgcoordinator",
        take_part=("docent3",),
        events=(
            Signal(
                day(22, "10:40"), "docent3",
                "Draagt ook binnen een zonnebril. Zei dat hij slecht geslapen had.",
                about="tired change",
            ),
            Signal(
                day(18, "14:55"), "docent",
                "Moeder kwam hem halen en kon niet recht lopen. Ze rook naar drank. Een buurvrouw "
                "reed hen naar huis.",
                about="addiction", place="Hal van de school",
            ),
            Ask(
                day(15, "11:30"), "zorgcoordinator", "family_worker",
                "Hoe praten we met een ouder die misschien drinkt?",
                "Een ouder kwam onder invloed op school. De leerling is moe en stil.",
                invite=("gezinswerker",),
            ),
            Accept(day(14, "09:20"), "gezinswerker"),
            Advise(
                day(14, "10:10"), "gezinswerker",
                "Noem het moment en wat je zag. Zeg niet ‘u drinkt’. Vraag wie er thuis voor hem "
                "zorgt als het niet gaat. Kijk of er een veilige volwassene in de buurt is.",
            ),
            Conclude(
                day(11, "15:10"), "zorgcoordinator",
                "Eerst de leerling, dan moeder. De buurvrouw lijkt een steun.",
                "De zorgcoördinator, met de gymdocent bij wie hij zich thuis voelt.",
            ),
            Talk(
                day(7, "12:20"), "zorgcoordinator", "pupil", "Leerling, gymdocent, zorgcoördinator",
                "De zonnebril, het slapen, en hoe moeder hem kwam halen.",
                "Hij zei: “Als ze slaapt doe ik de deur op slot en ga ik naar Ans.” Ans is de "
                "buurvrouw. Hij wil niet dat moeder zich schaamt.",
                "stays", "yes", "Hij mag elke dag bij de gymdocent binnenlopen.",
            ),
            Talk(
                day(3, "16:20"), "zorgcoordinator", "parents", "Moeder, zorgcoördinator",
                "Hoe zij hem kwam halen, met de datum. Dat hij moe is en zelf de deur sluit.",
                "Ze werd stil en zei: “Ik wist niet dat hij dat deed.” Ze wil nadenken over hulp.",
                "stays", "unsure", "Over een week bellen we weer.",
            ),
        ),
    ),
    Story(
        pupil=Child("Romario", "Sordjo", 14, "3A"),
        responsible="docent",
        handed_over=("docent",),
        events=(
            Signal(
                day(24, "09:40"), "docent",
                "Verloor in een maand zichtbaar gewicht. Eet niet in de pauze.",
                about="food change",
            ),
            Signal(
                day(20, "13:25"), "docent4",
                "Zegt dat eten op slot zit als hij een onvoldoende haalt.",
                about="harsh food", words="Geen zes, geen eten. Dat is gewoon de regel.",
            ),
            Ask(
                day(18, "10:05"), "aandachtsfunctionaris", "family_worker",
                "Straf met eten: hoe ernstig is dit, en hoe brengen we het ter sprake?",
                "Leerling van 14 krijgt volgens eigen zeggen geen eten na een onvoldoende.",
                invite=("gezinswerker2",),
            ),
            Accept(day(17, "08:50"), "gezinswerker2"),
            Advise(
                day(17, "09:40"), "gezinswerker2",
                "Eten onthouden is schadelijk, ook als het opvoeding heet. Vraag hoe vaak en hoe "
                "lang. Laat de jeugdarts meekijken naar zijn gewicht.",
            ),
            Conclude(
                day(13, "14:45"), "aandachtsfunctionaris",
                "Praten met leerling en ouders. De jeugdarts ziet hem volgende week.",
                "De mentor, samen met de aandachtsfunctionaris.",
            ),
            Talk(
                day(2, "15:35"), "docent", "pupil_and_parents",
                "Leerling, vader, moeder, mentor, aandachtsfunctionaris",
                "Het gewicht, de lege broodtrommel en zijn zin over de zes.",
                "Vader: “Bij ons thuis ging het ook zo.” Moeder zei dat ze hem stiekem eten geeft. "
                "Beiden schrokken van het gewicht.",
                "stays", "yes", "Vanaf vandaag is eten geen straf meer. De jeugdarts volgt hem.",
            ),
        ),
    ),
    # No talk, because it is not safe (R19).
    Story(
        pupil=Child("Yara", "Al-Mansour", 16, "5A"),
        responsible="aandachtsfunctionaris",
        events=(
            Signal(
                day(13, "11:05"), "docent4",
                "Wordt elke dag door haar broer gebracht en gehaald. Hij wacht in de gang en "
                "controleert haar telefoon.",
                about="anxious", place="Gang bij lokaal 210",
            ),
            Signal(
                day(10, "12:55"), "docent",
                "Vroeg of de school haar rooster niet aan thuis wil geven.",
                about="anxious told_child", words="Dat ene uur is het enige dat van mij is.",
            ),
            Ask(
                day(9, "09:05"), "aandachtsfunctionaris", "veilig_thuis",
                "Is een gesprek met de ouders veilig?",
                "Leerling van 16 wordt streng gecontroleerd door familie en vraagt ons om "
                "geheimhouding van een vrij uur.",
            ),
            Conclude(
                day(5, "13:30"), "aandachtsfunctionaris",
                "Veilig Thuis raadt een gesprek met de ouders nu af. Blijf in contact met haar en "
                "leg haar uit wat we wel en niet doen.",
                "Voorlopig niemand: eerst wegen met Veilig Thuis.",
            ),
            Skip(
                day(2, "10:25"), "aandachtsfunctionaris",
                "Ze wordt gecontroleerd door haar broer en zegt dat praten met thuis betekent dat "
                "ze niet meer naar school mag. Veilig Thuis raadde het gesprek op die grond af.",
                "Veilig Thuis, adviesgesprek", where="veilig_thuis", again=6,
            ),
        ),
    ),
    Story(
        pupil=Child("Isa", "Kastelein", 12, "1A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(19, "08:40"), "docent2",
                "Komt al sinds de start van het jaar zonder ontbijt en zonder jas.",
                about="food hygiene",
            ),
            Signal(
                day(15, "13:10"), "docent3",
                "Zegt dat ze haar moeder drie dagen niet heeft gezien omdat die werkt.",
                about="told_child", words="Er ligt altijd geld op tafel hoor.",
            ),
            Ask(
                day(14, "11:55"), "zorgcoordinator", "care_team",
                "Is er genoeg toezicht thuis?", "Leerling van 12 is vaak alleen.",
                invite=("aandachtsfunctionaris",),
            ),
            Conclude(
                day(10, "16:05"), "zorgcoordinator",
                "Met de leerling en moeder praten, en vragen wie er thuis is.",
                "De zorgcoördinator.",
            ),
            Talk(
                day(1, "08:50"), "zorgcoordinator", "pupil_and_parents",
                "Leerling, moeder, zorgcoördinator",
                "Geen ontbijt, geen jas, en dat ze haar moeder drie dagen niet zag.",
                "Moeder werkt nachten in de zorg en slaapt als de leerling thuis is. Ze zei: “Ik "
                "doe alles voor haar, maar ik ben er niet.” Oma woont dichtbij en wil komen.",
                "less", "unsure", "Oma komt op doordeweekse dagen. Over twee weken bellen we.",
            ),
        ),
    ),
)  # fmt: skip
