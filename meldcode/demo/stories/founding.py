"""The story with which the Meldcode is explained in Utrecht, in our words and with other people:
a pupil grows anxious, her marks drop, her mentor speaks up, and her father accepts help."""

from meldcode.demo.events import (
    Accept,
    Advise,
    Ask,
    Child,
    Conclude,
    Confirm,
    Decide,
    Hear,
    Send,
    Signal,
    Story,
    Talk,
    Weigh,
    day,
)

STORY = Story(
    pupil=Child("Jildou", "van der Wielen", 14, "3A"),
    responsible="docent",
    handed_over=("docent",),
    take_part=("docent2",),
    events=(
        Signal(
            day(62, "15:50"), "docent",
            "Haar cijfers dalen sinds de herfstvakantie. Wiskunde ging van een 7,4 naar een 4,1, "
            "Engels van een 7 naar een 5. Ze leverde drie keer geen huiswerk in; vorig jaar "
            "gebeurde dat nooit. In de les kijkt ze vaak naar de deur.",
            about="marks change", place="Klas 3A, mentorles",
            reading="Ik herken haar niet. Ik weet niet waardoor het komt.",
        ),
        Signal(
            day(57, "11:20"), "docent2",
            "Er viel een stoel om in het lokaal. Ze dook in elkaar, met haar armen om haar hoofd, "
            "en begon te huilen. Het duurde een kwartier voordat ze rustig was.",
            about="anxious told_child", place="Lokaal 114",
            words="Als het hard wordt, ga ik altijd meteen naar boven.",
            reading="Ze schrok erger dan ik ooit bij een leerling heb gezien.",
        ),
        Ask(
            day(55, "09:30"), "zorgcoordinator", "family_worker",
            "Hoe lezen we deze signalen samen, en wie voert het eerste gesprek?",
            "Een leerling van 14. De cijfers dalen snel. De leerling schrikt hevig van harde "
            "geluiden en zegt dan thuis naar boven te gaan. Vorig jaar was er niets.",
            invite=("gezinswerker",),
        ),
        Accept(day(55, "13:10"), "gezinswerker"),
        Advise(
            day(54, "10:00"), "gezinswerker",
            "Schrikken van lawaai en dan wegduiken kan passen bij ruzie of geweld thuis. Praat "
            "eerst met de leerling zelf, op een rustige plek. Vertel wat je zag en vraag wat ze "
            "nodig heeft. Beloof niet dat je niets doorvertelt. Praat daarna met de ouders. "
            "Ik wil er bij zijn als zij dat goed vinden.",
        ),
        Conclude(
            day(52, "16:15"), "zorgcoordinator",
            "De zorg is gedeeld: er zijn twee signalen uit verschillende lessen. Geen aanwijzing "
            "dat praten onveilig is. De gezinswerker blijft bereikbaar voor vragen.",
            "De mentor praat deze week met de leerling en daarna met de ouders.",
        ),
        Talk(
            day(50, "14:30"), "docent", "pupil", "Leerling, mentor",
            "De dalende cijfers. Het huiswerk dat ontbreekt. Hoe ze schrok van de stoel.",
            "Ze was eerst stil. Daarna zei ze: “Papa schreeuwt heel hard. Eén keer sloeg hij zijn "
            "vriendin. Ik lig ’s nachts te luisteren of het weer begint.” Ze vond het goed dat "
            "de mentor met haar vader praat, als hij niet boos wordt op haar.",
            "stays", "yes",
            "De mentor belt vader. De leerling weet wanneer. Ze kan elke dag naar de mentor toe.",
        ),
        Talk(
            day(46, "16:00"), "docent", "pupil_and_parents",
            "Leerling, vader, vriendin van vader, mentor",
            "De cijfers van dit jaar naast die van vorig jaar. Dat ze wegdook toen de stoel "
            "viel. Dat ze slecht slaapt.",
            "Ze keek naar haar handen. Toen vader begon te praten, keek ze op.",
            "stays", "yes",
            "Volgende week een gesprek samen met de gezinswerker.",
            home="agreed",
            home_agreed="Ze appt de mentor als ze thuis is. Zijn vriendin blijft erbij.",
            parents="Vader keek lang naar de cijfers. Hij zei: “Ik ben geen prater. Ik ga "
            "schreeuwen, en ik heb een keer geslagen. Ik wist niet dat zij daar zo bang van "
            "was.” Zijn vriendin huilde. De mentor vroeg of de gezinswerker van het buurtteam "
            "mee mag praten. Vader vond dat moeilijk, maar hij zei ja.",
        ),
        Talk(
            day(42, "15:30"), "docent", "three_way",
            "Leerling, vader, vriendin van vader, mentor, gezinswerker",
            "Wat de school zag, en wat de leerling en vader er zelf over vertelden.",
            "Vader vertelde zelf wat er thuis gebeurt. De leerling zei: “Ik wil dat het gewoon "
            "rustig is.” Iedereen wil dat het geweld stopt.",
            "less", "yes",
            "Het buurtteam is vanaf nu verantwoordelijk en komt elke week thuis. Als het "
            "oploopt gaat vader naar buiten en belt hij zijn broer. De leerling heeft het "
            "nummer van de gezinswerker. De school houdt contact.",
            contact="Noor Kuipers", consent=True, home="yes",
        ),
        Weigh(
            day(40, "10:30"), "docent", "Noor Kuipers, gezinswerker; zorgcoördinator",
            ("no", "Het slaan was in de zomer en is niet herhaald. Er zijn afspraken voor als "
                   "het oploopt en de leerling weet wie ze kan bellen."),
            ("yes", "Ze slaapt slecht, is gespannen en haar cijfers dalen. Zien en horen van "
                    "geweld tussen volwassenen is schadelijk."),
            ("yes", "Zonder hulp kan het weer oplopen. Op langere termijn: angst en vastlopen op "
                    "school. Beschermend: vader wil hulp en ze praat met haar mentor."),
            ("yes", "Vader bevestigt dat hij schreeuwt en zijn vriendin heeft geslagen."),
            ("no", "Samen met de gezinswerker gewogen: eenmalig geslagen, geen letsel, vader neemt "
                   "verantwoordelijkheid en de hulp is begonnen."),
            ("yes", "Het buurtteam is al begonnen."),
            ("yes", "Vader, zijn vriendin en de leerling werken mee."),
            ("later", "De gesprekken zijn net begonnen."),
        ),
        Decide(
            day(38, "14:00"), "docent", False,
            "Er is nu geen acute of structurele onveiligheid. De hulp is aanvaard en begonnen.",
            "buurtteam",
            "Vader, zijn vriendin en de leerling stemden in het driehoeksgesprek in met hulp.",
            review=-18,
            results="Er wordt niet meer geslagen en ze slaapt weer, binnen acht weken.",
            manager="Noor Kuipers, gezinswerker",
        ),
        Send(day(37, "09:15"), "docent", "buurtteam"),
        Confirm(day(36, "10:45"), "docent", "buurtteam"),
        Hear(
            day(18, "13:45"), "docent", "Noor Kuipers, gezinswerker",
            "Het gezin heeft vijf gesprekken gehad. Vader oefent met weggaan voordat het "
            "oploopt. Er is niet meer geslagen. Te vroeg om te zeggen dat het blijft.",
            "unknown", review=-4,
            heard_from="buurtteam", helped_by="buurtteam", willing="yes",
        ),
        Hear(
            day(4, "15:40"), "docent", "Mentor en gezinswerker",
            "Wiskunde is een 6,3 en het huiswerk is er weer. Ze schrok niet van de "
            "brandoefening. De gezinswerker ziet hetzelfde en blijft nog komen.",
            "works", review=15,
            heard_from="buurtteam", helped_by="buurtteam", willing="yes",
            words="Ze hebben nog wel eens woorden, maar hij gaat dan naar buiten. Ik slaap weer.",
        ),
    ),
)  # fmt: skip
