"""legal-dispatch: one verb, one command; its help is in the reader's language.

Nothing heavy is imported before a verb needs it, so that help and ``verify`` start at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.calendar import calendar_app
from dispatch.cli.help import Centre, InCity, SpokenGroup, both, verb
from dispatch.cli.policies import policy_app
from dispatch.cli.service import centre_app, service_app, user_app

app = typer.Typer(
    cls=SpokenGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog=both(
        "退出码：0为完成，1为未能完成，2为命令写得不对。",
        "Ends with 0 if all went well, 1 if the request was refused, 2 if it was not understood.",
    ),
)
FILES, PROOFS, REPORTS = both("表格", "Files"), both("匹配与核验", "Matching and proofs"), both("报表", "Reports")

What = Annotated[
    str,
    typer.Argument(
        help=both(
            "表格种类：`areas`（地区）、`institutions`（承办机构）、`practitioners`（承办人员）、`assessments`（年度考核）、"
            "`specialties`（专业特长依据）、`absences`（休假和暂停指派）、`cases`（案件）、`ties`（利害关系申报）、"
            "`organs`（办案机关）或者 `causes`（案由，写入方案草稿）。",
            "Kind of records: areas, institutions, practitioners, assessments, specialties, absences, cases, ties,"
            " organs; causes become a policy draft.",
        )
    ),
]
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=both("文件的路径。", "The file."))]
Folder = Annotated[
    Path | None,
    typer.Option(file_okay=False, help=both("存放结果的文件夹。", "Write the result to this folder.")),
]
Plots = Annotated[
    bool,
    typer.Option("--plots", help=both("同时作图（需安装 `reports` 组件）。", "Also draw figures (extra: reports).")),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        help=both("随机数种子；同一种子得出同一结果。", "Random seed; the same seed gives the same result."),
    ),
]


@app.callback(
    help=both("法律援助案件指派命令行：每条命令做一件事。", "Assign legal-aid cases: one command, one thing.")
)
def main(
    wanted: Annotated[
        str | None,
        typer.Option(
            "--language",
            help=both(
                "显示的语言：`zh`（中文）或者 `en`（英文）；不写则随终端。",
                "Language shown: zh or en; default: the terminal's.",
            ),
        ),
    ] = None,
) -> None:
    """Refuse a language there is not; one there is has been chosen already, for the help too."""
    from dispatch.cli.output import require_language

    require_language(wanted)


@verb(app, "import", "导入表格：全部导入，或者一行也不导入。", FILES)
def import_(
    what: What,
    file: Existing,
    mapping: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=both("映射文件（TOML 格式），用于与模板不同的表格。", "Mapping of another layout, TOML."),
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=both("试导入：逐行报告结果，不改变数据。", "Report each row, change nothing.")),
    ] = False,
    partial: Annotated[
        bool,
        typer.Option("--partial", help=both("只导入没有问题的行，其余跳过。", "Import valid rows, skip the others.")),
    ] = False,
    refused_to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.xlsx",
            dir_okay=False,
            help=both(
                "把不符合要求的行连同原因写入这一文件，更正后可以直接导入。",
                "Write the refused rows to this file, each with why, to put right and import.",
            ),
        ),
    ] = None,
    centre: Centre = None,
) -> None:
    """Import an xlsx or csv file, completely or not at all."""
    from dispatch.cli.files import bring_in

    bring_in(what, file, mapping, dry_run, partial, centre, refused_to)


@verb(app, "export", "导出空白模板，或者导出现有的名册、案件、指派。", FILES)
def export(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHAT] FILE.xlsx",
            help=both(
                "先写种类，再写文件名；种类另有 `assignments`（指派）。导出模板时只写文件名。",
                "What to export, then the file; assignments can be exported too. For a template the file alone.",
            ),
        ),
    ] = None,
    template: Annotated[
        str | None, typer.Option(help=both("导出这一种类的空白模板。", "Write an empty template of this kind."))
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help=both(
                "只导出符合条件的案件、承办人员或者承办机构，如 `--only status=pending`，可以写多次；"
                "条件与接口列表的查询参数相同。",
                "Only those a list of the API would show, such as status=pending; may be given several times.",
            ),
        ),
    ] = None,
    centre: Centre = None,
) -> None:
    """Write a template, the current register or the assignments."""
    from dispatch.cli.files import write_out

    write_out(words or [], template, only or [], centre)


@verb(app, "solve", "对导出的批次或者数据快照重新求解并核验，不需要数据库。", PROOFS)
def solve(
    file: Existing,
    out: Annotated[
        Path | None, typer.Option(help=both("保存结果和最优性证明的文件。", "Write solution and certificate here."))
    ] = None,
) -> None:
    """Solve a proof, an instance or a docket again, without a database."""
    from dispatch.cli.proofs import solve_file

    solve_file(file, out)


@verb(app, "verify", "独立核验指派结果合规且最优，不需要数据库和求解程序。", PROOFS)
def verify(file: Existing) -> None:
    """Check that a plan is legal and optimal; needs no database and no solver."""
    from dispatch.cli.proofs import verify_file

    verify_file(file)


@verb(app, "simulate", "用示例城市模拟一年，列出未得到应得份额的人员和原因。", PROOFS)
def simulate(
    mode: Annotated[
        str,
        typer.Option(
            help=both("匹配之前先用的指派方式，如 `rotation`（轮流指派）。", "Assignment mode tried before the runs.")
        ),
    ] = "rotation",
    cases: Annotated[int, typer.Option(min=1, help=both("决定给予法律援助的案件数。", "Cases granted."))] = 8_000,
    practitioners: Annotated[
        int, typer.Option(min=1, help=both("在册的承办人员数。", "Practitioners on the list."))
    ] = 300,
    days: Annotated[int, typer.Option(min=1, max=3_650, help=both("模拟的天数。", "Days simulated."))] = 365,
    seed: Seed = 1,
    first: Annotated[str, typer.Option(help=both("第一天的日期。", "The first day."))] = "2026-01-01",
    out: Annotated[
        Path | None, typer.Option(help=both("保存结果的文件（JSON 格式）。", "Write the result here as JSON."))
    ] = None,
) -> None:
    """Simulate a year of the sample city and report unmet shares with their causes."""
    from dispatch.cli.options import day_of
    from dispatch.cli.simulations import simulate_year

    size = {"cases": cases, "practitioners": practitioners, "active": practitioners, "days": days}
    simulate_year(mode, size, seed, day_of("--first", first), out)


TriedPolicy = Annotated[
    str,
    typer.Option(
        help=both(
            "要试算的方案：预置方案名、版本号、文件，或者 `current`（现行方案）。",
            "A preset, version, FILE.toml, FILE.json or current.",
        )
    ),
]
Against = Annotated[str, typer.Option(help=both("对照的方案。", "The policy to compare with."))]
From = Annotated[str, typer.Option("--from", help=both("第一天的日期。", "First day of the period."))]
To = Annotated[str, typer.Option("--to", help=both("最后一天的日期。", "Last day of the period."))]
YearCases = Annotated[
    int, typer.Option(min=1, help=both("示例城市一年的案件数。", "Cases of the sample city in a year."))
]
CityPeople = Annotated[int, typer.Option(min=1, help=both("示例城市在册的承办人员数。", "Practitioners on its list."))]


@verb(app, "backtest", "用同一段历史试算两个指派方案，报告差异。", PROOFS)
def backtest(
    policy: TriedPolicy,
    against: Against = "current",
    since: From = "2026-01-01",
    until: To = "2026-12-31",
    seed: Seed = 1,
    city: InCity = False,
    cases: YearCases = 8_000,
    practitioners: CityPeople = 300,
    out: Folder = None,
    plots: Plots = False,
    centre: Centre = None,
) -> None:
    """Replay a past period under two policies and report the differences."""
    from dispatch.cli.backtests import run_backtest
    from dispatch.cli.options import day_of
    from dispatch.simulation.sample.year import Year

    first, last = day_of("--from", since), day_of("--to", until)
    days = (last - first).days + 1
    size = Year(cases=max(cases * days // 365, 1), practitioners=practitioners, active=practitioners, days=days)
    run_backtest((policy, against), (first, last), seed, size if city else None, out, plots, centre)


OfRun = Annotated[
    str | None,
    typer.Argument(
        help=both("本中心的匹配批次编号；不写则用示例城市。", "A run of the register; the sample city if left out.")
    ),
]
OfAxis = Annotated[
    str,
    typer.Option(
        help=both(
            "权衡的项目，如 `fairness`（均衡）、`wish`（点援意愿）、`distance`（便利程度）。",
            "fairness, wish, distance, churn, any weight.",
        )
    ),
]
CityPolicy = Annotated[
    str,
    typer.Option(help=both("示例城市所用的方案：预置方案名或者文件。", "For the sample city: a preset or a file.")),
]
DayCases = Annotated[int, typer.Option(min=1, help=both("示例城市当天的案件数。", "Cases of the sample city's day."))]
AllPeople = Annotated[
    int,
    typer.Option(min=1, help=both("示例城市的人员数，其中五分之一在册。", "People in it, a fifth on the list.")),
]
OnDay = Annotated[str, typer.Option("--on", help=both("哪一天。", "The day."))]
Corners = Annotated[
    int,
    typer.Option(min=2, max=1_000, help=both("关键方案最多求多少个。", "Maximum number of corner points.")),
]
Between = Annotated[
    int,
    typer.Option(min=0, max=100, help=both("在间隔最大处补求的方案数。", "Points added in the widest gaps.")),
]


@verb(app, "frontier", "列出一天的权衡曲线：某项多一些，其他项会少多少，用什么方案可以做到。", PROOFS)
def frontier(
    run: OfRun = None,
    axis: OfAxis = "fairness",
    policy: CityPolicy = "national",
    cases: DayCases = 300,
    practitioners: AllPeople = 1_500,
    seed: Seed = 1,
    first: OnDay = "2026-03-09",
    corners: Corners = 40,
    between: Between = 3,
    out: Folder = None,
    plots: Plots = False,
    centre: Centre = None,
) -> None:
    """Show the trade-offs of one day, their cost and the policy that yields each."""
    from dispatch.cli.evidence import show_frontier
    from dispatch.cli.options import day_of
    from dispatch.simulation.sample.city import Size

    size = Size(cases=cases, practitioners=practitioners, active=max(practitioners // 5, 1))
    city = policy, day_of("--on", first), size, seed
    show_frontier(run, city, axis, corners, between, out, plots, centre)


ReportCode = Annotated[
    str,
    typer.Argument(
        help=both(
            "报表代码（见接口 `GET /v1/reports`）、`all`（全部）或者 `month`（月报）。",
            "A report of GET /v1/reports, all, or month.",
        )
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        help=both(
            "第一天的日期；不写则为最后一天所在年的1月1日。",
            "First day; default: 1 January of the last day's year.",
        )
    ),
]
Until = Annotated[
    str | None,
    typer.Option(help=both("最后一天的日期（含）；不写则为今天。", "Last day, included; default: today.")),
]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        help=both("格式：`json`、`xlsx`、`md`、`svg` 或者 `png`。", "json, xlsx, md, svg or png."),
    ),
]
ReportTarget = Annotated[
    Path | None,
    typer.Option(help=both("保存的文件；图形则为文件夹。", "File, or folder for figures.")),
]


@verb(app, "report", "生成一段时期的报表：表格、工作簿或者图形。", REPORTS)
def report(
    code: ReportCode,
    since: Since = None,
    until: Until = None,
    form: Form = "json",
    out: ReportTarget = None,
    centre: Centre = None,
) -> None:
    """Report on a period in tables, a workbook or figures."""
    from dispatch.cli.options import day_of
    from dispatch.cli.reports import print_report

    days = [
        day_of(option, wording) if wording else None for option, wording in (("--since", since), ("--until", until))
    ]
    print_report(code, days[0], days[1], form, out, centre)


@verb(app, "transparency", "生成一个月的公开数据包，任何人可以自行核验。", REPORTS)
def transparency(
    month: Annotated[str, typer.Option(help=both("已结束的月份，如 2026-11。", "A past month, such as 2026-11."))],
    scores_decided_by: Annotated[
        str | None,
        typer.Option(
            help=both(
                "一并公开含承办人员分值的最优性证明：写明作出此决定的负责人的登录名，该决定留痕备查。",
                "Also publish the proofs, which hold scores of practitioners: login of the manager who decided so;"
                " the decision is recorded.",
            )
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help=both("保存的文件。", "The file."))] = None,
    centre: Centre = None,
) -> None:
    """Write the public data of a month: policies, results, figures and a checker."""
    from dispatch.cli.reports import write_pack

    write_pack(month, scores_decided_by, out, centre)


app.add_typer(service_app)
app.add_typer(centre_app, name="centre")
app.add_typer(user_app, name="user")
app.add_typer(policy_app, name="policy")
app.add_typer(calendar_app, name="calendar")
