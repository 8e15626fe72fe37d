"""The catalogue of causes: a tree, and every name a cause goes by; what is not clear is refused with the nearest."""

from itertools import product

import pytest

from dispatch.domain.errors import PolicyInvalidError, UnknownReferenceError
from dispatch.domain.policy.causes import MAX_DEPTH, Catalogue, Cause, inherited, require_tree, shipped, spellings
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.vocabulary import Matter, word_key

CATALOGUE = Catalogue(shipped())

OF_OLD = {
    # code of the first catalogue, which cases and specialties are stored under: its label then
    "theft": "盗窃", "fraud": "诈骗", "intentional_injury": "故意伤害", "homicide": "故意杀人",
    "sexual_offence": "性侵害犯罪", "drug_offence": "毒品犯罪", "traffic_offence": "交通肇事、危险驾驶",
    "public_order_offence": "妨害社会管理秩序", "criminal_other": "其他刑事案件", "wages": "追索劳动报酬",
    "labour_relation": "确认劳动关系", "work_injury": "工伤", "traffic_injury": "交通事故人身损害",
    "medical_injury": "医疗损害", "food_drug_injury": "食品药品安全事故", "maintenance": "赡养费、抚养费、扶养费",
    "marriage_family": "婚姻家庭", "domestic_violence": "家庭暴力、虐待、遗弃", "incapacity": "宣告无民事行为能力",
    "pollution": "环境污染、生态破坏",
    "farm_dispute": "涉农纠纷（土地、种植养殖、农资）", "civil_other": "其他民事案件",
    "state_compensation": "国家赔偿", "social_insurance": "社会保险、最低生活保障、社会救助", "pension": "抚恤金",
    "administrative_other": "其他行政案件", "advice": "咨询、代书、调解等非诉讼事项",
}  # fmt: skip

CHAPTERS = {
    # chapter of the Criminal Law: some names in it
    "public_safety_offence": "交通肇事罪 危险驾驶罪 失火罪 重大责任事故罪 放火罪 以危险方法危害公共安全罪",
    "market_order_offence": "合同诈骗罪 集资诈骗罪 信用卡诈骗罪 非法吸收公众存款罪 生产、销售有毒、有害食品罪",
    "personal_rights_offence": "故意杀人罪 故意伤害罪 强奸罪 猥亵儿童罪 非法拘禁罪 拐卖妇女、儿童罪 虐待罪 遗弃罪",
    "property_offence": "盗窃罪 诈骗罪 抢劫罪 抢夺罪 敲诈勒索罪 职务侵占罪 故意毁坏财物罪 拒不支付劳动报酬罪",
    "public_order_offence": "寻衅滋事罪 聚众斗殴罪 妨害公务罪 袭警罪 帮助信息网络犯罪活动罪 非法持有毒品罪",
    "corruption_offence": "贪污罪 受贿罪 行贿罪 挪用公款罪",
    "dereliction_offence": "滥用职权罪 玩忽职守罪",
}


LACKING = """
    间谍罪 分裂国家罪 资助恐怖活动罪 劫持航空器罪 破坏交通工具罪 走私武器、弹药罪 虚报注册资本罪 伪造货币罪
    票据诈骗罪 有价证券诈骗罪 逃税罪 侵犯著作权罪 侵犯商业秘密罪 串通投标罪 强迫卖血罪 报复陷害罪 破坏选举罪
    聚众冲击国家机关罪 传授犯罪方法罪 扰乱法庭秩序罪 破坏监管秩序罪 故意损毁文物罪 倒卖文物罪 传播性病罪
    组织淫秽表演罪 阻碍军人执行职务罪 单位受贿罪 私分国有资产罪 单位行贿罪 故意泄露国家秘密罪 放纵走私罪
    执行判决、裁定失职罪 私放在押人员罪 战时自伤罪 逃离部队罪 聚众扰乱公共场所秩序、交通秩序罪 投敌叛变罪 名称权纠纷
    遗产管理纠纷 虚假登记损害责任纠纷 物权确认纠纷 建筑物区分所有权纠纷 遗失物返还纠纷 相邻通行纠纷 采矿权纠纷
    地役权纠纷 抵押权纠纷 质权纠纷 占有物返还纠纷 缔约过失责任纠纷 预约合同纠纷 确认合同有效纠纷 债权人代位权纠纷
    分期付款买卖合同纠纷 拍卖合同纠纷 供用电合同纠纷 抵押合同纠纷 储蓄存款合同纠纷 借记卡纠纷 融资租赁合同纠纷
    保理合同纠纷 加工合同纠纷 运输合同纠纷 保管合同纠纷 行纪合同纠纷 借用合同纠纷 典当纠纷 土地经营权入股合同纠纷
    快递服务合同纠纷 网络服务合同纠纷 广告合同纠纷 侵害商标权纠纷 垄断协议纠纷 船舶碰撞损害责任纠纷 保证保险合同纠纷
    票据追索权纠纷 产品运输者责任纠纷 光污染责任纠纷 紧急避险损害责任纠纷 公证损害责任纠纷 申请确定选民资格
    申请撤销宣告失踪判决 申请认定财产无主 申请实现担保物权 申请公示催告 申请公司清算 申请破产清算 申请诉前财产保全
    申请确认仲裁协议效力 申请海事支付令 股权转让纠纷 失踪人债务支付纠纷 环境污染民事公益诉讼 执行分配方案异议之诉
    民事信托纠纷
"""  # names of the Criminal Law and of the catalogue of 2025 that legal aid seldom meets


