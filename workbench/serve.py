"""The two ways into the lessons: pages for everyone, JupyterLab for those who change them."""

import logging
import secrets
from pathlib import Path

from workbench.locale import _
from workbench.places import PACKAGE, notebooks_folder
from workbench.serving.environment import LARGEST_MESSAGE, SHARE, free_port, prepare_environment
from workbench.serving.language import language_of_query

__all__ = ["lab", "language_of_query", "serve", "voila_settings"]

VOILA_PORT = 8866
LAB_PORT = 8888
LOCAL = "127.0.0.1"


def voila_settings() -> Path:
    """The file that says how the lessons are published: in the wheel, or at the checkout's root."""
    in_wheel = PACKAGE / "voila.json"
    return in_wheel if in_wheel.exists() else PACKAGE.parent / "voila.json"


def serve(
    *, port: int | None = None, open_browser: bool, host: str = LOCAL, base_url: str = "/"
) -> None:
    """Publish the lessons with Voila until interrupted."""
    prepare_environment()
    from workbench.serving.publisher import Publisher  # after: Jupyter reads the environment

    # It warns, for each page, of Jupyter's milliseconds that it takes for seconds.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    publisher = Publisher.instance(config_file_paths=[str(voila_settings().parent)])
    publisher.show_in_browser = open_browser
    publisher.initialize(
        [
            f"--Voila.ip={host}",
            f"--Voila.port={free_port(host, port, VOILA_PORT)}",
            "--Voila.port_retries=0",
            f"--Voila.base_url={base_url}",
            "--Voila.open_browser=False",
            str(notebooks_folder()),
        ]
    )
    publisher.start()


def lab(*, port: int | None = None, open_browser: bool) -> None:
    """Open the lessons in JupyterLab until interrupted."""
    prepare_environment()
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]  # after: as above

    number = free_port(LOCAL, port, LAB_PORT)
    token = secrets.token_urlsafe(24)
    server = LabApp.initialize_server(
        [
            f"--ServerApp.ip={LOCAL}",
            f"--ServerApp.port={number}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={notebooks_folder()}",
            f"--ServerApp.open_browser={open_browser}",
            "--ServerApp.allow_root=True",  # a container's only user; token and address guard it
            "--ServerApp.log_level=ERROR",
            "--LabApp.log_level=ERROR",
            f"--ServerApp.tornado_settings={{'websocket_max_message_size': {LARGEST_MESSAGE}}}",
            "--KernelManager.transport_encryption=auto",
            f"--IdentityProvider.token={token}",
            # overrides.json: widget callbacks on the main thread, and no news from the network
            f"--LabApp.app_settings_dir={SHARE / 'lab'}",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
        ]
    )
    address = f"http://{LOCAL}:{number}/lab?token={token}"
    sentence = _("JupyterLab is at {address}").format(address=address)
    server.io_loop.add_callback(print, sentence, flush=True)
    server.start()
