from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from engine.definition.expression import Scope, explain, labels_of, parse
from tests.engine.definition.expression_story import FIELDS, SCOPE


def vi(source: str, mood: Any = "must") -> str:
    return explain(parse(source, SCOPE), "vi", labels_of(SCOPE, "vi"), mood=mood)


def en(source: str, mood: Any = "must") -> str:
    return explain(parse(source, SCOPE), "en", labels_of(SCOPE, "en"), mood=mood)


SENTENCES = [
    ("count(actions) >= 1", "Số hoạt động phải từ 1 trở lên", "The number of actions must be at least 1"),
    ('risk_level in ["high", "medium"]', "Mức nguy cơ phải là Cao hoặc Trung bình", "Risk level must be High or Medium"),
    ("subcases.all_closed", "Các hướng hỗ trợ phải kết thúc hết", "All support tracks must be closed"),
    ("not subcases.all_closed", "Phải còn hướng hỗ trợ chưa kết thúc", "A support track must still be open"),
    ("subcases.any_opened", "Phải mở ít nhất một hướng hỗ trợ", "At least one support track must have been opened"),
    ("not subcases.any_opened", "Không được mở hướng hỗ trợ nào", "No support track may have been opened"),
    ("subcases.education.open == 0", "Số hướng giáo dục đang mở phải bằng 0", "The number of open tracks “Education” must be 0"),
    ("subcases.education.closed >= 1", "Số hướng giáo dục đã kết thúc phải từ 1 trở lên",
     "The number of closed tracks “Education” must be at least 1"),
    ("subcases.education.count < 2", "Số hướng giáo dục đã mở từ trước đến nay phải dưới 2",
     "The number of tracks “Education” opened so far must be less than 2"),
    ("child_age > 12", "Tuổi phải trên 12", "Age must be more than 12"),
    ("child_age < 16", "Tuổi phải dưới 16", "Age must be less than 16"),
    ("child_age <= 16", "Tuổi không được quá 16", "Age must be at most 16"),
    ("16 > child_age", "Tuổi phải dưới 16", "Age must be less than 16"),
    ("child_age == 16", "Tuổi phải bằng 16", "Age must be 16"),
    ("child_age != 16", "Tuổi phải khác 16", "Age must not be 16"),
    ("not child_age >= 16", "Tuổi phải dưới 16", "Age must be less than 16"),
    ("13 <= child_age <= 15", "Tuổi phải từ 13 đến 15", "Age must be from 13 to 15"),
    ("child_age >= 13 and child_age <= 15", "Tuổi phải từ 13 đến 15", "Age must be from 13 to 15"),
    ("13 <= child_age < 15", "Tuổi phải từ 13 trở lên và tuổi phải dưới 15", "Age must be at least 13 and age must be less than 15"),
    ("weekly_hours <= 20.5", "Số giờ một tuần không được quá 20,5", "Weekly hours must be at most 20.5"),
    ("weekly_hours > -1", "Số giờ một tuần phải trên -1", "Weekly hours must be more than -1"),
    ("child_age in [13, 14, 15]", "Tuổi phải là 13, 14 hoặc 15", "Age must be 13, 14 or 15"),
    ("support >= 1500000", "Mức hỗ trợ phải từ 1.500.000 ₫ trở lên", "Amount of support must be at least 1,500,000 ₫"),
    ("support + paid * 2 <= 1000000", "Mức hỗ trợ cộng (đã chi nhân 2) không được quá 1.000.000 ₫",
     "Amount of support plus (amount paid times 2) must be at most 1,000,000 ₫"),
    ("support - paid > 0", "Mức hỗ trợ trừ đã chi phải trên 0 ₫", "Amount of support minus amount paid must be more than 0 ₫"),
    ("-child_age < 0", "Số đối của tuổi phải dưới 0", "Minus age must be less than 0"),
    ("weekly_hours > daily_hours", "Số giờ một tuần phải trên số giờ một ngày", "Weekly hours must be more than daily hours"),
    ('risk_level == "high"', "Mức nguy cơ phải là Cao", "Risk level must be High"),
    ('risk_level != "high"', "Mức nguy cơ không được là Cao", "Risk level must not be High"),
    ('risk_level not in ["high", "low"]', "Mức nguy cơ không được là Cao hoặc Thấp", "Risk level must not be High or Low"),
    ("risk_level == risk_hint", "Mức nguy cơ phải trùng với mức nguy cơ ban đầu", "Risk level must be the same as first risk level"),
    ("risk_level != risk_hint", "Mức nguy cơ phải khác mức nguy cơ ban đầu", "Risk level must differ from first risk level"),
    ('"dust" in hazards', "Yếu tố nguy hại phải có Bụi", "Hazards must include Dust"),
    ('"dust" not in hazards', "Yếu tố nguy hại không được có Bụi", "Hazards must not include Dust"),
    ("count(hazards) == 0", "Số mục đã chọn ở yếu tố nguy hại phải bằng 0", "The number of choices in hazards must be 0"),
    ("last(visits, work_status) in light_jobs", "Tình trạng làm việc ở dòng mới nhất của lần thăm phải thuộc light_jobs",
     "Work status in the newest row of visits must be among light_jobs"),
    ("last(visits, work_status) not in light_jobs", "Tình trạng làm việc ở dòng mới nhất của lần thăm không được thuộc light_jobs",
     "Work status in the newest row of visits must not be among light_jobs"),
    ('last(visits, work_status) == "none"', "Tình trạng làm việc ở dòng mới nhất của lần thăm phải là Không làm việc",
     "Work status in the newest row of visits must be Not working"),
    ('child_name == "An"', "Họ và tên phải là “An”", "Full name must be “An”"),
    ("forced", "Mục “Bị cưỡng bức” phải là Có", "“Forced to work” must be Yes"),
    ("not forced", "Mục “Bị cưỡng bức” phải là Không", "“Forced to work” must be No"),
    ("forced == true", "Mục “Bị cưỡng bức” phải là Có", "“Forced to work” must be Yes"),
    ("forced != true", "Mục “Bị cưỡng bức” phải là Không", "“Forced to work” must be No"),
    ("false == forced", "Mục “Bị cưỡng bức” phải là Không", "“Forced to work” must be No"),
    ("forced in [true, false]", "Bị cưỡng bức phải là Có hoặc Không", "Forced to work must be Yes or No"),
    ("forced == consent", "Bị cưỡng bức phải trùng với gia đình đồng ý", "Forced to work must be the same as family agrees"),
    ("known(narrative)", "Phải điền mô tả", "Narrative must be filled in"),
    ("not known(narrative)", "Phải để trống mô tả", "Narrative must be left empty"),
    ("work_date <= today", "Ngày làm việc không được sau hôm nay", "Work date must not be after today"),
    ("today >= work_date", "Ngày làm việc không được sau hôm nay", "Work date must not be after today"),
    ("work_date > child_dob", "Ngày làm việc phải sau ngày sinh", "Work date must be after date of birth"),
    ("work_date >= child_dob", "Ngày làm việc không được trước ngày sinh", "Work date must not be before date of birth"),
    ('work_date < date("2021-01-31")', "Ngày làm việc phải trước ngày 31/01/2021", "Work date must be before 31/01/2021"),
    ('work_date == date("2021-01-31")', "Ngày làm việc phải là ngày 31/01/2021", "Work date must be 31/01/2021"),
    ("work_date != today", "Ngày làm việc phải khác hôm nay", "Work date must not be today"),
    ("received_at <= now", "Lúc tiếp nhận không được sau lúc này", "Time of receipt must not be after now"),
    ("age(child_dob, today) >= 7", "Tuổi (theo ngày sinh) tính đến hôm nay phải từ 7 trở lên",
     "The age (from date of birth) as of today must be at least 7"),
    ("days_between(work_date, today) <= 30", "Số ngày từ ngày làm việc đến hôm nay không được quá 30",
     "The number of days from work date to today must be at most 30"),
    ("hours_between(received_at, measure_at) <= 12", "Số giờ từ lúc tiếp nhận đến lúc thực hiện biện pháp không được quá 12",
     "The number of hours from time of receipt to time of the measure must be at most 12"),
    ("working_days_between(received_at, today) <= 5", "Số ngày làm việc từ lúc tiếp nhận đến hôm nay không được quá 5",
     "The number of working days from time of receipt to today must be at most 5"),
    ("verifier != actor.id", "Người xác minh phải khác người thực hiện bước này", "Verifier must differ from the person taking this step"),
    ("school == actor.agency", "Trường phải trùng với cơ quan của người thực hiện", "School must be the same as the agency of the person taking this step"),
    ("place == case.area", "Nơi xảy ra phải trùng với địa bàn của hồ sơ", "Place must be the same as the area of the case"),
    ('"commune_chair" in actor.functions', "Chức năng của người thực hiện phải có Chủ tịch xã",
     "The functions of the person taking this step must include Commune chair"),
    ('case.state in ["planning", "review"]', "Trạng thái của hồ sơ phải là Xây dựng kế hoạch hoặc Rà soát",
     "The state of the case must be Planning or Review"),
    ('case.stage == "intervention"', "Giai đoạn của hồ sơ phải là Can thiệp", "The stage of the case must be Intervention"),
    ("case.cycle > 1", "Số lần mở của hồ sơ phải trên 1", "The number of times the case was opened must be more than 1"),
    ("case.opened_at < now", "Lúc mở hồ sơ phải trước lúc này", "The time the case was opened must be before now"),
    ('any_of(visits, work_status == "unlawful")', "Trong lần thăm phải có ít nhất một dòng mà tình trạng làm việc là Làm việc trái luật",
     "In visits, there must be at least one row where work status is Unlawful work"),
    ('not any_of(visits, work_status == "unlawful")', "Trong lần thăm không được có dòng nào mà tình trạng làm việc là Làm việc trái luật",
     "In visits, there must be no row where work status is Unlawful work"),
    ("all_of(visits, in_school)", "Ở mọi dòng của lần thăm, mục “Đi học” phải là Có", "In every row of visits, “In school” must be Yes"),
    ("not all_of(visits, in_school)", "Trong lần thăm phải có ít nhất một dòng mà mục “Đi học” là Không",
     "In visits, there must be at least one row where “In school” is No"),
    ('any_of(visits, "dust" in seen and hours <= 3)',
     "Trong lần thăm phải có ít nhất một dòng mà đã thấy có Bụi và số giờ không quá 3",
     "In visits, there must be at least one row where seen includes Dust and hours is at most 3"),
    ("any_of(helpers, who != actor.id)", "Trong người giúp phải có ít nhất một dòng mà ai khác người thực hiện bước này",
     "In helpers, there must be at least one row where who differs from the person taking this step"),
    ("any_of(visits, visited_on >= work_date and not known(note))",
     "Trong lần thăm phải có ít nhất một dòng mà ngày thăm không trước ngày làm việc và chưa điền ghi chú",
     "In visits, there must be at least one row where date of visit is not before work date and note is not filled in"),
    ('count(visits, work_status == "none") >= 2', "Số lần thăm (chỉ tính dòng có tình trạng làm việc là Không làm việc) phải từ 2 trở lên",
     "The number of visits (counting only rows where work status is Not working) must be at least 2"),
    ("sum(actions, cost) <= support", "Tổng chi phí trong hoạt động không được quá mức hỗ trợ",
     "The total of cost in actions must be at most amount of support"),
    ("sum(actions, cost) <= 5000", "Tổng chi phí trong hoạt động không được quá 5.000 ₫", "The total of cost in actions must be at most 5,000 ₫"),
    ("max_of(visits, hours) < 20", "Số giờ lớn nhất trong lần thăm phải dưới 20", "The largest hours in visits must be less than 20"),
    ("max_of(visits, visited_on) >= work_date", "Ngày thăm muộn nhất trong lần thăm không được trước ngày làm việc",
     "The latest date of visit in visits must not be before work date"),
    ('streak(visits, work_status in ["none", "lawful"], 30) >= 2',
     ("Số lần thăm liên tiếp gần nhất (chỉ tính dòng có tình trạng làm việc là Không làm việc hoặc Làm việc hợp pháp, "
      "cách nhau ít nhất 30 ngày) phải từ 2 trở lên"),
     ("The number of latest consecutive visits (counting only rows where work status is Not working or Lawful work, "
      "at least 30 days apart) must be at least 2")),
    ("forced and consent", "Mục “Bị cưỡng bức” phải là Có và mục “Gia đình đồng ý” phải là Có",
     "“Forced to work” must be Yes and “Family agrees” must be Yes"),
    ("forced or consent", "Mục “Bị cưỡng bức” phải là Có hoặc mục “Gia đình đồng ý” phải là Có",
     "“Forced to work” must be Yes or “Family agrees” must be Yes"),
    ("child_age > 3 and child_age != 5 and known(narrative)", "Tuổi phải trên 3; tuổi phải khác 5; và phải điền mô tả",
     "Age must be more than 3; age must not be 5; and narrative must be filled in"),
    ("child_age > 3 or child_age == 1 or known(narrative)", "Tuổi phải trên 3; tuổi phải bằng 1; hoặc phải điền mô tả",
     "Age must be more than 3; age must be 1; or narrative must be filled in"),
    ("child_age > 3 and (child_age == 5 or known(narrative))", "Tuổi phải trên 3 và (tuổi phải bằng 5 hoặc phải điền mô tả)",
     "Age must be more than 3 and (age must be 5 or narrative must be filled in)"),
    ('work_class != "hazardous" or forced', "Nếu phân loại là “Nặng nhọc, nguy hiểm” thì mục “Bị cưỡng bức” phải là Có",
     "If class is Hazardous, then “Forced to work” must be Yes"),
    ('risk_level not in ["high", "medium"] or known(narrative) or consent',
     "Nếu mức nguy cơ là Cao hoặc Trung bình thì phải điền mô tả hoặc mục “Gia đình đồng ý” phải là Có",
     "If risk level is High or Medium, then narrative must be filled in or “Family agrees” must be Yes"),
    ('not (risk_level == "high" and not consent and not forced)',
     "Nếu mức nguy cơ là Cao thì mục “Gia đình đồng ý” phải là Có hoặc mục “Bị cưỡng bức” phải là Có",
     "If risk level is High, then “Family agrees” must be Yes or “Forced to work” must be Yes"),
    ('risk_level != "high" or child_age != 5', "Mức nguy cơ không được là Cao hoặc tuổi phải khác 5",
     "Risk level must not be High or age must not be 5"),
    ("0 <= daily_hours <= weekly_hours", "Số giờ một ngày phải từ 0 đến số giờ một tuần", "Daily hours must be from 0 to weekly hours"),
    ("child_dob <= work_date <= today", "Ngày làm việc phải từ ngày sinh đến hôm nay", "Work date must be from date of birth to today"),
    ("not known(child_age) or child_age < 18", "Nếu đã điền tuổi thì tuổi phải dưới 18", "If age is filled in, then age must be less than 18"),
    ("(not known(child_age) or child_age < 18) and known(narrative)", "(Nếu đã điền tuổi thì tuổi phải dưới 18) và phải điền mô tả",
     "(If age is filled in, then age must be less than 18) and narrative must be filled in"),
    ("not forced or known(narrative) or child_age > 3", "Nếu mục “Bị cưỡng bức” là Có thì phải điền mô tả hoặc tuổi phải trên 3",
     "If “Forced to work” is Yes, then narrative must be filled in or age must be more than 3"),
    ("not (forced and consent) or known(narrative) and child_age > 3",
     "Nếu mục “Bị cưỡng bức” là Có và mục “Gia đình đồng ý” là Có thì phải điền mô tả và tuổi phải trên 3",
     "If “Forced to work” is Yes and “Family agrees” is Yes, then narrative must be filled in and age must be more than 3"),
    ("not (forced and not consent)", "Nếu mục “Bị cưỡng bức” là Có thì mục “Gia đình đồng ý” phải là Có",
     "If “Forced to work” is Yes, then “Family agrees” must be Yes"),
    ("not (forced and consent)", "Mục “Bị cưỡng bức” phải là Không hoặc mục “Gia đình đồng ý” phải là Không",
     "“Forced to work” must be No or “Family agrees” must be No"),
    ("not (forced or child_age > 3)", "Mục “Bị cưỡng bức” phải là Không và tuổi không được quá 3",
     "“Forced to work” must be No and age must be at most 3"),
    ("not not forced", "Mục “Bị cưỡng bức” phải là Có", "“Forced to work” must be Yes"),
    ("true", "Điều kiện này luôn đúng", "This condition is always true"),
    ("not true", "Điều kiện này không bao giờ đúng", "This condition is never true"),
]  # fmt: skip
STATEMENTS = [
    ("13 <= child_age <= 15", "Tuổi từ 13 đến 15", "Age is from 13 to 15"),
    ("child_age > 12", "Tuổi trên 12", "Age is more than 12"),
    ("child_age < 12", "Tuổi dưới 12", "Age is less than 12"),
    ("child_age >= 12", "Tuổi từ 12 trở lên", "Age is at least 12"),
    ("child_age == 12", "Tuổi bằng 12", "Age is 12"),
    ("child_age != 12", "Tuổi khác 12", "Age is not 12"),
    ("work_date <= today", "Ngày làm việc không sau hôm nay", "Work date is not after today"),
    ("work_date < today", "Ngày làm việc trước hôm nay", "Work date is before today"),
    ("work_date > today", "Ngày làm việc sau hôm nay", "Work date is after today"),
    ("work_date == today", "Ngày làm việc là hôm nay", "Work date is today"),
    ("work_date != today", "Ngày làm việc khác hôm nay", "Work date is not today"),
    ('risk_level != "high"', "Mức nguy cơ không phải là Cao", "Risk level is not High"),
    ("risk_level == risk_hint", "Mức nguy cơ trùng với mức nguy cơ ban đầu", "Risk level is the same as first risk level"),
    ('"dust" not in hazards', "Yếu tố nguy hại không có Bụi", "Hazards does not include Dust"),
    ("last(visits, work_status) in light_jobs", "Tình trạng làm việc ở dòng mới nhất của lần thăm thuộc light_jobs",
     "Work status in the newest row of visits is among light_jobs"),
    ("last(visits, work_status) not in light_jobs", "Tình trạng làm việc ở dòng mới nhất của lần thăm không thuộc light_jobs",
     "Work status in the newest row of visits is not among light_jobs"),
    ("subcases.all_closed", "Các hướng hỗ trợ đã kết thúc hết", "All support tracks are closed"),
    ("not subcases.all_closed", "Còn hướng hỗ trợ chưa kết thúc", "A support track is still open"),
    ("subcases.any_opened", "Đã mở ít nhất một hướng hỗ trợ", "At least one support track has been opened"),
    ("not subcases.any_opened", "Chưa mở hướng hỗ trợ nào", "No support track has been opened"),
    ("any_of(visits, in_school)", "Trong lần thăm có ít nhất một dòng mà mục “Đi học” là Có",
     "In visits, there is at least one row where “In school” is Yes"),
    ("not any_of(visits, in_school)", "Trong lần thăm không có dòng nào mà mục “Đi học” là Có",
     "In visits, there is no row where “In school” is Yes"),
    ("all_of(visits, in_school)", "Ở mọi dòng của lần thăm, mục “Đi học” là Có", "In every row of visits, “In school” is Yes"),
    ("known(narrative)", "Đã điền mô tả", "Narrative is filled in"),
    ("true", "Trong mọi trường hợp", "In any case"),
    ("false", "Không bao giờ", "Never"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "vietnamese", "english"), SENTENCES)
