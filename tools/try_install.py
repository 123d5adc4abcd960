"""Install the library into a clean environment and do the exercises there, as a learner does.

``python tools/try_install.py dist/*.whl`` installs a wheel, ``python tools/try_install.py .`` this
folder: with NumPy alone. Then the blanks of all chapters are written, filled with the solutions by
the command `lstm-exercises` and checked; a wrong answer must be refused. Runs on every system.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path


def run(folder: Path, name: str, *arguments: str, status: int = 0) -> str:
    """Return what a command of the environment prints; fail unless it ends with `status`."""
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [programs / name, *arguments],
        cwd=folder,
        env={**kept, "LSTM_BOOK_LANG": "en", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != status:
        call = " ".join([name, *arguments])
        raise SystemExit(f"error: {call}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def solve(folder: Path, path: Path) -> None:
    """Fill the blanks of a chapter with the solutions, keeping what stands above them."""
    head, *blanks = path.read_text(encoding="utf-8").split("\n\n\ndef ")
    names = [blank.partition("(")[0] for blank in blanks]
    solutions = [run(folder, "lstm-exercises", "solution", name) for name in names]
    path.write_text("\n\n\n".join([head, *solutions]), encoding="utf-8")


def main() -> int:
    """Try what is named on the command line; return an exit code."""
    (what,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder, with_pip=True)
        run(folder, "python", "-m", "pip", "install", "--quiet", str(Path(what).resolve()))
        print(run(folder, "python", "-m", "pip", "list"), end="")
        print(run(folder, "lstm-exercises", "start", "answers"), end="")
        for path in sorted((folder / "answers").glob("*.py")):
            answers = os.path.join("answers", path.name)
            run(folder, "lstm-exercises", "check", answers, status=1)
            solve(folder, path)
            # The solution of `creatLSTMCell`, in chapter 4, is written in TensorFlow.
            alone = path.name != "chapter4.py"
            said = run(folder, "lstm-exercises", "check", answers, status=0 if alone else 1)
            print(answers, said.splitlines()[-1], sep=": ")
        path = folder / "answers" / "chapter2.py"
        right, wrong = "f * c_prev", "(1 - f) * c_prev"
        path.write_text(path.read_text("utf-8").replace(right, wrong), encoding="utf-8")
        said = run(folder, "lstm-exercises", "check", str(path), status=1)
        if "You read the forget gate upside down" not in said:
            raise SystemExit(f"error: a mistake has not been named:\n{said}")
        print("a wrong answer: its mistake is named")
    return 0


if __name__ == "__main__":
    sys.exit(main())
