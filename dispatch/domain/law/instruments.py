"""The instruments the service rests on: one row each, with its full name in both languages and how long it holds.

A row is never removed: a policy of last year may cite it. What replaced it is named in ``replaced_by``;
nothing of ours may cite it any longer. ``number`` is the number it was issued under, where people cite it.
"""

from dataclasses import dataclass
from datetime import date

from dispatch.domain.vocabulary import Term

OF_THE_STATE = {"zh": "中华人民共和国", "en": " of the People's Republic of China"}
"""What the full name of a law has and nobody cites."""


# fmt: off
class InstrumentKind(Term):
    """What sort of instrument it is."""

    LAW            = "law",            "法律",     "law"
    STATE_COUNCIL  = "state_council",  "行政法规", "administrative regulation"
    REGULATION     = "regulation",     "部门规章", "departmental regulation"
    INTERPRETATION = "interpretation", "司法解释", "judicial interpretation"
    PLACE          = "place",          "地方规定", "rule of a place"
    GUIDANCE       = "guidance",       "规范性文件", "guidance"
    CENTRE         = "centre",         "本中心规定", "the centre's own"
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A row of the table; ``since`` is the day from which it, or the text now in force, holds; None is unknown."""

    code: str
    kind: InstrumentKind
    zh: str
    en: str
    since: date | None
    number: str = ""
    number_en: str = ""
    replaced_by: str = ""

    @property
    def in_force(self) -> bool:
        """Tell whether it may still be cited."""
        return not self.replaced_by

    def title(self, language: str) -> str:
        """Return its name as people cite it: 《法律援助法》, 《律师法》; with its number where it has one."""
        if language != "zh":
            return self.en.removesuffix(OF_THE_STATE["en"]) + (f" ({self.number_en})" if self.number else "")
        return f"《{self.zh.removeprefix(OF_THE_STATE['zh'])}》" + (f"（{self.number}）" if self.number else "")


def _law(code: str, zh: str, en: str, since: date) -> Instrument:
    names = {"zh": OF_THE_STATE["zh"] + zh, "en": en + OF_THE_STATE["en"]}
    return Instrument(code=code, kind=InstrumentKind.LAW, since=since, **names)


CENTRE = "centre"
"""A centre's own choice, which no instrument fixes."""