def test_a_condition_in_words(source: str, vietnamese: str, english: str) -> None:
    assert vi(source) == vietnamese
    assert en(source) == english


@pytest.mark.parametrize(("source", "vietnamese", "english"), STATEMENTS)
def test_a_condition_as_a_statement(source: str, vietnamese: str, english: str) -> None:
    assert vi(source, "is") == vietnamese
    assert en(source, "is") == english


def test_what_a_field_computes_in_words() -> None:
    assert vi("age(child_dob, today)") == "Tuổi (theo ngày sinh) tính đến hôm nay"
    assert en("age(child_dob, today)") == "The age (from date of birth) as of today"


def test_the_caller_may_name_everything() -> None:
    asked: list[str] = []

    def labels(name: str) -> str:
        asked.append(name)
        return f"<{name}>"

    expression = parse(
        'risk_level == "high" and any_of(visits, work_status == "none") and subcases.education.open > 0 '
        'and education.attendance_rate > 1 and case.state == "review"',
        Scope(FIELDS, SCOPE.subcases),
    )
    said = explain(expression, "en", labels)
    assert set(asked) == {
        "risk_level", "risk_level=high", "visits", "visits.work_status", "visits.work_status=none", "subcases.education",
        "education.attendance_rate", "case.state=review",
    }  # fmt: skip
    assert "<visits.work_status> is <visits.work_status=none>" in said


