from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from workflows import catalogue
from workflows.catalogue import Area

AREAS = {each.id: each for each in catalogue.areas()}
# Section 6.2 of the domain facts: communes in 2017 and in 2020, by district.
COMMUNES = {
    "058": (8, 8), "060": (10, 10), "061": (16, 15), "062": (11, 10), "063": (17, 14), "064": (22, 20), "065": (16, 14),
    "066": (22, 17),
}  # fmt: skip
# The 14 codes removed in 2020, and the 13 that got another name or rank.
REMOVED = {
    "01903", "01966", "01972", "01987", "01996", "02056", "02074", "02119", "02128", "02134", "02149", "02164", "02167", "02182",
}  # fmt: skip
RENAMED = {
    "01954": "Thị trấn Vân Tùng", "01960": "Xã Hiệp Lực", "01993": "Xã Tân Tú", "02005": "Xã Quân Hà", "02059": "Xã Đồng Thắng",
    "02083": "Xã Yên Phong", "02086": "Thị trấn Đồng Tâm", "02113": "Xã Thanh Thịnh", "02137": "Xã Văn Vũ",
    "02140": "Xã Văn Lang", "02155": "Thị trấn Yến Lạc", "02161": "Xã Sơn Thành", "02179": "Xã Trần Phú",
}  # fmt: skip
FUNCTIONS = {
    "reporter": ("Người cung cấp thông tin", "Reporter"),
    "collaborator": ("Cộng tác viên", "Village collaborator"),
    "commune_officer": ("Người làm công tác bảo vệ trẻ em cấp xã", "Commune child-protection officer"),
    "commune_chair": ("Chủ tịch UBND cấp xã", "Commune Chairman"),
    "district_lead": ("Phòng LĐ-TB&XH huyện", "District labour-social unit"),
    "province_child_lead": ("Cơ quan chủ trì trẻ em cấp tỉnh", "Provincial child lead (supervisor)"),
    "province_labour_lead": ("Cơ quan lao động cấp tỉnh", "Provincial labour lead"),
    "education_lead": ("Sở GD&ĐT", "Education"),
    "school": ("Trường", "School"),
    "vocational_provider": ("Cơ sở GDNN", "Vocational provider"),
    "credit_bank": ("Ngân hàng CSXH", "Social policy bank"),
    "service_provider": (
        "Cơ sở cung cấp dịch vụ BVTE / TT CTXH",
        "Child-protection service / social work centre",
    ),
    "inspector": ("Thanh tra / người kiểm tra", "Inspector / checker"),
    "police": ("Công an", "Police"),
    "finance": ("Tài chính", "Finance"),
    "employer": ("Người sử dụng lao động", "Employer"),
    "oversight": ("MTTQ và đoàn thể", "Front and mass organisations"),
    "auditor": ("Người kiểm tra dòng thời gian", "Timeline auditor"),
    "admin": ("Quản trị", "Administrator"),
}


def communes(on: date) -> dict[str, Area]:
    found = [each for each in AREAS.values() if each.level == "commune" and each.valid_from <= on]
    return {each.code: each for each in found if each.valid_to is None or each.valid_to >= on}


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (date(2017, 9, 19), 122),
        (date(2020, 1, 31), 122),
        (date(2020, 2, 1), 108),
        (date(2025, 6, 30), 108),
        (date(2025, 7, 1), 37),
    ],
)
def test_number_of_communes_on_a_day(on: date, number: int) -> None:
    in_force = [
        each
        for each in AREAS.values()
        if each.level == "commune" and each.valid_from <= on and (each.valid_to or on) >= on
    ]
    assert len(in_force) == len(communes(on)) == number  # and no code names two of them


@pytest.mark.parametrize("district", COMMUNES)
def test_number_of_communes_of_a_district_before_and_after_2020(district: str) -> None:
    days = (date(2019, 1, 1), date(2021, 1, 1))
    assert (
        tuple(sum(each.parent == f"{district}@2017-01-01" for each in communes(day).values()) for day in days)
        == COMMUNES[district]
    )


def test_in_2020_fourteen_codes_went_and_thirteen_got_another_name() -> None:
    before, after = communes(date(2019, 1, 1)), communes(date(2021, 1, 1))
    assert set(before) - set(after) == REMOVED
    assert {code: each.name.vi for code, each in after.items() if each.name != before[code].name} == RENAMED


def test_every_parent_and_both_ends_of_every_succession_are_areas() -> None:
    assert {each.parent for each in AREAS.values() if each.parent} <= set(AREAS)
    assert {end for each in catalogue.successions() for end in (each.old, each.new)} <= set(AREAS)


