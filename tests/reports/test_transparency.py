"""The public pack checks itself with NumPy alone, and tells nothing that could be joined to anyone."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import numpy as np
import pytest

from dispatch.commands.access import LOGIN, manager_of, operator_of
from dispatch.commands.jobs import JobContext
from dispatch.commands.reports.transparency import transparency
from dispatch.commands.runs.draws import commit_draws
from dispatch.commands.runs.requests import apply_run, request_run, solve_run
from dispatch.domain.docket.codes import key_of
from dispatch.domain.docket.draw import seed_from
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, UnknownReferenceError
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Role
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AuditRow, JobRow, PartyRow, RunRow, UserRow
from dispatch.reports.pack import PUBLIC
from dispatch.reports.self_check import check
from optimizer import solve
from optimizer.proof.files import INSTANCE, load, save
from tests.rows import NOW, open_register

APRIL = NOW + timedelta(days=40)
NEXT_DAY = NOW + timedelta(days=1)

# Lets in the standard library and NumPy, and nothing of ours but what is in the pack.
BARE = """
import runpy, sys
class Bare:
    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root not in sys.stdlib_module_names | {"__main__", "optimizer", "numpy"}:
            raise ModuleNotFoundError(name, name=root)
sys.meta_path.insert(0, Bare())
sys.path = [part for part in sys.path if part and not (__import__("os").path.isdir(part + "/optimizer"))]
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.fixture(scope="module")
def month(sqlite_template, tmp_path_factory):
    """A March in which two runs named the same two lawyers."""
    path = tmp_path_factory.mktemp("month") / "register.db"
    path.write_bytes(sqlite_template.read_bytes())
    register = open_register(f"sqlite:///{path}")
    commit_draws(register.begin, register.read, NOW)
    people = [register.a_practitioner(code, quality=quality) for code, quality in (("41101", 90), ("41102", 60))]
    for number, at in (("豫-17", NOW), ("豫-18", NEXT_DAY)):
        case = register.a_case(number, categories=["woman"], granted_at=at, due_at=at + timedelta(days=3))
        sealed = register.seal.seal({"name": "王小明", "identity_number": "410000199001011234"})
        register.add(PartyRow(centre_id=register.centre.id, case_id=case.id, role="recipient", sealed=sealed))
        run = request_run(register.begin, register.clerk, at)
        solve_run(JobContext(register.begin, register.read, lambda at=at: at, "worker"), run.id)
        apply_run(register.begin, register.clerk, at, run.id)
    yield register, people
    register.engine.dispose()


def packed(register, month="2026-03", seal=None, actor=None, head=None):
    return transparency(
        register.begin, register.read, seal or register.seal, actor or register.manager, APRIL, month, head
    )


@pytest.fixture(scope="module")
def pack(month):
    """With the proofs, as the head of the institution decided."""
    register, _ = month
    return packed(register, head=register.manager)


@pytest.fixture(scope="module")
def plain(month):
    """Without the proofs, as nobody decided otherwise."""
    register, _ = month
    return packed(register)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        return {name: container.read(name) for name in container.namelist()}


