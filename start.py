"""From a clone to the lessons in one command; needs nothing but Python's standard library."""

import os
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "workbench-installed.txt"
LOG = VENV / "workbench-errors.txt"
EXTRAS = ("", "test", "dev")  # each holds what those before it hold
COMMANDS = {
    "serve": ("", ["workbench", "serve"]),
    "lab": ("", ["workbench", "lab"]),
    "test": ("test", ["pytest"]),
    "install": ("dev", []),
}
DEFAULTS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
CLUES = {
    "disk": ("No space left", "Errno 28", "WinError 112", "Disk quota exceeded"),
    "network": (
        "ConnectionError",
        "NameResolutionError",
        "Connection aborted",
        "Timeout",
        "ProxyError",
        "SSLError",
    ),
    "folder": ("Permission denied", "Errno 13", "Errno 30", "WinError 5]"),
}
LANGUAGES = ("en", "tr")
SENTENCES = {
    "unknown": (
        "start.py knows {known}, and not {word}; without a word it serves the lessons.",
        "start.py {known} sözcüklerini bilir, {word} ise yok; sözcüksüz dersleri yayınlar.",
    ),
    "python": (
        "This is Python {version}: install 3.11 or newer and run start.py with that one.",
        "Bu Python {version}: 3.11 ya da daha yenisini kurun, start.py'yi onunla çalıştırın.",
    ),
    "ensurepip": (
        "This Python lacks ensurepip: install it (Debian: python{version}-venv), run this again.",
        "Bu Python'da ensurepip yok: kurun (Debian: python{version}-venv), yeniden çalıştırın.",
    ),
    "installing": (
        "Installing into .venv: minutes, and 6.5 GB on Linux (README.md tells how it is 1.8 GB).",
        ".venv içine kuruluyor: dakikalar sürer, Linux'ta 6,5 GB (1,8 GB'ı için bkz. README.md).",
    ),
    "disk": (
        "The disk or the folder for temporary files is full: make room, then run this again.",
        "Disk ya da geçici dosyaların klasörü dolu: yer açın, sonra bunu yeniden çalıştırın.",
    ),
    "network": (
        "The package index cannot be reached: check network and proxy, then run this again.",
        "Paket dizinine ulaşılamıyor: ağı ve vekil sunucuyu denetleyip yeniden çalıştırın.",
    ),
    "folder": (
        "{folder} may not be written: move the workbench to a folder of yours, run this again.",
        "{folder} yazılamıyor: çalışma tezgâhını kendi klasörünüze taşıyıp yeniden çalıştırın.",
    ),
    "step": (
        "“{error}” (all of it is in {log}): mend that, or try another Python, and run this again.",
        "“{error}” (tamamı: {log}): bunu giderip ya da başka bir Python ile yeniden çalıştırın.",
    ),
    "broken": (
        "{folder} has no working Python 3.11 or newer with pip: delete it, then run this again.",
        "{folder} içinde çalışan bir Python 3.11+ ve pip yok: silin, sonra yeniden çalıştırın.",
    ),
    "stopped": (
        "Stopped before everything was installed: run this again to finish.",
        "Kurulum bitmeden durduruldu: tamamlamak için bunu yeniden çalıştırın.",
    ),
    "ready": (
        "Everything is installed: `python start.py` serves the lessons.",
        "Her şey kuruldu: `python start.py` dersleri yayınlar.",
    ),
}


def language() -> str:
    """The language that the package itself would choose."""
    names = ("WORKBENCH_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    codes = [os.environ.get(name, "")[:2].lower() for name in names]
    return next((code for code in codes if code in LANGUAGES), "en")


def sentence(key: str, **values: object) -> str:
    """What a person reads, in that language."""
    return SENTENCES[key][LANGUAGES.index(language())].format(**values)


def refuse_old_python(version: tuple) -> None:
    """An old Python gets as far as this: nothing above needs a new one."""
    if version < (3, 11):
        sys.exit(sentence("python", version="{}.{}.{}".format(*version)))


def explain(words: str) -> None:
    """End with the sentence that fits what a failed step said."""
    for key, clues in CLUES.items():
        if any(clue in words for clue in clues):
            sys.exit(sentence(key, folder=ROOT))
    with suppress(OSError):
        LOG.write_text(words, encoding="utf-8")
    lines = [line.strip() for line in words.splitlines() if line.strip()] or ["?"]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    sys.exit(sentence("step", error=errors[-1].removeprefix("ERROR:").strip(), log=LOG))


def attempt(*command: object) -> None:
    """Run one step of the installation; its progress is seen, its failure explained."""
    step = subprocess.run(
        [*map(str, command)],
        cwd=ROOT,
        env={**DEFAULTS, **os.environ, "PIP_USER": "0"},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    if step.returncode:
        explain(step.stderr)


def stamp(extra: str) -> str:
    """What STAMP holds once `extra` is installed: here, from this pyproject.toml."""
    key = sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()
    return f"{key} {extra}"


def is_installed(extra: str) -> bool:
    """Whether `extra`, or one that holds it, was installed to the end."""
    if not (STAMP.exists() and venv_works()):
        return False
    enough = [stamp(larger) for larger in EXTRAS[EXTRAS.index(extra) :]]
    return STAMP.read_text(encoding="utf-8", errors="replace") in enough


def venv_works() -> bool:
    """Whether .venv has pip and a Python that is new enough."""
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return not subprocess.run([str(PYTHON), "-c", question], capture_output=True).returncode
    except OSError:
        return False


def make_venv() -> None:
    """A working .venv: one that works is kept with all that is in it, and none is ever deleted."""
    if venv_works():
        return
    if find_spec("ensurepip") is None:
        sys.exit(sentence("ensurepip", version="{}.{}".format(*sys.version_info)))
    attempt(sys.executable, "-m", "venv", VENV)
    if not venv_works():
        sys.exit(sentence("broken", folder=VENV))


def install(extra: str) -> None:
    """Bring .venv to `extra`; there is no stamp while that is under way."""
    if is_installed(extra):
        return
    print(sentence("installing"), file=sys.stderr)
    make_venv()
    STAMP.unlink(missing_ok=True)
    what = f".[{extra}]" if extra else "."
    attempt(PYTHON, "-m", "pip", "install", "--no-input", "--editable", what)
    STAMP.write_text(stamp(extra), encoding="utf-8")


def hand_over(*command: str) -> int:
    """Become `command`, so that Ctrl-C and signals are its own; Windows can only wait for it."""
    os.chdir(ROOT)
    environment = {**DEFAULTS, **os.environ}
    if os.name == "posix":
        os.execve(command[0], command, environment)
    child = subprocess.Popen(command, env=environment)
    while True:
        with suppress(KeyboardInterrupt):
            return child.wait()


def main(words: list) -> int:
    """Do what the first word says; the others go on to what it starts."""
    refuse_old_python(sys.version_info[:3])
    word, *rest = words or ["serve"]
    if word not in COMMANDS:
        sys.exit(sentence("unknown", known=", ".join(COMMANDS), word=word))
    extra, module = COMMANDS[word]
    try:
        install(extra)
        if module:
            return hand_over(str(PYTHON), "-m", *module, *rest)
    except KeyboardInterrupt:
        sys.exit(sentence("stopped"))
    except OSError as error:
        explain(str(error))
    print(sentence("ready"), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
