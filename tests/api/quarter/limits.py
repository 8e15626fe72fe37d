"""Every time limit of the quarter, reckoned by hand: whose it is, when it ends, and what became of it.

The day a limit begins with is not counted; a free last day rolls to the next working day, but not for the detained.
25 September and 1 to 7 October are free, 10 October is worked; of 2027 only its holidays were known until the notice
came that lets 5 to 12 February be free, and put the end of the appeal's limit from the 11th to Monday the 15th.
"""

from tests.api.quarter.office import at, end_of

MET, VOID, RUNS = "met", "void", None


def of_all(names, due_at, became=MET):
    return [(name, due_at, became) for name in names.split()]


CLOCKS = {
    # From the notice: three days to assign, and to tell the organ who acts.
    "T2": [
        ("detained", end_of(10, 3), MET), ("prison", end_of(10, 3), MET),
        ("free", end_of(10, 8), MET), ("mistaken", end_of(10, 8), VOID),
    ],
    "T2b": [
        ("detained", end_of(10, 3), MET), ("prison", end_of(10, 3), MET),
        ("free", end_of(10, 8), MET), ("mistaken", end_of(10, 8), VOID),
    ],
    # From the application: seven days to decide.
    "T3": [
        *of_all("means income", end_of(9, 28)), ("settled", end_of(9, 28), VOID),
        *of_all("chosen conflict fraud counsel elsewhere silent pair", end_of(9, 29)), ("late", end_of(10, 8), MET),
        ("batch", end_of(10, 16), MET), ("turn", end_of(10, 19), MET), *of_all("ward bed", end_of(10, 22)),
        ("rich", end_of(10, 26), MET), ("appeal", end_of(11, 16), MET),
    ],
    # From the grant: three days to assign.
    "T4": [
        *of_all("chosen conflict fraud counsel silent", end_of(9, 28)), *of_all("elsewhere pair", end_of(9, 28), VOID),
        ("late", end_of(10, 8), MET), *of_all("income batch", end_of(10, 12)), ("turn", end_of(10, 15), MET),
        *of_all("ward bed", end_of(10, 19)), ("rich", end_of(10, 22), MET), ("appeal", end_of(11, 12), MET),
    ],
    # An institution has 24 hours to arrange its person.
    "T5": [
        ("elsewhere", at(9, 23, 9, 30), VOID), ("late", at(9, 29, 10), VOID), ("free", at(10, 1, 17), MET),
        ("chosen", at(10, 13, 9), MET),
    ],
    # From the assignment: five days to sign.
    "T6": [
        ("conflict er", end_of(9, 28), MET), ("fraud an", end_of(9, 28), MET), ("counsel cui", end_of(9, 28), MET),
        ("chosen bo", end_of(9, 28), MET), ("pair an", end_of(9, 28), VOID), ("silent er", end_of(9, 28), VOID),
        ("silent dai", end_of(10, 8), VOID), ("late fan", end_of(10, 8), VOID), ("detained an", end_of(10, 5), MET),
        ("free bo", end_of(10, 8), MET), ("prison bo", end_of(10, 10), MET), ("late cui", end_of(10, 14), MET),
        ("income fan", end_of(10, 14), RUNS), ("batch dai", end_of(10, 14), VOID), ("chosen cui", end_of(10, 19), MET),
        ("turn er", end_of(10, 19), MET), ("conflict bo", end_of(10, 19), MET), ("ward dai", end_of(10, 20), MET),
        ("bed dai", end_of(10, 20), VOID), ("rich an", end_of(10, 26), VOID), ("batch er", end_of(10, 26), MET),
        ("ward er", end_of(10, 26), MET), ("bed er", end_of(10, 26), MET), ("appeal cui", end_of(11, 16), RUNS),
    ],
    # The bureau has five days for an objection.
    "T10": [
        ("means", end_of(9, 29), MET), ("income", end_of(10, 8), MET), ("fraud", end_of(10, 8), MET),
        ("rich", end_of(10, 26), MET),
    ],
    # A replacement is decided in five working days, of which Saturday 10 October is one.
    "T11": [("chosen bo", end_of(10, 15), MET), ("conflict er", end_of(10, 19), MET)],
    # Whoever defends files the papers with the court in three days.
    "T13": [
        ("detained an", end_of(10, 3), MET), ("free bo", end_of(10, 8), VOID), ("prison bo", end_of(10, 8), VOID),
        ("batch dai", end_of(10, 12), VOID), ("batch er", end_of(10, 22), VOID),
    ],
    # Thirty days from the closing day to the file, and from the file to the subsidy. The first closing was a mistake.
    "T18a": [
        ("batch er", end_of(12, 2), VOID), ("batch er", end_of(12, 9), MET), ("chosen cui", end_of(12, 4), MET),
        ("detained an", end_of(12, 20), MET), ("late cui", end_of(12, 28), MET), ("ward er", end_of(12, 28), MET),
        ("free bo", end_of(12, 28), RUNS), ("fraud an", end_of(12, 28), RUNS),
        ("conflict bo", end_of(1, 18, 2027), RUNS), ("prison bo", end_of(1, 17, 2027), RUNS),
    ],
    "T18b": [
        *[(each, end_of(1, 11, 2027), MET) for each in ("chosen cui", "late cui", "ward er")],
        ("detained an", end_of(1, 10, 2027), MET), ("batch er", end_of(1, 11, 2027), RUNS),
    ],
    # Five working days to accept a complaint, 45 days to conclude it, five working days to answer.
    "T19a": [("late", end_of(11, 23), MET)],
    "T19b": [("late", end_of(1, 4, 2027), MET)],
    "T19c": [("late", end_of(12, 9), MET)],
    # Three days from a termination to tell the recipient, whose unit had it, and the organ.
    "T20a": [*of_all("fraud silent", end_of(10, 8)), ("counsel", end_of(10, 19), RUNS), ("rich", end_of(10, 23), MET)],
    "T20b": [("fraud", end_of(10, 8), MET), ("counsel", end_of(10, 19), MET), ("rich", end_of(10, 23), MET)],
    "T20c": [*of_all("fraud silent", end_of(10, 8)), ("counsel", end_of(10, 19), RUNS)],
    # From the assignment to the closing day: civil 180 days, 90 on appeal; criminal 90 days.
    "T21": [
        *of_all("conflict chosen fraud", end_of(3, 22, 2027)),
        *of_all("counsel silent", end_of(3, 22, 2027), VOID),
        ("late", end_of(3, 29, 2027), MET), ("detained", end_of(12, 29), MET), ("prison", end_of(1, 3, 2027), MET),
        ("free", end_of(12, 30), MET), ("income", end_of(4, 7, 2027), RUNS), ("batch", end_of(1, 7, 2027), MET),
        ("turn", end_of(4, 12, 2027), RUNS), ("ward", end_of(4, 13, 2027), MET), ("bed", end_of(4, 13, 2027), RUNS),
        ("rich", end_of(4, 19, 2027), VOID), ("appeal", end_of(2, 15, 2027), RUNS),
    ],
}  # fmt: skip

