"""Policies from the command line: drafted, compared, tried, published and rolled back."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.help import Centre, InCity, SpokenGroup, both, verb
from dispatch.cli.output import language, out

policy_app = typer.Typer(
    cls=SpokenGroup,
    no_args_is_help=True,
    help=both("起草、试算、比较和发布指派方案。", "Draft, back-test, compare and publish policies."),
)

Version = Annotated[int, typer.Argument(help=both("版本号。", "Number of a version."))]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=both("TOML 或者 JSON 文件。", "TOML or JSON."))]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--local-rule",
        help=both(
            "允许超出法定范围的地方规定，写作“字段=文件|条款”。",
            "FIELD=DOCUMENT|ARTICLE that allows a value outside the law.",
        ),
    ),
]
Shown = Annotated[
    int | None, typer.Argument(help=both("版本号；不写则为现行方案。", "A version; the one in force if left out."))
]
Preset = Annotated[
    str | None,
    typer.Option(
        help=both("预置方案的原文：`national` 或者 `shangqiu`。", "A preset as shipped: national or shangqiu.")
    ),
]


@verb(policy_app, "list", "列出本中心指派方案的各个版本。")
def list_policies(centre: Centre = None) -> None:
    """List the policy versions of a centre."""
    from dispatch.cli.versions import policy_rows

    for row in policy_rows(centre):
        out.print(f"{row.version:>3}  {row.status.label(language()):<10}  {row.name}  {row.digest[:12]}")


@verb(policy_app, "show", "显示指派方案全文（JSON 格式）。")
def show_policy(version: Shown = None, preset: Preset = None, centre: Centre = None) -> None:
    """Print a policy as JSON."""
    from dispatch.cli.versions import policy_document

    out.print_json(data=policy_document(version, preset, centre))


@verb(policy_app, "sources", "列出指派方案各项的依据：法律条款，或者本中心自定。")
def show_sources(version: Shown = None, preset: Preset = None, centre: Centre = None) -> None:
    """List what each field of a policy rests on: articles of law, or the centre's own choice."""
    from dispatch.cli.versions import print_sources

    print_sources(version, preset, centre)


@verb(policy_app, "draft", "按文件起草新版本，并列出改动。")
def draft(
    file: File,
    changes: Annotated[
        bool, typer.Option("--changes", help=both("文件中只有要改的内容。", "The file holds changes only."))
    ] = False,
    base: Annotated[
        int | None,
        typer.Option(help=both("在哪一版的基础上起草；不写则为现行方案。", "Base version; default: the one in force.")),
    ] = None,
    note: Annotated[str | None, typer.Option(help=both("起草的目的。", "Purpose of the draft."))] = None,
    centre: Centre = None,
) -> None:
    """Draft a version from a file and show its changes."""
    from dispatch.cli.versions import draft_version

    draft_version(file, changes, base, note, centre)


@verb(policy_app, "edit", "按文件修改草稿；原有的试算结果作废。")
def edit(
    version: Version,
    file: File,
    note: Annotated[str | None, typer.Option(help=both("起草的目的。", "Purpose of the draft."))] = None,
    centre: Centre = None,
) -> None:
    """Apply the changes in a file to a draft; its back-test becomes void."""
    from dispatch.cli.versions import edit_version

    edit_version(version, file, note, centre)


@verb(policy_app, "discard", "删除草稿。")
def discard(version: Version, centre: Centre = None) -> None:
    """Delete a draft."""
    from dispatch.cli.versions import discard_version

    discard_version(version, centre)


@verb(policy_app, "diff", "用文字说明两个版本的差异。")
def diff(
    version: Version,
    other: Annotated[
        int | None,
        typer.Argument(help=both("与哪一版比较；不写则为现行方案。", "The other; the one in force if left out.")),
    ] = None,
    centre: Centre = None,
) -> None:
    """Describe in words how one version differs from another."""
    from dispatch.cli.versions import print_differences

    print_differences(version, other, centre)


@verb(policy_app, "simulate", "试算一个版本并保存结果；发布前必须试算。")
def simulate(
    version: Version,
    against: Annotated[
        int | None,
        typer.Option(
            help=both("与哪一版对照；不写则为现行方案。", "The version to compare with; default: the one in force.")
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", help=both("第一天的日期；不写则为一年前。", "First day; default: a year ago.")),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help=both("最后一天的日期；不写则为今天。", "Last day; default: today."))
    ] = None,
    seed: Annotated[
        int,
        typer.Option(min=0, help=both("随机数种子，用于没有记录的情形。", "Random seed for what was not recorded.")),
    ] = 1,
    city: InCity = False,
    cases: Annotated[
        int, typer.Option(min=1, max=20_000, help=both("示例城市一年的案件数。", "Cases of the sample city."))
    ] = 8_000,
    practitioners: Annotated[
        int, typer.Option(min=1, max=2_000, help=both("示例城市在册的承办人员数。", "Practitioners on its list."))
    ] = 300,
    centre: Centre = None,
) -> None:
    """Back-test a version and store the result, which publishing requires."""
    from dispatch.cli.options import day_of
    from dispatch.cli.versions import simulate_version

    days = [day_of(option, wording) if wording else None for option, wording in (("--from", since), ("--to", until))]
    size = {"cases": cases, "practitioners": practitioners} if city else None
    simulate_version(version, against, (days[0], days[1]), size, seed, centre)


@verb(policy_app, "rebase", "把草稿改为依据现行方案。")
def rebase(version: Version, centre: Centre = None) -> None:
    """Apply a draft's own changes to the policy now in force."""
    from dispatch.cli.versions import rebase_version

    rebase_version(version, centre)


@verb(policy_app, "publish", "发布他人起草并已试算的草稿，使其生效。")
def publish(version: Version, local_rule: Rules = None, centre: Centre = None) -> None:
    """Put a back-tested draft by another author in force."""
    from dispatch.cli.versions import publish_version

    publish_version(version, local_rule or [], centre)


@verb(policy_app, "rollback", "恢复曾经生效的版本，作为新版本。")
def rollback(
    version: Version,
    reason: Annotated[str, typer.Option(help=both("理由，留痕备查。", "Reason, recorded."))],
    local_rule: Rules = None,
    centre: Centre = None,
) -> None:
    """Put an earlier version in force again, as a new one."""
    from dispatch.cli.versions import roll_back_to

    roll_back_to(version, reason, local_rule or [], centre)


@verb(policy_app, "sensitivity", "列出各项权重和扣分在多大范围内变动不改变指派结果。")
def sensitivity(
    runs: Annotated[
        int, typer.Option(min=1, max=10, help=both("查看最近几个匹配批次。", "Number of recent runs."))
    ] = 3,
    centre: Centre = None,
) -> None:
    """Show how far each weight and price can move before a plan changes."""
    from dispatch.cli.evidence import show_firmness

    show_firmness(runs, centre)


@verb(policy_app, "learn", "从人工指派推算最接近的权重，或者指出相互矛盾的决定。")
def learn(
    most: Annotated[
        int, typer.Option(min=1, max=200, help=both("参考最近多少次人工指派。", "Number of recent designations."))
    ] = 200,
    draft: Annotated[
        bool, typer.Option("--draft", help=both("把推算出的权重存为草稿。", "Keep the weights as a draft."))
    ] = False,
    centre: Centre = None,
) -> None:
    """Find the closest weights that explain the overrides, or show contradictions."""
    from dispatch.cli.evidence import show_lessons

    show_lessons(most, draft, centre)
