"""So that a difference between engine and model is told value by value."""

import pytest

pytest.register_assert_rewrite("tests.engine.model.base", "tests.engine.model.roads_machine")
