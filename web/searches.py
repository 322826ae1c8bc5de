"""What somebody searches for, as an address may carry it: sealed for that person.

Names of children are searched for. Addresses stay in histories, logs and screenshots, so no name stands in one.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from engine.access.keys import MasterKey

LONGEST = 200


def sealed(key: MasterKey, person: str, text: str) -> str:
    """`text`, cut at 200 characters, as a word for an address that only `person` can have read again."""
    return _box(key).encrypt(f"{person}\n{text[:LONGEST]}".encode()).decode()


def opened(key: MasterKey, person: str, word: str) -> str | None:
    """What `sealed` made `word` of; None if it is not such a word, or somebody else's."""
    try:
        whose, _, text = _box(key).decrypt(word.encode()).decode().partition("\n")
    except InvalidToken:
        return None
    return text if whose == person else None


def _box(key: MasterKey) -> Fernet:
    return Fernet(urlsafe_b64encode(key.search_key))
