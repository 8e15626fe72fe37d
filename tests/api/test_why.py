"""Over HTTP: why a case has who it has: of anyone to officers, of oneself to practitioners, in words to recipients."""

import pytest

from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import solve_run
from dispatch.domain.vocabulary import Role
from tests.api.test_own import practising
from tests.rows import NOW, a_draft

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is read was written before; no statement of it is new."""


def a_case(office, number, **fields):
    return office.post("/v1/cases", a_draft(number, **fields).model_dump(mode="json")).json()


def decided(office):
    """Let a run decide what waits."""
    run = office.post("/v1/runs", {}).json()["run"]
    begin, read = office.register.begin, office.register.read
    solve_run(JobContext(begin, read, lambda: NOW, "worker"), run["id"])
    office.post(f"/v1/runs/{run['id']}/apply", {})
    return run["id"]


def why(office, case, practitioner=None, language="en", **more):
    asked = f"?practitioner={practitioner}" if practitioner else ""
    return office.get(f"/v1/cases/{case['id']}/why{asked}", headers={"Accept-Language": language}, **more)


@pytest.fixture
def town(office):
    """Two lawyers with one place each, of whom one is better at everything, and a third without an assessment."""
    office.good = practising(office, "good", specialties={"wages": 90}, capacity=1)
    office.fair = practising(office, "fair", specialties={"wages": 30}, capacity=1)
    office.barred = practising(office, "barred", assessment_valid_to=None)
    return office


def test_officer_is_told_the_loss_the_chain_and_the_terms_of_a_run_that_decided(town):
    first, second = a_case(town, "1", wishes=["good"]), a_case(town, "2")
    run_id = decided(town)

    told = why(town, first, town.fair.id).json()

    asked, [chosen] = told["asked"], told["chosen"]
    assert (told["basis"]["value"], told["run_id"], told["mode"]) == ("run", run_id, "optimized")
    assert (told["cases"], told["listed"], told["eligible"]) == (2, 3, 2)
    assert chosen["person"]["practitioner_id"] == town.good.id
    assert (asked["standing"]["value"], asked["rank"]) == ("worse", 2)
    # Only the wish is lost: the better specialty goes to the other case.
    assert asked["regret"] == {"least": -asked["difference"]["wish"], "most": -asked["difference"]["wish"]}
    moves = [(each["number"], each["origin"]["code"], each["target"]["code"]) for each in asked["moves"]]
    assert moves == [("1", "good", "fair"), ("2", "fair", "good")]
    assert asked["difference"]["specialty"] < 0 == asked["difference"]["seniority"]
    assert sum(figure["points"] for figure in asked["figures"]) == asked["score"]
    assert any("would lose" in sentence for sentence in told["words"])
    assert any("2 from" in sentence and "fair" in sentence for sentence in told["words"])
    assert second["id"] != first["id"]


def test_answer_in_chinese_names_the_law_in_full(town):
    case = a_case(town, "1")

    told = why(town, case, town.barred.id, "zh").json()

    [refused] = told["refused"]
    assert (refused["code"], refused["people"]) == ("assessment_on_record", 1)
    assert refused["source"].startswith("《律师法》第十三条")
    assert told["asked"]["standing"]["value"] == "refused"
    assert any("依据：《律师法》第十三条" in sentence for sentence in told["words"])
    assert told["words"][0].startswith("按现在的登记测算")


def test_equal_people_are_told_that_the_draw_decides(office):
    one, other = practising(office, "p1"), practising(office, "p2")
    case = a_case(office, "1")

    told = why(office, case, one.id).json(), why(office, case, other.id).json()

    standings = {each["asked"]["standing"]["value"]: each for each in told}
    assert standings.keys() == {"chosen", "equal"}
    assert standings["equal"]["asked"]["regret"] == {"least": 0, "most": 0}
    assert any("the draw decides" in sentence for sentence in standings["equal"]["words"])


def test_case_that_an_officer_designated_is_answered_by_the_register_as_it_was(town):
    case = a_case(town, "1")
    named = {"practitioner_id": town.fair.id, "reason": "knows the family"}
    town.post(f"/v1/cases/{case['id']}/designation", named)

    told = why(town, case, town.good.id).json()

    assert (told["basis"]["value"], told["mode"], told["run_id"]) == ("register", "designation", None)
    assert told["chosen"][0]["person"]["practitioner_id"] == town.fair.id
    assert (told["asked"]["standing"]["value"], told["asked"]["rank"], told["asked"]["regret"]) == ("eligible", 1, None)
    assert "An officer named them." in told["words"]


def test_practitioner_is_told_of_themselves_alone_where_they_were_eligible(town):
    case = a_case(town, "1")
    decided(town)
    waiting = a_case(town, "2")
    holder, other = town.good, town.fair

    own = other.get(f"/v1/cases/{case['id']}/why").json()

    assert own["asked"]["person"]["practitioner_id"] == other.id
    assert own["chosen"] == own["asked"]["moves"] == own["refused"] == []
    assert own["asked"]["difference"] == {}
    assert any("of 1,000,000: place" in sentence for sentence in own["words"])
    assert holder.id not in str(own)
    assert holder.get(f"/v1/cases/{case['id']}/why").json()["words"] == ["You have this case."]
    for person, path in (
        (other, f"{case['id']}/why?practitioner={holder.id}"),
        (town.barred, f"{case['id']}/why"),
        (other, f"{waiting['id']}/why"),
    ):
        assert person.get(f"/v1/cases/{path}").status_code == 404, path


def test_guarded_case_is_told_to_who_has_it_only(town):
    case = a_case(town, "1", secret=True)
    decided(town)

    assert town.good.get(f"/v1/cases/{case['id']}/why").status_code == 200
    assert town.fair.get(f"/v1/cases/{case['id']}/why").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_recipient_reads_plain_words_of_their_own_case_and_no_figures(town, language):
    case, other = a_case(town, "1", languages=["sign"], interpreter=True), a_case(town, "2")
    link = town.post(f"/v1/cases/{case['id']}/links", {}).json()["token"]
    ask = {"role": None, "headers": {"Authorization": f"Bearer {link}", "Accept-Language": language}}

    before = town.get(f"/v1/cases/{case['id']}/why", **ask).json()
    decided(town)
    after = town.get(f"/v1/cases/{case['id']}/why", **ask).json()

    assert before["words"] == [
        {"zh": "正在为您指派承办人员。", "en": "A practitioner is being found for you."}[language]
    ]
    assert len(after["words"]) == 3
    assert after["asked"] is after["eligible"] is None
    assert after["chosen"] == []
    assert not any(digit in "".join(after["words"]) for digit in "3456789")
    assert town.get(f"/v1/cases/{other['id']}/why", **ask).status_code == 404
    assert town.get(f"/v1/cases/{case['id']}/why?practitioner={town.good.id}", **ask).status_code == 404


def test_recipient_is_told_that_nobody_fits_yet(office):
    practising(office, "p1", assessment_valid_to=None)
    case = a_case(office, "1")
    link = office.post(f"/v1/cases/{case['id']}/links", {}).json()["token"]

    told = office.get(f"/v1/cases/{case['id']}/why", role=None, headers={"Authorization": f"Bearer {link}"}).json()

    assert told["words"][-1].startswith("Nobody meets every condition")


@pytest.mark.parametrize("role", [Role.INSTITUTION, Role.ORGAN, Role.ADMIN])
def test_nobody_else_asks(office, role):
    assert office.get("/v1/cases/none/why", role=role).status_code == 403


@pytest.mark.parametrize(
    ("status", "practitioner"), [("pending", "none"), ("withdrawn", None), ("pending", "elsewhere")]
)
def test_who_is_unknown_or_a_case_nobody_was_named_for_is_not_found(office, status, practitioner):
    practising(office, "p1")
    case = office.register.a_case("1", status=status)

    assert why(office, {"id": case.id}, practitioner).status_code == 404


def test_candidates_show_names_work_in_hand_and_the_difference_to_the_first(town):
    case = a_case(town, "1")

    ranked = town.get(f"/v1/cases/{case['id']}/candidates").json()
    counts = town.get(f"/v1/cases/{case['id']}/candidates/counts", headers={"Accept-Language": "zh"}).json()

    assert [each["behind"] for each in ranked] == [0, ranked[0]["score"] - ranked[1]["score"], None]
    assert ranked[0]["person"]["name"]
    assert (ranked[0]["person"]["load"], ranked[0]["person"]["capacity"]) == (0, 1)
    assert ranked[0]["person"]["institution"] == "firm firm"
    assert [figure["points"] for figure in ranked[0]["figures"]] == list(ranked[0]["terms"].values())
    assert sum(figure["share"] for figure in ranked[0]["figures"]) == pytest.approx(ranked[0]["score"] / 1_000_000)
    assert (counts["listed"], counts["eligible"]) == (3, 2)
    assert [(each["code"], each["people"]) for each in counts["refused"]] == [("assessment_on_record", 1)]


def test_open_case_is_told_what_shuts_it_in_and_what_would_help(town):
    town.fair_again = practising(town, "far", capacity=1)
    cases = [a_case(town, str(number)) for number in range(1, 5)]
    told = [why(town, each, language="zh").json() for each in cases]

    [shut_in] = [each for each in told if each["open"]]

    found = shut_in["open"]
    assert (found["numbers"], found["people"], found["slots"], found["shortage"]) == (["1", "2", "3", "4"], 3, 3, 1)
    [repair, *_] = found["repairs"]
    assert (repair["kind"]["value"], repair["served"], repair["helps"]) == ("place", 1, True)
    assert "增加1个承办名额，本案即可指派。" in repair["text"]
    assert "争用同一批承办名额的案件共4件（含本案），只能由3人承办，合计3个名额，缺1个。" in shut_in["words"]
    assert repair["text"] in shut_in["words"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "如{name}也能使用维吾尔语（能使用的，请登记到名册），本案即可指派。"),
        ("en", "If {name} also spoke Uyghur (record it if they do), this case could be assigned."),
    ],
)
def test_open_case_names_who_could_take_it_with_one_language_more(office, language, words):
    person = practising(office, "p1", languages=["kk"])
    case = a_case(office, "1", languages=["ug"])
    told = why(office, case, language=language).json()

    [repair] = [each for each in told["open"]["repairs"] if each["kind"]["value"] == "language"]

    name = repair["person"]["name"]
    assert (repair["person"]["practitioner_id"], repair["labels"], repair["helps"]) == (person.id, ["ug"], True)
    assert repair["text"] == words.format(name=name)
    assert repair["text"] in told["words"]


def test_open_case_names_who_could_take_it_by_serving_one_area_more_by_its_name(office):
    office.register.a_policy(checks={"area": True})
    practising(office, "p1", areas=["B"])
    told = why(office, a_case(office, "1"), language="zh").json()

    [repair] = [each for each in told["open"]["repairs"] if each["kind"]["value"] == "area"]

    name = repair["person"]["name"]
    assert repair["labels"] == ["A"]
    assert repair["text"] == f"如{name}的服务区域也包括first county（服务该区域的，请登记到名册），本案即可指派。"
