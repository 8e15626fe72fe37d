"""What each field of a policy is called, measured in, meant for and based on: one row a field, in both languages.

Where the source is empty, the national preset names it. What no law fixes is the centre's own choice.
"""

from typing import NamedTuple

from dispatch.domain import shares
from dispatch.domain.eligibility.soft_rules import Soft
from dispatch.domain.law import deadlines
from dispatch.domain.law.citations import OWN, Citations, Trust, cite
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.states import QualityGrade
from dispatch.domain.vocabulary import Matter, ModeName, Service, Stage, Term


# fmt: off
class Unit(Term):
    """What a field is measured in."""

    GROUP       = "group",       "一组",             "a group"
    CITATION    = "citation",    "条款",             "a citation"
    TEXT        = "text",        "文字",             "text"
    SWITCH      = "switch",      "是否",             "yes or no"
    CHOICE      = "choice",      "选项",             "a choice"
    CLOCK       = "clock",       "时刻",             "time of day"
    COUNT       = "count",       "个",               "in number"
    BASIS_POINT = "basis_point", "基点（万分之一）", "basis points"
    POINT       = "point",       "分（满分100万）",  "points of 1,000,000"
    LEVEL       = "level",       "分（百分制）",     "of 100"
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


NUMBERS = frozenset(Unit) - {Unit.GROUP, Unit.CITATION, Unit.TEXT, Unit.SWITCH, Unit.CHOICE, Unit.CLOCK, Unit.COUNT}


class PolicyField(NamedTuple):
    """A row of the table; ``words`` are what its text may say."""

    path: str
    zh: str
    en: str
    unit: Unit
    help_zh: str
    help_en: str
    source: Citations = OWN
    words: type[Term] | None = None

    def title(self, language: str) -> str:
        """Return its name in the language."""
        return self.zh if language == "zh" else self.en


CITED = (
    ("instrument", "文件", "instrument", Unit.TEXT, "文件目录中的代码。", "Its code in the table of instruments.", None),
    ("document", "其他文件", "other document", Unit.TEXT, "目录中没有的文件：写全称和文号。", "One that the table lacks: its full title and number.", None),
    ("article", "条", "article", Unit.COUNT, "第几条。", "Its number.", None),
    ("to", "至", "to article", Unit.COUNT, "连续几条的，填最后一条。", "The last of a range of articles.", None),
    ("paragraph", "款", "paragraph", Unit.COUNT, "第几款。", "Its number in the article.", None),
    ("item", "项", "item", Unit.COUNT, "第几项。", "Its number in the paragraph.", None),
    ("trust", "核对程度", "checked", Unit.CHOICE, "引用时对原文的核对程度。", "How far the text was read.", Trust),
)
"""What a citation has, wherever there is one in a policy."""

CAUSES = (
    cite("criminal_law", trust=Trust.SECONDARY)
    + cite("civil_causes", trust=Trust.SECONDARY)
    + cite("administrative_causes", trust=Trust.UNREAD)
)
"""Where the official names of causes and offences are found."""

