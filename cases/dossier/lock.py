"""A password on a dossier: AES-256, and kept nowhere once the paper is made.

From the form to the worker it goes sealed, in the row of the export: the queue has an id. Nobody
can read it from the database without the key of the house, and it is emptied when the paper is made
or given up. A file behind a password is no PDF/A: an archive must be able to open it always.
"""

import io
import stringprep

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.crypto import cipher
from accounts.letters import normal

PURPOSE = "cases.dossier.password"
# Whoever has the file can try as often as they like: length is what counts.
SHORTEST = 14
DIFFERENT = 6
# In bytes: PDF looks at no more, and at letters as NFKC and SASLprep have them, which some programs
# see to and others do not.
LONGEST = 127


def check_strength(password: str) -> None:
    """Raise ``ValidationError`` for what can be guessed by somebody who has the file."""
    if len(password) < SHORTEST:
        message = _("Choose at least %(count)s characters: some words one after another.")
        raise ValidationError(message % {"count": SHORTEST})
    if len(set(password)) < DIFFERENT:
        raise ValidationError(_("Choose more different characters."))
    unsure = normal("NFKC", password) != password or any(map(stringprep.in_table_b1, password))
    if unsure or len(password.encode()) > LONGEST:
        raise ValidationError(
            _("Choose fewer or other characters: not every program reads these alike.")
        )


def seal(password: str) -> str:
    """Return a password as it is kept until the worker needs it; empty without one."""
    return cipher(PURPOSE).encrypt(password.encode()).decode() if password else ""


def unseal(sealed: str) -> str:
    """Return the password. Raises ``InvalidToken`` when nothing, or not ours, was kept."""
    return cipher(PURPOSE).decrypt(sealed.encode()).decode()


def locked(paper: bytes, password: str) -> bytes:
    """Return a PDF that opens by a password alone.

    PDF encrypts texts and streams, and leaves all else to read: which letters of a font are used,
    how many headings there are, and where. So all else goes into streams too. What is left to see
    is how large they are, and of which kind the files that go along.
    """
    # Here: each process of the house reads this module, few make such a paper, and it takes a tenth
    # of a second to import.
    import pikepdf

    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        for name, part in pdf.Root.items():
            # The catalog itself is never written into a stream, nor what stands in it.
            if isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect:
                pdf.Root[name] = pdf.make_indirect(part)
        pdf.save(
            made,
            encryption=pikepdf.Encryption(user=password, owner=password, R=6),
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return made.getvalue()
