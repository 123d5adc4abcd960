"""Running somebody's function: for a limited time, and leaving no trace.

What can be stopped: on Linux and macOS, in the main thread, every loop of Python
code, ``time.sleep`` and whatever else a signal interrupts. In another thread, on
Windows, or in a browser's Python, loops of Python code only; in the last, none that
has caught a ``RecursionError`` before. What cannot be stopped from within the process:
a single call of native code that never returns to Python, such as
``sum(itertools.repeat(0))``; Ctrl-C does not stop it either. Code that catches
everything in several loops around one another may take much longer to stop. Nor is
this a sandbox: it guards against accidents.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import importlib
import io
import os
import random
import signal
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lstm_lib.language import speaking, spoken

SECONDS = 4.0
_REPEAT = 0.01
_PATIENT_RINGS = 5
_LONGEST_IMPORT = 60.0
_PATIENCE = 4.0
_LONGEST_OUTPUT = 5_000_000
_HEAVY = {"tensorflow", "tensorflow_backend", "tf1", "tf_keras", "keras"}


class TimeUp(BaseException):
    """The time of an answer is over. Not an `Exception`: an answer may catch those."""


class Clock:
    """Whether somebody else's code is running, and whether its time is over.

    An import is never stopped halfway: it would leave a module that never works again.
    Once it is done, the time starts again.
    """

    def __init__(self) -> None:
        self.inside = False
        self.expired = False
        self.look: Callable | None = None  # a trace function, where there is no other way
        self._rings = 0
        self._waited_for_import = False
        self._latest = time.monotonic() + _LONGEST_IMPORT

    def ends(self, frame: types.FrameType | None) -> bool:
        """Tell whether the time, which is over, shall end what runs in this frame."""
        if _is_importing(frame) and not self.expired and time.monotonic() < self._latest:
            self._waited_for_import = True
            return False
        self.expired = True
        return True

    def starts_again(self) -> bool:
        """Tell, once, whether an import has used up the time."""
        waited, self._waited_for_import = self._waited_for_import, False
        return waited

    def stop(self, frame: types.FrameType | None) -> None:
        """Raise `TimeUp` in the call that is running in this frame."""
        if not self.inside:
            return
        self._rings += 1
        if self._rings > _PATIENT_RINGS:
            # It catches everything, in a loop. Raise at each of its lines, also in its `except`.
            while frame is not None and frame.f_code is not call.__code__:
                frame.f_trace = self._raise
                frame = frame.f_back
            sys.settrace(self._raise)
        raise TimeUp

    def _raise(self, frame: types.FrameType, event: str, argument: object) -> Callable:
        if self.inside:
            raise TimeUp
        return self._raise


class _Returning(TimeUp):
    """What a trace function raises: Python takes the function away, and this puts it back.

    An answer that catches everything, in a loop, lets go of it in its loop.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def __del__(self) -> None:
        look = self._clock.look
        if not self._clock.inside or look is None:
            return
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code is not call.__code__:
            frame.f_trace = look
            frame = frame.f_back
        sys.settrace(look)


def _is_importing(frame: types.FrameType | None) -> bool:
    """Whether an import is under way in the call that this frame belongs to."""
    while frame is not None and frame.f_code is not call.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def call(function: Callable, arguments: tuple, clock: Clock) -> tuple[Any, BaseException | None]:
    """Return (value, None), or (None, what was raised instead).

    Every exception is caught, ``SystemExit`` and ``KeyboardInterrupt`` as well.
    """
    value: Any = None
    error: BaseException | None = None
    try:
        clock.inside = True
        if clock.look:
            sys.settrace(clock.look)
        try:
            value = function(*arguments)
        finally:
            clock.inside = False
            if clock.look:
                sys.settrace(None)
    except BaseException as raised:
        clock.inside = False
        error = raised
    if clock.expired:
        return None, TimeUp()
    return value, error


