"""A backup brings back every row and every file; a broken one, or one in the wrong place, nothing.

The very scripts of ``deploy/`` run, on the database of the tests and a new one beside it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own programs"),
    pytest.mark.skipif(
        not os.environ.get("CI") and not all(map(shutil.which, ("age", "pg_dump"))),
        reason="no age, or no pg_dump",
    ),
]

ROOT = Path(settings.BASE_DIR)
# How many rows a table has, and what they add up to in any order.
SUM = sql.SQL(
    "SELECT count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM {} t"
)


@pytest.fixture
def beside(tmp_path):
    """Yield the name of an empty database beside that of the tests."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def run(tmp_path):
    """Return what runs a script of ``deploy/``, and what it said; with an age key of its own."""
    secret = tmp_path / "age.key"
    made = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout
    secret.write_text(made)
    public = next(line for line in made.splitlines() if "public key" in line).split()[-1]
    there = connection.settings_dict
    base = {
        "PATH": os.environ["PATH"], "PGHOST": there["HOST"], "PGPORT": str(there["PORT"]),
        "PGUSER": there["USER"], "PGPASSWORD": there["PASSWORD"], "BACKUP_KEY": public,
        "BACKUP_SECRET": str(secret),
    }  # fmt: skip

    def script(name, *args, **more):
        command = [ROOT / "deploy" / name, *map(str, args)]
        return subprocess.run(command, env=base | more, capture_output=True, text=True)

    return script


def rows(database):
    """Return of each table how many rows it has and what they add up to, read anew."""
    there = connection.settings_dict
    with closing(
        psycopg2.connect(
            dbname=database, host=there["HOST"], port=there["PORT"], user=there["USER"],
            password=there["PASSWORD"],
        )
    ) as opened, opened.cursor() as cursor:  # fmt: skip
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables, found = [name for (name,) in cursor.fetchall()], {}
        for name in tables:
            cursor.execute(SUM.format(sql.Identifier(name)))
            found[name] = cursor.fetchone()
        cursor.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
        found["triggers"] = cursor.fetchall()
        return found


