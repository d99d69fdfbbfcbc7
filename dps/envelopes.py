"""Sealed contents: what nobody reads before its time, the database's administrator included.

A master key (from settings) wraps the key of a procedure, which wraps a key for each application
or offer in it, which seals contents. Imported by actions only: to read is to act.
"""

import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import PermissionDenied

from dps.actions import Refused, in_action, note, require
from dps.models import Envelope, SealingKey
from dps.policies import OPENS

NONCE = 12  # bytes, random for each sealing


def issue(subject, within=None) -> None:
    """Make the key of a procedure; or of an application or offer, `within` its procedure."""
    above = _key(within) if within else settings.SEALING_KEYS[0]
    wrapped = _encrypt(above, AESGCM.generate_key(256), _place_of_key(subject.pk))
    SealingKey.objects.create(pk=subject.pk, within_id=within and within.pk, wrapped=wrapped)


def seal(envelope: Envelope, contents: dict) -> Envelope:
    """Put contents into an envelope, which the caller then saves."""
    text = json.dumps(contents, sort_keys=True).encode()
    envelope.sealed = _encrypt(_key(envelope.sealed_for), text, _place(envelope))
    return envelope


def opened(envelope: Envelope, by) -> dict:
    """The contents: asks the policy of its kind, puts a reading by anyone but the owner on record,
    then decrypts."""
    if not in_action():
        raise RuntimeError("to open an envelope is an action")
    require(OPENS[type(envelope)], by, envelope)
    if not envelope.is_own(by):
        note(envelope, f"{envelope._meta.label_lower}.opened", by=by, revision=envelope.revision)
    key = _key(envelope.sealed_for)
    return json.loads(_decrypt(key, bytes(envelope.sealed), _place(envelope)))


def opened_many(envelopes: list[Envelope], by) -> dict[Envelope, dict]:
    """As `opened`, for several envelopes of one kind and one owner (an application's, or all that
    an organisation has), with one question of the policy and one reading of the keys."""
    if not in_action():
        raise RuntimeError("to open an envelope is an action")
    if not envelopes:
        return {}
    first = envelopes[0]
    ids = [envelope.pk for envelope in envelopes]
    if OPENS[type(first)].rows(by).filter(pk__in=ids).count() != len(ids):
        raise PermissionDenied(f"{by} may not open these")
    if not first.is_own(by):
        for envelope in envelopes:
            note(
                envelope, f"{envelope._meta.label_lower}.opened", by=by, revision=envelope.revision
            )
    keys = _keys({envelope.sealed_for.pk for envelope in envelopes})
    return {
        e: json.loads(_decrypt(keys[e.sealed_for.pk], bytes(e.sealed), _place(e)))
        for e in envelopes
    }


def seal_file(name: str, contents: bytes) -> tuple[str, bytes]:
    """A key of the file's own (base64, to be kept in an envelope) and the contents under it. The
    file's random name is bound in."""
    key = AESGCM.generate_key(256)
    return b64encode(key).decode(), _encrypt(key, contents, name.encode())


def opened_file(name: str, key: str, sealed: bytes) -> bytes:
    """A file's contents, with the key that an opened envelope gave."""
    return _decrypt(b64decode(key), sealed, name.encode())


def is_issued(subject) -> bool:
    return SealingKey.objects.filter(pk=subject.pk).exists()


def fingerprint(subject, contents: dict) -> str:
    """Tells two contents apart without telling what they are: a guess cannot be checked without
    the subject's key."""
    text = json.dumps(contents, sort_keys=True).encode()
    return hmac.new(_key(subject), text, hashlib.sha256).hexdigest()


def keep_open(procedure) -> None:
    """Store an opened procedure's key unwrapped: losing the masters loses only what is sealed."""
    SealingKey.objects.filter(pk=procedure.pk).update(plain=_key(procedure))


def erase(subject) -> None:
    """What was sealed for the subject can never be read again, in any copy of its rows."""
    SealingKey.objects.filter(pk=subject.pk).delete()


def rewrap_keys() -> int:
    """Wrap every procedure's key with the first master; contents are not touched."""
    keys = SealingKey.objects.select_for_update().filter(within=None)
    for key in keys:
        place = _place_of_key(key.pk)
        key.wrapped = _encrypt(settings.SEALING_KEYS[0], _unwrapped_by_master(key), place)
        key.save(update_fields=["wrapped"])
    return len(keys)


def _key(subject) -> bytes:
    return _keys({subject.pk})[subject.pk]


def _keys(ids: set) -> dict:
    keys = SealingKey.objects.select_related("within").in_bulk(ids)
    if len(keys) < len(ids):
        raise Refused("What was written here has been erased")
    return {pk: _unwrapped(key) for pk, key in keys.items()}


def _unwrapped(key: SealingKey) -> bytes:
    if key.plain:
        return bytes(key.plain)
    if key.within:
        return _decrypt(_unwrapped(key.within), bytes(key.wrapped), _place_of_key(key.pk))
    return _unwrapped_by_master(key)


def _unwrapped_by_master(key: SealingKey) -> bytes:
    for master in settings.SEALING_KEYS:
        try:
            return _decrypt(master, bytes(key.wrapped), _place_of_key(key.pk))
        except InvalidTag:
            continue
    raise Refused("This cannot be read: the master key that sealed it is not in SEALING_KEYS")


def _place(envelope: Envelope) -> bytes:
    return f"{envelope._meta.db_table}:{envelope.pk}:{envelope.revision}".encode()


def _place_of_key(pk) -> bytes:
    return f"{SealingKey._meta.db_table}:{pk}".encode()


def _encrypt(key: bytes, text: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, place)


def _decrypt(key: bytes, sealed: bytes, place: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place)
