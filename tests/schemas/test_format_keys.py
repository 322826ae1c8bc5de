from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.definition.flow import EFFECTS
from schemas.format_keys import MEANT, format_keys
from schemas.yaml_text import read
from workflows import catalogue


def node_at(path: str) -> dict[str, Any] | None:
    node: dict[str, Any] | None = format_keys()
    for key in path.split("."):
        node = node and (node["each"] if key == "*" and "each" in node else node.get("keys", {}).get(key))
    return node


@pytest.mark.parametrize("path", list(MEANT))
def test_every_place_that_is_given_a_meaning_is_in_the_format(path: str) -> None:
    node = node_at(path)
    assert node is not None
    assert set(MEANT[path]) <= {*node.get("of", ()), *node.get("words", ())}


def keys_of(plain: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every key in a file; a list has the place of its items."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            yield (*path, key)
            yield from keys_of(value, (*path, key))
    elif isinstance(plain, list):
        for each in plain:
            yield from keys_of(each, path)


LIMIT = {"by", "within", "law"}  # beside them stand the options of the field it goes by


@pytest.mark.parametrize("name", list(catalogue.definition_texts()))
def test_every_key_of_the_shipped_workflows_has_a_place_in_the_format(name: str) -> None:
    unknown = set()
    for path in keys_of(read(catalogue.definition_texts()[name]).plain):
        node: Any = format_keys()
        for key in path:
            if node == {} or set(node.get("keys", ())) == LIMIT:
                break
            node = node.get("keys", {}).get(key, node.get("each"))
            if node is None:
                unknown.add(".".join(path))
                break
    assert unknown == set()


def test_all_effects_are_offered() -> None:
    node = node_at("transitions.*.do")
    assert node is not None
    assert set(node["keys"]) == set(EFFECTS)


def test_where_names_stand_names_are_offered() -> None:
    assert node_at("transitions.*.to") == {"of": ["states"], "words": ["same"]}
    assert (node_at("states.*.deadlines.*.escalate_to") or {})["of"] == ["functions"]
    assert (node_at("fields.*.type") or {})["words"][0] == "text"
    assert (node_at("forms.*.fields.*") or {})["words"] == ["required", "optional"]
