"""What a server and its kernels need from the machine: threads, folders to write in, a port."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server

from workbench.locale import _

SHARE = Path(__file__).parent / "share"

# Two spinning threads in each of many kernels made everything 10 to 30 times slower.
ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
WRITTEN_AT_HOME = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
    "MPLCONFIGDIR",
)
PORTS_TRIED = 100
LARGEST_MESSAGE = 64 * 2**20
"""Bytes of files that a learner hands to a lesson; of more than that Tornado says nothing."""


class PortTakenError(OSError):
    """Another program listens where we were asked to."""


def prepare_environment() -> None:
    """Give this process and its kernels one thread each, our templates, and folders to write in."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    ours = str(SHARE)
    others = [path for path in os.environ.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    if ours not in others:
        os.environ["JUPYTER_PATH"] = os.pathsep.join([ours, *others])
    if not home_is_writable():
        _live_in(Path(tempfile.mkdtemp(prefix="workbench-")))


def home_is_writable() -> bool:
    """Whether a file can be made in the user's home."""
    try:
        with tempfile.TemporaryFile(dir=Path.home()):
            return True
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where home is
        return False


def _live_in(folder: Path) -> None:
    """Let Jupyter, IPython and matplotlib write to `folder`, which goes when this process ends."""
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in WRITTEN_AT_HOME:
        os.environ.setdefault(name, str(folder / name.lower()))


def free_port(host: str, asked: int | None, default: int) -> int:
    """`asked`, or else the first port from `default` on, on which nobody listens; 0 takes any."""
    if asked is not None:
        port = _bindable(host, asked)
        if port is None:
            raise PortTakenError(
                _(
                    "Port {port} on {host} cannot be used: another program has it, or this user "
                    "may not open it. Ask for another one, or for none to take a free one."
                ).format(port=asked, host=host)
            )
        return port
    for candidate in range(default, default + PORTS_TRIED):
        if _bindable(host, candidate):
            return candidate
    raise PortTakenError(
        _("All ports from {first} to {last} on {host} are taken. Ask for another one.").format(
            first=default, last=default + PORTS_TRIED - 1, host=host
        )
    )


def _bindable(host: str, port: int) -> int | None:
    """The number under which a server can listen at `port`, or None."""
    try:
        with create_server((host, port), family=AF_INET6 if ":" in host else AF_INET) as server:
            number: int = server.getsockname()[1]
            return number
    except (OSError, OverflowError):
        return None
