"""OR-Tools' GLOP on sparse rows, loaded when it is first asked; its figures are estimates, for others to make exact."""

from typing import Any, NamedTuple

import numpy as np
import scipy  # its parts are loaded when they are first used
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class LinearProgram(NamedTuple):
    """
    Maximise ``gain @ x`` where ``least <= rows @ x <= most`` and ``low <= x <= high``.

    Parameters
    ----------
    rows : (r, q) csr_array
        The rows.
    least, most : (r,) float64
        Their limits, infinite where there is none.
    low, high : (q,) float64
        Limits of the variables.
    gain : (q,) float64
        What is maximised.
    """

    rows: "scipy.sparse.csr_array"
    least: Floats
    most: Floats
    low: Floats
    high: Floats
    gain: Floats

    def optimum(self) -> tuple[Floats, Floats] | None:
        """Return variables and the prices of the rows, (q,) and (r,); None where none was found."""
        from ortools.linear_solver.python import model_builder_helper as builder

        model, solver = builder.ModelBuilderHelper(), builder.ModelSolverHelper("glop")
        fill: Any = model.fill_model_from_sparse_data  # its stub names types of arrays that NumPy does not have
        fill(self.low, self.high, self.gain, self.least, self.most, scipy.sparse.csr_matrix(self.rows))
        model.set_maximize(True)
        solver.solve(model)
        if solver.status() != builder.SolveStatus.OPTIMAL:
            return None
        return np.asarray(solver.variable_values()), np.asarray(solver.dual_values())
