"""The verbs that run and look after the service, read its log, and make centres and users."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.help import Centre, SpokenGroup, both, verb

service_app = typer.Typer()
centre_app = typer.Typer(cls=SpokenGroup, no_args_is_help=True, help=both("建立法律援助中心。", "Create centres."))
user_app = typer.Typer(
    cls=SpokenGroup, no_args_is_help=True, help=both("建立用户，取得令牌。", "Create users and get their tokens.")
)

SERVICE, REPORTS = both("运行服务", "Service"), both("报表", "Reports")

Host = Annotated[str, typer.Option(help=both("监听的地址。", "Address to listen on."))]
Port = Annotated[int, typer.Option(help=both("监听的端口。", "Port to listen on."))]


@verb(service_app, "migrate", "升级数据库结构；可以重复执行。", SERVICE)
def migrate(
    to: Annotated[str, typer.Option(help=both("升级到的版本；不写则为最新。", "A revision."))] = "head",
) -> None:
    """Upgrade the database schema. Idempotent."""
    from dispatch.cli.processes import bring_up_to_date

    bring_up_to_date(to)


@verb(service_app, "worker", "启动后台任务进程（匹配、导入、夜间检查、回调），可以启动多个。", SERVICE)
def worker(
    queues: Annotated[
        str,
        typer.Option(
            help=both("处理哪些队列，用逗号分隔；不写则为全部。", "Queue names, separated by commas; default: all.")
        ),
    ] = "",
) -> None:
    """Run background jobs: runs, imports, checks, webhooks. Start any number."""
    from dispatch.cli.processes import become_workers

    become_workers("worker", *(["--queues", queues] if queues else []))


@verb(service_app, "scheduler", "启动定时进程，发起到时的任务；可以启动多个，其中一个起作用。", SERVICE)
def scheduler() -> None:
    """Enqueue requested and periodic jobs. Start any number; one is active."""
    from dispatch.cli.processes import become_workers

    become_workers("scheduler")


@verb(service_app, "api", "启动接口服务。", SERVICE)
def api(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(min=1, help=both("服务进程的个数。", "Number of server processes."))] = 1,
) -> None:
    """Serve the HTTP API."""
    from dispatch.cli.processes import answer_http

    answer_http(host, port, processes)


@verb(service_app, "rekey", "更换密钥或者加密算法；可以随时中断，再次运行即继续。", SERVICE)
def rekey(
    new_secret: Annotated[
        Path | None,
        typer.Option(
            help=both(
                "新密钥所在的文件，没有则生成；不写则密钥不变，只更换算法。",
                "File with the new secret, made if missing; left out, only the cipher changes.",
            )
        ),
    ] = None,
    cipher: Annotated[
        str | None, typer.Option(help=both("新的算法：aes 或者 sm（国密）。", "The new cipher: aes or sm (SM4, SM3)."))
    ] = None,
) -> None:
    """Seal everything with another secret or cipher. Interrupted, it goes on when run again."""
    from dispatch.cli.sealing import seal_anew

    seal_anew(new_secret, cipher)


@verb(service_app, "serve", "在本机运行全部服务。", SERVICE)
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    demo: Annotated[bool, typer.Option("--demo", help=both("同时生成示例城市。", "Include the sample city."))] = False,
) -> None:
    """Run API, worker, scheduler and, if needed, Redis on this machine."""
    from dispatch.cli.processes import run_everything

    run_everything(host, port, demo)


@verb(service_app, "demo", "从零开始演示一座示例城市的指派，并报告结果。", SERVICE)
def demo(
    register: Annotated[
        Path | None,
        typer.Option(exists=True, help=both("真实名册（csv 或者 xlsx 文件）。", "A real register, csv or xlsx.")),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, help=both("该名册各列的映射文件（TOML 格式）。", "Mapping of its columns, TOML.")),
    ] = None,
) -> None:
    """Assign the cases of a sample city from scratch and report the result."""
    from dispatch.cli.processes import show_demo

    show_demo(register, mapping)


@verb(service_app, "doctor", "诊断服务：哪里卡住了、为什么、怎么办。", SERVICE)
def doctor() -> None:
    """Report what is stuck, why, and how to fix it."""
    from dispatch.cli.processes import examine_service

    examine_service()


@verb(service_app, "audit", "导出审计日志：谁在何时查看、更改了什么或者未获办理，不含姓名和内容。", REPORTS)
def audit(
    file: Annotated[Path, typer.Argument(dir_okay=False, help=both("`.xlsx` 或者 `.csv` 文件。", ".xlsx or .csv."))],
    since: Annotated[str | None, typer.Option(help=both("第一天的日期。", "First day."))] = None,
    until: Annotated[str | None, typer.Option(help=both("最后一天的日期（含）。", "Last day, included."))] = None,
    user: Annotated[str | None, typer.Option(help=both("只列该登录名的操作。", "Login of who acted."))] = None,
    act: Annotated[
        str | None,
        typer.Option(help=both("只列该操作，如 `suspend`（暂停指派）。", "What was done, such as suspend.")),
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help=both("只列对该对象的操作。", "Id of what it was done to."))
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(help=both("只列 `done`（已完成）或者 `refused`（未予办理）的。", "done or refused."))
    ] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help=both("只列未登录的请求。", "Requests without a valid token instead."))
    ] = False,
    centre: Centre = None,
) -> None:
    """Write the audit log to a file, newest first: who did or was refused what and when, without names or contents."""
    from dispatch.cli.options import day_of
    from dispatch.cli.records import write_audit

    days = [day_of(option, day) if day else None for option, day in (("--since", since), ("--until", until))]
    write_audit(file, days[0], days[1], user, act, subject, outcome, unknown, centre)


@verb(
    service_app,
    "verify-log",
    "核验审计日志：逐条比对，并与已公布的每日校验值比对；发现被删除、更改或者补写的记录。",
    both("匹配与核验", "Matching and proofs"),
)
def verify_log(
    heads: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=both(
                "在别处保存的每日校验值（透明度数据包中的 `log.json`）。", "Heads kept elsewhere, as in log.json."
            ),
        ),
    ] = None,
) -> None:
    """Compute every log anew and compare it with its seals and with what was published."""
    from dispatch.cli.logs import verify_every_log

    verify_every_log(heads)


@verb(
    service_app,
    "verify-run",
    "核验一个匹配批次：根据留存的数据快照重新计算分值、证明、抽签和结果。",
    both("匹配与核验", "Matching and proofs"),
)
def verify_run(
    run: Annotated[str, typer.Argument(help=both("批次。", "The run."))],
    centre: Centre = None,
) -> None:
    """Work a run out anew from the docket that is kept, and tell what does not hold."""
    from dispatch.cli.logs import verify_one_run

    verify_one_run(run, centre)


BackupFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help=both("备份文件。", "A file that `backup` wrote."))
]


@verb(service_app, "backup", "备份数据库到一个文件，不影响使用；不含密钥。", SERVICE)
def backup(
    file: Annotated[
        Path, typer.Argument(dir_okay=False, help=both("要写入的文件，不能已有。", "File to write, a new one."))
    ],
) -> None:
    """Write the whole database as it is at one moment to a file, while it is used; the secret is never in it."""
    from dispatch.cli.backups import write_backup

    write_backup(file)


@verb(service_app, "restore", "从备份恢复到空的数据库，并逐表比对、核验日志；不覆盖任何数据。", SERVICE)
def restore(file: BackupFile) -> None:
    """Fill the empty database of DATABASE_URL from a backup, compare every table, and verify the log."""
    from dispatch.cli.backups import bring_back

    bring_back(file)


@verb(service_app, "drill", "恢复演练：把备份恢复到临时的空数据库，逐行比对，报告所用时间。", SERVICE)
def drill(file: BackupFile) -> None:
    """Restore a backup into an empty place that goes again, compare it row by row, and say how long it took."""
    from dispatch.cli.backups import try_backup

    try_backup(file)


@verb(centre_app, "create", "建立法律援助中心并施行一个指派方案；已有的中心不变。")
def create_centre(
    code: Annotated[str, typer.Argument(help=both("中心的简短代码。", "A short code."))],
    name: Annotated[str, typer.Argument(help=both("中心的名称。", "Its name."))],
    level: Annotated[
        str,
        typer.Option(
            help=both(
                "层级：`nation`（国家级）、`province`（省级）、`city`（市级）或者 `county`（县级）。",
                "nation, province, city or county.",
            )
        ),
    ] = "city",
    preset: Annotated[
        str,
        typer.Option(
            help=both(
                "最初的指派方案：预置的 `national` 或者 `shangqiu`。", "Policy to start with: national or shangqiu."
            )
        ),
    ] = "national",
    parent: Annotated[str | None, typer.Option(help=both("上级中心的代码。", "Code of the parent centre."))] = None,
) -> None:
    """Create a centre with a policy in force; an existing one is left unchanged."""
    from dispatch.cli.records import make_centre

    make_centre(code, name, level, preset, parent)


@verb(user_app, "create", "建立用户并显示令牌；令牌只显示这一次。")
def create_user(
    login: Annotated[str, typer.Argument(help=both("登录名，不能重复。", "Unique login name."))],
    role: Annotated[
        str,
        typer.Argument(
            help=both(
                "角色：`clerk`（经办人员）、`manager`（负责人）、`practitioner`（承办人员）、`institution`（承办机构联络员）、"
                "`auditor`（监督检查人员）、`organ`（办案机关）或者 `admin`（系统管理员）。",
                "clerk, manager, practitioner, institution, auditor, organ or admin.",
            )
        ),
    ],
    practitioner: Annotated[
        str | None,
        typer.Option(help=both("承办人员的执业证号（人员编号）。", "Licence number, for practitioners.")),
    ] = None,
    institution: Annotated[
        str | None, typer.Option(help=both("联络员所在的机构编号。", "Code, for institution secretaries."))
    ] = None,
    organ: Annotated[
        str | None,
        typer.Option(
            help=both("办案机关名称，与案件登记一致。", "Case organ, for its users; named as its cases name it.")
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(help=both("令牌有效日数；不填为默认期限。", "Days the token lasts; the usual time, if left out.")),
    ] = None,
    centre: Centre = None,
) -> None:
    """Create a user and print the token, only once."""
    from dispatch.cli.records import make_user

    make_user(login, role, (practitioner, institution, organ), days, centre)


@verb(user_app, "invite", "邀请用户设置密码；邀请只显示这一次，原邀请失效。")
def invite_user(
    login: Annotated[str, typer.Argument(help=both("登录名。", "Login name."))],
    centre: Centre = None,
) -> None:
    """Make an invitation to set a password, printed only once; an earlier one ends."""
    from dispatch.cli.records import invite_user as invite

    invite(login, centre)
