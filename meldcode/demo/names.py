"""Invented pupils: given names and family names, as they sit side by side in a Dutch class."""

from datetime import date, timedelta
from random import Random

# Given names and family names that go together; the mix of a class is in how many rows there are.
NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("Anouk", "Bas", "Cato", "Daan", "Eline", "Floris", "Guusje", "Hidde", "Isa", "Jurre",
         "Koen", "Liv", "Mees", "Noor", "Olivier", "Pien", "Quinten", "Roos", "Siem", "Tess",
         "Veerle", "Wouter", "Zoë", "Loïs", "Benthe", "Thijmen"),
        ("van den Akker", "Blankestijn", "de Ruijter", "Hogeweg", "Kastelein", "Moerkerk",
         "van Ommen", "Rietveldt", "ter Steege", "Vonk", "Zandstra", "Bleijenberg", "Coenen",
         "van 't Veld", "Oudenhoven", "Spaans"),
    ),
    (
        ("Femke", "Jelte", "Nynke", "Sietse", "Wytske", "Douwe", "Hiske", "Tsjerk", "Ypke",
         "Fedde"),
        ("Boersma", "Dijkstra-Reen", "Galema", "Hylkema", "Sinnema", "Terpstra", "Ypma",
         "Zijlstra"),
    ),
    (
        ("Elif", "Emre", "Çağla", "Yiğit", "İrem", "Gökçe", "Mert", "Zeynep", "Oğuz", "Şevval"),
        ("Kocabaş", "Yıldırımer", "Gündoğan", "Özçelik", "Taşkıran", "Bozkurter", "Üçgül"),
    ),
    (
        ("Yasmina", "Ilyas", "Naïma", "Soufiane", "Hafsa", "Bilal", "Imane", "Zakaria", "Dounia"),
        ("El Bakkouri", "Amezrou", "Benhaddi", "Ait Tahar", "El Ouardani", "Chahboun", "Lamrani"),
    ),
    (
        ("Zuzanna", "Łukasz", "Małgosia", "Kacper", "Wiktoria", "Paweł", "Oliwia", "Jędrzej"),
        ("Wróblewicz", "Gołąb", "Szczepanek", "Zieliński", "Brzozowicz", "Kąkol"),
    ),
    (
        ("Shanice", "Dwayne", "Romario", "Maireni", "Gianno", "Xaviera", "Roché", "Sherilyn"),
        ("Ramdjan", "Kartowidjojo", "Pinasse", "Blijdorp", "Martinot", "Sordjo", "Eersteling"),
    ),
    (
        ("Solomiia", "Danylo", "Yara", "Khaled", "Selam", "Amanuel", "Wei", "Thảo", "Inês", "João"),
        ("Kovalyk", "Al-Mansour", "Haddadin", "Tesfaye", "Nguyễn", "Zhang-de Wit", "Figueirôa"),
    ),
)  # fmt: skip
# How often each row comes: about as in a Utrecht classroom.
WEIGHTS = (50, 8, 11, 12, 6, 8, 7)


def invented_name(dice: Random) -> tuple[str, str]:
    """Return a given name and a family name."""
    given, family = dice.choices(NAMES, WEIGHTS)[0]
    return dice.choice(given), dice.choice(family)


def birth_date(age: int, today: date, dice: Random) -> date:
    """Return a birth date of somebody who has that age on the day."""
    return today - timedelta(days=int(age * 365.25) + 3 + dice.randrange(350))