def run_bare(content, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    order = [sys.executable, "-c", BARE, str(path)]
    return subprocess.run(order, capture_output=True, text=True, check=False, cwd=tmp_path)


def test_pack_proves_itself_where_only_numpy_is_installed(pack, tmp_path):
    wording = run_bare(pack.content, tmp_path)

    assert wording.returncode == 0, wording.stderr
    assert wording.stdout.startswith("proven: ")


def test_pack_without_proofs_says_where_they_are_kept(plain, tmp_path):
    wording = run_bare(plain.content, tmp_path)

    assert wording.returncode == 0, wording.stderr
    assert "the proofs of the runs are kept at the institution" in wording.stdout
    assert "最优性证明存于本机构" in wording.stdout


def test_scores_of_practitioners_are_published_only_by_a_recorded_decision(plain, pack, month):
    register, _ = month
    kept, published = (json.loads(parts(each.content)["manifest.json"]) for each in (plain, pack))
    decisions = [row for row in register.all(AuditRow) if row.verb == Verb.PUBLISH_SCORES]

    assert not [name for name in parts(plain.content) if name.startswith("runs/")]
    assert kept["runs"] == published["runs"]
    assert [sha256(parts(pack.content)[run["file"]]).hexdigest() for run in kept["runs"]] == [
        run["digest"] for run in kept["runs"]
    ]
    assert "经本机构负责人决定" in parts(pack.content)["README.md"].decode()
    assert "经本机构负责人决定" not in parts(plain.content)["README.md"].decode()
    assert {(row.actor_id, row.subject_id) for row in decisions} == {(register.manager.user_id, "2026-03")}


def test_nobody_but_a_manager_decides_that_scores_are_published(month):
    register, _ = month
    before = len(register.all(AuditRow))

    with pytest.raises(ForbiddenError):
        packed(register, head=register.clerk)

    assert len(register.all(AuditRow)) == before


def test_operator_names_a_manager_and_never_itself(month):
    register, _ = month
    operator = operator_of(register.begin, NOW, None)
    register.add(UserRow(centre_id=register.centre.id, login="head", role=Role.MANAGER, created_at=NOW))
    register.add(UserRow(centre_id=register.centre.id, login="gone", role=Role.MANAGER, active=False, created_at=NOW))
    register.add(UserRow(centre_id=register.centre.id, login="desk", role=Role.CLERK, created_at=NOW))

    assert manager_of(register.begin, operator, "head").role is Role.MANAGER
    for login in (LOGIN, "gone", "desk", "nobody"):
        with pytest.raises(UnknownReferenceError):
            manager_of(register.begin, operator, login)


@pytest.mark.parametrize(
    "name", ["runs/0001.zip", "facts/0001.json", "policies/0001.json", "figures.json", "planted.txt"]
)
def test_pack_that_was_changed_is_refused_there_with_the_part_named(pack, tmp_path, name):
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as container:
        for part, content in {name: b"", **parts(pack.content)}.items():
            container.writestr(part, content + b" " if part == name else content)

    wording = run_bare(changed.getvalue(), tmp_path)

    assert wording.returncode == 1
    assert name in wording.stderr


def forged(content, change):
    """The pack after a change, with every digest in it made to fit again."""
    whole = parts(content)
    manifest = json.loads(whole.pop("manifest.json"))
    change(whole, manifest)
    digests = {name: sha256(part).hexdigest() for name, part in whole.items()}
    manifest["files"] = digests
    for run in manifest["runs"]:
        run["digest"], run["facts_digest"] = digests[run["file"]], digests[run["facts"]]
    for policy in manifest["policies"]:
        policy["digest"] = digests[policy["file"]]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as container:
        for name, part in (whole | {"manifest.json": json.dumps(manifest).encode()}).items():
            container.writestr(name, part)
    return target.getvalue()


def another_value(whole, manifest):
    manifest["runs"][0]["objective"] += 1


def another_score(whole, manifest):
    """Somebody is made better by a point, and the plan is solved, proven and sealed anew."""
    problem, solution = load(io.BytesIO(whole["runs/0001.zip"]))
    terms = problem.practitioner_terms.copy()
    terms[0, 0] += 1
    better, target = replace(problem, practitioner_terms=terms), io.BytesIO()
    solution = solve(better, solution.certificate.seed)
    save(target, better, solution)
    whole["runs/0001.zip"] = target.getvalue()
    manifest["runs"][0] |= {"objective": int(solution.objective), "bound": int(solution.bound)}


def case_less(whole, manifest):
    """A case needs nobody, so that its practitioner is free for another one; solved, proven and sealed anew."""
    _with_demand(whole, manifest, lambda demand: demand * (np.arange(demand.size) > 0))


def case_more(whole, manifest):
    """A case needs one practitioner more than was granted."""
    _with_demand(whole, manifest, lambda demand: demand + (np.arange(demand.size) == 0))


def _with_demand(whole, manifest, change):
    problem, solution = load(io.BytesIO(whole["runs/0001.zip"]))
    other, target = replace(problem, demand=change(problem.demand)), io.BytesIO()
    solution = solve(other, solution.certificate.seed)
    save(target, other, solution)
    whole["runs/0001.zip"] = target.getvalue()
    manifest["runs"][0] |= {"objective": int(solution.objective), "bound": int(solution.bound)}


def another_fact(whole, manifest):
    told = json.loads(whole["facts/0001.json"])
    told["quality"][0] -= 1
    whole["facts/0001.json"] = json.dumps(told).encode()


def another_policy(whole, manifest):
    text = json.loads(whole["policies/0001.json"])
    text["weights"]["quality"] += 1
    whole["policies/0001.json"] = json.dumps(text).encode()


def another_seed(whole, manifest):
    manifest["runs"][0]["seed"] += 1


def another_seed_in_the_proof(whole, manifest):
    problem, solution = load(io.BytesIO(whole["runs/0001.zip"]))
    solution = replace(solution, certificate=replace(solution.certificate, seed=7)).sealed()
    target = io.BytesIO()
    save(target, problem, solution)
    whole["runs/0001.zip"] = target.getvalue()


def another_secret(whole, manifest):
    """A draw that suits better, with the seed that follows from it."""
    draw = next(each for each in manifest["draws"] if each["on"] == manifest["runs"][0]["draw_on"])
    draw["secret"] = "0" * 64
    manifest["runs"][0]["seed"] = seed_from(draw["secret"])


def no_draw(whole, manifest):
    manifest["draws"] = []


def late_draw(whole, manifest):
    manifest["draws"][0]["committed_at"] = "2026-12-01T00:00:00+00:00"


FORGERIES = {
    another_value: "another value",
    another_score: "the facts give another score",
    case_less: "other cases or seats than the proof",
    case_more: "other cases or seats than the proof",
    another_fact: "the facts give another score",
    another_policy: "the facts give another score",
    another_seed: "its seed is not the one of its day",
    another_seed_in_the_proof: "it was drawn by another seed",
    another_secret: "not the one that was published beforehand",
    no_draw: "the draw of its day is not in the pack",
    late_draw: "published after its day",
}


@pytest.mark.parametrize("change", FORGERIES, ids=lambda each: each.__name__)
def test_forgery_is_refused_even_where_every_digest_fits(pack, tmp_path, change):
    path = tmp_path / "pack.zip"
    path.write_bytes(forged(pack.content, change))

    assert FORGERIES[change] in " ".join(check(path))


def test_pack_that_is_only_put_together_anew_holds(pack, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(forged(pack.content, lambda whole, manifest: None))

    assert check(path) == []


def test_pack_shows_repeats_exceptions_and_the_draws_of_the_days_to_come(pack, month):
    register, _ = month
    manifest = json.loads(parts(pack.content)["manifest.json"])
    drawn = {each["on"]: each for each in manifest["draws"]}

    assert [(run["repeats"], run["exceptions"]) for run in manifest["runs"]] == [(0, []), (0, [])]
    assert {run["draw_on"] for run in manifest["runs"]} == {on for on, each in drawn.items() if each["secret"]}
    assert {run["docket_digest"] for run in manifest["runs"]} == {row.docket_digest for row in register.all(RunRow)}
    assert min(on for on, each in drawn.items() if not each["secret"]) == "2026-04-01"
    assert all(each["commitment"] for each in drawn.values())


def test_pack_holds_of_an_exception_how_many_it_left_out_and_the_digest_of_its_reason(month):
    register, _ = month
    kept = {"what": "cases", "left_out": 4, "reason": "王小明的材料未到", "by": "u1", "at": "2026-03-09T01:00:00+00:00"}
    run = register.all(RunRow)[0]
    with register.begin() as tx:
        tx.session.get_one(RunRow, run.id).exceptions = [kept]

    content = packed(register).content
    with register.begin() as tx:
        tx.session.get_one(RunRow, run.id).exceptions = []

    whole = parts(content)
    told = [each["exceptions"] for each in json.loads(whole["manifest.json"])["runs"] if each["exceptions"]]
    digest = sha256(f"{kept['at']} u1 {kept['reason']}".encode()).hexdigest()
    assert told == [[{"choice": "cases", "left_out": 4, "reason": digest}]]
    assert "王小明" not in "".join(part.decode("utf-8", "replace") for part in whole.values())


def test_pack_holds_policies_runs_figures_and_a_readme_in_both_languages(pack, month):
    register, _ = month
    whole = parts(pack.content)
    manifest = json.loads(whole["manifest.json"])

    assert len(manifest["runs"]) == 2
    assert all(run["optimal"] and run["policy_version"] == 1 for run in manifest["runs"])
    assert Policy.from_document(json.loads(whole["policies/0001.json"])).digest() == register.policy.digest
    assert [each["code"] for each in json.loads(whole["figures.json"])["reports"]] == list(PUBLIC)
    assert "透明度数据包 Transparency pack" in whole["README.md"].decode()
    assert "依据《法律援助法》第五十八条公布" in whole["README.md"].decode()
    assert "Published under the Legal Aid Law, art. 58." in whole["README.md"].decode()
    assert json.loads(whole["sources.json"])["policies/0001.json"]["thresholds.grave_years"] == {
        "zh": "《法律援助法》第二十六条；《办理法律援助案件程序规定》（司法部令第148号）第二十六条第一款",
        "en": "Legal Aid Law, art. 26; Provisions on Procedures for Handling Legal Aid Cases"
        " (Ministry of Justice Order No. 148), art. 26 para. 1",
    }
    assert len(manifest["code"]["sources"]) == 64


def test_pack_tells_no_name_no_number_and_no_id(pack, month):
    register, people = month
    whole = parts(pack.content)
    everything = b"".join([*whole.values(), *(part for name, content in whole.items() if name.startswith("runs/")
                                              for part in parts(content).values())])  # fmt: skip

    secrets = ["王小明", "410000199001011234", "豫-17", "41101", *(person.name for person in people)]
    secrets += [person.id for person in people] + [row.id for row in register.all(JobRow)]
    assert [secret for secret in secrets if secret.encode() in everything] == []


def test_keys_of_no_run_lead_back_to_a_case_or_a_person(pack, month):
    _, people = month
    runs = [content for name, content in sorted(parts(pack.content).items()) if name.startswith("runs/")]

    keys = [np.load(io.BytesIO(parts(content)[INSTANCE]))["practitioner_key"].tolist() for content in runs]

    assert not {key_of(person.id) for person in people} & {key for each in keys for key in each}


def test_figures_tell_nothing_of_few(pack):
    figures = json.loads(parts(pack.content)["figures.json"])

    assert {each["code"]: each["rows"] for each in figures["reports"] if each["rows"]}.keys() <= {"lorenz"}


def test_same_month_gives_the_same_bytes_and_another_secret_other_names(pack, month):
    register, _ = month

    again, other = (
        packed(register, seal=seal, head=register.manager) for seal in (register.seal, Seal("another secret", "aes"))
    )

    assert again.content == pack.content
    assert parts(other.content)["runs/0001.zip"] not in parts(pack.content).values()


def test_month_that_is_not_over_or_not_a_month_is_refused(month):
    register, _ = month
    for wording in ("2026-04", "2026-13", "March", "1999-01"):
        with pytest.raises(InvalidFieldError):
            packed(register, wording)
    with pytest.raises(ForbiddenError):
        packed(register, actor=register.clerk)