STOPPED = {
    ("elsewhere", "T5"): at(9, 22, 9, 30), ("late", "T5"): at(9, 29, 10, 30), ("free", "T5"): at(10, 1, 9),
    ("chosen", "T5"): at(10, 13, 8, 30), ("means", "T10"): at(9, 28, 9), ("income", "T10"): at(10, 8, 9),
    ("fraud", "T10"): at(10, 8, 9), ("rich", "T10"): at(10, 26, 9), ("chosen", "T11"): at(10, 12, 9),
    ("conflict", "T11"): at(10, 14, 9),
}  # fmt: skip
"""When an arrangement was made or given up, an objection ruled upon, and a replacement decided."""

OVERDUE_ON_2_NOVEMBER = [
    ("calendar_missing", "", ""),
    ("clock_overdue", "T13", "batch"), ("clock_overdue", "T13", "free"), ("clock_overdue", "T13", "prison"),
    ("clock_overdue", "T20a", "counsel"), ("clock_overdue", "T20c", "counsel"),
    ("clock_overdue", "T6", "conflict"), ("clock_overdue", "T6", "income"), ("clock_overdue", "T6", "late"),
]  # fmt: skip
"""Papers no court has, an end nobody was told of, agreements nobody signed; and no notice about 2027 yet."""
