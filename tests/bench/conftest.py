"""What the tests of the benchmarks borrow."""

from tests.web.conftest import built_demo as built_demo