# fmt: off
INSTRUMENTS: dict[str, Instrument] = {row.code: row for row in (
    Instrument(code=CENTRE, kind=InstrumentKind.CENTRE, since=None, zh="本中心自定", en="the centre's own choice"),

    _law("legal_aid_law",                     "法律援助法",   "Legal Aid Law",                     date(2022, 1, 1)),
    _law("criminal_law",                      "刑法",         "Criminal Law",                      date(2024, 3, 1)),
    _law("criminal_procedure_law",            "刑事诉讼法",   "Criminal Procedure Law",            date(2018, 10, 26)),
    _law("civil_code",                        "民法典",       "Civil Code",                        date(2021, 1, 1)),
    _law("civil_procedure_law",               "民事诉讼法",   "Civil Procedure Law",               date(2024, 1, 1)),
    _law("administrative_litigation_law",     "行政诉讼法",   "Administrative Litigation Law",     date(2017, 7, 1)),
    _law("administrative_reconsideration_law", "行政复议法",  "Administrative Reconsideration Law", date(2024, 1, 1)),
    _law("labour_arbitration_law", "劳动争议调解仲裁法", "Law on the Mediation and Arbitration of Labour Disputes",
         date(2008, 5, 1)),
    _law("land_arbitration_law", "农村土地承包经营纠纷调解仲裁法",
         "Law on the Mediation and Arbitration of Disputes over Contracted Rural Land", date(2010, 1, 1)),
    _law("lawyers_law",                       "律师法",       "Lawyers Law",                       date(2018, 1, 1)),
    _law("judges_law",                        "法官法",       "Judges Law",                        date(2019, 10, 1)),
    _law("procurators_law",                   "检察官法",     "Procurators Law",                   date(2019, 10, 1)),
    _law("military_rights_law", "军人地位和权益保障法",
         "Law on the Protection of the Status, Rights and Interests of Military Personnel", date(2021, 8, 1)),
    _law("minors_protection_law",             "未成年人保护法", "Law on the Protection of Minors", date(2021, 6, 1)),
    _law("cybersecurity_law", "网络安全法", "Cybersecurity Law", date(2026, 1, 1)),
    _law("elderly_rights_law", "老年人权益保障法",
         "Law on the Protection of the Rights and Interests of the Elderly", date(2018, 12, 29)),

    Instrument(code="public_holidays", kind=InstrumentKind.STATE_COUNCIL, since=date(2025, 1, 1),
               zh="全国年节及纪念日放假办法",
               en="Regulation on Public Holidays for National Annual Festivals and Memorial Days"),

    Instrument(
        code="case_procedures", kind=InstrumentKind.REGULATION, since=date(2023, 9, 1),
        zh="办理法律援助案件程序规定", en="Provisions on Procedures for Handling Legal Aid Cases",
        number="司法部令第148号", number_en="Ministry of Justice Order No. 148",
    ),
    Instrument(
        code="case_procedures_2012", kind=InstrumentKind.REGULATION, since=date(2012, 7, 1),
        zh="办理法律援助案件程序规定", en="Provisions on Procedures for Handling Legal Aid Cases",
        number="司法部令第124号", number_en="Ministry of Justice Order No. 124", replaced_by="case_procedures",
    ),
    Instrument(
        code="complaints", kind=InstrumentKind.REGULATION, since=date(2025, 6, 15),
        zh="法律援助投诉处理办法", en="Measures for Handling Legal Aid Complaints",
        number="司法部令第149号", number_en="Ministry of Justice Order No. 149",
    ),
    Instrument(
        code="complaints_2013", kind=InstrumentKind.GUIDANCE, since=date(2014, 1, 1),
        zh="法律援助投诉处理办法", en="Measures for Handling Legal Aid Complaints",
        number="司发通〔2013〕161号", number_en="Si Fa Tong [2013] No. 161", replaced_by="complaints",
    ),
    Instrument(
        code="grassroots_workers", kind=InstrumentKind.REGULATION, since=date(2018, 2, 1),
        zh="基层法律服务工作者管理办法", en="Measures for the Administration of Grass-roots Legal Service Workers",
        number="司法部令第138号", number_en="Ministry of Justice Order No. 138",
    ),

    Instrument(
        code="lawyer_practice_measures", kind=InstrumentKind.REGULATION, since=date(2016, 11, 1),
        zh="律师执业管理办法", en="Measures for the Administration of Lawyers' Practice",
        number="司法部令第134号", number_en="Ministry of Justice Order No. 134",
    ),
    Instrument(
        code="lawyer_penalties", kind=InstrumentKind.REGULATION, since=date(2010, 6, 1),
        zh="律师和律师事务所违法行为处罚办法", en="Measures for Punishing Unlawful Acts of Lawyers and Law Firms",
        number="司法部令第122号", number_en="Ministry of Justice Order No. 122",
    ),
    # Cited by the numbers of the text of 2018, in which the conflicts of interest are one article later than in 2011.
    Instrument(
        code="lawyer_conduct_rules", kind=InstrumentKind.GUIDANCE, since=None,
        zh="中华全国律师协会律师执业行为规范", en="Rules of Conduct for Lawyers of the All China Lawyers Association",
    ),

    Instrument(
        code="criminal_procedure_interpretation", kind=InstrumentKind.INTERPRETATION, since=date(2021, 3, 1),
        zh="最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释",
        en="Interpretation of the Supreme People's Court on the Application of the Criminal Procedure Law",
        number="法释〔2021〕1号", number_en="Fa Shi [2021] No. 1",
    ),

    Instrument(
        code="minors_interpretation", kind=InstrumentKind.INTERPRETATION, since=date(2006, 1, 23),
        zh="最高人民法院关于审理未成年人刑事案件具体应用法律若干问题的解释",
        en="Interpretation of the Supreme People's Court on the Application of Law in Criminal Cases of Minors",
        number="法释〔2006〕1号", number_en="Fa Shi [2006] No. 1",
    ),
    Instrument(
        code="death_review_aid", kind=InstrumentKind.GUIDANCE, since=date(2022, 1, 1),
        zh="最高人民法院、司法部关于为死刑复核案件被告人依法提供法律援助的规定（试行）",
        en="Provisions of the Supreme People's Court and the Ministry of Justice on Legal Aid for Defendants in "
           "Death-Penalty Review (Trial)",
        number="法〔2021〕348号", number_en="Fa [2021] No. 348",
    ),
    Instrument(
        code="minors_guidelines", kind=InstrumentKind.GUIDANCE, since=date(2020, 9, 16),
        zh="未成年人法律援助服务指引（试行）", en="Guidelines for Legal Aid Services to Minors (Trial)",
        number="司公通〔2020〕12号", number_en="Si Gong Tong [2020] No. 12",
    ),
    Instrument(
        code="practice_measures_2004", kind=InstrumentKind.GUIDANCE, since=date(2004, 9, 8),
        zh="律师和基层法律服务工作者开展法律援助工作暂行管理办法",
        en="Interim Measures on Legal Aid Work of Lawyers and Grass-roots Legal Service Workers",
        number="司发通〔2004〕132号", number_en="Si Fa Tong [2004] No. 132",
    ),
    Instrument(
        code="government_lawyers", kind=InstrumentKind.GUIDANCE, since=date(2018, 12, 13),
        zh="公职律师管理办法", en="Measures for the Administration of Government Lawyers",
        number="司发通〔2018〕131号", number_en="Si Fa Tong [2018] No. 131",
    ),
    Instrument(
        code="company_lawyers", kind=InstrumentKind.GUIDANCE, since=date(2018, 12, 13),
        zh="公司律师管理办法", en="Measures for the Administration of Company Lawyers",
        number="司发通〔2018〕131号", number_en="Si Fa Tong [2018] No. 131",
    ),

    Instrument(
        code="document_formats", kind=InstrumentKind.GUIDANCE, since=date(2023, 11, 10),
        zh="法律援助文书格式", en="Formats of Legal Aid Documents",
    ),
    Instrument(
        code="lottery_fund_measures", kind=InstrumentKind.GUIDANCE, since=None,
        zh="中央专项彩票公益金法律援助项目实施与管理暂行办法",
        en="Interim Measures on Carrying Out and Managing the Legal Aid Project of the Central Lottery Fund",
    ),

    Instrument(
        code="civil_causes", kind=InstrumentKind.GUIDANCE, since=date(2026, 1, 1),
        zh="民事案件案由规定", en="Provisions on Causes of Action of Civil Cases",
        number="法〔2025〕227号", number_en="Fa [2025] No. 227",
    ),
    Instrument(
        code="civil_causes_2020", kind=InstrumentKind.GUIDANCE, since=date(2021, 1, 1), replaced_by="civil_causes",
        zh="民事案件案由规定", en="Provisions on Causes of Action of Civil Cases",
        number="法〔2020〕347号", number_en="Fa [2020] No. 347",
    ),
    Instrument(
        code="administrative_causes", kind=InstrumentKind.GUIDANCE, since=date(2021, 1, 1),
        zh="最高人民法院关于行政案件案由的暂行规定",
        en="Interim Provisions of the Supreme People's Court on Causes of Action of Administrative Cases",
        number="法发〔2020〕44号", number_en="Fa Fa [2020] No. 44",
    ),

    Instrument(
        code="henan_regulation", kind=InstrumentKind.PLACE, since=date(2026, 1, 1),
        zh="河南省法律援助条例", en="Henan Legal Aid Regulation",
    ),
    Instrument(
        code="shangqiu_work_points", kind=InstrumentKind.PLACE, since=None,
        zh="商丘市司法局2024年公共法律服务工作要点",
        en="Shangqiu Judicial Bureau: Work Points on Public Legal Services 2024",
        number="商司文〔2024〕13号", number_en="Shang Si Wen [2024] No. 13",
    ),
    Instrument(
        code="zhejiang_assignment", kind=InstrumentKind.PLACE, since=None,
        zh="浙江省法律援助案件指派指导规则（试行）", en="Zhejiang Guidance on Assigning Legal Aid Cases (Trial)",
        number="浙司〔2024〕6号", number_en="Zhe Si [2024] No. 6",
    ),
    Instrument(
        code="luan_assignment", kind=InstrumentKind.PLACE, since=None,
        zh="六安市法律援助案件指派管理制度", en="Lu'an Rules on Managing the Assignment of Legal Aid Cases",
        number="六司秘〔2024〕80号", number_en="Liu Si Mi [2024] No. 80",
    ),
    Instrument(
        code="hangzhou_regulation", kind=InstrumentKind.PLACE, since=None,
        zh="杭州市法律援助条例", en="Hangzhou Legal Aid Regulation",
    ),
)}
# fmt: on
