"""The user's browser."""

import webbrowser
from threading import Thread


def show(address: str) -> None:
    """Open `address` without waiting: some browsers return only when they are closed."""
    Thread(target=webbrowser.open, args=[address], daemon=True).start()
