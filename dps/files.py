"""Files that people hand in: checked for real type and size, stored encrypted, read back whole."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from uuid import uuid4
from zipfile import BadZipFile, ZipFile

import filetype
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from dps import envelopes
from dps.actions import Refused

LARGEST = 10 * 1024 * 1024  # bytes
LARGEST_UNPACKED = 100 * 1024 * 1024  # bytes, of the packed kinds
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    WORD: (".docx",),
    SHEET: (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
}
PACKED = {WORD: "word/document.xml", SHEET: "xl/workbook.xml"}


@dataclass(frozen=True)
class Stored:
    """A file as it lies encrypted: its random name, and what opens it."""

    name: str
    key: str
    fingerprint: str  # SHA-256 of the contents, in hexadecimal
    size: int  # bytes
    type: str


def store(upload, field: str) -> Stored:
    """Check an upload and keep it encrypted under a key of its own. Refused, beside `field`, when
    it is empty, too large, or not really of an allowed type."""
    contents = upload.read(LARGEST + 1)
    if not contents:
        raise Refused("The file is empty. Choose another", field=field)
    if len(contents) > LARGEST:
        raise Refused("The file must be smaller than 10 MB", field=field)
    kind = real_type(contents)
    allowed = KINDS.get(kind, ())
    if not upload.name.lower().endswith(tuple(allowed) or ("\0",)):
        raise Refused("The file must be a PDF, Word, Excel, OpenDocument, JPG or PNG", field=field)
    name = f"files/{uuid4().hex}"
    key, sealed = envelopes.seal_file(name, contents)
    default_storage.save(name, ContentFile(sealed))
    return Stored(name, key, sha256(contents).hexdigest(), len(contents), kind)


def read(name: str, key: str) -> bytes:
    """The contents of a stored file."""
    with default_storage.open(name, "rb") as file:
        return envelopes.opened_file(name, key, file.read())


def real_type(contents: bytes) -> str:
    """The type that the contents have, whatever the name says; "" when it is none we take."""
    guessed = filetype.guess_mime(contents) or ""
    if guessed == "application/zip" or guessed in PACKED or "opendocument" in guessed:
        return packed_type(contents)
    return guessed if guessed in KINDS else ""


def packed_type(contents: bytes) -> str:
    """The type of a packed document, unless it would unpack to more than anyone writes."""
    try:
        with ZipFile(BytesIO(contents)) as packed:
            names = set(packed.namelist())
            if sum(item.file_size for item in packed.infolist()) > LARGEST_UNPACKED:
                return ""
            for kind, part in PACKED.items():
                if part in names:
                    return kind
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 100:
                said = packed.read("mimetype").decode("ascii", "replace")
                return said if said in KINDS else ""
    except BadZipFile:
        return ""
    return ""
