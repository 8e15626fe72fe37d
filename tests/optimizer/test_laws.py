"""Laws every solution must obey, on problems that mix all features."""

from hypothesis import given

from optimizer import solve, verify
from tests.optimizer.brute_force import best_value
from tests.optimizer.builders import problems


@given(problems())
def test_solver_is_never_beaten_by_brute_force_and_its_proof_holds(problem):
    solution = solve(problem)

    verify(problem, solution)
    assert solution.optimal
    assert solution.objective == best_value(problem)
