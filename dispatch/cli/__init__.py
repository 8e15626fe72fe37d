"""legal-dispatch: one verb, one command. 法律援助精准指派：一个动词，一件事。

Nothing heavy is imported before a verb needs it, so that help and ``verify`` start at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.output import PoliteGroup, choose_language
from dispatch.cli.policies import policy_app

app = typer.Typer(
    cls=PoliteGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Ends with 0 if all went well, 1 if the request was refused, 2 if it was not understood.",
)
centre_app = typer.Typer(no_args_is_help=True, help="Centres. 法律援助中心")
user_app = typer.Typer(no_args_is_help=True, help="Users and their tokens. 用户与令牌")

app.add_typer(centre_app, name="centre")
app.add_typer(user_app, name="user")
app.add_typer(policy_app, name="policy")

FILES, SERVICE, PROOFS, REPORTS = "Files 文件", "Service 服务", "Proofs 核验", "Reports 报表"

What = Annotated[str, typer.Argument(help="areas, institutions, practitioners or cases. 地区、机构、人员或案件")]
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file. 文件")]
Centre = Annotated[str | None, typer.Option(help="Code of the centre, if there are several. 中心代码")]


@app.callback()
def main(
    language: Annotated[str | None, typer.Option(help="zh or en; default: the terminal's language. 语言")] = None,
) -> None:
    """Assign the right practitioner to every granted legal-aid case. 为每一件法律援助案件指派合适的承办人员。"""
    choose_language(language)


@app.command("import", rich_help_panel=FILES)
def import_(
    what: What,
    file: Existing,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Mapping of another layout, TOML. 映射")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report each row, change nothing. 试导入")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Import valid rows, skip the others. 部分导入")] = False,
    centre: Centre = None,
) -> None:
    """Import an xlsx or csv file, completely or not at all. 导入表格，整体成功或整体不变。"""
    from dispatch.cli.files import bring_in

    bring_in(what, file, mapping, dry_run, partial, centre)


@app.command(rich_help_panel=FILES)
def export(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WHAT] FILE.xlsx", help="Records and file.")] = None,
    template: Annotated[str | None, typer.Option(help="Write an empty template of this kind. 空白模板")] = None,
    centre: Centre = None,
) -> None:
    """Write a template, the current register or the assignments. 导出模板或名册、案件、指派。"""
    from dispatch.cli.files import write_out

    write_out(words or [], template, centre)


@app.command(rich_help_panel=PROOFS)
def solve(
    file: Existing,
    out: Annotated[Path | None, typer.Option(help="Write solution and certificate here. 证书")] = None,
) -> None:
    """Solve a proof, an instance or a docket again, without a database. 对导出的批次重新求解并核验。"""
    from dispatch.cli.proofs import solve_file

    solve_file(file, out)


@app.command(rich_help_panel=PROOFS)
def verify(file: Existing) -> None:
    """Check that a plan is legal and optimal; needs no database and no solver. 独立核验证书。"""
    from dispatch.cli.proofs import verify_file

    verify_file(file)


@app.command(rich_help_panel=PROOFS)
def simulate(
    mode: Annotated[str, typer.Option(help="Assignment mode tried before the runs. 方式")] = "rotation",
    cases: Annotated[int, typer.Option(min=1, help="Cases granted. 案件数")] = 8_000,
    practitioners: Annotated[int, typer.Option(min=1, help="Practitioners on the list. 名册人数")] = 300,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Days simulated. 天数")] = 365,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the city. 种子")] = 1,
    first: Annotated[str, typer.Option(help="The first day. 起始日")] = "2026-01-01",
    out: Annotated[Path | None, typer.Option(help="Write the result here as JSON. 结果文件")] = None,
) -> None:
    """Simulate a year of the sample city and report unmet shares with their causes. 模拟一年并检验公平。"""
    from dispatch.cli.context import day_of
    from dispatch.cli.simulations import simulate_year

    size = {"cases": cases, "practitioners": practitioners, "active": practitioners, "days": days}
    simulate_year(mode, size, seed, day_of("--first", first), out)


@app.command(rich_help_panel=PROOFS)
def backtest(
    policy: Annotated[str, typer.Option(help="A preset, version, FILE.toml, FILE.json or current. 政策")],
    against: Annotated[str, typer.Option(help="The policy to compare with. 对照政策")] = "current",
    since: Annotated[str, typer.Option("--from", help="First day of the period. 起始日")] = "2026-01-01",
    until: Annotated[str, typer.Option("--to", help="Last day of the period. 截止日")] = "2026-12-31",
    seed: Annotated[int, typer.Option(min=0, help="Seed for what was not recorded. 种子")] = 1,
    city: Annotated[bool, typer.Option("--city", help="Use the sample city, not the register. 示例城市")] = False,
    cases: Annotated[int, typer.Option(min=1, help="Cases of the sample city in a year. 案件数")] = 8_000,
    practitioners: Annotated[int, typer.Option(min=1, help="Practitioners on its list. 名册人数")] = 300,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Write the result to this folder. 文件夹")] = None,
    plots: Annotated[bool, typer.Option("--plots", help="Also draw figures (extra: reports). 作图")] = False,
    centre: Centre = None,
) -> None:
    """Replay a past period under two policies and report the differences. 用同一段历史比较两个政策。"""
    from dispatch.cli.backtests import run_backtest
    from dispatch.cli.context import day_of
    from dispatch.simulation.sample.year import Year

    first, last = day_of("--from", since), day_of("--to", until)
    days = (last - first).days + 1
    size = Year(cases=max(cases * days // 365, 1), practitioners=practitioners, active=practitioners, days=days)
    run_backtest((policy, against), (first, last), seed, size if city else None, out, plots, centre)


@app.command(rich_help_panel=PROOFS)
def frontier(
    run: Annotated[str | None, typer.Argument(help="A run of the register; the sample city if left out. 批次")] = None,
    axis: Annotated[str, typer.Option(help="fairness, wish, distance, churn, any weight. 维度")] = "fairness",
    policy: Annotated[str, typer.Option(help="For the sample city: a preset or a file. 政策")] = "national",
    cases: Annotated[int, typer.Option(min=1, help="Cases of the sample city's day. 案件数")] = 300,
    practitioners: Annotated[int, typer.Option(min=1, help="People in it, a fifth on the list. 人数")] = 1_500,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the city. 种子")] = 1,
    first: Annotated[str, typer.Option("--on", help="The day. 日期")] = "2026-03-09",
    corners: Annotated[int, typer.Option(min=2, max=1_000, help="Maximum number of corner points. 角点数")] = 40,
    between: Annotated[int, typer.Option(min=0, max=100, help="Points added in the widest gaps. 角点之间的点数")] = 3,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Write the result to this folder. 文件夹")] = None,
    plots: Annotated[bool, typer.Option("--plots", help="Also draw figures (extra: reports). 作图")] = False,
    centre: Centre = None,
) -> None:
    """Show the trade-offs of one day, their cost and the policy that yields each. 权衡边界。"""
    from dispatch.cli.context import day_of
    from dispatch.cli.evidence import show_frontier
    from dispatch.simulation.sample.city import Size

    size = Size(cases=cases, practitioners=practitioners, active=max(practitioners // 5, 1))
    city = policy, day_of("--on", first), size, seed
    show_frontier(run, city, axis, corners, between, out, plots, centre)


@app.command(rich_help_panel=REPORTS)
def report(
    code: Annotated[str, typer.Argument(help="A report of GET /v1/reports, all, or month. 报表代码、all 或 month")],
    since: Annotated[
        str | None, typer.Option(help="First day; default: 1 January of the last day's year. 起始日")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last day, included; default: today. 截止日（含）")] = None,
    form: Annotated[str, typer.Option("--format", help="json, xlsx, md, svg or png. 格式")] = "json",
    out: Annotated[Path | None, typer.Option(help="File, or folder for figures. 文件或文件夹")] = None,
    centre: Centre = None,
) -> None:
    """Report on a period in tables, a workbook or figures. 以表格、工作簿或图形呈现一段时期。"""
    from dispatch.cli.context import day_of
    from dispatch.cli.reports import tell_report

    days = [day_of(option, said) if said else None for option, said in (("--since", since), ("--until", until))]
    tell_report(code, days[0], days[1], form, out, centre)


@app.command(rich_help_panel=REPORTS)
def transparency(
    month: Annotated[str, typer.Option(help="A past month, such as 2026-11. 已结束的月份")],
    scores_decided_by: Annotated[str | None, typer.Option(help="Manager who decided to publish scores. 决定人")] = None,
    out: Annotated[Path | None, typer.Option(help="The file. 文件")] = None,
    centre: Centre = None,
) -> None:
    """Write the public data of a month: policies, proofs, figures and a checker. 月度公开数据包，可自行核验。"""
    from dispatch.cli.reports import write_pack

    write_pack(month, scores_decided_by, out, centre)


@app.command(rich_help_panel=SERVICE)
def migrate(to: Annotated[str, typer.Option(help="A revision. 版本")] = "head") -> None:
    """Upgrade the database schema. Idempotent. 升级数据库结构。"""
    from dispatch.cli.processes import bring_up_to_date

    bring_up_to_date(to)


@app.command(rich_help_panel=SERVICE)
def worker(queues: Annotated[str, typer.Option(help="Queue names, separated by commas.")] = "") -> None:
    """Run background jobs: runs, imports, checks, webhooks. Start any number. 执行匹配、导入、检查与回调任务。"""
    from dispatch.cli.processes import become_workers

    become_workers("worker", *(["--queues", queues] if queues else []))


@app.command(rich_help_panel=SERVICE)
def scheduler() -> None:
    """Enqueue requested and periodic jobs. Start any number; one is active. 调度。"""
    from dispatch.cli.processes import become_workers

    become_workers("scheduler")


Host = Annotated[str, typer.Option(help="Address to listen on. 地址")]
Port = Annotated[int, typer.Option(help="Port to listen on. 端口")]


@app.command(rich_help_panel=SERVICE)
def api(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(min=1, help="Number of server processes. 进程数")] = 1,
) -> None:
    """Serve the HTTP API. 启动接口服务。"""
    from dispatch.cli.processes import answer_http

    answer_http(host, port, processes)


@app.command(rich_help_panel=SERVICE)
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Include the sample city. 含示例城市")] = False,
) -> None:
    """Run API, worker, scheduler and, if needed, Redis on this machine. 在本机运行全部服务。"""
    from dispatch.cli.processes import run_everything

    run_everything(host, port, demo)


@app.command(rich_help_panel=SERVICE)
def demo(
    register: Annotated[Path | None, typer.Option(exists=True, help="A real register, csv or xlsx. 真实名册")] = None,
    mapping: Annotated[Path | None, typer.Option(exists=True, help="Mapping of its columns, TOML. 映射文件")] = None,
) -> None:
    """Assign the cases of a sample city from scratch and report the result. 从零演示一座城市的指派。"""
    from dispatch.cli.processes import show_demo

    show_demo(register, mapping)


@app.command(rich_help_panel=SERVICE)
def doctor() -> None:
    """Report what is stuck, why, and how to fix it. 诊断：哪里卡住、原因与办法。"""
    from dispatch.cli.processes import examine_service

    examine_service()


@centre_app.command("create")
def create_centre(
    code: Annotated[str, typer.Argument(help="A short code. 代码")],
    name: Annotated[str, typer.Argument(help="Its name. 名称")],
    level: Annotated[str, typer.Option(help="nation, province, city or county. 层级")] = "city",
    preset: Annotated[str, typer.Option(help="Policy to start with: national or shangqiu. 初始政策")] = "national",
    parent: Annotated[str | None, typer.Option(help="Code of the parent centre. 上级中心")] = None,
) -> None:
    """Create a centre with a policy in force; an existing one is left unchanged. 建立中心。"""
    from dispatch.cli.records import make_centre

    make_centre(code, name, level, preset, parent)


@user_app.command("create")
def create_user(
    login: Annotated[str, typer.Argument(help="Unique login name. 登录名")],
    role: Annotated[str, typer.Argument(help="clerk, manager, practitioner, auditor, admin ... 角色")],
    practitioner: Annotated[str | None, typer.Option(help="Licence number, for practitioners. 执业证号")] = None,
    institution: Annotated[str | None, typer.Option(help="Code, for institution secretaries. 机构编号")] = None,
    centre: Centre = None,
) -> None:
    """Create a user and print the token, only once. 建立用户并显示令牌（仅此一次）。"""
    from dispatch.cli.records import make_user

    make_user(login, role, practitioner, institution, centre)