def test_a_caller_that_knows_no_columns_nor_options_gets_the_declared_titles() -> None:
    def labels(name: str) -> str:
        return {"visits": "Lần thăm", "work_status": "Tình trạng"}.get(name, name)

    said = explain(parse('all_of(visits, work_status == "none")', SCOPE), "vi", labels)
    assert said == "Ở mọi dòng của lần thăm, tình trạng phải là Không làm việc"


def test_an_option_without_a_title_stands_for_itself() -> None:
    said = explain(parse('case.state == "x"', Scope({})), "vi", lambda name: name)
    assert said == "Trạng thái của hồ sơ phải là x"


def test_abbreviations_keep_their_capitals() -> None:
    expression = parse("known(child_age)", SCOPE)
    assert explain(expression, "vi", lambda _: "UBND xã quản lý") == "Phải điền UBND xã quản lý"
    assert explain(expression, "vi", lambda _: "Ý kiến của trẻ") == "Phải điền ý kiến của trẻ"


def catalogue(language: str) -> dict[str, Any]:
    return tomllib.loads(
        files("engine").joinpath("messages", f"expression.{language}.toml").read_text("utf-8")
    )


def flat(tree: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(tree, str):
        return {prefix: tree}
    return {
        key: text for name, inner in tree.items() for key, text in flat(inner, f"{prefix}/{name}").items()
    }


def test_both_languages_say_everything_with_the_same_places() -> None:
    vietnamese, english = flat(catalogue("vi")), flat(catalogue("en"))
    assert list(vietnamese) == list(english)
    for key, text in vietnamese.items():
        here, there = (set(re.findall(r"{(\w+)}", each)) for each in (text, english[key]))
        assert here == there or {*here, *there} == {"x", "title"}, key


def test_what_is_needed_and_what_is_the_case_have_the_same_phrases() -> None:
    for language in ("vi", "en"):
        expression = catalogue(language)["expression"]
        assert list(expression["must"]) == list(expression["is"])
