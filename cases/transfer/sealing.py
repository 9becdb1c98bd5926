"""The package: a zip that opens everywhere, in which all that speaks of the pupil is encrypted.

| member | what | how |
|---|---|---|
| ``LEES-MIJ.txt`` | what this is and how one reads it; no name | plain |
| ``manifest.json`` | format, version, salt, nonce, SHA-256 of the three others | plain |
| ``dossier.pdf`` | the paper with its files, for whoever has no Meldcode | AES-256, by password |
| ``dossier.sealed`` | the records as JSON (``contents``) | AES-256-GCM, by that password |

The seal of the last covers the SHA-256 of the first and of the PDF: whoever changes a byte of any
of the three is found out. In a package of version 1 it covered that of the PDF alone: there the
first must be one that Meldcode wrote.
The password goes through scrypt, at the cost that stands here: a package asks for none of its own.
"""

import base64
import hashlib
import io
import json
import os
import zipfile
import zlib
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils import translation
from django.utils.translation import gettext

from cases.files.packages import METHODS, check_directory, check_layout
from cases.transfer.contents import FORMAT
from cases.transfer.contents import LARGEST as LARGEST_CONTENTS
from cases.transfer.unlocking import NotUnlocked, unlocked

READ_ME, MANIFEST, PDF, SEALED = "LEES-MIJ.txt", "manifest.json", "dossier.pdf", "dossier.sealed"
MEGABYTE = 1024 * 1024
# In bytes, of each member, unpacked: what is larger is not unpacked.
LIMITS = {
    READ_ME: 64 * 1024,
    MANIFEST: 64 * 1024,
    PDF: 20 * MEGABYTE,
    SEALED: LARGEST_CONTENTS + 1024,
}
# What the seal covers besides what it seals, by the version of the package; and what is made now.
COVERED = {1: (PDF,), 2: (PDF, READ_ME)}
VERSION = 2
# The SHA-256 of each ``READ_ME`` that was written in version 1.
READ_ME_BEFORE = frozenset({
    "c6d2f02e47bfe1792b95b81d6697db716a287a8b45b78f9cdbd76a910d156e88",
    "8a989232519f36be0fa1edf8b08d17473c5dd41ca90c52748cf75362fd16b2d5",
    "caffc9dd9684425621a6ac9e583d9cdfb0a9f359b7fc0b67332b445e56798b36",
})  # fmt: skip
# scrypt: 32 MB of memory and a tenth of a second for each password that somebody tries at the
# records. The paper beside them has what PDF knows, which is tried a hundred times as fast: how
# long the password is counts for both.
COST, BLOCK, LANES, KEY_LENGTH = 2**15, 8, 1, 32
SALT_LENGTH, NONCE_LENGTH = 16, 12
# Of the same everywhere: a package says nothing of when each part of it was written.
NO_DAY = (1980, 1, 1, 0, 0, 0)


class Broken(Exception):
    """The file is no package of ours, or not whole."""


class WrongPassword(Exception):
    """The password does not open it, or somebody changed what is in it: the seal tells no more."""


class TooLarge(Exception):
    """It could be sealed, and no school could open it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in a package: the contents, and the paper without its password."""

    contents: bytes
    pdf: bytes


# What a manifest says.
SAID = {"format", "version", "salt", "nonce", "sha256"}


def sealed(contents: bytes, locked_pdf: bytes, password: str) -> bytes:
    """Return the package. ``locked_pdf`` opens by the same password (``cases.dossier.lock``).

    Raises ``TooLarge`` for what ``opened`` would refuse: the sender is to know, not the receiver.
    """
    if len(contents) > LARGEST_CONTENTS or len(locked_pdf) > LIMITS[PDF]:
        raise TooLarge
    salt, nonce = os.urandom(SALT_LENGTH), os.urandom(NONCE_LENGTH)
    read_me = _read_me().encode()
    digests = {PDF: _digest(locked_pdf), READ_ME: _digest(read_me)}
    secret = AESGCM(_key(password, salt)).encrypt(
        nonce, zlib.compress(contents, 9), _bound_to(VERSION, digests)
    )
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "salt": _in_signs(salt),
        "nonce": _in_signs(nonce),
        "sha256": {**digests, SEALED: _digest(secret)},
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, data in (
            (READ_ME, read_me),
            (MANIFEST, _written(manifest)),
            (PDF, locked_pdf),
            (SEALED, secret),
        ):
            # Encrypted bytes do not become fewer: they are only stored.
            package.writestr(zipfile.ZipInfo(name, NO_DAY), data)
    return made.getvalue()