def run(work: Callable[[Clock], Any], seconds: float = SECONDS) -> Any:
    """Return ``work(clock)``, which shall use `call`; give its calls so many seconds in all.

    `work` shall stop at the first `TimeUp` that `call` returns. If it cannot even be
    reached (see the module's text), None is returned and its thread abandoned.
    """
    clock = Clock()
    with without_trace():
        if _has_timer():
            with _timer(clock, seconds):
                return work(clock)
        if _has_threads():
            return _in_thread(work, clock, seconds)
        with _trace(clock, seconds):
            return work(clock)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _has_threads() -> bool:
    return sys.platform not in ("emscripten", "wasi")


@contextlib.contextmanager
def _timer(clock: Clock, seconds: float) -> Iterator[None]:
    """Ring after so many seconds, and again and again: an answer may catch the first."""

    def ring(number: int, frame: types.FrameType | None) -> None:
        if clock.expired and _is_importing(frame):
            return  # raised there, it could be lost; the next ring comes at once
        if _is_importing(frame) or not clock.starts_again():
            if clock.ends(frame):
                clock.stop(frame)
        else:
            signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT)

    tracer = sys.gettrace()
    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if sys.gettrace() is not tracer:
            sys.settrace(tracer)
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, interval)


@contextlib.contextmanager
def _trace(clock: Clock, seconds: float) -> Iterator[None]:
    """Look at the time at each line of the answer: slow, but nothing else is needed for it."""
    end = time.monotonic() + seconds

    def look(frame: types.FrameType, event: str, argument: object) -> Callable | None:
        nonlocal end
        if clock.inside and time.monotonic() > end:
            if not _is_importing(frame) and clock.starts_again():
                end = time.monotonic() + seconds
            elif clock.ends(frame):
                raise _Returning(clock)
            else:
                end = time.monotonic() + _REPEAT
        return look if clock.inside else None

    tracer = sys.gettrace()
    clock.look = look
    try:
        yield
    finally:
        sys.settrace(tracer)


def _in_thread(work: Callable[[Clock], Any], clock: Clock, seconds: float) -> Any:
    """Do the work in a thread that can be left behind."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work(clock)), daemon=True)
    thread.start()
    thread.join(seconds)
    while thread.is_alive() and not clock.ends(sys._current_frames().get(thread.ident or 0)):
        thread.join(seconds)
    give_up = time.monotonic() + _PATIENCE
    while thread.is_alive() and time.monotonic() < give_up:
        if clock.inside:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp)
            )
        thread.join(_REPEAT)
    return results[0] if results else None


@contextlib.contextmanager
def without_trace() -> Iterator[None]:
    """Put everything that an answer may change by accident back as it was.

    That is: the random generators of Python, NumPy and TensorFlow, standard input
    and output, the notebook's display, what Ctrl-C does, NumPy's error state and
    print options, warning filters, the working folder, the environment, the search
    path, the limit of recursion, the language. Nothing that it prints is shown.
    """
    with contextlib.ExitStack() as stack:
        # First: it may have to warn of a language that there is not.
        stack.enter_context(speaking(spoken()))
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(np.printoptions())
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        for keeper in (
            _random_state,
            _tensorflow_random_state,
            _process_state,
            _interrupt_handler,
            _silent_descriptors,
            _silent_streams,
            _silent_display,
            _no_exit,
        ):
            stack.enter_context(keeper())
        yield


@contextlib.contextmanager
def _random_state() -> Iterator[None]:
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(0)
    # NumPy's global generator is old, but it is what an answer may use.
    np.random.seed(0)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002


@contextlib.contextmanager
def _tensorflow_random_state() -> Iterator[None]:
    """TensorFlow's global seed and the generator behind it, which have no public getter."""
    context = None
    if "tensorflow" in sys.modules:
        with contextlib.suppress(Exception):
            from tensorflow.python.eager import context as eager

            context = eager.context()
            generator = getattr(context, "_rng", None)
            kept = context._seed, generator and generator.getstate()
    try:
        yield
    finally:
        if context is not None:
            with contextlib.suppress(Exception):
                if context._seed != kept[0]:
                    context._set_global_seed(kept[0])
                if kept[1] is not None:
                    context._rng.setstate(kept[1])
                else:
                    # There is no generator before the first seed.
                    vars(context).pop("_rng", None)


