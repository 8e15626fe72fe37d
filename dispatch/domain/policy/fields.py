"""What each field of a policy is called, measured in, meant for and based on: one row a field, in both languages.

Where the source is empty, the national preset names it. A field that no law fixes is ``centre policy``.
"""

from typing import NamedTuple

from dispatch.domain import deadlines, shares
from dispatch.domain.eligibility.soft_rules import Soft
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import Matter, ModeName, Service, Term

OWN = "centre policy"


# fmt: off
class Unit(Term):
    """What a field is measured in."""

    GROUP       = "group",       "一组",             "a group"
    TEXT        = "text",        "文字",             "text"
    SWITCH      = "switch",      "是否",             "yes or no"
    CHOICE      = "choice",      "选项",             "a choice"
    CLOCK       = "clock",       "时刻",             "time of day"
    COUNT       = "count",       "个",               "in number"
    BASIS_POINT = "basis_point", "基点",             "basis points"
    POINT       = "point",       "匹配分",           "points of 1,000,000"
    LEVEL       = "level",       "分",               "of 100"
    RANK        = "rank",        "级",               "of 7"
    CREDIT      = "credit",      "工作量分",         "effort credits"
    TURN        = "turn",        "轮",               "turns"
    CASE        = "case",        "件",               "cases"
    PERSON      = "person",      "人",               "people"
    KM          = "km",          "公里",             "km"
    MINUTE      = "minute",      "分钟",             "minutes"
    HOUR        = "hour",        "小时",             "hours"
    OFFICE_HOUR = "office_hour", "办公小时",         "office hours"
    DAY         = "day",         "日",               "days"
    YEAR        = "year",        "年",               "years"


NUMBERS = frozenset(Unit) - {Unit.GROUP, Unit.TEXT, Unit.SWITCH, Unit.CHOICE, Unit.CLOCK, Unit.COUNT}


class PolicyField(NamedTuple):
    """A row of the table; ``words`` are what its text may say."""

    path: str
    zh: str
    en: str
    unit: Unit
    help_zh: str
    help_en: str
    source: str = OWN
    words: type[Term] | None = None

    def title(self, language: str) -> str:
        """Return its name in the language."""
        return self.zh if language == "zh" else self.en


