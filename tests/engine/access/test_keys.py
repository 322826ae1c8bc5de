import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from engine.access import keys
from engine.access.keys import KeyFileRefused, MasterKey, create_key_file, new_data_key, new_key_id
from engine.access.sealing import KeyDestroyed, SealBroken
from engine.text import LANGUAGES, messages


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret" / "master.key"
    create_key_file(path)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(of: Callable[[], object]) -> str:
    with pytest.raises(KeyFileRefused) as refused:
        of()
    for language in LANGUAGES:
        assert "{" not in refused.value.say(language)
    assert str(refused.value) == refused.value.say("en")
    return refused.value.code


def test_a_new_key_file_is_its_owners_alone(key_file: Path) -> None:
    assert (mode(key_file.parent), mode(key_file), key_file.stat().st_size) == (0o700, 0o600, 32)


def test_a_new_key_file_is_its_owners_alone_under_a_loose_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_key_file(tmp_path / "loose" / "master.key")
    finally:
        os.umask(before)
    assert (mode(tmp_path / "loose"), mode(tmp_path / "loose" / "master.key")) == (0o700, 0o600)


def test_a_key_is_never_overwritten(key_file: Path) -> None:
    old = key_file.read_bytes()
    assert refusal(lambda: create_key_file(key_file)) == "exists"
    assert key_file.read_bytes() == old


def test_no_key_is_made_in_a_folder_others_can_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert refusal(lambda: create_key_file(tmp_path / "master.key")) == "folder_open"
    assert not (tmp_path / "master.key").exists()


def test_a_key_file_that_could_not_be_written_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys.os, "fsync", full)
    tmp_path.chmod(0o700)
    with pytest.raises(OSError, match="No space"):
        create_key_file(tmp_path / "master.key")
    assert list(tmp_path.iterdir()) == []


def test_the_same_file_gives_the_same_keys(key_file: Path) -> None:
    first, second = MasterKey.load(key_file), MasterKey.load(key_file)
    assert (first.id, first.index_key, first.session_key) == (second.id, second.index_key, second.session_key)
    assert second.unwrap(first.wrap(bytes(32))) == bytes(32)


@pytest.mark.parametrize("loose", [0o640, 0o604, 0o660, 0o602, 0o610])
def test_a_key_file_open_to_others_is_refused(key_file: Path, loose: int) -> None:
    key_file.chmod(loose)
    assert refusal(lambda: MasterKey.load(key_file)) == "file_open"


def test_the_refusal_says_how_to_mend_it(key_file: Path) -> None:
    key_file.chmod(0o644)
    with pytest.raises(KeyFileRefused, match=f"mode 0644.*chmod 600 {key_file}"):
        MasterKey.load(key_file)


def test_a_folder_others_can_write_to_is_refused(key_file: Path) -> None:
    key_file.parent.chmod(0o720)
    assert refusal(lambda: MasterKey.load(key_file)) == "folder_writable"


def test_a_shared_folder_where_none_can_replace_anothers_file_is_accepted(key_file: Path) -> None:
    key_file.parent.chmod(0o1777)
    assert MasterKey.load(key_file).id


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    assert refusal(lambda: MasterKey.load(tmp_path / "none.key")) == "missing"


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    assert refusal(lambda: MasterKey.load(tmp_path)) == "unreadable"


@pytest.mark.parametrize("size", [0, 31, 33, 4096])
def test_a_file_of_another_size_is_no_key_file(key_file: Path, size: int) -> None:
    key_file.write_bytes(bytes(size))
    assert refusal(lambda: MasterKey.load(key_file)) == "size"


def test_each_use_has_a_key_of_its_own() -> None:
    secret = os.urandom(32)
    master = MasterKey(secret)
    wrapped = master.wrap(new_data_key())
    derived = [master.index_key, master.session_key, secret]
    assert len(set(derived)) == 3
    for key in derived:
        with pytest.raises(Exception):  # noqa: B017, PT011 - the library's own error, whatever its name
            aes_key_unwrap(key, wrapped)


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(bytes(31))


def test_the_master_key_never_shows_itself() -> None:
    secret = os.urandom(32)
    master = MasterKey(secret)
    shown = f"{master!r} {master} {master.id}"
    for key in (secret, master.index_key, master.session_key):
        assert key.hex()[:16] not in shown


def test_a_data_key_comes_back_from_its_wrapping() -> None:
    master, data_key = MasterKey(os.urandom(32)), new_data_key()
    wrapped = master.wrap(data_key)
    assert (len(wrapped), master.unwrap(wrapped)) == (40, data_key)
    assert data_key not in wrapped


def test_another_master_key_does_not_unwrap() -> None:
    wrapped = MasterKey(os.urandom(32)).wrap(new_data_key())
    with pytest.raises(SealBroken):
        MasterKey(os.urandom(32)).unwrap(wrapped)


def test_every_flipped_bit_of_a_wrapped_key_is_noticed() -> None:
    master = MasterKey(os.urandom(32))
    wrapped = master.wrap(new_data_key())
    for bit in range(len(wrapped) * 8):
        flipped = bytearray(wrapped)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            master.unwrap(bytes(flipped))


@pytest.mark.parametrize("short", [b"", bytes(8), bytes(39)])
def test_a_wrapped_key_of_another_length_is_noticed(short: bytes) -> None:
    with pytest.raises(SealBroken):
        MasterKey(os.urandom(32)).unwrap(short)


def test_a_destroyed_key_says_so() -> None:
    with pytest.raises(KeyDestroyed):
        MasterKey(os.urandom(32)).unwrap(None)


def test_remembered_keys_are_bounded_and_can_be_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def counted(wrapping: bytes, wrapped: bytes) -> bytes:
        asked.append(wrapped)
        return aes_key_unwrap(wrapping, wrapped)

    monkeypatch.setattr(keys, "aes_key_unwrap", counted)
    monkeypatch.setattr(keys, "CACHED_KEYS", 2)
    master = MasterKey(os.urandom(32))
    first, second, third = (master.wrap(new_data_key()) for _ in range(3))
    for wrapped in (first, first, second, third, third, first):
        master.unwrap(wrapped)
    assert asked == [first, second, third, first]
    master.forget()
    master.unwrap(first)
    assert asked[4:] == [first]


def test_ten_thousand_keys_are_remembered() -> None:
    assert keys.CACHED_KEYS == 10_000


def test_new_keys_and_ids_are_never_the_same() -> None:
    assert len({new_data_key() for _ in range(100)}) == 100
    assert len({new_key_id() for _ in range(100)}) == 100


def test_every_sentence_of_a_refusal_is_there_in_both_languages() -> None:
    vietnamese, english = (
        {key for key in messages().sentences[language] if key.startswith("key_file.")}
        for language in LANGUAGES
    )
    assert vietnamese == english
    assert {key.rpartition(".")[2] for key in vietnamese} == {
        "exists", "folder_open", "missing", "unreadable", "file_open", "folder_writable", "size"
    }  # fmt: skip