TABLE = (
    PolicyField("name", "代码", "name", Unit.TEXT, "指派方案的简短代码。", "A short name of the policy."),
    PolicyField("title_zh", "中文名称", "Chinese title", Unit.TEXT, "中文界面显示的名称。", "Title for readers of Chinese."),
    PolicyField("title_en", "英文名称", "English title", Unit.TEXT, "英文界面显示的名称。", "Title for readers of English."),
    PolicyField("note_zh", "中文说明", "Chinese note", Unit.TEXT, "采用前须知。", "What to know before adopting it."),
    PolicyField("note_en", "英文说明", "English note", Unit.TEXT, "采用前须知（英文）。", "What to know before adopting it."),
    PolicyField("time_zone", "时区", "time zone", Unit.TEXT, "日期和办公时间所用的时区。", "Where dates and office hours are told."),

    PolicyField("weights", "匹配权重", "weights", Unit.GROUP, "各项之和为10,000（即100%，1基点为0.01%）。", "Together 10,000 basis points.", cite("case_procedures", 25, paragraph=1) + cite("shangqiu_work_points", item=10)),
    PolicyField("weights.specialty", "专业特长", "specialty", Unit.BASIS_POINT, "在本案由上的专业特长所占权重。", "How much the level in the cause of action counts.", ()),
    PolicyField("weights.experience", "受援人类别经验", "experience with recipients", Unit.BASIS_POINT, "办理同类受援人案件的经验所占权重。", "How much experience with the recipient's categories counts.", ()),
    PolicyField("weights.distance", "便利程度", "nearness", Unit.BASIS_POINT, "距案件所在地远近所占权重。", "How much nearness to the case counts.", ()),
    PolicyField("weights.language", "语言", "language", Unit.BASIS_POINT, "能使用受援人所需语言所占权重。", "How much speaking the recipient's language counts.", ()),
    PolicyField("weights.quality", "办案质量", "quality of past cases", Unit.BASIS_POINT, "以往案件质量评估结果所占权重。", "How much grades of past cases count.", ()),
    PolicyField("weights.seniority", "执业经验", "seniority", Unit.BASIS_POINT, "执业年限所占权重。", "How much years of practice count.", ()),
    PolicyField("weights.wish", "点援意愿", "the recipient's wish", Unit.BASIS_POINT, "受援人点援所占权重。", "How much being wished for counts.", ()),
    PolicyField("weights.continuity", "一援到底", "continuity", Unit.BASIS_POINT, "承办过本案前一阶段所占权重。", "How much having had the earlier stage counts.", ()),

    PolicyField("thresholds", "年限和下限", "thresholds", Unit.GROUP, "必备条件和计分所用的年限、下限。", "Lines of the hard rules and the levels.", cite("legal_aid_law", 26)),
    PolicyField("thresholds.grave_years", "可能被判处无期徒刑、死刑案件的刑事辩护年限", "years of criminal defence for grave cases", Unit.YEAR, "办理可能被判处无期徒刑、死刑的案件所需的刑事辩护经历。", "Criminal defence needed where life or death may be the sentence.", ()),
    PolicyField("thresholds.duty_years", "值班律师执业年限", "years of practice for duty lawyers", Unit.YEAR, "不填则不要求。", "Not asked for where left out.", OWN),
    PolicyField("thresholds.former_office_years", "法官、检察官离任年限", "years out of judicial office", Unit.YEAR, "离任满此年限，方可担任诉讼代理人或者辩护人。", "How long a former judge or procurator stays out.", ()),
    PolicyField("thresholds.senior_years", "执业经验满分年限", "years to full seniority", Unit.YEAR, "执业达到此年限的，执业经验按满分计。", "Years of practice that count in full.", ()),
    PolicyField("thresholds.unknown_quality", "尚无质量评估的计分", "quality where not graded", Unit.LEVEL, "尚未进行案件质量评估的人员，按此计分。", "Level of whoever has not been graded yet.", ()),
    PolicyField("thresholds.specialty_floor", "专业特长下限", "least specialty", Unit.LEVEL, "在本案由的专业特长低于此分值的不指派；不填则不要求。", "Least level in the cause of action; not asked for where left out."),
    PolicyField("thresholds.reach_km", "最远距离", "greatest distance", Unit.KM, "超过此距离的不指派；不填则只影响得分。", "Nobody from further away; only scored where left out."),

    PolicyField("checks", "可启用的本地条件", "hard rules to switch", Unit.GROUP, "由本中心决定是否启用；其他法定条件始终适用，不在此列。", "Local rules; those of the law are not among them.", OWN),
    PolicyField("checks.area", "服务区域", "area served", Unit.SWITCH, "只指派服务该区域的人员。", "Ask that the practitioner serves the area.", ()),
    PolicyField("checks.language", "语言相通", "languages spoken", Unit.SWITCH, "只指派能使用本案所需语言的人员。", "Ask that the practitioner speaks every language needed.", ()),
    PolicyField("checks.assessment", "年度考核", "annual assessment", Unit.SWITCH, "只指派上一年度考核称职的人员。", "Ask that the last assessment was passed.", ()),
    PolicyField("checks.duty_helpers", "值班律师不再担任同案辩护人", "duty helpers kept out", Unit.SWITCH, "按本地规定，曾为同案多名犯罪嫌疑人、被告人提供值班律师法律帮助的，不再指派担任辩护人；本地无此规定的不开启。", "Where the place says so, who helped several co-suspects on duty does not defend; off elsewhere.", ()),
    PolicyField("checks.minor_trained", "未成年人案件专门培训", "training for minors", Unit.SWITCH, "按本中心规定，以登记的专门培训证明承办律师熟悉未成年人身心特点。", "By the centre's rule, recorded training proves that a lawyer knows minors' traits.", ()),
    PolicyField("checks.volunteers_light", "志愿者服务范围", "what volunteers do", Unit.SWITCH, "按本中心规定，非执业律师的志愿者只提供法律咨询、代拟法律文书等服务。", "By the centre's rule, volunteers without a certificate give advice and draft documents only.", ()),
    PolicyField("checks.grassroots_territory", "基层法律服务工作者执业区域", "territory of grass-roots workers", Unit.SWITCH, "一方当事人住所地或者审理的基层人民法院须在其执业区域；省级可放宽。", "A party lives, or a basic court hears the case, where their office is; a province may widen it.", ()),
    PolicyField("checks.supreme_review", "指派最高人民法院复核的死刑案件", "assigns reviews by the Supreme Court", Unit.SWITCH, "只有司法部法律援助中心为是。", "Yes only for the ministry's own centre.", ()),

    PolicyField("caps", "件数上限", "caps", Unit.GROUP, "名册中未单独填写的，按此执行。", "For whoever's entry names none.", OWN),
    PolicyField("caps.open_cases", "在办案件数上限", "open cases", Unit.CASE, "同时在办的最多件数。", "Most cases open at a time.", ()),
    PolicyField("caps.per_month", "每月指派数上限", "cases a month", Unit.CASE, "每月最多新指派的件数；不填则不限。", "Most new cases a month; no limit where left out."),

    PolicyField("fairness", "均衡", "fairness", Unit.GROUP, "已派轮次或者在办案件越多，再派一件扣分越多。", "Prices of one more case; they grow with turns and load.", OWN),
    PolicyField("fairness.price_per_turn", "每超前一轮的扣分", "price of a turn", Unit.POINT, "比应得份额每超前一轮扣的分。", "Points taken for each turn ahead.", ()),
    PolicyField("fairness.price_per_effort", "每超前一分工作量的扣分", "price of a credit", Unit.POINT, "比应得份额每超前一分工作量扣的分。", "Points taken for each credit of effort ahead.", ()),
    PolicyField("fairness.most_turns_ahead", "超前轮次封顶", "most turns ahead", Unit.TURN, "超前更多的，也按此数扣分。", "More than this is not priced higher.", ()),
    PolicyField("fairness.most_effort_ahead", "超前工作量封顶", "most effort ahead", Unit.CREDIT, "超前更多的，也按此数扣分。", "More than this is not priced higher.", ()),
    PolicyField("fairness.load_ladder", "在办案件扣分阶梯", "ladder of load", Unit.POINT, "在办案件从0件增至上限，每多一件扣的分。", "Price of a slot from an empty desk to a full one.", ()),
    PolicyField("fairness.floor_cases_per_year", "年度最低办案件数", "floor of cases a year", Unit.CASE, "未达到此件数的优先指派；不填则不要求。", "Whoever has fewer comes first; none where left out.", OWN),
    PolicyField("fairness.floor_premium", "未达最低件数的加分", "premium below the floor", Unit.POINT, "未达最低件数的，每件加的分。", "Points by which a case is preferred for whoever lacks it."),

    PolicyField("rotation", "轮流指派", "rotation", Unit.GROUP, "轮流指派的单位、份额依据、均衡口径和暂缓时间。", "By whom, measured how, of what, and how long a turn is waived.", cite("zhejiang_assignment")),
    PolicyField("rotation.by", "轮流指派单位", "whose turn", Unit.CHOICE, "按人员或者按机构轮流。", "By person or by institution.", cite("zhejiang_assignment") + cite("luan_assignment", 4), shares.TurnUnit),
    PolicyField("rotation.measure", "份额依据", "share measured by", Unit.CHOICE, "每名人员或者每个机构应得份额的依据。", "How much each is due.", OWN, shares.ShareMeasure),
    PolicyField("rotation.counts", "均衡口径", "what is evened out", Unit.CHOICE, "按轮次或者按工作量均衡。", "Turns or effort.", OWN, shares.Counted),
    PolicyField("rotation.waive_hours", "不接受后暂缓轮到时间", "turn waived for", Unit.OFFICE_HOUR, "轮流指派中不接受征询或者逾期未答复的，在此时间内排在其他人之后，已派轮次不变；0为不暂缓。", "How long others come first after a turn is declined or not answered, the ledger unchanged; 0 for not at all.", OWN),

    PolicyField("relaxation", "放宽顺序", "order of relaxation", Unit.CHOICE, "没有符合条件的人员时，依次放宽的本地条件。", "Local rules let go, in this order, where nobody is left.", (), Soft),
    PolicyField("wish_levels", "点援意愿计分", "levels of wishes", Unit.LEVEL, "第一、第二、第三点援意愿各计的分。", "What the first, second and third wish count.", OWN),
    PolicyField("distance_bands", "距离分段", "bands of distance", Unit.GROUP, "每段距离的计分。", "What each distance counts.", ()),
    PolicyField("distance_bands.up_to_km", "距离上限", "up to", Unit.KM, "本段的最远距离。", "Where the band ends.", cite("luan_assignment", 3) + OWN),
    PolicyField("distance_bands.level", "计分", "level", Unit.LEVEL, "本段距离计的分。", "What the band counts.", cite("luan_assignment", 3) + OWN),
    PolicyField("urgency", "紧急程度", "ladder of urgency", Unit.GROUP, "距期限越近，越先指派。", "The fewer hours are left, the earlier.", ()),
    PolicyField("urgency.within_hours", "剩余小时数不超过", "with at most", Unit.HOUR, "距指派期限的小时数。", "Hours left to the deadline.", cite("legal_aid_law", 36) + cite("legal_aid_law", 43, paragraph=1) + OWN),
    PolicyField("urgency.level", "级别", "rank", Unit.RANK, "级别越高，越先指派。", "Higher is served first.", cite("legal_aid_law", 36) + cite("legal_aid_law", 43, paragraph=1) + OWN),

    PolicyField("effort", "工作量", "effort", Unit.GROUP, "每件案件计入的工作量。", "What a case counts as effort.", OWN),
    PolicyField("effort.by_service", "按法律援助形式", "by service", Unit.CREDIT, "每种法律援助形式计入的工作量。", "Credits of each form of service.", (), Service),
    PolicyField("effort.grave", "可能被判处无期徒刑、死刑的加计", "extra for grave cases", Unit.CREDIT, "可能被判处无期徒刑、死刑的案件另加的工作量。", "Added where life or death may be the sentence.", ()),
    PolicyField("effort.major", "重大、疑难案件加计", "extra for major cases", Unit.CREDIT, "重大、疑难案件另加的工作量。", "Added for major cases.", ()),

    PolicyField("quality", "质量等次和投诉", "grades and complaints", Unit.GROUP, "案件质量评估等次、查实的投诉如何影响办案质量得分，越近影响越大；不设则不影响。", "How quality grades and upheld complaints move the quality level, the latest most; they do not where left out.", OWN),
    PolicyField("quality.window_days", "有效期", "counts for", Unit.DAY, "超过此日数的等次、投诉不再计入。", "Grades and complaints older than this count no more.", ()),
    PolicyField("quality.half_life_days", "减半期", "half-life", Unit.DAY, "每过此日数，影响减半。", "They count half after so many days.", ()),
    PolicyField("quality.prior", "原有得分的分量", "weight of the level before", Unit.CASE, "原有得分相当于几件新近评估的案件，避免一案定高低。", "How many fresh grades the level before them weighs, so that no single case decides.", ()),
    PolicyField("quality.levels", "各等次的计分", "levels of the grades", Unit.LEVEL, "优秀、良好、合格、不合格各按多少分计。", "What each grade counts.", (), QualityGrade),
    PolicyField("quality.complaint_points", "查实投诉的扣分", "taken for a complaint", Unit.LEVEL, "投诉查实后扣的分，按减半期递减。", "Taken for an upheld complaint, less as time goes by.", ()),

    PolicyField("grab", "抢单", "grab order", Unit.GROUP, "抢单大厅如何确定承办人员。", "How the board settles claims.", OWN),
    PolicyField("grab.window_minutes", "不公开抢单时段", "sealed window", Unit.MINUTE, "时段内互不可见，结束时择优；填0为先到先得。", "0 gives the case to the first.", ()),
    PolicyField("grab.epsilon", "即时确定的分差", "granted at once within", Unit.POINT, "与最优人选的分差不超过此数的，即时确定。", "A claim this close to the best is granted at once.", ()),
    PolicyField("grab.open_claims", "同时待确定的抢单数", "open claims", Unit.COUNT, "每人同时待确定的抢单数上限。", "Claims one may have open.", ()),
    PolicyField("grab.weekly_claims", "每周抢单数", "claims a week", Unit.COUNT, "每人每周的抢单数上限。", "Claims one may make in a week.", ()),
    PolicyField("grab.cool_down_hours", "退回后暂停抢单", "cool-down", Unit.HOUR, "抢单后无正当理由退回的，暂停抢单的时长。", "How long whoever abandons a case stays out.", ()),

    PolicyField("chains", "指派流程", "chains of modes", Unit.GROUP, "采用第一个适用的流程，依次进行各环节。", "The first chain that fits is walked.", ()),
    PolicyField("chains.code", "代码", "code", Unit.TEXT, "流程的代码。", "Its code."),
    PolicyField("chains.zh", "中文名称", "Chinese name", Unit.TEXT, "中文名称。", "Its name in Chinese."),
    PolicyField("chains.en", "英文名称", "English name", Unit.TEXT, "英文名称。", "Its name in English."),
    PolicyField("chains.matters", "案件类型", "matters", Unit.CHOICE, "适用的案件类型。", "Branches of law it is for.", cite("shangqiu_work_points", item=10), Matter),
    PolicyField("chains.detained", "仅限在押", "detained only", Unit.SWITCH, "只用于被羁押的犯罪嫌疑人、被告人和服刑人员。", "Only for detained recipients."),
    PolicyField("chains.closed", "不公开案件", "closed cases only", Unit.SWITCH, "只用于未成年人、性侵害、涉密案件，不进入抢单大厅。", "Only for cases that never enter the board.", cite("minors_protection_law", 103) + cite("legal_aid_law", 21) + OWN),
    PolicyField("chains.steps", "环节", "steps", Unit.GROUP, "依次采用的指派方式。", "The modes tried in turn.", cite("shangqiu_work_points", item=10) + OWN),
    PolicyField("chains.steps.mode", "指派方式", "mode", Unit.CHOICE, "本环节采用的指派方式。", "The mode of the step.", cite("shangqiu_work_points", item=10), ModeName),
    PolicyField("chains.steps.hours", "时限（小时）", "within", Unit.HOUR, "本环节最长的时间；点援环节为受援人选择的时间；最后环节不填。", "How long it may take; in point selection, to choose; the last needs none."),

    PolicyField("walk", "指派流程设置", "walking the chains", Unit.GROUP, "征询答复、预留时间和提请负责人。", "Offers, reserve and escalation.", OWN),
    PolicyField("walk.start_on_grant", "决定给予法律援助或者收到通知后自动开始", "starts on grant or notice", Unit.SWITCH, "不启用的，由经办人员开始，或者等待匹配批次。", "Otherwise an officer starts it, or a run takes the case."),
    PolicyField("walk.answer_hours", "征询答复时限", "time to answer", Unit.OFFICE_HOUR, "答复征询的时间，不超过本环节的时限。", "Time to answer an offer; never longer than its step."),
    PolicyField("walk.wish_hours", "每名点援人员最短征询时间", "least time for a wish", Unit.OFFICE_HOUR, "时间不足时，每名点援人员至少征询这么久；仍容纳不下的，事先告知不再逐一征询。", "Each wish is asked at least so long; what does not fit is told beforehand."),
    PolicyField("walk.offers_at_once", "同时征询人数", "asked at once", Unit.PERSON, "轮流指派时同时征询的人数。", "How many the rotation asks at a time."),
    PolicyField("walk.ask_after_runs", "匹配后先征询", "asks after runs", Unit.SWITCH, "匹配结果先征询本人意见，再指派。", "Proposals of a run are offered before they bind."),
    PolicyField("walk.reserve_hours", "为最后环节预留", "kept for the last step", Unit.OFFICE_HOUR, "为最后环节留出的时间，其余环节在此之前结束。", "Earlier steps end before it.", cite("legal_aid_law", 36) + cite("legal_aid_law", 43, paragraph=1) + OWN),
    PolicyField("walk.escalate_hours", "提请负责人", "manager called", Unit.OFFICE_HOUR, "距指派期限多久时提请负责人处理。", "How long before the deadline.", cite("legal_aid_law", 36) + cite("legal_aid_law", 43, paragraph=1) + OWN),
    PolicyField("walk.direct_below_hours", "直接进入最后环节", "straight to the last step", Unit.HOUR, "剩余时间少于此数时，直接进入最后环节。", "With fewer hours left.", cite("legal_aid_law", 36) + cite("legal_aid_law", 43, paragraph=1) + OWN),

    PolicyField("runs", "自动匹配", "runs", Unit.GROUP, "匹配批次何时自动发起。", "When runs come by themselves.", OWN),
    PolicyField("runs.every_minutes", "最长等待", "longest wait", Unit.MINUTE, "案件最长等待多久即发起匹配；不填则只由经办人员发起。", "A case waits no longer; by button only where left out."),
    PolicyField("runs.opens", "上班", "opens", Unit.CLOCK, "办公时间开始；不早于下班时间的，视为全天办公，不分节假日。", "When office hours begin; the office never closes where that is not before they end."),
    PolicyField("runs.closes", "下班", "closes", Unit.CLOCK, "办公时间结束。", "When office hours end."),

    PolicyField("nightly", "夜间检查", "nightly check", Unit.GROUP, "每夜检查名册，提前提醒。", "How far ahead it looks.", OWN),
    PolicyField("nightly.assessment_days", "年度考核备案到期", "assessments on record that run out", Unit.DAY, "在此日数内到期的，予以提醒。", "Named within so many days."),
    PolicyField("nightly.absence_days", "休假、暂停指派期满", "absences that end", Unit.DAY, "在此日数内期满的，予以提醒。", "Named within so many days."),

    PolicyField("leave", "自行登记的休假", "leave reported by oneself", Unit.GROUP, "承办人员、承办机构自行登记的休假，超出的须经工作人员审核。", "What practitioners and institutions report themselves; more waits for an officer.", OWN),
    PolicyField("leave.days", "一年内日数", "days in a year", Unit.DAY, "自当日起一年内，自行登记的休假合计不超过此工作日数的，即时生效；部分时段按比例计。", "Working days of the year ahead that hold at once; hours count as parts of a day.", OWN),
    PolicyField("leave.reports", "未结束的项数", "leaves that are not over", Unit.COUNT, "每人尚未结束的休假不超过此项数的，即时生效；待审核的最多也为此项数。", "As many of one person hold at once, and as many may wait.", OWN),

    PolicyField("deadlines", "本中心期限", "local time limits", Unit.GROUP, "只能短于法定期限，以先届满的为准。", "Only ever shorter than the law's: the earlier binds.", cite("legal_aid_law", 36) + cite("legal_aid_law", 43, paragraph=1)),
    PolicyField("deadlines.value", "长度", "length", Unit.COUNT, "期限的长度。", "How long it is.", cite("legal_aid_law", 36) + cite("legal_aid_law", 43, paragraph=1)),
    PolicyField("deadlines.unit", "单位", "counted in", Unit.CHOICE, "小时、日或者工作日。", "Hours, days or working days.", OWN, deadlines.TimeUnit),
    PolicyField("deadlines.roll", "节假日顺延", "rolls over holidays", Unit.SWITCH, "最后一日为节假日的，顺延至节假日后第一日；在押的不顺延。", "Never for detained persons.", cite("criminal_procedure_law", 105, paragraph=4)),
    PolicyField("deadlines.before", "向前计算", "counts back", Unit.SWITCH, "从该事项发生之日向前计算。", "Counts back from the event."),
    PolicyField("deadlines.source", "依据", "source", Unit.CITATION, "规定此期限的文件。", "What sets it."),

    PolicyField("closing", "预计办结日期", "closing days", Unit.GROUP, "各阶段应当办结的日期，按第一个符合的行计算；个案可以另行确定。", "By when a stage should be closed: the first row that fits; a case may have a day of its own.", OWN),
    PolicyField("closing.stage", "办理阶段", "stage", Unit.CHOICE, "适用的办理阶段。", "The stage it is for.", OWN, Stage),
    PolicyField("closing.matters", "案件类型", "matters", Unit.CHOICE, "适用的案件类型；不填则适用于全部。", "The matters it is for; all of them where left out.", OWN, Matter),
    PolicyField("closing.days", "日数", "days", Unit.DAY, "自指派之日起的日数。", "Calendar days from the assignment."),

    PolicyField("causes", "案由（罪名）目录", "catalogue of causes", Unit.GROUP, "可以选择的案由、罪名。", "The causes of action there are.", ()),
    PolicyField("causes.code", "代码", "code", Unit.TEXT, "案由（罪名）代码。", "Its code.", CAUSES),
    PolicyField("causes.zh", "中文名称", "Chinese name", Unit.TEXT, "中文名称。", "Its name in Chinese.", CAUSES),
    PolicyField("causes.en", "英文名称", "English name", Unit.TEXT, "英文名称。", "Its name in English.", CAUSES),
    PolicyField("causes.parent", "上级", "under", Unit.TEXT, "所属的章、节或者案由组；专业特长按最近的上级计。", "The chapter or group it stands under; a specialty graded there counts for it."),
    PolicyField("causes.aliases", "其他写法", "other names", Unit.TEXT, "导入时也认得的写法；“{甲、乙}”表示其中任意几项。", "Names an import knows it by too; {甲、乙} stands for any of them."),
    PolicyField("causes.also", "也可属于", "may also be", Unit.CHOICE, "除上列案件类型外还可属于的类型。", "Further branches of law its cases may belong to.", cite("legal_aid_law", 24, to=33), Matter),
    PolicyField("causes.matter", "案件类型", "matter", Unit.CHOICE, "所属的案件类型。", "The branch of law it belongs to.", cite("legal_aid_law", 24, to=33), Matter),
    PolicyField("sources", "依据", "sources", Unit.CITATION, "各项数值的依据。", "What each field is based on."),
    *(
        PolicyField(f"{path}.{name}", zh, en, unit, help_zh, help_en, OWN, words)
        for path in ("deadlines.source", "sources")
        for name, zh, en, unit, help_zh, help_en, words in CITED
    ),
)
# fmt: on
FIELDS = {row.path: row for row in TABLE}


def source_of(path: str) -> Citations:
    """Return what a field is based on where a policy does not say so itself."""
    row = FIELDS[path]
    return row.source or load_preset("national").sources[row.path]
