"""Words of the roster: how an entry came about, what a year's assessment was, what a specialty rests on."""

from dispatch.domain.vocabulary import Term


# fmt: off
class RosterAct(Term):
    """How an entry of the roster changed."""

    REGISTERED = "registered", "登记", "registered"
    CHANGED    = "changed",    "变更", "changed"
    CORRECTED  = "corrected",  "更正", "corrected: it was wrong since a day that is past"
    MERGED     = "merged",     "合并", "another record of the same person was merged into it, or it into another"
    TIES       = "ties",       "申报利害关系", "a client or relative was declared, or a declaration changed"


class AssessmentResult(Term):
    """Results of the annual assessment of practice, as the certificate bears them."""

    COMPETENT           = "competent",           "称职",     "competent"
    BASICALLY_COMPETENT = "basically_competent", "基本称职", "basically competent"
    INCOMPETENT         = "incompetent",         "不称职",   "incompetent"
    UNDETERMINED        = "undetermined",        "不评定等次", "no grade given: new in practice, or deferred"


class SpecialtySource(Term):
    """What a specialty is taken from."""

    CASE        = "case",        "办案经历",     "a case carried out"
    CERTIFICATE = "certificate", "专业资格、评定", "a qualification or an association's rating"
    TRAINING    = "training",    "培训",         "training"
    CENTRE      = "centre",      "中心评定",     "the centre's own rating"
    DECLARED    = "declared",    "本人申报",     "declared by the person"
# fmt: on


# fmt: off
PASSED = {
    # result                               the assessment was passed
    AssessmentResult.COMPETENT:            True,
    AssessmentResult.BASICALLY_COMPETENT:  True,
    AssessmentResult.INCOMPETENT:          False,
    AssessmentResult.UNDETERMINED:         None,
}
# fmt: on
"""What a rule reads of a result; no grade is unknown, and unknown passes no rule."""

BY_GRADE = {passed: [result.zh for result, so in PASSED.items() if so is passed] for passed in (True, False)}
"""The results by what they come to, as a file may have them in place of yes and no."""
