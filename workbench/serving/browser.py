"""The user's browser."""

import webbrowser
from threading import Thread


def show(address: str) -> None:
    """Open `address` in the user's browser without waiting: some browsers return only at their end."""
    Thread(target=webbrowser.open, args=[address], daemon=True).start()
