"""Severe signals: the accelerated path, in hours (R3, R4, R5, R8)."""

from meldcode.demo.events import Ask, Child, Conclude, Signal, Story, minutes

STORIES: tuple[Story, ...] = (
    # Today, and acute: nobody has been asked yet.
    Story(
        pupil=Child("Shanice", "Kartowidjojo", 15, "4B"),
        take_part=("docent4",),
        events=(
            Signal(
                minutes(35), "docent4",
                "Bleef na de les zitten en huilde. Liet een blauwe plek op haar bovenarm zien, "
                "ongeveer vijf centimeter. Ze zit nu bij mij in het lokaal en wil niet weg.",
                about="disclosure fear_home injury", place="Lokaal 210",
                marks=(
                    ("upper_arm_left", "bruise", "coin", "Paars, met een lichte rand"),
                    ("back_shoulder_left", "red", "larger", "Een streep, ze liet alleen dit zien"),
                ),
                words="Hij heeft me gisteren geslagen met de riem. Ik ga vandaag echt niet naar "
                      "huis, want hij heeft mijn telefoon gezien.",
                reading="Ik geloof dat ze vandaag niet veilig is als ze naar huis gaat.",
                severe=True, acute=True,
            ),
        ),
    ),
    # Injury: Veilig Thuis has been asked for advice and will call back.
    Story(
        pupil=Child("Jędrzej", "Wróblewicz", 13, "2A"),
        responsible="aandachtsfunctionaris",
        take_part=("docent3",),
        events=(
            Signal(
                minutes(230), "docent3",
                "Drie ronde brandplekjes op de binnenkant van zijn linkeronderarm, zo groot als "
                "een erwt. Gezien bij het omkleden. Vorige week waren ze er niet.",
                about="injury", place="Kleedkamer gymzaal",
                words="Van het fornuis, denk ik.",
                reading="Drie gelijke ronde plekjes passen voor mij niet bij een fornuis.",
                severe=True,
            ),
            Ask(
                minutes(190), "aandachtsfunctionaris", "veilig_thuis",
                "Kan dit letsel passen bij een ongeluk, en moeten we vandaag iets doen?",
                "Leerling van 13 met drie gelijke ronde brandplekjes op de onderarm. Uitleg past "
                "niet goed. Geen eerdere signalen. Ouders weten nog niets van onze zorg.",
            ),
        ),
    ),
    # Honour: Veilig Thuis first; its advice is in, nobody has talked with anybody at home.
    Story(
        pupil=Child("Hafsa", "El Ouardani", 17, "6A"),
        responsible="aandachtsfunctionaris",
        events=(
            Signal(
                minutes(290), "docent",
                "Vroeg hoe je je paspoort kunt blokkeren. De reis is over drie weken geboekt, "
                "enkele reis voor haar en een retour voor haar ouders.",
                about="coercion told_child", place="Mentorgesprek",
                words="Ze zeggen dat het alleen de verloving is. Maar mijn nicht kwam ook niet "
                      "terug.",
                severe=True,
            ),
            Ask(
                minutes(260), "aandachtsfunctionaris", "veilig_thuis",
                "Wat doen we nu, en wat vooral niet?",
                "Leerling van 17 vreest achterlating of een huwelijk in het buitenland. Vertrek "
                "over drie weken. Ouders weten niet dat ze hierover praat.",
            ),
            Conclude(
                minutes(55), "aandachtsfunctionaris",
                "Veilig Thuis: niet met de ouders praten, ook niet over iets anders dat argwaan "
                "wekt. Samen met de leerling een veilig moment kiezen om te overleggen met "
                "hun specialist. Noteer reisdatum en vlucht.",
                "De mentor spreekt de leerling morgen in schooltijd, zoals elke week. Met de "
                "ouders praat voorlopig niemand: dat is niet veilig.",
            ),
        ),
    ),
)  # fmt: skip
