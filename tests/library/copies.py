"""Programs of TensorFlow 1, each in a process of its own that has TensorFlow already.

To import TensorFlow takes three seconds, and most scripts do less than that. Here one process
imports it, and nothing else, and runs each program in a copy of itself: a copy has what a new
Python would have, and what one script does no other sees. Run as a script this is that process.
"""

import contextlib
import json
import os
import runpy
import subprocess
import sys
import tempfile

# Where a process cannot be copied safely, each program gets a new Python: it takes longer.
CAN_COPY = sys.platform == "linux"


@contextlib.contextmanager
def copies():
    """Yield a function that runs ``python -m lstm_lib.tf1 *command`` in a folder.

    It returns what `subprocess.run` does.
    """
    if not CAN_COPY:
        yield in_a_new_python
        return
    process = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def in_a_copy(folder, *command):
        process.stdin.write(json.dumps([str(folder), [str(part) for part in command]]) + "\n")
        process.stdin.flush()
        return subprocess.CompletedProcess(command, *json.loads(process.stdout.readline()))

    with process:
        yield in_a_copy


def in_a_new_python(folder, *command):
    """The same in a Python that has imported nothing."""
    return subprocess.run(
        [sys.executable, "-m", "lstm_lib.tf1", *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def serve():
    """Run the programs that standard input names, and say what came of each."""
    import tensorflow  # noqa: F401

    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"expected one thread in a process that is copied, found {threads}")
    for line in sys.stdin:
        folder, command = json.loads(line)
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            if not (copy := os.fork()):
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.chdir(folder)
                sys.argv[1:] = command
                # From here on it is the program, and ends as one.
                runpy.run_module("lstm_lib.tf1", run_name="__main__", alter_sys=True)
                return
            code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
            said = []
            for each in (out, err):
                each.seek(0)
                said.append(each.read())
        print(json.dumps([code, *said]), flush=True)


if __name__ == "__main__":
    serve()
