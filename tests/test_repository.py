"""What holds for the repository as a whole: its files, its sizes, and what it says of itself."""

import ast
import json
import os
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import workbench

ROOT = Path(__file__).parent.parent
MOST_LINES_A_FILE = 200
MOST_LINES_A_FUNCTION = 40

# In two parts each, so that this file is not its own finding.
REGISTRIES = tuple(
    first + second
    for first, second in (
        ("pypi", ".org"),
        ("files.python", "hosted"),
        ("download.pyt", "orch.org"),
        ("registry.npm", "js"),
        ("registry.yarn", "pkg"),
        ("deb.deb", "ian.org"),
        ("archive.ubu", "ntu.com"),
        ("conda.anac", "onda"),
        ("repo.anac", "onda"),
        ("ghcr", ".io"),
        ("docker", ".io"),
        ("hub.dock", "er.com"),
        ("quay", ".io"),
    )
)
# A home or a checkout on the machine of whoever wrote the file; "me" and "you" are nobody.
MACHINE_PATH = re.compile(
    "|".join(
        (
            r"(?<![\w.~}])/(?:home|Users)/" + r"(?!me/|you/|jovyan/)\w[\w.-]*/",
            r"[A-Za-z]:\\+" + r"Users\\",
            r"(?<![\w.~}])/(?:root|work)/" + r"\w",
        )
    )
)
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base"}
SCRIPTS = (".ci/run", "binder/postBuild", "binder/start")


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is or could be committed."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nobody knows which files belong to it")
    return tuple(path for path in map(ROOT.joinpath, _git("ls-files", "-coz")) if path.is_file())


