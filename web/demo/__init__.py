"""The demonstration: an SQLite database with its own key, the shipped content, invented people, and their cases.

Its story is told backwards from the moment it is built. At the end its clock stands there and runs on. Each idea has
a file: days, story (the children), crew (the people), forms (what is typed), teller, building.
"""

from web.demo.building import build
from web.demo.teller import DemoFault, tell

__all__ = ["DemoFault", "build", "tell"]