TABLE = (
    PolicyField("name", "代码", "name", Unit.TEXT, "政策的简短代码。", "A short name of the policy."),
    PolicyField("title_zh", "中文名称", "Chinese title", Unit.TEXT, "给中文读者看的名称。", "Title for readers of Chinese."),
    PolicyField("title_en", "英文名称", "English title", Unit.TEXT, "给英文读者看的名称。", "Title for readers of English."),
    PolicyField("note_zh", "中文说明", "Chinese note", Unit.TEXT, "采用前须知。", "What to know before adopting it."),
    PolicyField("note_en", "英文说明", "English note", Unit.TEXT, "采用前须知（英文）。", "What to know before adopting it."),
    PolicyField("time_zone", "时区", "time zone", Unit.TEXT, "日期与办公时间所在的时区。", "Where dates and office hours are told."),

    PolicyField("weights", "匹配权重", "weights", Unit.GROUP, "各项合计10,000基点。", "Together 10,000 basis points.", "O148 art. 25; founding work points item 10"),
    PolicyField("weights.specialty", "专业特长", "specialty", Unit.BASIS_POINT, "案由上的专长占多少。", "How much the level in the cause of action counts.", ""),
    PolicyField("weights.experience", "受援人类别经验", "experience with recipients", Unit.BASIS_POINT, "服务同类受援人的经验占多少。", "How much experience with the recipient's categories counts.", ""),
    PolicyField("weights.distance", "便利程度", "nearness", Unit.BASIS_POINT, "离案件所在地的远近占多少。", "How much nearness to the case counts.", ""),
    PolicyField("weights.language", "语言", "language", Unit.BASIS_POINT, "会受援人的语言占多少。", "How much speaking the recipient's language counts.", ""),
    PolicyField("weights.quality", "办案质量", "quality of past cases", Unit.BASIS_POINT, "以往质量评价占多少。", "How much grades of past cases count.", ""),
    PolicyField("weights.seniority", "执业经验", "seniority", Unit.BASIS_POINT, "执业年数占多少。", "How much years of practice count.", ""),
    PolicyField("weights.wish", "受援人意愿", "the recipient's wish", Unit.BASIS_POINT, "受援人的点选占多少。", "How much being wished for counts.", ""),
    PolicyField("weights.continuity", "一援到底", "continuity", Unit.BASIS_POINT, "办过前一阶段占多少。", "How much having had the earlier stage counts.", ""),

    PolicyField("thresholds", "门槛", "thresholds", Unit.GROUP, "硬性条件与评级的界线。", "Lines of the hard rules and the levels.", "LAL art. 26"),
    PolicyField("thresholds.grave_years", "重罪案件刑辩年数", "years of criminal defence for grave cases", Unit.YEAR, "可能判处无期徒刑、死刑的案件所需的刑事辩护经历。", "Criminal defence needed where life or death may be the sentence.", ""),
    PolicyField("thresholds.duty_years", "值班律师执业年数", "years of practice for duty lawyers", Unit.YEAR, "不填则不要求。", "Not asked for where left out.", "Jiangsu opinion on duty lawyers (3 years); regional"),
    PolicyField("thresholds.former_office_years", "离任法官检察官的年数", "years out of judicial office", Unit.YEAR, "离任后须满此年数才可代理、辩护。", "How long a former judge or procurator stays out.", ""),
    PolicyField("thresholds.senior_years", "资深年数", "years to full seniority", Unit.YEAR, "达到即按满分计。", "Years of practice that count in full.", ""),
    PolicyField("thresholds.unknown_quality", "未评价者的质量", "quality where not graded", Unit.LEVEL, "尚无评价者按此计。", "Level of whoever has not been graded yet.", ""),
    PolicyField("thresholds.specialty_floor", "专长下限", "least specialty", Unit.LEVEL, "案由专长低于此者不派；不填则不要求。", "Least level in the cause of action; not asked for where left out."),
    PolicyField("thresholds.reach_km", "最远距离", "greatest distance", Unit.KM, "超过者不派；不填则只计分。", "Nobody from further away; only scored where left out."),

    PolicyField("checks", "可开关的硬性条件", "hard rules to switch", Unit.GROUP, "本地规则；法律的硬性条件不在此列。", "Local rules; those of the law are not among them.", OWN),
    PolicyField("checks.area", "服务区域", "area served", Unit.SWITCH, "只派服务该区域的人。", "Ask that the practitioner serves the area.", ""),
    PolicyField("checks.language", "语言相通", "languages spoken", Unit.SWITCH, "只派会案件所需语言的人。", "Ask that the practitioner speaks every language needed.", ""),
    PolicyField("checks.assessment", "年度考核", "annual assessment", Unit.SWITCH, "只派上年度考核合格的人。", "Ask that the last assessment was passed.", ""),
    PolicyField("checks.duty_helpers", "值班帮助回避", "duty helpers kept out", Unit.SWITCH, "为同案嫌疑人值班帮助过的不得辩护。", "Who helped a co-suspect on duty does not defend.", ""),
    PolicyField("checks.grassroots_territory", "基层工作者地域限制", "territory of grass-roots workers", Unit.SWITCH, "当事人住所须在其县域内；省级可放宽。", "A party lives in the county of their office; a province may widen it.", ""),
    PolicyField("checks.death_review", "指派死刑复核案件", "assigns death-penalty reviews", Unit.SWITCH, "只有司法部法律援助中心为是。", "Yes only for the ministry's own centre.", ""),

    PolicyField("caps", "承办上限", "caps", Unit.GROUP, "名册未写明上限者适用。", "For whoever's entry names none.", OWN),
    PolicyField("caps.open_cases", "在办上限", "open cases", Unit.CASE, "同时在办的最多件数。", "Most cases open at a time.", ""),
    PolicyField("caps.per_month", "每月上限", "cases a month", Unit.CASE, "每月最多新派件数；不填则不限。", "Most new cases a month; no limit where left out."),

    PolicyField("fairness", "公平", "fairness", Unit.GROUP, "多派一件的代价，随轮次和在办数上升。", "Prices of one more case; they grow with turns and load.", OWN),
    PolicyField("fairness.price_per_turn", "每轮代价", "price of a turn", Unit.POINT, "每超前一轮扣多少分。", "Points taken for each turn ahead.", ""),
    PolicyField("fairness.price_per_effort", "每工作量代价", "price of a credit", Unit.POINT, "每超前一分工作量扣多少分。", "Points taken for each credit of effort ahead.", ""),
    PolicyField("fairness.most_turns_ahead", "超前轮次封顶", "most turns ahead", Unit.TURN, "再多也只按此计。", "More than this is not priced higher.", ""),
    PolicyField("fairness.most_effort_ahead", "超前工作量封顶", "most effort ahead", Unit.CREDIT, "再多也只按此计。", "More than this is not priced higher.", ""),
    PolicyField("fairness.load_ladder", "在办数阶梯", "ladder of load", Unit.POINT, "从空闲到满额，每个名额的代价。", "Price of a slot from an empty desk to a full one.", ""),
    PolicyField("fairness.floor_cases_per_year", "每年最低件数", "floor of cases a year", Unit.CASE, "不足者优先；不填则无。", "Whoever has fewer comes first; none where left out.", "Guangdong regulation of 2006 art. 7 (2 cases); regional"),
    PolicyField("fairness.floor_premium", "补足加分", "premium below the floor", Unit.POINT, "欠件数者每件加多少分。", "Points by which a case is preferred for whoever lacks it."),

    PolicyField("rotation", "轮流指派", "rotation", Unit.GROUP, "按谁、按什么、派均什么。", "By whom, measured how, of what.", "Zhejiang guidance 2024 no. 6"),
    PolicyField("rotation.by", "轮流指派单位", "whose turn", Unit.CHOICE, "按人或按机构。", "By person or by institution.", "Zhejiang guidance 2024 no. 6; Lu'an rules art. 4", shares.Unit),
    PolicyField("rotation.measure", "份额依据", "share measured by", Unit.CHOICE, "每人或每机构应得多少。", "How much each is due.", OWN, shares.Measure),
    PolicyField("rotation.counts", "派均对象", "what is evened out", Unit.CHOICE, "轮次或工作量。", "Turns or effort.", OWN, shares.Counted),

    PolicyField("relaxation", "放宽顺序", "order of relaxation", Unit.CHOICE, "无人可派时依次放宽的本地规则。", "Local rules let go, in this order, where nobody is left.", "", Soft),
    PolicyField("wish_levels", "意愿分级", "levels of wishes", Unit.LEVEL, "第一、第二、第三意愿各按多少计。", "What the first, second and third wish count.", "Hefei point selection 2008; levels: centre policy"),
    PolicyField("distance_bands", "距离分级", "bands of distance", Unit.GROUP, "每段距离按多少计。", "What each distance counts.", ""),
    PolicyField("distance_bands.up_to_km", "至", "up to", Unit.KM, "此段的最远距离。", "Where the band ends.", "Lu'an rules art. 3; bands: centre policy"),
    PolicyField("distance_bands.level", "计", "level", Unit.LEVEL, "此段按多少计。", "What the band counts.", "Lu'an rules art. 3; levels: centre policy"),
    PolicyField("urgency", "紧急分级", "ladder of urgency", Unit.GROUP, "剩余时间越少越先。", "The fewer hours are left, the earlier.", ""),
    PolicyField("urgency.within_hours", "剩余不超过", "with at most", Unit.HOUR, "距时限的小时数。", "Hours left to the deadline.", "LAL arts. 36, 43; ladder: centre policy"),
    PolicyField("urgency.level", "级别", "rank", Unit.RANK, "越高越先。", "Higher is served first.", "LAL arts. 36, 43; ladder: centre policy"),

    PolicyField("effort", "工作量", "effort", Unit.GROUP, "一件案件记多少工作量。", "What a case counts as effort.", OWN),
    PolicyField("effort.by_service", "按服务形式", "by service", Unit.CREDIT, "每种服务形式记多少。", "Credits of each form of service.", "", Service),
    PolicyField("effort.grave", "重罪加计", "extra for grave cases", Unit.CREDIT, "可能判处无期徒刑、死刑的加计。", "Added where life or death may be the sentence.", ""),
    PolicyField("effort.major", "重大案件加计", "extra for major cases", Unit.CREDIT, "重大疑难案件加计。", "Added for major cases.", ""),

    PolicyField("grab", "抢单", "grab order", Unit.GROUP, "大厅如何处理抢单。", "How the board settles claims.", OWN),
    PolicyField("grab.window_minutes", "不公开抢单时段", "sealed window", Unit.MINUTE, "0为先到先得。", "0 gives the case to the first.", ""),
    PolicyField("grab.epsilon", "立即授予的差距", "granted at once within", Unit.POINT, "与最优相差不超过此数立即授予。", "A claim this close to the best is granted at once.", ""),
    PolicyField("grab.open_claims", "同时抢单数", "open claims", Unit.COUNT, "每人同时待定的抢单。", "Claims one may have open.", ""),
    PolicyField("grab.weekly_claims", "每周抢单数", "claims a week", Unit.COUNT, "每人每周的抢单。", "Claims one may make in a week.", ""),
    PolicyField("grab.cool_down_hours", "弃单冷却", "cool-down", Unit.HOUR, "抢后放弃者停抢多久。", "How long whoever abandons a case stays out.", ""),

    PolicyField("chains", "指派顺序", "chains of modes", Unit.GROUP, "第一条适用的顺序依次走。", "The first chain that fits is walked.", ""),
    PolicyField("chains.code", "代码", "code", Unit.TEXT, "顺序的代码。", "Its code."),
    PolicyField("chains.zh", "中文名称", "Chinese name", Unit.TEXT, "中文名称。", "Its name in Chinese."),
    PolicyField("chains.en", "英文名称", "English name", Unit.TEXT, "英文名称。", "Its name in English."),
    PolicyField("chains.matters", "案件类别", "matters", Unit.CHOICE, "适用的案件类别。", "Branches of law it is for.", "founding work points item 10", Matter),
    PolicyField("chains.detained", "仅限在押", "detained only", Unit.SWITCH, "只用于在押人员。", "Only for detained recipients."),
    PolicyField("chains.closed", "不公开案件", "closed cases only", Unit.SWITCH, "只用于未成年人、性侵害、涉密案件，不进大厅。", "Only for cases that never enter an open hall.", "Minors Protection Law art. 103; LAL art. 21"),
    PolicyField("chains.steps", "步骤", "steps", Unit.GROUP, "依次采用的方式。", "The modes tried in turn.", "founding work points item 10; windows: centre policy"),
    PolicyField("chains.steps.mode", "方式", "mode", Unit.CHOICE, "本步的指派方式。", "The mode of the step.", "founding work points item 10", ModeName),
    PolicyField("chains.steps.hours", "限", "within", Unit.HOUR, "本步最长时间；最后一步不填。", "How long it may take; the last needs none."),

    PolicyField("walk", "顺序的执行", "walking the chains", Unit.GROUP, "征询、预留与提请。", "Offers, reserve and escalation.", OWN),
    PolicyField("walk.start_on_grant", "决定给予法律援助即开始", "starts on grant", Unit.SWITCH, "否则由工作人员开始或等待批次。", "Otherwise an officer starts it, or a run takes the case."),
    PolicyField("walk.answer_hours", "答复时限", "time to answer", Unit.OFFICE_HOUR, "答复征询的时间，不超过本步。", "Time to answer an offer; never longer than its step."),
    PolicyField("walk.offers_at_once", "同时征询人数", "asked at once", Unit.PERSON, "轮流指派时同时征询几人。", "How many the rotation asks at a time."),
    PolicyField("walk.ask_after_runs", "匹配后先征询", "asks after runs", Unit.SWITCH, "匹配结果先征询再指派。", "Proposals of a run are offered before they bind."),
    PolicyField("walk.reserve_hours", "为最后一步预留", "kept for the last step", Unit.OFFICE_HOUR, "此前各步须在此之前结束。", "Earlier steps end before it.", "LAL arts. 36, 43 (3 days); hours: centre policy"),
    PolicyField("walk.escalate_hours", "提请负责人", "manager called", Unit.OFFICE_HOUR, "距时限多久提请负责人。", "How long before the deadline.", "LAL arts. 36, 43 (3 days); hours: centre policy"),
    PolicyField("walk.direct_below_hours", "直接到最后一步", "straight to the last step", Unit.HOUR, "剩余少于此数时直接到最后一步。", "With fewer hours left.", "LAL arts. 36, 43 (3 days); hours: centre policy"),

    PolicyField("runs", "自动批次", "runs", Unit.GROUP, "匹配批次何时自动进行。", "When runs come by themselves.", OWN),
    PolicyField("runs.every_minutes", "最长等待", "longest wait", Unit.MINUTE, "案件等待多久进入批次；不填则只手动。", "A case waits no longer; by button only where left out."),
    PolicyField("runs.opens", "上班", "opens", Unit.CLOCK, "办公时间开始。", "When office hours begin."),
    PolicyField("runs.closes", "下班", "closes", Unit.CLOCK, "办公时间结束。", "When office hours end."),

    PolicyField("nightly", "夜间检查", "nightly check", Unit.GROUP, "提前多久提醒。", "How far ahead it looks.", OWN),
    PolicyField("nightly.licence_days", "执业证到期", "licences that run out", Unit.DAY, "此日数内到期即提醒。", "Named within so many days."),
    PolicyField("nightly.absence_days", "休假暂停结束", "absences that end", Unit.DAY, "此日数内结束即提醒。", "Named within so many days."),

    PolicyField("deadlines", "本地时限", "local time limits", Unit.GROUP, "只能短于法定时限，以较早者为准。", "Only ever shorter than the law's: the earlier binds.", "LAL arts. 36, 43"),
    PolicyField("deadlines.value", "长度", "length", Unit.COUNT, "时限的长度。", "How long it is.", "LAL arts. 36, 43"),
    PolicyField("deadlines.unit", "单位", "counted in", Unit.CHOICE, "小时、日或工作日。", "Hours, days or working days.", "LAL has none; cautious default", deadlines.Unit),
    PolicyField("deadlines.roll", "节假日顺延", "rolls over holidays", Unit.SWITCH, "末日为节假日时顺延；在押不顺延。", "Never for detained persons.", "CPL art. 105"),
    PolicyField("deadlines.before", "倒计", "counts back", Unit.SWITCH, "从事件向前计算。", "Counts back from the event."),
    PolicyField("deadlines.source", "依据", "source", Unit.TEXT, "规定此时限的文件。", "What sets it."),

    PolicyField("causes", "案由目录", "catalogue of causes", Unit.GROUP, "可选的案由。", "The causes of action there are.", ""),
    PolicyField("causes.code", "代码", "code", Unit.TEXT, "案由代码。", "Its code.", "LAL arts. 24-33"),
    PolicyField("causes.zh", "中文名称", "Chinese name", Unit.TEXT, "中文名称。", "Its name in Chinese.", "LAL arts. 24-33"),
    PolicyField("causes.en", "英文名称", "English name", Unit.TEXT, "英文名称。", "Its name in English.", "LAL arts. 24-33"),
    PolicyField("causes.matter", "案件类别", "matter", Unit.CHOICE, "所属类别。", "The branch of law it belongs to.", "LAL arts. 24-33", Matter),
    PolicyField("sources", "依据说明", "sources", Unit.TEXT, "每个字段的依据。", "What each field is based on."),
)
# fmt: on
FIELDS = {row.path: row for row in TABLE}


def source_of(path: str) -> str:
    """Return what a field is based on where a policy does not say so itself."""
    row = FIELDS[path]
    return row.source or load_preset("national").sources[row.path]
