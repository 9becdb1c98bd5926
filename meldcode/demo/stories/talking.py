"""Consulted, and now to be talked about with pupil and parents (step 3)."""

from meldcode.demo.events import Accept, Advise, Ask, Child, Conclude, Signal, Story, day

STORIES: tuple[Story, ...] = (
    Story(
        pupil=Child("Çağla", "Özçelik", 14, "3B"),
        responsible="docent2",
        handed_over=("docent2",),
        events=(
            Signal(
                day(16, "11:25"), "docent2",
                "Huilde bij het bespreken van het vakkenpakket.",
                about="anxious", words="Ik mag toch niks kiezen.",
            ),
            Signal(
                day(13, "14:10"), "docent3",
                "Mocht niet mee op sportdag. Op het formulier staat geen reden. Moest op haar "
                "broertjes passen, zei ze.",
                about="withdrawn absent",
            ),
            Ask(
                day(10, "10:00"), "zorgcoordinator", "family_worker",
                "Hoe vragen we naar thuis zonder te oordelen?",
                "Leerling van 14 heeft weinig ruimte om zelf te kiezen en past veel op.",
                invite=("gezinswerker2",),
            ),
            Accept(day(9, "09:00"), "gezinswerker2"),
            Advise(
                day(9, "09:35"), "gezinswerker2",
                "Vraag hoe een gewone dag eruitziet, van opstaan tot slapen. Dan vertelt een kind "
                "vanzelf wat het moet en mag. Vul niets in.",
            ),
            Conclude(
                day(6, "15:50"), "zorgcoordinator",
                "Eerst met de leerling praten over een gewone dag. Daarna de ouders uitnodigen.",
                "De mentor praat met de leerling, de zorgcoördinator sluit aan bij de ouders.",
            ),
        ),
    ),
    Story(
        pupil=Child("Thijmen", "Spaans", 12, "1B"),
        responsible="docent",
        handed_over=("docent",),
        events=(
            Signal(
                day(12, "09:15"), "docent",
                "Elke maandag hoofdpijn en misselijk. Dinsdag is het over. De weekenden is hij om "
                "en om bij vader en moeder.",
                about="tired divorce",
            ),
            Signal(
                day(9, "12:30"), "docent2",
                "Vader en moeder spraken elkaar tegen op het rapportgesprek en gingen schreeuwen. "
                "Hij zat ertussen en hield zijn oren dicht.",
                about="divorce anxious", place="Lokaal 114",
            ),
            Ask(
                day(7, "13:15"), "zorgcoordinator", "care_team",
                "Nodigen we de ouders samen uit of apart?",
                "Ouders in een conflict na hun scheiding; de leerling raakt klem.",
                invite=("aandachtsfunctionaris", "docent"),
            ),
            Accept(day(6, "10:40"), "aandachtsfunctionaris"),
            Advise(
                day(6, "10:55"), "aandachtsfunctionaris",
                "Apart, op dezelfde dag, met dezelfde woorden. Begin met wat hij nodig heeft.",
            ),
            Conclude(
                day(4, "16:00"), "zorgcoordinator",
                "Ouders apart uitnodigen, beide met dezelfde feiten. Eerst met hem zelf praten.",
                "De mentor. De zorgcoördinator is bij de gesprekken met de ouders.",
            ),
        ),
    ),
    Story(
        pupil=Child("Xaviera", "Martinot", 16, "5A"),
        responsible="zorgcoordinator",
        events=(
            Signal(
                day(15, "10:50"), "docent4",
                "Komt sinds drie weken niet meer op vrijdag. Meldt zichzelf ziek.",
                about="absent",
            ),
            Signal(
                day(11, "11:40"), "docent",
                "Vertelt dat de energie is afgesloten en dat ze bij de buren douchen.",
                about="money hygiene", words="Als je het maar niet aan mijn moeder vertelt.",
            ),
            Ask(
                day(9, "14:20"), "zorgcoordinator", "colleague",
                "Welke regelingen zijn er, en hoe brengen we dat zonder schaamte?",
                "Gezin met betalingsproblemen; de leerling verzuimt om te werken.",
                invite=("schoolleider",),
            ),
            Conclude(
                day(3, "09:20"), "zorgcoordinator",
                "De school kan helpen met boeken en een maaltijd. Voor de schulden is het "
                "buurtteam de eerste ingang. Eerst toestemming van de leerling en moeder.",
                "De zorgcoördinator praat met de leerling en daarna samen met moeder.",
            ),
        ),
    ),
    # Past its period: the talk keeps being put off.
    Story(
        pupil=Child("Soufiane", "Chahboun", 15, "4A"),
        responsible="docent4",
        handed_over=("docent4",),
        events=(
            Signal(
                day(30, "12:05"), "docent4",
                "Kwam vier dagen met dezelfde kleren en rook naar rook.",
                about="hygiene",
            ),
            Signal(
                day(26, "13:40"), "docent2",
                "Viel uit tegen een klasgenoot die vroeg of zijn vader weer thuis was.",
                about="aggression", words="Hij komt en gaat, gewoon niet vragen.",
            ),
            Ask(
                day(22, "10:15"), "zorgcoordinator", "care_team",
                "Wat is er thuis veranderd?", "Onverzorgd en snel boos sinds een maand.",
                invite=("aandachtsfunctionaris",),
            ),
            Conclude(
                day(16, "15:25"), "zorgcoordinator",
                "Twee collega’s herkennen dit. Geen teken van direct gevaar. Praten.",
                "De mentor praat met de leerling. Nog geen datum: de leerling was twee keer ziek.",
            ),
        ),
    ),
)  # fmt: skip
