"""What every test is given: a register of its own, by the same rows that commands write, with nothing of another."""

from sqlmodel import SQLModel, select

from dispatch.commands.access import digest_of
from dispatch.domain.lifecycle import Event
from dispatch.registry.tables import CaseEventRow, PolicyRow, TokenRow
from dispatch.registry.transaction import make_engine, make_read
from tests.api.conftest import KEYS, Office
from tests.conftest import empty, put_template
from tests.rows import NOW, OPENED, open_register


def cleaned(request, url):
    """Do once more what is done before every test."""
    if url.startswith("sqlite"):
        return put_template(*map(request.getfixturevalue, ("sqlite_template", "sqlite_place")))
    empty(request.getfixturevalue("postgres_connection"))
    return url


def kept(url):
    """Return what every table holds, and how many rows in all."""
    with make_read(make_engine(url))() as session:
        rows = {
            table.name: session.execute(select(table)).mappings().all() for table in SQLModel.metadata.sorted_tables
        }
    return {name: [dict(row) for row in found] for name, found in rows.items() if found}


def shared(row):
    """Return what a row has in common with that of another register."""
    return {name: value for name, value in row.items() if name not in ("id", "centre_id", "user_id", "digest")}


def test_nothing_that_a_test_left_is_there_in_the_next(database_url, request):
    OPENED.clear()
    for _ in range(3):
        register = open_register(cleaned(request, database_url))
        assert {name: len(rows) for name, rows in kept(database_url).items()} == {
            "centre": 1, "area": 2, "policy": 1, "app_user": 2,
        }  # fmt: skip
        assert register.get(PolicyRow, register.policy.id).document == register.policy.document
        register.a_policy(grab={"window_minutes": 0})
        register.a_stranger()
        case = register.a_case()
        with register.begin() as tx:
            tx.record(case, Event.NOTICE, register.clerk, NOW)
        assert [row.id for row in register.all(CaseEventRow)] == [1], "counted from one again"


def test_register_that_is_put_is_the_one_that_commands_make(database_url, request):
    OPENED.clear()
    made = open_register(database_url)
    rows = kept(database_url)
    put = open_register(cleaned(request, database_url))
    changed = {
        made.centre.id: put.centre.id, made.centre.draw_root: put.centre.draw_root, made.policy.id: put.policy.id,
        made.clerk.user_id: put.clerk.user_id, made.manager.user_id: put.manager.user_id,
    }  # fmt: skip
    assert not changed.keys() & set(changed.values()), "nothing knows it by the ids of another"

    def again(row):
        return {name: changed.get(value, value) if isinstance(value, str) else value for name, value in row.items()}

    there = kept(database_url)
    assert there.keys() == rows.keys()
    for name, found in rows.items():
        assert sorted(map(again, found), key=str) == sorted(there[name], key=str), name
    assert again(made.centre.model_dump()) == put.centre.model_dump()
    assert again(made.policy.model_dump()) == put.policy.model_dump()


def test_users_and_tokens_that_are_put_are_those_that_commands_make(database_url, request):
    KEYS.clear()
    made = Office(open_register(database_url), None)
    rows = {name: kept(database_url)[name] for name in ("app_user", "token")}
    put = Office(open_register(cleaned(request, database_url)), None)
    there = {name: kept(database_url)[name] for name in rows}
    digests = [sorted(digest_of(token) for token in office.tokens.values()) for office in (made, put)]

    assert not set(digests[0]) & set(digests[1]), "nobody is let in by another's token"
    assert sorted(row.digest for row in put.register.all(TokenRow)) == digests[1]
    for name, found in rows.items():
        assert not {row["id"] for row in found} & {row["id"] for row in there[name]}, "by ids of their own"
        assert sorted(map(shared, there[name]), key=str) == sorted(map(shared, found), key=str)
    users = {row["id"]: row["role"] for row in there["app_user"]}
    by_digest = {row["digest"]: users[row["user_id"]] for row in there["token"]}
    assert [by_digest[digest_of(token)] for token in put.tokens.values()] == list(put.tokens)
