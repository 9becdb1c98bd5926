"""The day that a cell of an administration means: Dutch and ISO ways of writing it."""

import re
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        ("januari jan", "februari feb", "maart mrt maa mar", "april apr", "mei may", "juni jun",
         "juli jul", "augustus aug", "september sep sept", "oktober okt oct", "november nov",
         "december dec"),
        1,
    )
    for name in names.split()
}  # fmt: skip
# What a spreadsheet or an administration writes behind the day.
TIME = r"(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){TIME}", re.ASCII)
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
DUTCH = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){TIME}", re.ASCII)
IN_WORDS = re.compile(r"(\d{1,2})[- ]([a-z]+)\.?[- ](\d{4}|\d{2})", re.ASCII)


def read_date(text: str, today: date) -> date | None:
    """Return the day that a text means, day before month. Raises ``ValueError`` for what is none.

    Of a year with two digits: the last such year that is not still to come.
    """
    text = text.strip().lower()
    if not text:
        return None
    if found := ISO.fullmatch(text) or PACKED.fullmatch(text):
        year, month, day = map(int, found.groups())
        return date(year, month, day)
    if found := DUTCH.fullmatch(text):
        day, month, written = found.groups()
        return date(_year(written, today), int(month), int(day))
    if (found := IN_WORDS.fullmatch(text)) and found[2] in MONTHS:
        return date(_year(found[3], today), MONTHS[found[2]], int(found[1]))
    raise ValueError(text)


def _year(written: str, today: date) -> int:
    if len(written) == 4:
        return int(written)
    year = today.year // 100 * 100 + int(written)
    return year if year <= today.year else year - 100
