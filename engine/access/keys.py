"""The master key of an installation and what follows from it: wrapped data keys, index key, session key.

The key file stands outside the database and its backups; whoever has both reads everything. Sealing itself
is sealing.py; which row holds which wrapped key is the store's.
"""

from __future__ import annotations

import os
import stat
import uuid
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from engine.access.sealing import KeyDestroyed, SealBroken
from engine.text import messages

KEY_BYTES = 32
CACHED_KEYS = 10_000
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileRefused(Exception):
    """The key file cannot be used or made; `code` is the sentence under `key_file.` in messages/."""

    def __init__(self, code: str, path: Path, **params: Any) -> None:
        self.code = code
        self.params = {"path": str(path), "folder": str(path.parent), **params}
        super().__init__(code)

    def say(self, language: str) -> str:
        """What is wrong and what to do, in `language`."""
        return messages().say(language, f"key_file.{self.code}", **self.params)

    def __str__(self) -> str:
        return self.say("en")


def create_key_file(path: Path) -> None:
    """Write 32 random bytes to a new file only its owner can read, in a folder only its owner can enter.

    A missing folder is made. KeyFileRefused: `exists` (a key is never overwritten: what it sealed would be
    lost), `folder_open` (others can enter the folder).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_mode & _OTHERS:
        raise KeyFileRefused("folder_open", path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileRefused("exists", path) from None
    try:
        os.write(descriptor, os.urandom(KEY_BYTES))
        os.fsync(descriptor)
    except BaseException:
        path.unlink()
        raise
    finally:
        os.close(descriptor)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def new_data_key() -> bytes:
    """A fresh 256-bit key for one subject of one case."""
    return os.urandom(KEY_BYTES)


def new_key_id() -> str:
    """A fresh id for a data key: a random UUID."""
    return str(uuid.uuid4())


class MasterKey:
    """The key-encryption key. Each use has a key of its own, derived by HKDF-SHA256 (RFC 5869).

    id: 16 hex digits that name this key without telling anything of it. index_key: for names.py.
    session_key: for signing web sessions. search_key: for what is searched for, in an address. command_key: for the
    digests of commands (record.py). import_key: for the ids of imported rows (importing/). Another
    master key means other index tokens and new sessions.
    """

    __slots__ = (
        "_unwrap", "_wrapping", "command_key", "id", "import_key", "index_key", "search_key", "session_key",
    )  # fmt: skip

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self.id = _derive(secret, "id")[:8].hex()
        self.index_key = _derive(secret, "index")
        self.command_key = _derive(secret, "command")
        self.session_key = _derive(secret, "session")
        self.search_key = _derive(secret, "search")
        self.import_key = _derive(secret, "import")
        self._wrapping = _derive(secret, "wrap")
        self._unwrap = lru_cache(maxsize=CACHED_KEYS)(partial(aes_key_unwrap, self._wrapping))

    @classmethod
    def load(cls, path: Path) -> MasterKey:
        """The master key of a key file.

        KeyFileRefused: `missing`, `unreadable`, `file_open` (others can read or write it), `folder_writable`
        (others could put another file in its place), `size` (not 32 bytes).
        """
        try:
            with path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                secret = file.read(KEY_BYTES + 1)
        except FileNotFoundError:
            raise KeyFileRefused("missing", path) from None
        except OSError as error:
            raise KeyFileRefused("unreadable", path, why=error.strerror) from None
        if mode & _OTHERS:
            raise KeyFileRefused("file_open", path, mode=f"{mode:04o}")
        folder = path.parent.stat().st_mode
        if folder & (stat.S_IWGRP | stat.S_IWOTH) and not folder & stat.S_ISVTX:
            raise KeyFileRefused("folder_writable", path)
        if len(secret) != KEY_BYTES:
            raise KeyFileRefused("size", path)
        return cls(secret)

    def wrap(self, data_key: bytes) -> bytes:
        """A data key as the database may keep it: AES key wrap (RFC 3394), 40 bytes."""
        return aes_key_wrap(self._wrapping, data_key)

    def unwrap(self, wrapped: bytes | None) -> bytes:
        """The data key. KeyDestroyed for None; SealBroken if altered or wrapped by another master key.

        The last 10,000 are remembered; `forget` after an erasure.
        """
        if wrapped is None:
            raise KeyDestroyed
        try:
            return self._unwrap(wrapped)
        except InvalidUnwrap:
            raise SealBroken from None

    def forget(self) -> None:
        """Drop every remembered data key of this process."""
        self._unwrap.cache_clear()

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"


def _derive(secret: bytes, use: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"casework/1/{use}".encode()).derive(secret)
