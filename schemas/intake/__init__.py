"""Sheets of a hotline or a school as forms filled in: which column is which field, and what each cell says.

Everything particular stands in the declared file of the import (workflows/imports). What is wrong becomes a `Reason` at
its row and column; whether a form may be sent is the engine's to say.
"""

from schemas.intake.declared import Declared, load_import
from schemas.intake.places import Places
from schemas.intake.reading import Read, Reading, read_sheets

__all__ = ["Declared", "Places", "Read", "Reading", "load_import", "read_sheets"]
