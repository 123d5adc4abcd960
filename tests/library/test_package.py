"""The library as others install it: with NumPy alone, typed, and one version everywhere."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

import lstm_lib
from lstm_lib import _extras
from tests.library.cells import ROOT
from tools.check_python import NEWEST, OLDEST, problem

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
Version = namedtuple("Version", ("major", "minor"))
PACKED = ("lstm_lib", "pyproject.toml", "README.md", "LICENSE", "LICENSE-text")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The library, built from a copy of its sources: nothing is left beside them."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in PACKED:
        if (ROOT / name).is_dir():
            caches = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=caches)
        else:
            shutil.copy(ROOT / name, source)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", built, source)
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def clean(wheel, tmp_path_factory):
    """A Python that has the library and NumPy, which is that of this environment."""
    folder = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip("--python", python, "install", "--no-deps", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    for path in Path(np.__file__).parents[1].glob("numpy*"):
        if path.name in ("numpy", "numpy.libs"):
            (packages / path.name).symlink_to(path)
    return python


def pip(*arguments):
    # The index is out of reach, so that what is missing is an error and not a download.
    command = [sys.executable, "-m", "pip", *map(str, arguments), "-q", "--no-index"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def run(python, code, folder):
    """What a program prints in a folder and an environment that know nothing of the book."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_with_numpy_alone_a_cell_runs_and_a_check_checks(clean, tmp_path):
    code = (
        "import numpy as np, lstm_lib\n"
        "from lstm_lib import numpy_backend as L, interop, tasks, training, diagrams, interactive\n"
        "from lstm_lib.exercises import check, names, solution\n"
        "cell = L.BasicLSTMCell(5, seed=0)\n"
        "outputs, final = L.dynamic_rnn(cell, np.ones((4, 7, 3), 'float32'))\n"
        "print(lstm_lib.__version__, outputs.shape, len(interop.to_keras(cell)), names()[0])\n"
        "def update_cell(f, c_prev, i, candidate):\n    return f * c_prev + i * candidate\n"
        "print(check('update_cell', update_cell))\n"
        "print(check('update_cell', lambda f, c, i, j: (1 - f) * c + i * j))\n"
        "def creatLSTMCell(a, b, c):\n    from lstm_lib import tf1\n    return tf1\n"
        "print(check('creatLSTMCell', creatLSTMCell))\n"
        "from lstm_lib.language import speaking\n"
        "with speaking('zh_CN'):\n    print(check('update_cell', update_cell))\n"
    )
    first, right, wrong, needs, chinese = run(clean, code, tmp_path).splitlines()
    assert first == f"{lstm_lib.__version__} (4, 7, 5) 3 rnn_step"
    assert right.startswith("Correct.")
    assert wrong.startswith("Incorrect.")
    assert "forget" in wrong
    assert "needs TensorFlow, which is not installed" in needs
    assert "正确" in chinese, "the catalogues are not in the wheel"


def test_the_data_and_their_terms_are_in_the_wheel(wheel, clean, tmp_path):
    code = (
        "from lstm_lib import data\n"
        "print(len(data.first_names()), len(data.heartbeat()), len(data.sunspots()))\n"
        "print(len(data.sea_temperature()), *(len(part.frames) for part in data.vowels()))\n"
    )
    assert run(clean, code, tmp_path).split() == ["5163", "18000", "309", "9625", "270", "370"]
    with zipfile.ZipFile(wheel) as packed:
        terms = [name for name in packed.namelist() if name.endswith("TERMS.txt")]
    assert len(terms) == 2  # beside the data, and among the licences
    assert wheel.stat().st_size < 1_200_000


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("tensorflow_backend", "tensorflow"),
        ("tf1", "tensorflow"),
        ("plotting", "plot"),
        ("reproduce.in_1997", "reproduce"),
        ("reproduce.network_1997", "reproduce"),
    ],
)
def test_what_needs_an_extra_says_which(module, extra, clean, tmp_path):
    code = (
        f"try:\n    import lstm_lib.{module}\n"
        "except ModuleNotFoundError as error:\n    print(error)\n"
    )
    said = run(clean, code, tmp_path)
    assert f'pip install "inside-the-lstm[{extra}]"' in said
    assert extra in PROJECT["project"]["optional-dependencies"]


@pytest.mark.parametrize(
    ("version", "system", "machine", "said"),
    [
        ((3, 14), "linux", "x86_64", "not for Python 3.14, where all that needs NumPy alone runs"),
        ((3, 13), "darwin", "x86_64", "not for Macs with Intel's processors, where"),
        ((3, 13), "darwin", "arm64", 'pip install "inside-the-lstm[tensorflow]"'),
        ((3, 11), "linux", "x86_64", 'pip install "inside-the-lstm[tensorflow]"'),
    ],
)
def test_where_tensorflow_cannot_be_had_it_is_not_offered(
    version, system, machine, said, monkeypatch
):
    told = SimpleNamespace(version_info=Version(*version), platform=system)
    monkeypatch.setattr(_extras, "sys", told)
    monkeypatch.setattr(_extras.platform, "machine", lambda: machine)
    assert said in str(_extras.missing("TensorFlow", "tensorflow"))
    assert 'inside-the-lstm[plot]"' in str(_extras.missing("Matplotlib", "plot"))


