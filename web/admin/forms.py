"""Forms of the administration: WTForms for typing and checking, the house's own fields for drawing.

One scheme against forged requests (CSRFProtect), one way a date is written, and every sentence from the catalogues.
"""

from __future__ import annotations

import re
from typing import Any

from flask_admin.form import BaseForm
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from web.texts import catalogue, t

DATES = ["%d/%m/%Y", "%Y-%m-%d"]
_TYPES = {
    BooleanField: "boolean",
    DateField: "date",
    IntegerField: "integer",
    SelectField: "choice",
    TextAreaField: "long_text",
}
_WHOLE = re.compile(r"-?(?:[0-9]{1,15}|[0-9]{1,3}(?:\.[0-9]{3}){1,4})")
_SENTENCES = {
    "This field is required.": "required",
    "Not a valid choice.": "choice",
    "Not a valid date value.": "date",
    "Not a valid integer value.": "integer",
}


class Refused(ValueError):
    """A save that cannot be: a sentence for each field it is about; "" for the form as a whole."""

    def __init__(self, **faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


class _Sentences:
    """What WTForms says, in the reader's language."""

    def gettext(self, text: str) -> str:
        return t(f"admin.fault.{_SENTENCES.get(text, 'invalid')}")

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


class AdminForm(BaseForm):
    """A form under CSRFProtect, which Flask-Admin's own SecureForm would clash with."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Sentences:
            """Ours instead of WTForms' own."""
            return _Sentences()


def words(most: int = 200, *, needed: bool = True, like: str = "") -> StringField:
    """A line of text. like: the whole of it must match."""
    validators = [
        *([InputRequired(), DataRequired()] if needed else [Optional()]),  # sent, and not blank
        Length(max=most),
        *([Regexp(f"{like}$")] if like else []),
    ]
    return StringField(validators=validators, filters=[_trimmed])


def day(*, needed: bool = True) -> DateField:
    """A date."""
    return DateField(format=DATES, validators=[InputRequired() if needed else Optional()])


def one_of() -> SelectField:
    """A choice; its options are set when the form is made."""
    return SelectField(validators=[InputRequired()], choices=[])


def yes_or_no() -> BooleanField:
    """Yes or no."""
    return BooleanField()


def whole(text: str) -> int:
    """A whole number as Vietnam writes it, 1500000 or 1.500.000. Raises ValueError."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text.replace(".", ""))


def house_field(field: Field, place: str, **more: Any) -> dict[str, Any]:
    """The field as fields.html draws it. place: of the sentences of its form, `admin.PLACE.NAME`."""
    kind = next((name for base, name in _TYPES.items() if isinstance(field, base)), "text")
    hint = f"admin.{place}.{field.name}_hint"
    model = {
        "name": field.name,
        "type": kind,
        "label": t(f"admin.{place}.{field.name}"),
        "required": bool(field.flags.required) or kind == "boolean",
        "value": _shown(field, kind),
        "errors": [str(each) for each in field.errors],
    }
    if t_has(hint):
        model["hint"] = t(hint)
    if kind == "choice":
        model["options"] = [{"value": value, "label": label} for value, label in field.choices]
    return model | more


def t_has(key: str) -> bool:
    """Is there such a sentence?"""
    return catalogue().has(key)


def _shown(field: Field, kind: str) -> Any:
    if kind == "boolean":
        return "true" if field.data else "false"
    return (field.data or "") if kind == "choice" else field._value()


def _trimmed(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())