def a_cause(code, parent=None, zh=None, **more):
    branch = {} if parent else {"matter": "civil"}
    return {"code": code, "zh": zh or f"名{code}", "en": code, "parent": parent, **branch, **more}


def a_policy(*causes):
    return Policy.from_document(load_preset("national").to_document() | {"causes": list(causes)})


def test_shipped_catalogue_is_a_tree_with_both_languages():
    require_tree(shipped())

    assert len(shipped()) > 400
    assert [cause.code for cause in shipped() if cause.en == cause.zh or not cause.en.isascii()] == []


def test_official_names_stand_in_their_chapter():
    for chapter, names in CHAPTERS.items():
        for name in names.split():
            assert CATALOGUE.lineage[CATALOGUE.require(name).code][-1] == chapter, name


@pytest.mark.parametrize(("code", "label"), OF_OLD.items())
def test_existing_data_keeps_its_codes_and_its_labels_of_old(code, label):
    assert CATALOGUE.find(code).code == code
    assert CATALOGUE.find(label).code == code


def test_every_name_in_every_form_means_its_own_cause_or_none():
    """The forms that offices use of each official name; never another cause."""
    for cause in shipped():
        bare = cause.zh.removesuffix("罪").removesuffix("纠纷")
        for before, name, after in product(("", "涉嫌"), (cause.zh, bare), ("", "罪", "纠纷", "案", "一案")):
            found = CATALOGUE.find(before + name + after)

            # 侮辱纠纷 is no name, but nothing else that it could be.
            assert found is None or found == cause or found == CATALOGUE.find(bare), before + name + after
        assert CATALOGUE.find(cause.zh) == cause


@pytest.mark.parametrize(
    "text",
    [
        "工伤罪",
        "离婚罪",
        "涉嫌交通事故",
        "涉嫌讨薪一案",
        "医疗纠纷罪",
        "盗窃纠纷",
        "抢劫罪纠纷",
        "醉驾争议",
        "国家赔偿罪",
        "医疗",
        "虚假",
        "劳动",
    ],
)
def test_name_of_another_branch_of_law_or_of_too_few_letters_means_nothing(text):
    assert CATALOGUE.find(text) is None


def test_official_names_the_catalogue_lacks_are_taken_for_no_other():
    assert [name for name in LACKING.split() if CATALOGUE.find(name)] == []


def test_no_alias_takes_the_name_of_another_cause():
    names = {word_key(cause.zh): cause for cause in shipped()}

    for cause in shipped():
        for alias in cause.aliases:
            for name in spellings(alias):
                assert names.get(word_key(name), cause) == cause, name
                assert CATALOGUE.find(name) == cause, name


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("劳务纠纷", "劳务合同纠纷"),
        ("抢劫杀人", "抢劫罪"),
        ("工伤行政诉讼纠纷", "工伤保险待遇纠纷"),
        ("房屋拆迁", "民事主体间房屋拆迁补偿合同纠纷"),
        ("伤害罪", "故意伤害罪"),
    ],
)
def test_unclear_name_is_refused_with_the_nearest(text, near):
    with pytest.raises(UnknownReferenceError) as refused:
        CATALOGUE.require(text)

    assert near in refused.value.facts["expected"]["zh"].partition("，如")[2].split("、")
    assert CATALOGUE.find(near).code in refused.value.facts["known"]


def test_text_like_nothing_is_refused_with_some_chapters_of_its_branch():
    every, civil = CATALOGUE.nearest("zzz"), CATALOGUE.nearest("薪水没发", Matter.CIVIL)

    assert {cause.parent for cause in (*every, *civil)} == {None}
    assert {cause.matter for cause in every} == set(Matter)
    assert {cause.matter for cause in civil} == {Matter.CIVIL}


def test_words_of_letters_are_alike_only_where_most_letters_are():
    assert CATALOGUE.nearest("divorse")[0].code == "divorce"
    assert {cause.parent for cause in CATALOGUE.nearest("salary", Matter.CIVIL)} == {None}


def test_name_of_two_causes_is_refused_with_both():
    causes = a_policy(a_cause("a", zh="甲", aliases=["丙"]), a_cause("b", zh="乙", aliases=["丙"])).catalogue

    assert causes.find("丙") is None
    assert [cause.code for cause in causes.nearest("丙")] == ["a", "b"]