def test_every_unit_of_2017_leads_to_a_unit_of_today() -> None:
    after: dict[str, set[str]] = defaultdict(set)
    for each in catalogue.successions():
        after[each.old].add(each.new)

    def today(area: str) -> set[str]:
        return set().union(*map(today, after[area])) if after[area] else {area}

    ends = {end for each in communes(date(2017, 9, 19)).values() for end in today(each.id)}
    assert ends == {each.id for each in communes(date(2025, 7, 1)).values()}


def test_a_successor_begins_the_day_after_its_predecessor_ends() -> None:
    for each in catalogue.successions():
        ended = AREAS[each.old].valid_to
        assert ended is not None
        assert (AREAS[each.new].valid_from - ended).days == 1


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("Bằng Thành", "01858", "01864"),
        ("Chợ Rã", "01888", "01912"),
        ("Văn Lang", "02140", "02143"),
        ("Thanh Thịnh", "02113", "02107"),
        ("Trần Phú", "02179", "02176"),
        ("Côn Minh", "02173", "02185"),
    ],
)
def test_identity_traps_of_2025(name: str, old: str, new: str) -> None:
    before, after = communes(date(2025, 6, 30)), communes(date(2025, 7, 1))
    assert name in before[old].name.vi and after[new].name.vi == f"Xã {name}"


def test_one_code_names_three_communes() -> None:
    names = [
        communes(day)["02155"].name.vi for day in (date(2017, 9, 19), date(2021, 1, 1), date(2026, 1, 1))
    ]
    assert names == ["Xã Lương Hạ", "Thị trấn Yến Lạc", "Xã Na Rì"]


def test_merges_of_2020_that_are_inferred_are_not_confirmed() -> None:
    pairs = {
        (each.old[:5], each.new[:5]): each.confirmed
        for each in catalogue.successions()
        if each.new.endswith("2020-02-01")
    }
    assert (
        pairs["01903", "01912"]
        and pairs["01972", "01969"]
        and pairs["01996", "02005"]
        and pairs["01987", "01993"]
    )
    assert not pairs["02074", "02083"] and not pairs["02149", "02137"]
    assert all(each.confirmed for each in catalogue.successions() if each.new.endswith("2025-07-01"))


def test_functions_have_the_labels_of_the_facts() -> None:
    assert {key: (each.title.vi, each.title.en) for key, each in catalogue.functions().items()} == FUNCTIONS


def test_exactly_six_people_are_one_click_and_two_of_them_administrators() -> None:
    people = sorted(
        (each for each in catalogue.demo_people().values() if each.one_click), key=lambda each: each.one_click
    )
    assert [each.one_click for each in people] == [1, 2, 3, 4, 5, 6]
    assert [each.holdings[0].function for each in people] == [
        "commune_officer", "commune_chair", "school", "province_child_lead", "admin", "admin",
    ]  # fmt: skip


def test_holdings_stand_within_agency_area_and_time() -> None:
    for person in catalogue.demo_people().values():
        for each in person.holdings:
            agency, area = catalogue.agencies()[each.agency], AREAS[each.area]
            assert each.function in agency.functions
            assert each.valid_from >= max(agency.valid_from, area.valid_from)
            assert (each.valid_to or date.max) <= min(agency.valid_to or date.max, area.valid_to or date.max)
    for agency in catalogue.agencies().values():
        assert agency.area in AREAS


def test_lists_name_what_is_known_by_memory_only() -> None:
    lists = catalogue.code_lists()
    assert lists["jobs_vn"]["unconfirmed"] == {"light_textile_finishing"}
    assert lists["places_147"]["unconfirmed"] == {"dd_harmful_agents", "dd_cramped", "dd_heights"}
    assert lists["ethnic_groups"]["codes"]["tay"] == "02"
    assert "unconfirmed" not in lists["ethnic_groups"]["options"]["tay"]


@pytest.mark.parametrize(("name", "letters"), [("hazards_147", "abcdđegh"), ("places_147", "abcdđ")])
def test_forbidden_work_shows_the_letter_of_article_147(name: str, letters: str) -> None:
    options = catalogue.code_lists()[name]["options"]
    shown = {each["vi"][0] for key, each in options.items() if key != "ordinary"}
    assert shown == set(letters)


def test_light_work_has_its_twelve_items() -> None:
    light = [key for key in catalogue.code_lists()["jobs_vn"]["options"] if key.startswith("light_")]
    assert len(light) == 12


def test_caseload_limit_is_an_unconfirmed_setting() -> None:
    limit = catalogue.settings()["caseload_limit"]
    assert (limit.value, limit.unconfirmed) == (25, True)


def test_calendar_is_that_of_the_workflows() -> None:
    assert (catalogue.calendar().id, catalogue.calendar().country, catalogue.calendar().swaps) == (
        "vn_public",
        "VN",
        (),
    )
    assert catalogue.settings()["calendar"].value == "vn_public"
