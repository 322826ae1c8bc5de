"""Who holds what in the world of the state machine, as plain data for the reference model: written by hand, like the model."""

from datetime import date

HERE, THERE, ABOVE = "01906@2025-07-01", "01882@2025-07-01", "19@2025-07-01"
SINCE, FOREVER = date(2025, 7, 1), date.max
LEAVES, COMES = date(2026, 12, 3), date(2026, 12, 2)
HOLDINGS: dict[str, list[tuple[str, tuple[str, ...], date, date]]] = {
    "officer": [("commune_officer", (HERE,), SINCE, FOREVER)],
    "second": [("commune_officer", (HERE,), SINCE, FOREVER)],
    "chair": [("commune_chair", (HERE,), SINCE, FOREVER)],
    "other_officer": [("commune_officer", (THERE,), SINCE, FOREVER)],
    "other_chair": [("commune_chair", (THERE,), SINCE, FOREVER)],
    "lead": [("province_child_lead", (HERE, THERE, ABOVE), SINCE, FOREVER)],
    "admin": [("admin", (HERE, THERE, ABOVE), SINCE, FOREVER)],
    "both": [("commune_chair", (HERE,), SINCE, FOREVER), ("commune_officer", (HERE,), SINCE, FOREVER)],
    "roving": [("commune_chair", (THERE,), SINCE, FOREVER), ("commune_officer", (HERE,), SINCE, FOREVER)],
    "leaving": [("commune_chair", (HERE,), SINCE, LEAVES), ("commune_officer", (HERE,), SINCE, LEAVES)],
    "coming": [("commune_officer", (HERE,), COMES, FOREVER)],
}
