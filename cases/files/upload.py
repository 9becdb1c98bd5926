"""What a request may bring along: not more of a file than can be judged to be too large."""

from tempfile import TemporaryFile

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from cases.files.kinds import LARGEST


class LimitedUploadHandler(FileUploadHandler):
    """Drops what comes after the largest size that any kind may have.

    First of ``FILE_UPLOAD_HANDLERS``: the others keep what it lets through, which is a little more
    than ``LARGEST``, so that the form says at its field that the file is too large; disk and memory
    take no more, whatever is sent, and the other fields of the form are not lost.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass a chunk on to the handlers that keep it, until there is enough."""
        return raw_data if start <= LARGEST else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the others."""
        return None


class UnnamedFileUploadHandler(FileUploadHandler):
    """Keeps on disk what is too large for memory, under no name at all.

    Nobody finds it there, and it is gone with the request, also when the process is killed.
    Django's own gives it a name with the ending that its sender chose, which is longer than a disk
    takes, or says whom it is about.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.kept = TemporaryFile()  # noqa: SIM115 - whoever takes the upload reads it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what came."""
        self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """Return the whole file, to be read from its beginning."""
        self.kept.seek(0)
        return UploadedFile(
            self.kept, self.file_name, self.content_type, file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip

    def upload_interrupted(self) -> None:
        """Let go of what will never be whole."""
        if hasattr(self, "kept"):
            self.kept.close()
