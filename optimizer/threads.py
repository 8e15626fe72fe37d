"""One thread per tile: NumPy's BLAS is asked not to start threads of its own below ours."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

SETTER, GETTER = "scipy_openblas_set_num_threads64_", "scipy_openblas_get_num_threads64_"


def blas_library(module: str = "numpy._core._multiarray_umath") -> ctypes.CDLL | None:
    """Return the library behind NumPy's matrix product, or None if it is not the usual OpenBLAS."""
    spec = find_spec(module)
    library = ctypes.CDLL(spec.origin) if spec and spec.origin and spec.has_location else None
    return library if library is not None and hasattr(library, SETTER) else None


@contextmanager
def single_threaded(library: ctypes.CDLL | None) -> Iterator[None]:
    """
    Hold BLAS to one thread inside the block, and give back what was set before.

    Notes
    -----
    The setting belongs to the process. Two solves at once may undo each other's; that costs time, never a digit,
    since every product here is exact.
    """
    if library is None:
        yield
        return
    before = getattr(library, GETTER)()
    getattr(library, SETTER)(1)
    try:
        yield
    finally:
        getattr(library, SETTER)(before)


BLAS = blas_library()