def _git(command: str, flags: str, *more: str) -> list[str]:
    called = ["git", "-c", "safe.directory=*", command, flags, "--exclude-standard", *more]
    found = subprocess.run(called, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    return [name for name in found.stdout.split("\0") if name]


@cache
def texts() -> dict[str, str]:
    """The text files among them, by their name in the repository."""
    contents = {path: path.read_bytes() for path in repository_files()}
    return {
        path.relative_to(ROOT).as_posix(): content.decode("utf-8")
        for path, content in contents.items()
        if b"\0" not in content
    }


@cache
def project() -> dict[str, Any]:
    """The table `project` of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads(_read("pyproject.toml"))["project"]
    return table


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# Files


def test_no_file_names_the_host_of_a_registry() -> None:
    found = {name: [host for host in REGISTRIES if host in text] for name, text in texts().items()}
    named = {name: hosts for name, hosts in found.items() if hosts}
    assert not named


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = {
        name: match.group()
        for name, text in texts().items()
        if (match := MACHINE_PATH.search(text))
    }
    assert not found


def test_every_text_is_utf_8_and_ends_its_lines_as_git_wants() -> None:
    assert not [name for name, text in texts().items() if "\r\n" in text]


def test_yaml_can_be_read() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with Jupyter")
    names = [name for name in texts() if Path(name).suffix in {".yml", ".yaml", ".cff"}]
    assert {"binder/environment.yml", "CITATION.cff", ".pre-commit-config.yaml"} <= set(names)
    for name in names:
        assert yaml.safe_load(texts()[name]), name


def test_json_can_be_read() -> None:
    names = [name for name in texts() if Path(name).suffix in {".json", ".ipynb"}]
    assert "voila.json" in names
    for name in names:
        assert json.loads(texts()[name]), name


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_can_be_executed(script: str) -> None:
    assert _read(script).startswith("#!/usr/bin/env bash\n")
    if os.name == "posix":
        assert os.access(ROOT / script, os.X_OK)


# What one file says of another


def test_the_citation_names_this_version() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with Jupyter")
    citation = yaml.safe_load(_read("CITATION.cff"))
    assert str(citation["version"]) == workbench.__version__
    assert citation["license"] == project()["license"]


def test_binder_installs_what_pyproject_asks_for() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with Jupyter")
    environment = yaml.safe_load(_read("binder/environment.yml"))["dependencies"]
    installed = {
        asked.name: asked.specifier
        for entry in environment
        if "=" not in entry.replace(">=", "") and (asked := Requirement(entry))
    }
    wanted = {
        CONDA_NAMES.get(asked.name, asked.name): asked.specifier
        for asked in map(Requirement, project()["dependencies"])
    }
    assert {name: installed.get(name) for name in wanted} == wanted
    assert all("torch" not in name or name in wanted for name in installed)


def test_the_image_has_a_python_that_the_package_takes() -> None:
    python = re.search(r"- python=([\d.]+)", _read("binder/environment.yml"))
    assert python is not None
    assert Requirement(f"python{project()['requires-python']}").specifier.contains(python[1])


def test_pre_commit_runs_only_tools_of_the_dev_extra() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with Jupyter")
    (repository,) = yaml.safe_load(_read(".pre-commit-config.yaml"))["repos"]
    tools = {Requirement(entry).name for entry in project()["optional-dependencies"]["dev"]}
    assert repository["repo"] == "local"
    assert {hook["entry"].split()[0] for hook in repository["hooks"]} <= tools


def test_the_readme_quotes_the_logs_of_the_checkpoints() -> None:
    logs = sorted((ROOT / "data" / "checkpoints").glob("*.log"))
    rows = [line for line in _read("README.md").splitlines() if line.startswith("| `")]
    assert logs
    for log in logs:
        name, value, interval = _accuracy_in(log.read_text(encoding="utf-8"))
        assert any(f"`{name}`" in row and f"{value} ({interval})" in row for row in rows), log.name


def _accuracy_in(log: str) -> tuple[str, str, str]:
    model = re.search(r"--model (\w+)", log)
    found = re.search(r"^accuracy\s+(\S+ %)\s+(\S+ % to \S+ %)", log, re.MULTILINE)
    assert model is not None
    assert found is not None
    return model[1], found[1], found[2]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_within_the_repository_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", _read(name))
    assert [link for link in links if not (ROOT / link).exists()] == []


# Sizes


def sources() -> list[Path]:
    return sorted((ROOT / "workbench").rglob("*.py"))


def test_no_file_of_the_package_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources()
    }
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES_A_FILE}


def test_no_function_of_the_package_is_too_long() -> None:
    lengths = {
        f"{path.relative_to(ROOT).as_posix()}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES_A_FUNCTION}


# CI


def stub(folder: Path, name: str, does: str) -> None:
    """A command `name` in `folder` that notes its call in the file $CALLS, then does `does`."""
    path = folder / name
    note = f'echo "{name} $* CI=${{CI-}}" >>"$CALLS"' if name != "id" else ""
    path.write_text(f"#!{shutil.which('bash')}\n{note}\n{does}\n", encoding="utf-8")
    path.chmod(0o755)


def ci_run(folder: Path, *, has_chromium: bool, user: int = 0) -> tuple[int, list[str]]:
    """`.ci/run` where every command is a stub: its exit code, and what it called."""
    if os.name != "posix" or not shutil.which("bash"):
        pytest.skip("the script is for the bash of a CI machine")
    stub(folder, "id", f"echo {user}")
    stub(folder, "apt-get", "")
    stub(folder, "python3", "exit 7")
    if has_chromium:
        stub(folder, "chromium", "")
    (folder / "dirname").symlink_to(str(shutil.which("dirname")))
    log = folder / "calls.txt"
    environment = {"PATH": str(folder), "CALLS": str(log)}
    done = subprocess.run(
        [str(shutil.which("bash")), str(ROOT / ".ci" / "run")], env=environment, check=False
    )
    return done.returncode, log.read_text(encoding="utf-8").splitlines()


def test_ci_runs_the_tests_and_passes_their_exit_code_on(tmp_path: Path) -> None:
    code, called = ci_run(tmp_path, has_chromium=True)
    assert (code, called) == (7, ["python3 start.py test CI=true"])


def test_ci_brings_a_browser_where_there_is_none(tmp_path: Path) -> None:
    code, called = ci_run(tmp_path, has_chromium=False)
    assert code == 7
    assert called[0].startswith("apt-get update")
    assert called[1].startswith("apt-get install")
    assert "chromium" in called[1]
    assert called[2] == "python3 start.py test CI=true"


def test_ci_without_the_rights_to_install_still_runs_the_tests(tmp_path: Path) -> None:
    assert ci_run(tmp_path, has_chromium=False, user=1000)[1] == ["python3 start.py test CI=true"]
