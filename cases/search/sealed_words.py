"""What stands for the words of encrypted texts, so that PostgreSQL finds them and reads none.

PostgreSQL makes words of a text as it does of all (its dictionary of Dutch); the program makes of
each what only a key can make of it, for this table and this school. So of a database without the
keys one can tell which records of one school share words, and not which; what stands in two tables
or at two schools, one cannot compare. How often a word stands in a text, and where, is not kept.
"""

import base64
import logging
import struct
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from accounts.at_rest.keys import DataKey, Unreadable, encrypting, reading
from cases.search.columns import SEALED, waits
from cases.search.columns import words as words_in
from cases.search.table import TABLE, Searched

logger = logging.getLogger(__name__)

BATCH = 200
# Milliseconds that PostgreSQL may take for the words of a batch: of ordinary texts it takes some. A
# text that some pattern makes slow is left, so that those behind it are found.
SLOWEST = 2_000
# Where PostgreSQL is told texts: seen by this connection alone, and gone with the batch.
TOLD = "pg_temp.told"
# Of what a key makes of a word: two words of a language are not taken for one another.
BYTES = 6


def asked(row: Searched, stems: Sequence[str], schools: Iterable[int]) -> str:
    """Return how words are asked for in the encrypted texts of a table, at some schools.

    Empty: there are none. Whichever key they were made with: a new one makes them anew in time.
    """
    if not stems or not row.sealed:
        return ""
    return " | ".join(
        "(" + " & ".join(f"'{_known_as(key, row, school, stem)}'" for stem in stems) + ")"
        for key in reading().values()
        for school in schools
    )


def stems_of(words: str) -> list[str]:
    """Return the words as the dictionary knows them; nothing where nothing is encrypted."""
    if not reading() or connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tsvector_to_array({words_in('%s')})", [words])
        return cursor.fetchone()[0]


def keep_words() -> int:
    """Make the words of rows that have none yet, or whose texts changed since; return how many.

    A row that somebody holds is left for the next time.
    """
    key = encrypting() or next(iter(reading().values()), None)
    if key is None or connection.vendor != "postgresql":
        return 0
    return sum(_keep_words_of(row, key) for row in TABLE if row.sealed)


def _keep_words_of(row: Searched, key: DataKey) -> int:
    done = last = 0
    while keys := _waiting(row, last):
        last = keys[-1]
        done += _make_what_can_be_read(row, keys, key)
    return done


def _make_what_can_be_read(row: Searched, keys: list[int], key: DataKey) -> int:
    """Make the words of some rows.

    One that no key can read, or of which the words take too long, keeps no other from being found.
    """
    try:
        return _make(row, keys, key)
    except (Unreadable, OperationalError) as error:
        slow = isinstance(error.__cause__, QueryCanceled)
        if not slow and not isinstance(error, Unreadable):
            raise
        if len(keys) > 1:
            return sum(_make_what_can_be_read(row, [one], key) for one in keys)
        why = "Its words take too long: %s %s" if slow else "No key can read %s %s"
        logger.error(why, row.model, keys[0])
        return 0


def _waiting(row: Searched, last: int) -> list[int]:
    table = connection.ops.quote_name(row.rows._meta.db_table)
    condition = waits([field.column for field in row.sealed])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE {condition} AND id > %s"  # noqa: S608 - our own
            f" ORDER BY id LIMIT {BATCH}",
            [last],
        )
        return [pk for (pk,) in cursor.fetchall()]


@transaction.atomic
def _make(row: Searched, keys: list[int], key: DataKey) -> int:
    held = row.rows._base_manager.filter(pk__in=keys).order_by("pk")
    free = list(
        held.select_for_update(skip_locked=True, of=("self",), no_key=True).values_list(
            "pk", flat=True
        )
    )
    said = held.filter(pk__in=free).values_list("pk", f"{row.case}__school_id", *row.fields)
    schools, texts = {}, {}
    for pk, school, *fields in said:
        schools[pk], texts[pk] = school, " ".join(fields)
    table = connection.ops.quote_name(row.rows._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SLOWEST}ms"])
        made = [
            ([_known_as(key, row, schools[pk], stem) for stem in stems], pk)
            for pk, stems in _words_of(texts, cursor)
        ]
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        cursor.executemany(
            f"UPDATE {table} SET {SEALED} = array_to_tsvector(%s::text[])"  # noqa: S608 - our own
            " WHERE id = %s",
            made,
        )
    return len(made)


def _words_of(texts: dict[int, str], cursor: Any) -> list[tuple[int, list[str]]]:
    """Ask the words of each text. No text stands in the statement that asks.

    One that fails, because it takes too long or PostgreSQL is stopped, PostgreSQL writes into its
    own log as it is. Of what is copied to it in binary, it writes nothing, whatever goes wrong.
    """
    cursor.execute(f"CREATE TEMPORARY TABLE {TOLD} (id bigint, said text)")
    cursor.copy_expert(f"COPY {TOLD} FROM STDIN (FORMAT binary)", BytesIO(_in_binary(texts)))
    cursor.execute(f"SELECT id, tsvector_to_array({words_in('said')}) FROM {TOLD}")  # noqa: S608
    words = cursor.fetchall()
    cursor.execute(f"DROP TABLE {TOLD}")
    return words


def _in_binary(texts: dict[int, str]) -> bytes:
    """Return numbers and texts as PostgreSQL copies rows in binary."""
    rows = [
        struct.pack("!hiqi", 2, 8, pk, len(said)) + said
        for pk, said in ((pk, text.encode()) for pk, text in texts.items())
    ]
    return b"".join([b"PGCOPY\n\xff\r\n\0", struct.pack("!ii", 0, 0), *rows, struct.pack("!h", -1)])


def _known_as(key: DataKey, row: Searched, school: int, stem: str) -> str:
    digest = key.digest(f"the words of {row.model}", f"{school}:{stem}")
    return base64.urlsafe_b64encode(digest[:BYTES]).decode()