@contextlib.contextmanager
def _process_state() -> Iterator[None]:
    folder, environment = os.getcwd(), dict(os.environ)
    path, arguments, limit = list(sys.path), list(sys.argv), sys.getrecursionlimit()
    try:
        yield
    finally:
        os.chdir(folder)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        sys.path[:], sys.argv[:] = path, arguments
        sys.setrecursionlimit(limit)


@contextlib.contextmanager
def _interrupt_handler() -> Iterator[None]:
    """Ctrl-C, which works in the main thread alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if kept is not None:
            signal.signal(signal.SIGINT, kept)


@contextlib.contextmanager
def _silent_descriptors() -> Iterator[None]:
    """What native code and child processes write goes nowhere."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    with contextlib.ExitStack() as stack:
        for number in (1, 2):
            with contextlib.suppress(OSError):
                kept = os.dup(number)
                stack.callback(_restore, kept, number)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, number)
                os.close(nowhere)
        yield


def _restore(kept: int, number: int) -> None:
    os.dup2(kept, number)
    os.close(kept)


class _Sink(io.StringIO):
    """Keeps the beginning of what is written to it, so that endless printing fills no memory."""

    encoding = "utf-8"

    def __init__(self) -> None:
        super().__init__()
        self.buffer = io.BytesIO()  # type: ignore[misc]  # as standard output has one
        self._left = _LONGEST_OUTPUT

    def write(self, text: str) -> int:
        super().write(text[: self._left])
        self._left = max(0, self._left - len(text))
        return len(text)

    def close(self) -> None:
        """Stay open: an answer may close what it does not own."""


@contextlib.contextmanager
def _silent_streams() -> Iterator[None]:
    kept = sys.stdin, sys.stdout, sys.stderr, sys.displayhook, builtins.input, builtins.print
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), _Sink(), _Sink()
    builtins.input = _no_input
    try:
        yield
    finally:
        (
            sys.stdin,
            sys.stdout,
            sys.stderr,
            sys.displayhook,
            builtins.input,
            builtins.print,
        ) = kept


def _no_input(prompt: object = "") -> str:
    raise EOFError("input")


@contextlib.contextmanager
def _silent_display() -> Iterator[None]:
    """In a notebook, what an answer displays is not shown either."""
    shell = notebook_shell()
    if shell is None:
        yield
        return
    from IPython.utils.capture import capture_output

    with capture_output(stdout=False, stderr=False, display=True):
        yield


def notebook_shell() -> Any:
    """Return IPython's shell, or None outside of one."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


@contextlib.contextmanager
def _no_exit() -> Iterator[None]:
    """``exit()`` of a notebook and ``os._exit`` raise, as ``sys.exit`` does."""

    def leave(*arguments: object) -> None:
        raise SystemExit

    shell = notebook_shell()
    kept = os._exit
    os._exit = leave  # type: ignore[assignment]  # raises, too
    if shell is not None:
        shell.ask_exit = leave
    try:
        yield
    finally:
        os._exit = kept
        if shell is not None:
            vars(shell).pop("ask_exit", None)


def printed() -> str:
    """Return what was printed so far, inside of `run`."""
    return sys.stdout.getvalue() if isinstance(sys.stdout, _Sink) else ""


def forget_printed() -> None:
    """Start again with nothing printed, inside of `run`."""
    sys.stdout = _Sink()


def import_tensorflow_for(code: object) -> None:
    """Import TensorFlow if this code would: before its time starts, and without its noise."""
    names = _names(code)
    if _HEAVY & names:
        import_quietly("_tensorflow")
    if "tf1" in names:
        import_quietly("tf1")


def import_quietly(name: str) -> Any:
    """Return a module of lstm_lib that needs TensorFlow, or None if it cannot be imported.

    If it cannot, an answer that needs it meets the same error and reports it. The import
    draws from Python's random generator, which is put back.
    """
    with contextlib.suppress(Exception), _random_state():
        return importlib.import_module(f"lstm_lib.{name}")
    return None


def _names(code: object) -> set[str]:
    """All names in a code object and those inside of it."""
    if not isinstance(code, types.CodeType):
        return set()
    names = {part for name in code.co_names for part in name.split(".")}
    return names.union(*(_names(constant) for constant in code.co_consts))