def contents(folder):
    """Return each file of a folder, with what it adds up to."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_every_row_and_every_file_comes_back(beside, run, tmp_path):
    world = World()
    call_command("audit_seal")
    media, to = tmp_path / "media", tmp_path / "backups"
    (media / "cases").mkdir(parents=True)
    for number in range(3):
        (media / "cases" / f"{number}.bin").write_bytes(os.urandom(1000))
    stones = tmp_path / "tombstones.jsonl"
    stones.write_text('{"kind": "case"}\n')
    name = connection.settings_dict["NAME"]
    here = {"PGDATABASE": name, "MEDIA_ROOT": str(media), "TOMBSTONES": str(stones)}
    before = rows(name)
    assert before["cases_case"][0] >= 1

    old = to / "meldcode-20200101T000000Z"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    (to / "somebody-elses").mkdir()
    os.utime(to / "somebody-elses", (0, 0))
    seal = {"BACKUP_SEAL": "a" * 64}
    made = run("backup", to, **here, **seal)
    assert made.returncode == 0, made.stderr
    backup = Path(made.stdout.strip())
    # The old one is gone, ours is whole, and nobody reads it: by its rights, or its words.
    assert sorted(path.name for path in to.iterdir()) == [backup.name, "somebody-elses"]
    for path in backup.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        if path.suffix == ".age":
            assert path.read_bytes().startswith(b"age-encryption.org/v1")
            assert world.pupil.family_name.encode() not in path.read_bytes()

    again, list_there = tmp_path / "again", tmp_path / "kept" / "tombstones.jsonl"
    there = {"PGDATABASE": beside, "MEDIA_ROOT": str(again), "TOMBSTONES": str(list_there)}
    done = run("restore", backup, **there, **seal)
    assert done.returncode == 0, done.stderr
    assert rows(beside) == before
    assert contents(again) == contents(media)
    assert list_there.read_text() == stones.read_text()
    # The audit is whole there too, and can be added to and not changed.
    verified = in_database(beside, "audit_verify")
    assert verified.returncode == 0, verified.stderr
    assert "The audit is whole" in verified.stdout
    assert in_database(beside, "migrate", "--check").returncode == 0

    # Not into what is there already, neither rows nor files.
    refused = run("restore", backup, **there)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    assert rows(beside) == before


def test_a_backup_that_is_not_as_it_was_written_brings_nothing(beside, run, tmp_path):
    media, other = tmp_path / "media", tmp_path / "other.key"
    media.mkdir()
    here = {"PGDATABASE": connection.settings_dict["NAME"], "MEDIA_ROOT": str(media)}
    backup = Path(run("backup", tmp_path / "backups", **here).stdout.strip())
    there = {"PGDATABASE": beside, "MEDIA_ROOT": str(tmp_path / "again")}
    subprocess.run(["age-keygen", "-o", other], capture_output=True, check=True)
    assert run("restore", backup, **there, BACKUP_SECRET=str(other)).returncode != 0
    whole = (backup / "database.age").read_bytes()
    (backup / "database.age").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    changed = run("restore", backup, **there)
    assert "not as it was written" in changed.stderr
    (backup / "database.age").write_bytes(whole)
    (backup / "files.age").unlink()
    assert "has no files.age" in run("restore", backup, **there).stderr
    assert rows(beside) == {"triggers": []}

    # What breaks off leaves no backup.
    nowhere = here | {"PGDATABASE": "there_is_no_such_database"}
    assert run("backup", tmp_path / "none", **nowhere).returncode != 0
    assert list((tmp_path / "none").iterdir()) == []


def test_a_backup_of_somebody_elses_making_brings_nothing(beside, run, tmp_path):
    """Whoever has the public key can encrypt what they like, and add it up themselves."""
    media, seal = tmp_path / "media", {"BACKUP_SEAL": "a" * 64}
    media.mkdir()
    here = {"PGDATABASE": connection.settings_dict["NAME"], "MEDIA_ROOT": str(media)}
    there = {"PGDATABASE": beside, "MEDIA_ROOT": str(tmp_path / "again")}
    ours = Path(run("backup", tmp_path / "ours", **here, **seal).stdout.strip())
    theirs = Path(run("backup", tmp_path / "theirs", **here, BACKUP_SEAL="b" * 64).stdout.strip())
    without = Path(run("backup", tmp_path / "without", **here).stdout.strip())
    shutil.copy(theirs / "database.age", ours / "database.age")
    sums = subprocess.run(
        ["sha256sum", "database.age", "files.age"], cwd=ours, capture_output=True, check=True
    )
    (ours / "SHA256SUMS").write_bytes(sums.stdout)
    for backup in (ours, theirs, without):
        refused = run("restore", backup, **there, **seal)
        assert refused.returncode == 1
        assert "no seal of this house" in refused.stderr
    assert rows(beside) == {"triggers": []}
    # Whoever has no seal is told what nobody looked at; the secret stands nowhere.
    done = run("restore", without, **there)
    assert done.returncode == 0
    assert "BACKUP_SEAL is not set" in done.stderr
    assert not any(b"b" * 64 in path.read_bytes() for path in theirs.iterdir())


def test_what_was_looked_at_is_what_is_opened(beside, run, tmp_path):
    """Whoever writes among the backups changes one while it is brought back, its seal read."""
    media, theirs, seal = tmp_path / "media", tmp_path / "theirs", {"BACKUP_SEAL": "a" * 64}
    for folder, said in ((media, "ours"), (theirs, "theirs")):
        folder.mkdir()
        (folder / "said.txt").write_text(said)
    here = {"PGDATABASE": connection.settings_dict["NAME"], **seal}
    ours = Path(run("backup", tmp_path / "ours", **here, MEDIA_ROOT=str(media)).stdout.strip())
    other = run("backup", tmp_path / "other", **here, MEDIA_ROOT=str(theirs)).stdout.strip()
    # Stands before age itself, which is asked for the first time after all that is looked at.
    stand_in = tmp_path / "bin" / "age"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f'#!/bin/sh\ncp {other}/files.age {ours}\nexec {shutil.which("age")} "$@"\n'
    )
    stand_in.chmod(0o700)
    there = {"PGDATABASE": beside, "MEDIA_ROOT": str(tmp_path / "again"), **seal}
    path = f"{stand_in.parent}:{os.environ['PATH']}"
    done = run("restore", ours, **there, PATH=path, TMPDIR=str(tmp_path / "bin"))
    assert done.returncode == 0, done.stderr
    assert (ours / "files.age").read_bytes() == Path(other, "files.age").read_bytes()
    assert (tmp_path / "again" / "said.txt").read_text() == "ours"
    assert list(stand_in.parent.iterdir()) == [stand_in]


def test_what_was_written_is_what_is_sealed(beside, run, tmp_path):
    """Whoever writes among the backups changes one while the rest of it is still being written."""
    media, to, seal = tmp_path / "media", tmp_path / "ours", {"BACKUP_SEAL": "a" * 64}
    media.mkdir()
    here = {"PGDATABASE": connection.settings_dict["NAME"], "MEDIA_ROOT": str(media), **seal}
    other = run("backup", tmp_path / "other", **here).stdout.strip()
    # Stands before tar, which is asked for when the database is written.
    stand_in = tmp_path / "bin" / "tar"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f'#!/bin/sh\ncp {other}/database.age {to}/.meldcode-*/\nexec {shutil.which("tar")} "$@"\n'
    )
    stand_in.chmod(0o700)
    path = f"{stand_in.parent}:{os.environ['PATH']}"
    made = run("backup", to, **here, PATH=path)
    assert made.returncode == 0, made.stderr
    backup = Path(made.stdout.strip())
    assert (backup / "database.age").read_bytes() == Path(other, "database.age").read_bytes()
    there = {"PGDATABASE": beside, "MEDIA_ROOT": str(tmp_path / "again"), **seal}
    refused = run("restore", backup, **there)
    assert refused.returncode == 1
    assert "not as it was written" in refused.stderr
    assert rows(beside) == {"triggers": []}


@pytest.mark.parametrize(
    "puts",
    [
        'ln -s {house} "$new/tombstones.age"',
        'ln -s {house} "$new/SHA256SUMS"',
        'ln -s {house} "$new/SEAL"',
        'mv "$new" "$new.away"; mkdir "$new"; ln -s {house} "$new/database.age"',
        'mv "$new" "$new.away"; ln -s {house.parent} "$new"',
    ],
)
def test_what_is_written_goes_into_nothing_of_the_house(run, tmp_path, puts):
    """Whoever writes among the backups leads what is being written to a file that lives."""
    media, to = tmp_path / "media", tmp_path / "backups"
    media.mkdir()
    stones, house = tmp_path / "tombstones.jsonl", media / "seen.jpg"
    stones.write_text('{"kind": "case"}\n')
    house.write_text("a file of a case")
    # Stands before pg_dump, which is asked for when the new folder is there and nothing in it.
    stand_in = tmp_path / "bin" / "pg_dump"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f"#!/bin/sh\nnew=$(ls -d {to}/.meldcode-*)\n{puts.format(house=house)}\n"
        f'exec {shutil.which("pg_dump")} "$@"\n'
    )
    stand_in.chmod(0o700)
    run(
        "backup", to, PGDATABASE=connection.settings_dict["NAME"], MEDIA_ROOT=str(media),
        TOMBSTONES=str(stones), BACKUP_SEAL="a" * 64,
        PATH=f"{stand_in.parent}:{os.environ['PATH']}",
    )  # fmt: skip
    assert house.read_text() == "a file of a case"
    assert [path.name for path in media.iterdir()] == [house.name]
    assert stones.read_text() == '{"kind": "case"}\n'


@pytest.mark.parametrize(("said", "backups"), [(1, 1), (2, 0)])
def test_a_file_that_goes_while_it_is_read_leaves_a_backup(run, tmp_path, said, backups):
    """The task that throws papers away, or an upload, took the backup of the database along."""
    media, to = tmp_path / "media", tmp_path / "backups"
    media.mkdir()
    (media / "seen.jpg").write_text("a file of a case")
    stand_in = tmp_path / "bin" / "tar"
    stand_in.parent.mkdir()
    # tar ends with 1 where one went or grew, and with 2 where it could not read one.
    stand_in.write_text(f'#!/bin/sh\n{shutil.which("tar")} "$@"\nexit {said}\n')
    stand_in.chmod(0o700)
    here = {"PGDATABASE": connection.settings_dict["NAME"], "MEDIA_ROOT": str(media)}
    made = run("backup", to, **here, PATH=f"{stand_in.parent}:{os.environ['PATH']}")
    assert (made.returncode == 0) == bool(backups), made.stderr
    assert len(list(to.iterdir())) == backups


def test_nothing_is_put_beside_a_backup_of_ours(beside, run, tmp_path):
    """A list of what was destroyed, which nobody wrote, would destroy what is there still."""
    media, seal = tmp_path / "media", {"BACKUP_SEAL": "a" * 64}
    media.mkdir()
    here = {"PGDATABASE": connection.settings_dict["NAME"], "MEDIA_ROOT": str(media), **seal}
    stones = tmp_path / "tombstones.jsonl"
    stones.write_text('{"kind": "case"}\n')
    ours = Path(run("backup", tmp_path / "ours", **here).stdout.strip())
    theirs = Path(run("backup", tmp_path / "theirs", **here, TOMBSTONES=str(stones)).stdout.strip())
    shutil.copy(theirs / "tombstones.age", ours)
    again, kept = tmp_path / "again", tmp_path / "kept.jsonl"
    there = {"PGDATABASE": beside, "MEDIA_ROOT": str(again), "TOMBSTONES": str(kept), **seal}
    refused = run("restore", ours, **there)
    assert refused.returncode == 1
    assert "not as it was written" in refused.stderr
    assert rows(beside) == {"triggers": []}
    assert not kept.exists()


def in_database(name, *command):
    """Run a command of ``manage.py`` on another database."""
    there = connection.settings_dict
    url = f"postgres://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{name}"
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"DATABASE_URL": url},
    )  # fmt: skip
