"""What every test may ask for: databases, a browser, and the count at the end."""

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.databases", "tests.support.browser", "tests.support.tally"]

# How long an example takes says how busy the machine is, not whether the property holds.
settings.register_profile("casework", parent=settings(), deadline=None)
settings.load_profile("casework")

ENGINE = ("tests/engine/", "tests/workflows/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The coverage of `engine` is counted by its own tests, not by every page that happens to run it."""
    for item in items:
        if not item.nodeid.startswith(ENGINE):
            item.add_marker("no_cover")
