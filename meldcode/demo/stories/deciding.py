"""Weighed, and now to be decided; and decided, but not sent yet (step 5)."""

from meldcode.demo.events import (
    Accept,
    Advise,
    Ask,
    Child,
    Conclude,
    Decide,
    Signal,
    Story,
    Talk,
    Weigh,
    day,
)

STORIES: tuple[Story, ...] = (
    # Ready to decide: help is wanted, no unsafety.
    Story(
        pupil=Child("Danylo", "Kovalyk", 13, "2A"),
        responsible="zorgcoordinator",
        take_part=("docent",),
        events=(
            Signal(
                day(25, "10:20"), "docent",
                "Loopt de klas uit bij het geluid van een vliegtuig. Zit dan onder de trap.",
                about="anxious",
            ),
            Signal(
                day(21, "11:30"), "docent2",
                "Tekent in elk schrift dezelfde flat zonder ramen.",
                about="withdrawn", words="Daar woonden wij. Mama huilt als ze het ziet.",
            ),
            Ask(
                day(19, "09:45"), "zorgcoordinator", "family_worker",
                "Welke hulp is er voor een gezin dat veel heeft meegemaakt?",
                "Leerling van 13 is gevlucht en schrikt hevig. Een ouder is somber.",
                invite=("gezinswerker",),
            ),
            Accept(day(18, "13:00"), "gezinswerker"),
            Advise(
                day(18, "13:50"), "gezinswerker",
                "Dit hoeft geen onveiligheid te zijn. Vraag met een tolk wat moeder zelf nodig "
                "heeft. Wij kunnen traumahulp regelen en een maatje voor hem.",
            ),
            Conclude(
                day(14, "15:30"), "zorgcoordinator",
                "Praten met moeder, met een tolk en de gezinswerker erbij.",
                "De zorgcoördinator nodigt uit. De leerling is erbij.",
            ),
            Talk(
                day(8, "14:00"), "zorgcoordinator", "three_way",
                "Leerling, moeder, tolk, zorgcoördinator, gezinswerker",
                "Het weglopen bij geluid en de tekeningen.",
                "Moeder zei dat ze zelf ook niet slaapt en blij is dat iemand het vraagt. De "
                "leerling wil voetballen.",
                "less", "yes", "De gezinswerker komt thuis. De mentor zoekt een voetbalclub.",
                contact="Noor Kuipers", consent=True,
            ),
            Weigh(
                day(2, "10:45"), "zorgcoordinator", "Noor Kuipers, gezinswerker",
                ("no", "Niemand bedreigt hem. Moeder is er elke dag."),
                ("doubt", "Moeder is somber en kan hem nu weinig steunen, maar ze wil hulp."),
                ("yes", "Zonder hulp blijven de klachten. Beschermend: moeder, school, sport."),
                ("doubt", "Geen geweld of verwaarlozing. De klachten horen bij wat ze meemaakten."),
                ("no", "Niets wijst op onveiligheid thuis, ook volgens de gezinswerker."),
                ("yes", "De gezinswerker komt thuis en de school zoekt een sportclub."),
                ("yes", "Moeder en Danylo willen dit."),
                ("later", "De hulp moet nog beginnen."),
            ),
        ),
    ),
    # Ready to decide: structural unsafety, so that a report is asked for (R26).
    Story(
        pupil=Child("Roché", "Pinasse", 14, "3B"),
        responsible="aandachtsfunctionaris",
        events=(
            Signal(
                day(26, "12:10"), "docent3",
                "Vertelt dat zijn broer en stiefvader vechten en dat hij de messen verstopt.",
                about="partners told_child",
                words="Ik leg ze onder mijn bed, dan kan er niks gebeuren.",
            ),
            Signal(
                day(23, "09:30"), "docent",
                "Zegt dat de politie dit jaar drie keer aan de deur was.",
                about="partners", reading="Hij vertelt het zonder gevoel, alsof het normaal is.",
            ),
            Ask(
                day(22, "10:50"), "aandachtsfunctionaris", "veilig_thuis",
                "Hoe wegen we geweld dat zich herhaalt, en wie praat met moeder?",
                "Leerling van 14 leeft met geweld tussen volwassenen. De politie kwam drie keer.",
            ),
            Conclude(
                day(18, "16:40"), "aandachtsfunctionaris",
                "Dit klinkt structureel. Praat met de leerling en met moeder als dat veilig kan. "
                "Veilig Thuis weegt mee.",
                "De aandachtsfunctionaris praat met beiden, op school en overdag.",
            ),
            Talk(
                day(12, "11:20"), "aandachtsfunctionaris", "pupil_and_parents",
                "Leerling, moeder, aandachtsfunctionaris",
                "De messen onder zijn bed en de politie aan de deur.",
                "Moeder huilde en zei: “Ik kan hem niet de deur uit zetten.” Ze wil hulp, maar is "
                "bang voor wat hij dan doet.",
                "stays", "unsure", "Moeder heeft het nummer van Veilig Thuis en van haar zus.",
            ),
            Weigh(
                day(2, "14:15"), "aandachtsfunctionaris", "Veilig Thuis, adviesgesprek",
                ("doubt", "Er zijn messen in huis en er is gevochten. Deze week was het rustig."),
                ("yes", "Hij leeft in angst en voelt zich verantwoordelijk voor de rest."),
                ("yes", "Geraakt worden bij een gevecht; op termijn schade door wat hij ziet."),
                ("yes", "Geweld tussen volwassenen, bevestigd door moeder en door hem."),
                ("structural", "Het herhaalt zich al een jaar en stopt niet uit zichzelf."),
            ),
        ),
    ),
    # Ready to decide: all help refused while the concern stays (R35).
    Story(
        pupil=Child("Cato", "van 't Veld", 15, "4B"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(28, "13:35"), "docent4",
                "Mag van thuis niet naar de schoolarts en niet naar de mentor.",
                about="delayed_care withdrawn",
            ),
            Signal(
                day(24, "10:10"), "docent2",
                "Sliep in de les en werd niet wakker van de bel.",
                about="tired", words="Ik moet ’s nachts in de winkel helpen.",
            ),
            Ask(
                day(21, "14:30"), "zorgcoordinator", "family_worker",
                "Hoe houden we contact met ouders die afhouden?",
                "Leerling van 15 werkt ’s nachts. Ouders weigeren de schoolarts.",
                invite=("gezinswerker",),
            ),
            Accept(day(20, "11:00"), "gezinswerker"),
            Conclude(
                day(16, "09:55"), "zorgcoordinator",
                "Nog één keer uitnodigen, met de feiten op papier.",
                "De zorgcoördinator en de schoolleider.",
            ),
            Talk(
                day(9, "15:00"), "zorgcoordinator", "pupil_and_parents",
                "Leerling, vader, moeder, zorgcoördinator, schoolleider",
                "Het slapen in de les, het nachtwerk en het verbod op de schoolarts.",
                "Vader: “Wat wij thuis doen gaat u niets aan.” Moeder zei niets. De leerling keek "
                "naar haar handen.",
                "stays", "no", "Geen. Ouders willen geen hulp en geen tweede gesprek.",
            ),
            Weigh(
                day(1, "11:45"), "zorgcoordinator", "Noor Kuipers, gezinswerker",
                ("no", "Geen teken van geweld of letsel."),
                ("yes", "Te weinig slaap en geen zorg. Ze mag er met niemand over praten."),
                ("yes", "Uitputting, uitval op school. Beschermend: ze komt elke dag."),
                ("yes", "Nachtwerk en onthouden zorg zijn een vorm van verwaarlozing."),
                ("no", "Nu niet direct onveilig, maar de zorg blijft en hulp wordt geweigerd."),
                ("yes", "Het buurtteam heeft plaats en kent de buurt."),
                ("no", "Ouders willen niemand in huis en geen tweede gesprek."),
            ),
        ),
    ),
    # Decided: a report to Veilig Thuis that has not been sent.
    Story(
        pupil=Child("Mert", "Bozkurter", 12, "1A"),
        responsible="aandachtsfunctionaris",
        take_part=("docent2",),
        events=(
            Signal(
                day(23, "09:05"), "docent2",
                "Zegt dat hij vaak buiten slaapt als de deur dicht blijft. Deze week twee keer.",
                about="told_child", words="In de berging is het best warm.",
            ),
            Signal(
                day(20, "10:25"), "docent3",
                "Kwam met natte kleren en blauwe lippen. Had geen sleutel.",
                about="hygiene tired", place="Ingang gymzaal",
            ),
            Ask(
                day(19, "09:00"), "aandachtsfunctionaris", "veilig_thuis",
                "Wat is nu nodig, en wie vertelt het de ouders?",
                "Leerling van 12 sliep buiten omdat niemand de deur opendeed.",
            ),
            Conclude(
                day(17, "14:05"), "aandachtsfunctionaris",
                "Praat met de ouders. Blijft het zo, dan melden.",
                "De aandachtsfunctionaris en de mentor.",
            ),
            Talk(
                day(11, "16:30"), "aandachtsfunctionaris", "parents",
                "Moeder, aandachtsfunctionaris, mentor",
                "De nachten in de berging, met de data, en hoe hij op school kwam.",
                "Moeder zei dat het één keer was gebeurd. Op school zagen we het drie keer. Ze "
                "wil geen mensen over de vloer.",
                "stays", "no", "Moeder weet dat wij bespreken of wij moeten melden.",
            ),
            Weigh(
                day(3, "13:20"), "aandachtsfunctionaris", "Veilig Thuis, adviesgesprek",
                ("doubt", "De nachten zijn koud. Vannacht was hij wel binnen."),
                ("yes", "Geen vaste slaapplek, geen sleutel, te weinig eten."),
                ("yes", "Onderkoeling en onderweg zijn in de nacht."),
                ("yes", "Verwaarlozing: het gebeurde ten minste drie keer."),
                ("structural", "Het gaat door, ook na ons gesprek."),
            ),
            Decide(
                day(1, "15:10"), "aandachtsfunctionaris", True,
                "Structurele onveiligheid en geen hulp aanvaard. Wij kunnen hem zelf niet "
                "voldoende beschermen.",
                "none", "Moeder wil op dit moment geen hulp van school of buurtteam.",
                review=6,
            ),
        ),
    ),
    # Decided: the buurtteam is asked, but the referral has not gone out.
    Story(
        pupil=Child("Małgosia", "Szczepanek", 13, "2B"),
        responsible="docent3",
        handed_over=("docent3",),
        events=(
            Signal(
                day(29, "12:00"), "docent3",
                "Kan na schooltijd nergens heen; wacht tot zeven uur in de fietsenstalling.",
                about="not_fetched", place="Fietsenstalling",
            ),
            Signal(
                day(25, "14:35"), "docent",
                "Vertelt dat haar ouders elkaar alleen nog via haar berichten sturen.",
                about="divorce told_child", words="Ik ben de postbode.",
            ),
            Ask(
                day(22, "15:15"), "zorgcoordinator", "care_team",
                "Hoe halen we haar tussen haar ouders uit?",
                "Leerling brengt berichten over tussen gescheiden ouders.",
                invite=("docent3", "aandachtsfunctionaris"),
            ),
            Accept(day(21, "09:10"), "docent3"),
            Conclude(
                day(19, "16:10"), "zorgcoordinator",
                "Beide ouders uitnodigen, apart. Het buurtteam heeft een traject voor ouders na "
                "een scheiding.",
                "De gymdocent, bij wie ze graag komt.",
            ),
            Talk(
                day(13, "15:40"), "docent3", "pupil", "Leerling, gymdocent",
                "Het wachten in de stalling en de berichten.",
                "Ze zei: “Ik wil gewoon dat ze het zelf doen.”",
                "stays", "yes", "Ze kan na schooltijd in de sportzaal huiswerk maken.",
            ),
            Talk(
                day(9, "16:45"), "docent3", "parents", "Vader, moeder (apart), gymdocent",
                "Het wachten in de stalling en haar zin over de postbode.",
                "Vader wist het niet. Moeder wel. Beiden willen een gesprek bij het buurtteam.",
                "less", "yes", "Ouders sturen elkaar voortaan zelf berichten.",
            ),
            Weigh(
                day(4, "10:00"), "docent3", "Zorgcoördinator; Jérôme Martina, gezinswerker",
                ("no", "Geen geweld, geen dreiging."),
                ("yes", "Ze draagt een last die van haar ouders is."),
                ("doubt", "Als het doorgaat raakt ze klem. Beschermend: beide ouders luisteren."),
                ("doubt", "Ruzie na een scheiding waar zij tussen staat."),
                ("no", "Geen onveiligheid gezien, ook niet door de gezinswerker."),
                ("yes", "Het buurtteam begeleidt ouders na een scheiding."),
                ("yes", "Beide ouders willen het gesprek."),
                ("later", "Het moet nog beginnen."),
            ),
            Decide(
                day(1, "13:55"), "docent3", False,
                "Geen onveiligheid, en beide ouders aanvaarden hulp.",
                "buurtteam", "Beide ouders stemden in met het traject na een scheiding.",
                review=20,
                results="Ze brengt geen berichten meer over, binnen twee maanden.",
                manager="Jérôme Martina, gezinswerker",
            ),
        ),
    ),
)  # fmt: skip
