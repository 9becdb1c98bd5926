"""One signal each: stay watchful (R1)."""

from meldcode.demo.events import Child, Signal, Story, day

STORIES: tuple[Story, ...] = (
    Story(
        pupil=Child("Hidde", "Oudenhoven", 12, "1B"),
        events=(
            Signal(
                day(17, "10:10"), "docent2",
                "Viel drie keer deze week in slaap tijdens het eerste uur.",
                about="tired", place="Lokaal 114",
                words="Mijn zusje is net geboren, ik word wakker van haar.",
            ),
        ),
    ),
    Story(
        pupil=Child("İrem", "Taşkıran", 13, "2A"),
        take_part=("docent3",),
        events=(
            Signal(
                day(14, "12:40"), "docent3",
                "Doet de derde week niet mee met gym en heeft geen briefje. Zit met haar jas aan "
                "op de bank.",
                about="withdrawn", place="Gymzaal",
                reading="Kan van alles zijn. Ik vraag er volgende week rustig naar.",
            ),
        ),
    ),
    Story(
        pupil=Child("Kacper", "Gołąb", 15, "4B"),
        events=(
            Signal(
                day(11, "08:55"), "docent4",
                "Kwam vier van de vijf dagen meer dan een half uur te laat. Had geen boeken mee.",
                about="absent",
                words="Ik moet eerst mijn broertjes naar school brengen.",
            ),
        ),
    ),
    Story(
        pupil=Child("Sherilyn", "Blijdorp", 14, "3B"),
        events=(
            Signal(
                day(9, "15:15"), "docent",
                "Had twee dagen geen eten mee en vroeg klasgenoten om een boterham.",
                about="food", place="Kantine",
            ),
        ),
    ),
    Story(
        pupil=Child("Sietse", "Ypma", 16, "5A"),
        events=(
            Signal(
                day(7, "11:35"), "docent4",
                "Een vriend vertelt dat hij sinds de zomer elk weekend veel drinkt, ook alleen. "
                "Zelf heb ik daar niets van gemerkt.",
                about="substances told_others", heard_from="Een klasgenoot uit 5A",
            ),
        ),
    ),
    Story(
        pupil=Child("Dounia", "Lamrani", 12, "1A"),
        events=(
            Signal(
                day(5, "13:20"), "docent3",
                "Heeft al twee weken dezelfde trui aan, met vlekken. Klasgenoten schuiven weg.",
                about="hygiene", place="Lokaal 008",
            ),
        ),
    ),
    Story(
        pupil=Child("Floris", "van Ommen", 13, "2B"),
        events=(
            Signal(
                day(3, "16:05"), "docent2",
                "Moeder belde om te vragen of vader zijn cijfers mag zien. Ze klonk gespannen en "
                "zei dat er een rechtszaak loopt.",
                about="divorce", heard_from="Moeder, aan de telefoon",
                reading="Ik merk in de klas nog niets aan hem.",
            ),
        ),
    ),
    Story(
        pupil=Child("Selam", "Tesfaye", 17, "6A"),
        events=(
            Signal(
                day(1, "14:25"), "docent",
                "Werkt volgens eigen zeggen vier avonden per week tot elf uur.",
                about="money tired",
                words="Anders kunnen we de huur niet betalen.",
            ),
        ),
    ),
)  # fmt: skip
