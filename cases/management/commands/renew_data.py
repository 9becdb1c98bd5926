"""Let texts and files lie on disk as ``DATA_KEYS`` says now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.at_rest.keys import encrypting
from accounts.at_rest.renewing import renew_files, renew_texts
from cases.search.sealed_words import keep_words


class Command(BaseCommand):
    help = (
        "Encrypt texts and files with the first key of DATA_KEYS, whatever of its keys encrypted "
        'them before, or none; or decrypt them, where the first is "none" or there is none. '
        "People may work meanwhile; what broke off goes on. Ends with 1 when no key can read "
        "something, or somebody else held a row all the time; the rest is done then all the same."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        texts = renew_texts(self.stdout.write)
        keep_words()
        files = renew_files()
        done = "Encrypted anew" if encrypting() else "Decrypted"
        self.stdout.write(f"{done}: {texts.done} rows, {files.done} files.")
        if texts.unread or files.unread:
            raise CommandError(
                f"No key can read something in {texts.unread} rows, and {files.unread} files.",
                returncode=1,
            )
        if texts.held:
            raise CommandError(f"{texts.held} rows were held: run it again.", returncode=1)
