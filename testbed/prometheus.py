"""Prometheus' own checker of rules: found on the PATH, or taken from Debian's package without installing it."""

import shutil
import subprocess
from pathlib import Path


class NoPrometheusError(RuntimeError):
    """There is no ``promtool``, and none can be had."""


def find_promtool(folder: Path) -> Path:
    """
    Return ``promtool``; Debian's package is unpacked into the folder where the machine has none.

    Raises
    ------
    NoPrometheusError
        If it is not there and cannot be had; the message says what to install.
    """
    if found := shutil.which("promtool"):
        return Path(found)
    unpacked = folder / "usr" / "bin" / "promtool"
    if not unpacked.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _unpack(folder)
    return unpacked


def _unpack(folder: Path) -> None:
    try:
        subprocess.run(["apt-get", "download", "prometheus"], cwd=folder, check=True, capture_output=True)
        [package] = folder.glob("prometheus_*.deb")
        subprocess.run(["dpkg-deb", "--extract", package, folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPrometheusError("No promtool found. Install Prometheus (Debian: apt install prometheus).") from error
