"""Centres and users from the command line."""

from typing import Annotated

import typer

centre_app = typer.Typer(no_args_is_help=True, help="Centres. 法律援助中心")
user_app = typer.Typer(no_args_is_help=True, help="Users and their tokens. 用户与令牌")

Centre = Annotated[str | None, typer.Option(help="Code of the centre, if there are several. 中心代码")]


@centre_app.command("create")
def create_centre(
    code: Annotated[str, typer.Argument(help="A short code. 代码")],
    name: Annotated[str, typer.Argument(help="Its name. 名称")],
    level: Annotated[str, typer.Option(help="nation, province, city or county. 层级")] = "city",
    preset: Annotated[str, typer.Option(help="Policy to start with: national or shangqiu. 初始政策")] = "national",
    parent: Annotated[str | None, typer.Option(help="Code of the centre above it. 上级中心")] = None,
) -> None:
    """Make a centre with a policy in force; one that is there is left as it is. 建立中心。"""
    from dispatch.cli.records import make_centre

    make_centre(code, name, level, preset, parent)


@user_app.command("create")
def create_user(
    login: Annotated[str, typer.Argument(help="A name to tell users apart. 登录名")],
    role: Annotated[str, typer.Argument(help="clerk, manager, practitioner, auditor, admin ... 角色")],
    practitioner: Annotated[str | None, typer.Option(help="Licence number, for practitioners. 执业证号")] = None,
    institution: Annotated[str | None, typer.Option(help="Code, for institution secretaries. 机构编号")] = None,
    centre: Centre = None,
) -> None:
    """Make a user and print the token, this once. 建立用户并显示令牌（仅此一次）。"""
    from dispatch.cli.records import make_user

    make_user(login, role, practitioner, institution, centre)
