"""What a request may bring along: not more of a file than can be judged to be too large."""

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