def test_the_command_that_needs_an_extra_says_which(clean, tmp_path):
    code = (
        "import contextlib, io, lstm_lib.reproduce.__main__ as command\n"
        "with contextlib.redirect_stderr(io.StringIO()) as said:\n    print(command.main([]))\n"
        "print(said.getvalue())\n"
    )
    assert 'pip install "inside-the-lstm[reproduce]"' in run(clean, code, tmp_path)


def test_every_other_module_imports_with_numpy_alone(clean, tmp_path):
    folder = ROOT / "lstm_lib"
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in folder.rglob("*.py")
        if path.name != "__main__.py"
    }
    code = (
        "import importlib\n"
        f"for name in {sorted(modules)}:\n"
        "    try:\n        importlib.import_module(name)\n"
        "    except ModuleNotFoundError as error:\n        print(name, '|', error)\n"
    )
    needing = dict(line.split(" | ") for line in run(clean, code, tmp_path).splitlines())
    assert [name for name, said in needing.items() if "inside-the-lstm[" not in said] == []
    apart = ("tensorflow_backend", "_tensorflow", "tf1", "plotting", "_bitmaps", "reproduce")
    assert {name.split(".")[1] for name in needing} == set(apart)


def test_the_wheel_says_that_the_library_is_typed(wheel):
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True, check=True
    ).stdout
    assert "lstm_lib/py.typed" in listed
    assert "tests/" not in listed


def test_every_type_ignore_has_a_reason_on_its_line():
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / "lstm_lib").rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "type: ignore" in line
    ]
    assert [line for line in lines if not re.search(r"type: ignore\[[\w-]+\]  # \w", line)] == []


def test_there_is_one_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(cited["version"]) == lstm_lib.__version__
    assert importlib.metadata.version("inside-the-lstm") == lstm_lib.__version__
    assert "version" in PROJECT["project"]["dynamic"]


def requirements():
    """All packages that `pyproject.toml` names, without versions."""
    project = PROJECT["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    groups += PROJECT["dependency-groups"].values()
    return sorted({re.match(r"[\w.-]+", line)[0] for group in groups for line in group})


@pytest.mark.parametrize("package", requirements())
def test_every_dependency_is_used(package):
    """By an import, a setting or a command: one of its modules is named outside of pyproject."""
    wanted = package.lower().replace("_", "-")
    modules = {
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if wanted in {owner.lower().replace("_", "-") for owner in owners}
        and not module.startswith("_")
    }
    if "sphinxcontrib" in modules:
        modules = {package.replace("-", r"(\.| import )")}
    if package == "uv":  # it may be the system's
        modules = {"uv"}
    if package == "pytest-xdist":
        modules = {"pytest .*-n"}
    assert modules
    folders = ("lstm_lib", "tools", "website", "benchmarks", "experiments", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    files += [ROOT / name for name in ("Makefile", "_config.yml", "conftest.py", "pyproject.toml")]
    names = re.compile(rf"\b({'|'.join(modules)})\b")
    for path in files:
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        if path.name == "pyproject.toml":
            text = text.partition("[tool.")[2]
        if names.search(text):
            return
    pytest.fail(f"{package} is declared and not used: {modules}")


def locked(group):
    """The lines of a lock, without their hashes: name==version, and where it is installed."""
    lines = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8").splitlines()
    return {line.rstrip(" \\") for line in lines if "==" in line}


def test_what_is_declared_is_locked():
    names = {line.partition("==")[0] for line in locked("test") | locked("uv")}
    assert {name.lower().replace("_", "-") for name in requirements()} <= names


@pytest.mark.parametrize("group", ["book", "lab", "test", "uv"])
def test_a_lock_has_hashes_and_no_address(group):
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    assert set(re.findall(r"^ +(--\w+)", text, re.MULTILINE)) == {"--hash"}
    entries = re.split(r"^(?=[\w-]+==)", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in entry for entry in entries[1:])
    assert entries[0].count("\n") == entries[0].count("#") == 2, "the head has two comments alone"
    assert not re.search(r"://|index|find-links|/\w+/", text)


def test_the_locks_agree():
    """What building takes has the same versions as what the tests take."""

    def versions(group):
        return {line.partition(" ;")[0] for line in locked(group)}

    assert versions("book") < versions("lab") < versions("test")


def test_building_needs_nothing_heavy():
    names = {line.partition("==")[0] for line in locked("book")}
    assert names.isdisjoint({"tensorflow", "keras", "numba", "onnx", "playwright", "jupyterlab"})


def test_the_pythons_are_the_same_everywhere():
    newest = f"{NEWEST[0]}.{NEWEST[1]}"
    assert PROJECT["project"]["requires-python"] == f">=3.{OLDEST[1]},<3.{NEWEST[1] + 1}"
    classifiers = [
        f"Programming Language :: Python :: 3.{n}" for n in range(OLDEST[1], NEWEST[1] + 1)
    ]
    assert [line for line in PROJECT["project"]["classifiers"] if ":: 3." in line] == classifiers
    assert f"3.{OLDEST[1]} to {newest} needed" in problem((3, NEWEST[1] + 1))
    for text in ("README.md", "CONTRIBUTING.md", "Makefile"):
        assert f"Python 3.{OLDEST[1]} to {newest}" in (ROOT / text).read_text(encoding="utf-8")


def test_pre_commit_runs_what_make_lint_runs():
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nlint:")[1].split("\n\n")[0]
    linted = re.findall(r"@\$\(BIN\)/(.+)", recipe)
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert [hook["entry"].removeprefix(".venv/bin/") for hook in hooks] == linted
    assert {repo["repo"] for repo in config["repos"]} == {"local"}, "others load from the network"
