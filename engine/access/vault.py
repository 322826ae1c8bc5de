"""The private values of cases, in and out: which key, which envelope, which tokens of a name.

Between the rows of the store and the pure cryptography of sealing.py and keys.py. A value is loaded only by
name; who may read it is decided before (disclosure.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from engine.access.keys import MasterKey, new_data_key, new_key_id
from engine.access.sealing import (
    KeyDestroyed,
    SealBroken,
    decode_value,
    digest,
    encode_value,
    kid_of,
    place,
    seal,
    unseal,
)
from engine.definition.model import Field
from engine.registry.names import index_tokens
from engine.store.steps import CaseRow, Row, StepTransaction, SubjectKey
from engine.values import from_json

FieldOf = Callable[[str], Field | None]


class Unsealed(NamedTuple):
    """Typed values by field, and the fields whose envelope or key was tampered with or taken away."""

    values: dict[str, Any]
    broken: frozenset[str]


class Loaded(NamedTuple):
    """The same, and the fields that hold a value which was not to be opened."""

    values: dict[str, Any]
    broken: frozenset[str]
    closed: frozenset[str]


class Vault:
    """Opens and closes private values with one master key, for one record (`log`)."""

    def __init__(self, master: MasterKey, log: str) -> None:
        self.master, self._log = master, log

    def values(
        self,
        transaction: StepTransaction,
        field: FieldOf,
        case: CaseRow,
        keys: Iterable[SubjectKey],
        names: frozenset[str],
        only_there: frozenset[str] = frozenset(),
    ) -> Loaded:
        """The typed present values of `names`, as far as they are filled; an erased one reads as missing.

        only_there: names of which it is enough to know that there is a value, and that nobody has tampered with it.
        """
        keys = tuple(keys)
        found = self.opened(field, case, names)
        closed = frozenset(name for name in only_there if name in case.data)
        wanted = [name for name in case.sealed if name in names or name in only_there]
        if not wanted:
            return Loaded(found, frozenset(), closed)
        envelopes = transaction.sealed(case, wanted)
        other = {name for name, envelope in envelopes.items() if digest(envelope) != case.sealed[name][1]}
        rest = {name: each for name, each in envelopes.items() if name in names and name not in other}
        values, broken = self.unsealed(field, case, keys, rest)
        erased = {each.subject for each in keys if each.wrapped is None}
        gone = {
            name
            for name in wanted
            if name not in envelopes and (declared := field(name)) and declared.of not in erased
        }
        shut = {name: each for name, each in envelopes.items() if name not in names and name not in other}
        there, lost = self._with_key(keys, shut)
        return Loaded(found | values, broken | gone | other | lost, closed | there)

    def opened(self, field: FieldOf, case: CaseRow, names: Iterable[str]) -> dict[str, Any]:
        """The typed open values among `names`."""
        found: dict[str, Any] = {}
        for name in names:
            declared = field(name) if name in case.data else None
            if declared is not None:
                found[name] = from_json(case.data[name], declared)
        return found

    def unsealed(
        self, field: FieldOf, case: CaseRow, keys: Iterable[SubjectKey], envelopes: Mapping[str, bytes]
    ) -> Unsealed:
        """The typed values in `envelopes`, by field."""
        wrapped = {each.kid: each.wrapped for each in keys}
        values: dict[str, Any] = {}
        broken = set()
        for name, envelope in envelopes.items():
            declared = field(name)
            if declared is None:
                continue
            try:
                data_key = self._data_key(wrapped, envelope)
                plaintext = unseal(data_key, place(self._log, case.root, case.id, name), envelope)
                values[name] = decode_value(plaintext, declared)
            except KeyDestroyed:
                continue
            except SealBroken:
                broken.add(name)
        return Unsealed(values, frozenset(broken))

    def _data_key(self, wrapped: Mapping[str, bytes | None], envelope: bytes) -> bytes:
        kid = kid_of(envelope)
        if kid not in wrapped:  # a destroyed key leaves its row; one without a row was taken away
            raise SealBroken
        return self.master.unwrap(wrapped[kid])

    def _with_key(
        self, keys: Iterable[SubjectKey], envelopes: Mapping[str, bytes]
    ) -> tuple[set[str], set[str]]:
        """The names whose envelope has its key, and those whose key was tampered with; who was erased is in neither."""
        wrapped = {each.kid: each.wrapped for each in keys}
        there: set[str] = set()
        lost: set[str] = set()
        for name, envelope in envelopes.items():
            try:
                self._data_key(wrapped, envelope)
                there.add(name)
            except KeyDestroyed:
                continue
            except SealBroken:
                lost.add(name)
        return there, lost

    def keys_of(self, root: str, case: str, keys: Iterable[SubjectKey]) -> CaseKeys:
        """The keys of one case, to seal new values with; a subject's first value makes its key."""
        return CaseKeys(self.master, self._log, root, case, keys)

    def tokens(self, root: str, case: str, declared: Field, value: Any) -> list[Row]:
        """The blind-index rows of the names in a field; the same syllable in two rows of a table counts once."""
        found = {
            (token, name)
            for name, text in declared.names(value)
            for token in index_tokens(self.master.index_key, "name", text)
        }
        return [
            {"token": token, "root": root, "case_id": case, "field": name} for token, name in sorted(found)
        ]


class CaseKeys:
    """Seals values of one case; `made` are the rows of the keys it had to make."""

    def __init__(self, master: MasterKey, log: str, root: str, case: str, keys: Iterable[SubjectKey]) -> None:
        self._master, self._log, self._root, self._case = master, log, root, case
        self._keys = {each.subject: (each.kid, each.wrapped) for each in keys}
        self.made: list[Row] = []

    def seal(self, declared: Field, name: str, value: Any) -> tuple[bytes, str]:
        """(envelope, its SHA-256 in hex) of a value under the key of the subject its field is `of`."""
        kid, data_key = self._key(declared.of)
        envelope = seal(data_key, kid, place(self._log, self._root, self._case, name), encode_value(value))
        return envelope, digest(envelope)

    def _key(self, subject: str) -> tuple[str, bytes]:
        kid, wrapped = self._keys.get(subject, ("", None))
        if kid:
            return kid, self._master.unwrap(wrapped)
        kid, data_key = new_key_id(), new_data_key()
        wrapped = self._master.wrap(data_key)
        self._keys[subject] = (kid, wrapped)
        self.made.append(
            {"root": self._root, "case_id": self._case, "subject": subject, "kid": kid, "wrapped": wrapped}
        )
        return kid, data_key
