"""The reference model can be wrong only by itself: it reads nothing of what it is compared with."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODEL = ("people", "rules", "parts", "reference_model", "roads_rules", "roads_model")
ALLOWED = {f"tests.engine.model.{name}" for name in MODEL}


@pytest.mark.parametrize("name", MODEL)
def test_the_reference_model_imports_nothing_but_python_and_itself(name: str) -> None:
    tree = ast.parse((HERE / f"{name}.py").read_text("utf-8"))
    imported = [
        each
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."]
        )
    ]
    assert imported
    for each in imported:
        assert each in ALLOWED or each.partition(".")[0] in sys.stdlib_module_names - {"importlib"}, each
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"__import__", "exec", "eval"}
