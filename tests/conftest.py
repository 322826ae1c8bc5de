"""What every test may ask for: databases, a browser, a mailbox, and the count at the end."""

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
