"""What every test may ask for: databases, a browser, a mailbox, and the count at the end."""

import gc

from hypothesis import settings

pytest_plugins = [
    "tests.support.compiled",
    "tests.support.databases",
    "tests.support.browser",
    "tests.support.smtp",
    "tests.support.tally",
]

# How long an example takes says how busy the machine is, not whether the property holds.
settings.register_profile("casework", parent=settings(), deadline=None)
settings.load_profile("casework")


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: looking through them for garbage took an eighth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
