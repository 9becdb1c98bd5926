"""Along the chain: the buurtteam helped, it was not safe enough, and others took over (R38)."""

from meldcode.demo.events import (
    Accept,
    Ask,
    Child,
    Conclude,
    Confirm,
    Decide,
    Hear,
    PassOn,
    Send,
    Signal,
    Story,
    TakeOn,
    Talk,
    Weigh,
    day,
)

STORIES: tuple[Story, ...] = (
    # Without consent from the buurtteam to Veilig Thuis, then to SAVE, who looks into it.
    Story(
        pupil=Child("Bodhi", "Haverkort", 14, "3A"),
        responsible="zorgcoordinator",
        take_part=("docent",),
        events=(
            Signal(
                day(95, "10:35"), "docent",
                "Kwam drie dagen in dezelfde kleren en vroeg om het brood van een klasgenoot.",
                about="hygiene food",
            ),
            Signal(
                day(92, "13:10"), "docent2",
                "Zegt dat hij ’s nachts alleen is als zijn ouders werken.",
                about="told_child", words="Ik kook gewoon zelf. Meestal.",
            ),
            Ask(
                day(90, "09:20"), "zorgcoordinator", "family_worker",
                "Welke hulp past bij een gezin dat veel werkt en weinig eten in huis heeft?",
                "Leerling van 14 is vaak alleen en heeft honger.",
                invite=("gezinswerker",),
            ),
            Accept(day(89, "11:30"), "gezinswerker"),
            Conclude(
                day(87, "14:45"), "zorgcoordinator",
                "Driehoeksgesprek met de ouders, zonder verwijt.", "De zorgcoördinator.",
            ),
            Talk(
                day(84, "16:20"), "zorgcoordinator", "three_way",
                "Leerling, ouders, zorgcoördinator, gezinswerker",
                "De kleren, het brood en de nachten alleen.",
                "Vader zei weinig. Moeder zei: “We redden het niet met twee nachtdiensten.”",
                "stays", "yes", "De gezinswerker komt elke week.",
                contact="Noor Kuipers", consent=True,
            ),
            Weigh(
                day(80, "10:10"), "zorgcoordinator", "Noor Kuipers, gezinswerker",
                ("no", "Hij is veilig op school en bij de buren."),
                ("yes", "Te weinig eten en toezicht."),
                ("yes", "Verwaarlozing. Beschermend: moeder vraagt hulp."),
                ("doubt", "Tekort aan zorg; de ouders willen het anders."),
                ("no", "Met de gezinswerker gewogen: niet onveilig zolang er hulp is."),
                ("yes", "Het buurtteam kan beginnen."),
                ("yes", "Beide ouders stemden in."),
                ("later", "De hulp begint deze week."),
            ),
            Decide(
                day(79, "09:35"), "zorgcoordinator", False,
                "Niet onveilig met hulp, en die is aanvaard.",
                "buurtteam", "Praktische hulp en steun voor de ouders.",
                review=-35,
                results="Elke dag eten en geen nacht alleen, binnen acht weken.",
                manager="Noor Kuipers, gezinswerker",
            ),
            Send(day(79, "10:00"), "zorgcoordinator", "buurtteam"),
            Confirm(day(78, "13:40"), "zorgcoordinator", "buurtteam"),
            TakeOn(
                day(77, "09:15"), "zorgcoordinator", "buurtteam", "Noor Kuipers, gezinswerker"
            ),
            Hear(
                day(35, "15:10"), "zorgcoordinator", "Noor Kuipers, gezinswerker",
                "De ouders doen niet meer open. Hij was deze week vier nachten alleen. SAVE "
                "willen zij niet.",
                "fails", review=-28,
                heard_from="buurtteam", helped_by="buurtteam", willing="no",
            ),
            PassOn(
                day(34, "11:25"), "zorgcoordinator", "buurtteam", "veilig_thuis", "refused",
                asked="Beide ouders, door de gezinswerker",
                ground="Niet snel veilig genoeg, en de ouders weigeren SAVE.",
                handed_over="Wat het buurtteam zag en deed, en de signalen van school.",
            ),
            TakeOn(
                day(33, "10:05"), "zorgcoordinator", "veilig_thuis", "Afdeling onderzoek"
            ),
            Hear(
                day(29, "14:20"), "zorgcoordinator", "Veilig Thuis, mevrouw Osei",
                "De melding van het buurtteam is beoordeeld: er komt een onderzoek.",
                "unknown", review=-6,
                heard_from="veilig_thuis", helped_by="veilig_thuis", investigation="begun",
            ),
            Hear(
                day(9, "13:55"), "zorgcoordinator", "Veilig Thuis, mevrouw Osei",
                "Het onderzoek is klaar: niet veilig genoeg. SAVE gaat aan de slag.",
                "unknown", review=6,
                heard_from="veilig_thuis", helped_by="veilig_thuis", willing="unsure",
                investigation="done",
            ),
            PassOn(
                day(8, "10:30"), "zorgcoordinator", "veilig_thuis", "save", "given",
                asked="Moeder, door Veilig Thuis",
                handed_over="De uitkomst van het onderzoek, met voorwaarden voor veiligheid.",
            ),
            TakeOn(day(6, "09:50"), "zorgcoordinator", "save", looks=True),
        ),
    ),
)  # fmt: skip