def test_alias_with_alternatives_stands_for_each_choice_of_them():
    assert list(spellings("{贩卖、运输}毒品罪")) == ["贩卖毒品罪", "运输毒品罪", "贩卖运输毒品罪"]
    assert CATALOGUE.find("运输、制造毒品").code == "drug_trafficking"
    assert CATALOGUE.find("非法买卖枪支、弹药罪").code == "making_trading_guns"


def test_cause_takes_the_branches_of_law_of_its_nearest_parent():
    policy = a_policy(a_cause("a"), a_cause("b", "a", also=["administrative"]), a_cause("c", "b"))

    civil, both = (Matter.CIVIL,), (Matter.CIVIL, Matter.ADMINISTRATIVE)
    assert [cause.matters for cause in policy.causes] == [civil, both, both]
    assert policy.catalogue.lineage["c"] == ("c", "b", "a")


def test_cause_without_an_english_name_goes_by_its_chinese_one():
    assert a_policy({"code": "a", "zh": "甲", "matter": "civil"}).causes[0].en == "甲"


@pytest.mark.parametrize(
    ("causes", "reason"),
    [
        ([a_cause("a"), a_cause("a", zh="乙")], "named twice"),
        ([a_cause("a", zh="甲"), a_cause("b", zh="甲")], "have the same name"),
        ([a_cause("a", "nowhere", matter="civil")], "no cause nowhere"),
        ([a_cause("a", "b", matter="civil"), a_cause("b", "a", matter="civil")], "under itself"),
        ([a_cause("a"), a_cause("b", "a", matter="criminal")], "criminal cannot be under civil"),
        ([a_cause("a", aliases=["{甲、乙"])], "needs its }"),
        ([a_cause("a", aliases=["{" + "、".join("一二三四五六七八九十") + "}"])], "more than 1000 names"),
        ([a_cause("a", aliases=["{" + "、" * 900 + "}"])], "more than 1000 names"),
        ([a_cause("a", "nowhere")], "Field required"),
        ([a_cause("a") | {"zh": ""}], "at least 1"),
    ],
)
def test_catalogue_that_is_no_tree_is_refused(causes, reason):
    with pytest.raises(PolicyInvalidError) as refused:
        a_policy(*causes)

    assert reason in str(refused.value.facts["problems"])


def test_tree_may_be_as_deep_as_the_law_is_and_no_deeper():
    deep = [a_cause("n0"), *(a_cause(f"n{k}", f"n{k - 1}") for k in range(1, MAX_DEPTH))]

    assert len(a_policy(*deep).catalogue.lineage[f"n{MAX_DEPTH - 1}"]) == MAX_DEPTH
    with pytest.raises(PolicyInvalidError):
        a_policy(*deep, a_cause("deeper", f"n{MAX_DEPTH - 1}"))


def test_policy_from_before_there_were_trees_keeps_its_digest():
    flat = {"code": "theft", "zh": "盗窃", "en": "theft", "matter": "criminal"}

    assert a_policy(flat).to_document()["causes"] == [flat]


def test_policy_that_names_no_catalogue_has_the_shipped_one():
    document = load_preset("national").to_document()

    del document["causes"]

    assert Policy.from_document(document) == load_preset("national")


def test_names_of_a_full_catalogue_are_told_apart():
    chapters = [a_cause(f"c{k}", zh=f"第{k}部分纠纷") for k in range(60)]
    causes = [a_cause(f"n{k}", f"c{k % 60}", zh=f"第{k}号权利受侵害责任纠纷") for k in range(1_500)]
    catalogue = Catalogue([Cause.model_validate(cause) for cause in inherited(chapters + causes)])

    found = [catalogue.find(f"第{k}号权利受侵害一案") for k in range(1_500)]

    assert [cause.code for cause in found] == [f"n{k}" for k in range(1_500)]


def test_level_is_that_of_the_nearest_group_above_or_of_the_branch_of_law():
    assert CATALOGUE.level({"theft": 80}, "theft", Matter.CRIMINAL) == 80
    assert CATALOGUE.level({"criminal": 40}, "theft", Matter.CRIMINAL) == 40
    assert CATALOGUE.level({"civil": 40}, "theft", Matter.CRIMINAL) == 0


def test_nearest_choices_are_kept_for_a_few_names_only(monkeypatch):
    monkeypatch.setattr("dispatch.domain.policy.causes.MAX_KEPT", 1)
    catalogue = Catalogue(shipped())

    first, second, again = (catalogue.nearest(name) for name in ("盗窍罪", "诈编罪", "盗窍罪"))

    assert first == again != second


@pytest.mark.parametrize("wording", ["theft", None, ["theft"]])
def test_causes_that_are_no_list_of_tables_are_left_to_the_schema(wording):
    assert inherited(wording) == wording


def test_name_without_letters_means_nothing():
    catalogue = Catalogue((Cause(code="dash", matter=Matter.CIVIL, zh="。。", en="dash"),))

    assert [len(catalogue.meant(text)) for text in ("dash", "。。", "")] == [1, 0, 0]
