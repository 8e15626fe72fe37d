"""Policies from the command line: drafted, compared, tried, published and rolled back."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.output import language, out

policy_app = typer.Typer(no_args_is_help=True, help="Policies. 政策")

Centre = Annotated[str | None, typer.Option(help="Code of the centre, if there are several. 中心代码")]
Version = Annotated[int, typer.Argument(help="Number of a version. 版本")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TOML or JSON. 文件")]
Rules = Annotated[
    list[str] | None,
    typer.Option("--local-rule", help="FIELD=DOCUMENT|ARTICLE that allows a value outside the law. 地方规定"),
]


@policy_app.command("list")
def list_policies(centre: Centre = None) -> None:
    """List the policy versions of a centre. 列出政策版本。"""
    from dispatch.cli.versions import policy_rows

    for row in policy_rows(centre):
        out.print(f"{row.version:>3}  {row.status.label(language()):<10}  {row.name}  {row.digest[:12]}")


@policy_app.command("show")
def show_policy(
    version: Annotated[int | None, typer.Argument(help="A version; the one in force if left out. 版本")] = None,
    preset: Annotated[str | None, typer.Option(help="A preset as shipped: national or shangqiu. 预置政策")] = None,
    centre: Centre = None,
) -> None:
    """Print a policy as JSON. 显示政策内容。"""
    from dispatch.cli.versions import policy_document

    out.print_json(data=policy_document(version, preset, centre))


@policy_app.command("draft")
def draft(
    file: File,
    changes: Annotated[bool, typer.Option("--changes", help="The file holds changes only. 仅含修改")] = False,
    base: Annotated[int | None, typer.Option(help="Base version; default: the one in force. 依据版本")] = None,
    note: Annotated[str | None, typer.Option(help="Purpose of the draft. 说明")] = None,
    centre: Centre = None,
) -> None:
    """Draft a version from a file and show its changes. 起草政策。"""
    from dispatch.cli.versions import draft_version

    draft_version(file, changes, base, note, centre)


@policy_app.command("edit")
def edit(
    version: Version,
    file: File,
    note: Annotated[str | None, typer.Option(help="Purpose of the draft. 说明")] = None,
    centre: Centre = None,
) -> None:
    """Apply the changes in a file to a draft; its back-test becomes void. 修改草稿。"""
    from dispatch.cli.versions import edit_version

    edit_version(version, file, note, centre)


@policy_app.command("discard")
def discard(version: Version, centre: Centre = None) -> None:
    """Delete a draft. 删除草稿。"""
    from dispatch.cli.versions import discard_version

    discard_version(version, centre)


@policy_app.command("diff")
def diff(
    version: Version,
    other: Annotated[int | None, typer.Argument(help="The other; the one in force if left out. 另一版本")] = None,
    centre: Centre = None,
) -> None:
    """Describe in words how one version differs from another. 版本差异。"""
    from dispatch.cli.versions import tell_differences

    tell_differences(version, other, centre)


@policy_app.command("simulate")
def simulate(
    version: Version,
    against: Annotated[int | None, typer.Option(help="The version to compare with. 对照版本")] = None,
    since: Annotated[str | None, typer.Option("--from", help="First day; default: a year ago. 起始日")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day; default: today. 截止日")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed for what was not recorded. 种子")] = 1,
    city: Annotated[bool, typer.Option("--city", help="Use a sample city. 示例城市")] = False,
    cases: Annotated[int, typer.Option(min=1, max=20_000, help="Cases of the sample city. 案件数")] = 8_000,
    practitioners: Annotated[int, typer.Option(min=1, max=2_000, help="Practitioners on its list. 名册人数")] = 300,
    centre: Centre = None,
) -> None:
    """Back-test a version and store the result, which publishing requires. 试算并保存结果。"""
    from dispatch.cli.context import day_of
    from dispatch.cli.versions import simulate_version

    days = [day_of(option, said) if said else None for option, said in (("--from", since), ("--to", until))]
    size = {"cases": cases, "practitioners": practitioners} if city else None
    simulate_version(version, against, (days[0], days[1]), size, seed, centre)


@policy_app.command("rebase")
def rebase(version: Version, centre: Centre = None) -> None:
    """Apply a draft's own changes to the policy now in force. 将草稿改为依据生效政策。"""
    from dispatch.cli.versions import rebase_version

    rebase_version(version, centre)


@policy_app.command("publish")
def publish(version: Version, local_rule: Rules = None, centre: Centre = None) -> None:
    """Put a back-tested draft by another author in force. 发布政策。"""
    from dispatch.cli.versions import publish_version

    publish_version(version, local_rule or [], centre)


@policy_app.command("rollback")
def rollback(
    version: Version,
    reason: Annotated[str, typer.Option(help="Reason, recorded. 理由")],
    local_rule: Rules = None,
    centre: Centre = None,
) -> None:
    """Put an earlier version in force again, as a new one. 恢复以前的版本。"""
    from dispatch.cli.versions import roll_back_to

    roll_back_to(version, reason, local_rule or [], centre)


@policy_app.command("sensitivity")
def sensitivity(
    runs: Annotated[int, typer.Option(min=1, max=10, help="Number of recent runs. 批次数")] = 3,
    centre: Centre = None,
) -> None:
    """Show how far each weight and price can move before a plan changes. 政策数值的稳定区间。"""
    from dispatch.cli.evidence import show_firmness

    show_firmness(runs, centre)


@policy_app.command("learn")
def learn(
    most: Annotated[int, typer.Option(min=1, max=200, help="Number of recent designations. 指定数")] = 200,
    draft: Annotated[bool, typer.Option("--draft", help="Keep the weights as a draft. 存为草稿")] = False,
    centre: Centre = None,
) -> None:
    """Find the closest weights that explain the overrides, or show contradictions. 从人工改派中学习权重。"""
    from dispatch.cli.evidence import show_lessons

    show_lessons(most, draft, centre)