def opened(file: BinaryIO, password: str) -> Opened:
    """Return what is in a package. Raises ``Broken``, ``WrongPassword``, or ``Busy``."""
    members = _members(file)
    manifest = _manifest(members[MANIFEST])
    version, digests = manifest["version"], manifest["sha256"]
    if any(_digest(members[name]) != digest for name, digest in digests.items()):
        raise Broken
    if READ_ME not in digests and _digest(members[READ_ME]) not in READ_ME_BEFORE:
        raise Broken
    key = _key(password, manifest["salt"])
    try:
        packed = AESGCM(key).decrypt(
            manifest["nonce"], members[SEALED], _bound_to(version, digests)
        )
    except InvalidTag as error:
        raise WrongPassword from error
    return Opened(_unpacked(packed), _unlocked(members[PDF], password))


def _members(file: BinaryIO) -> dict[str, bytes]:
    """Return the four members, and of each no more than it may be."""
    try:
        count = check_directory(file)
        with zipfile.ZipFile(file) as package:
            if sorted(package.namelist()) != sorted(LIMITS):
                raise Broken
            if any(member.compress_type not in METHODS for member in package.infolist()):
                raise Broken
            found = {}
            for name, limit in LIMITS.items():
                with package.open(name) as member:
                    found[name] = member.read(limit + 1)
                if len(found[name]) > limit:
                    raise Broken
            check_layout(package, file, count)
            return found
    except Broken:
        raise
    except Exception as error:
        # zipfile and what unpacks for it raise a dozen kinds of errors on what they do not expect.
        raise Broken from error


def _in_signs(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _written(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, indent=1).encode()


def _manifest(data: bytes) -> dict[str, Any]:
    try:
        said = json.loads(data)
        version = said["version"]
        if said["format"] != FORMAT or version not in COVERED:
            raise Broken
        salt, nonce = (base64.b64decode(said[name], validate=True) for name in ("salt", "nonce"))
        digests = {name: str(said["sha256"][name]) for name in (*COVERED[version], SEALED)}
        # As it is written, and no word more: somebody unpacks it and reads.
        if set(said) != SAID or set(said["sha256"]) != set(digests) or _written(said) != data:
            raise Broken
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, NotBase64) as error:
        raise Broken from error
    if (len(salt), len(nonce)) != (SALT_LENGTH, NONCE_LENGTH):
        raise Broken
    if [_in_signs(salt), _in_signs(nonce)] != [said["salt"], said["nonce"]]:
        raise Broken  # the last sign has bits that say nothing
    return {"version": version, "salt": salt, "nonce": nonce, "sha256": digests}


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        contents = unpacking.decompress(packed, LARGEST_CONTENTS + 1)
    except zlib.error as error:
        raise Broken from error
    if len(contents) > LARGEST_CONTENTS:
        raise Broken
    return contents


def _unlocked(pdf: bytes, password: str) -> bytes:
    try:
        return unlocked(pdf, password)
    except NotUnlocked as error:
        raise Broken from error


def _key(password: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_LENGTH, n=COST, r=BLOCK, p=LANES).derive(password.encode())


def _bound_to(version: int, digests: dict[str, str]) -> bytes:
    return "/".join((FORMAT, str(version), *(digests[name] for name in COVERED[version]))).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_me() -> str:
    """Return what whoever unpacks it reads, in both languages: it is not known who that is."""
    said = []
    for language in ("nl", "en"):
        with translation.override(language):
            said.append(
                "\n".join(
                    (
                        gettext("This is a dossier that a school hands over to your school."),
                        gettext(
                            "Do you work with Meldcode? Do not unpack it: choose “Receive a "
                            "dossier” under “Cases”, and send this file as it is."
                        ),
                        gettext(
                            "Do you not? Open dossier.pdf with the password that you were told by "
                            "telephone. The other files are for Meldcode."
                        ),
                        gettext(
                            "It is confidential: only for those who need it for the care of "
                            "this pupil. Did you not expect it? Then do not open it, and call "
                            "the sender."
                        ),
                        gettext(
                            "Does something in it look strange? Send dossier.pdf back to the "
                            "sender: they can look whether it is as they made it."
                        ),
                    )
                )
            )
    return "\n\n".join(said) + "\n"
