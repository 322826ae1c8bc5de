"""The store: all that speaks to the database, SQLite and PostgreSQL behind one face, SQLAlchemy Core only.

What a program starts with stands here; tables, statements and rows are in the modules.
"""

from engine.store.database import Database
from engine.store.migrate import migrate
from engine.store.self_check import self_check

__all__ = ["Database", "migrate", "self_check"]
