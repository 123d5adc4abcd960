"""Every sentence that any question may show, in one place.

Each is a whole sentence with placeholders in braces, so that it can be translated
as one; `say` fills the placeholders, in the language that is set. The sentences of
one question's wrong answers stand with that question.
"""

from __future__ import annotations

from typing import Any

from lstm_lib import _code_words
from lstm_lib.language import mark, translate


class Sentence(str):
    """A message in the language that was set when it was said; `again` says it anew."""

    _said: tuple[str, dict[str, object]]

    @property
    def values(self) -> dict[str, object]:
        """What its placeholders were filled with."""
        return self._said[1]

    def __new__(cls, message: str, /, **values: object) -> Sentence:
        """Fill the placeholders; values that are sentences are said anew."""
        said = {name: again(value) for name, value in values.items()}
        text = translate("exercises", message, **said)
        # A sentence in a sentence ends with a Chinese mark, after which there is no space.
        sentence = super().__new__(cls, text.replace("。 ", "。"))
        sentence._said = message, values
        return sentence


class Listed(tuple):
    """Some words of a sentence, with what the language puts between them."""

    def __str__(self) -> str:
        return mark(", ").join(map(str, map(again, self)))


def say(message: str, /, **values: object) -> Sentence:
    """Return the message with its placeholders filled."""
    return Sentence(message, **values)


def say_code(source: str) -> str:
    """Return the source of a blank or a solution, its comments in the language that is set."""
    return _code_words.replaced(source, say)


def again(text: Any) -> Any:
    """Return a sentence as it is said in the language set now; anything else as it is."""
    if not isinstance(text, Sentence):
        return text
    message, values = text._said
    return say(message, **values)


CORRECT = "`{name}` gives the right values in all {count} cases tried. {praise}"
CORRECT_WATCHED = "`{name}` does what is asked for at all {count} sizes tried. {praise}"

# Before anything is computed.
NOT_ATTEMPTED = "Fill the blank of `{name}`, then check it again."
UNKNOWN = "There is no question `{name}`; the questions are {names}."
UNKNOWN_CLOSE = "There is no question `{name}`; did you mean `{close}`?"
NOT_A_FUNCTION = (
    "Expected the function itself, as in `check({name!r}, {name})`, but got a value of type {kind}."
)
WRONG_ARITY = (
    "Expected a function that takes {expected} arguments, {arguments}, but yours has the signature "
    "`{signature}`."
)
NEEDS_TENSORFLOW = (
    "Your answer needs TensorFlow, which is not installed here. You can answer without it: write "
    "`from lstm_lib.numpy_backend import BasicLSTMCell`, and call that cell on an array."
)
NO_EXAMPLE = "this example needs TensorFlow, which is not installed here"
CHECKER_FAILED = (
    "The check itself failed with {kind}: {text}; that is our mistake, not yours, and we would "
    "like to hear of it."
)

# How a call may end.
TOO_LONG = "Your function was still running after {seconds:g} seconds: look for a loop without end."
EXITS = "Your function calls `exit`, which would end your session: return a value instead."
INTERRUPTED = "The check was interrupted while your function was running."
ASKS = "Your function asks for input: all it needs is in its arguments."
RAISED = "Your function raised {kind}: {text}"
RAISED_AT = "Your function raised {kind} in its line {line}, `{source}`: {text}"
RECURSION = "Your function calls itself without end."
MISSING_NAME = (
    "Your function uses the name `{missing}`, which does not exist: run the cell with the imports "
    "first, or check the spelling."
)

# What it may return.
NOTHING = "Your function returns nothing (None): end it with `return` and {expected}."
ELLIPSIS = "Part of what your function returns is still `...`: expected {expected}."
TEXT = "Expected numbers, but your function returns text."
COMPLEX = "Expected real numbers, but your function returns complex ones."
BOOLEANS = "Expected numbers, but your function returns truth values, True or False."
NOT_NUMBERS = "Expected {expected}, but your function returns a value of type {kind}."
RAGGED = "Expected {expected}, but your function returns lists of different lengths."
SYMBOLIC = (
    "Your function returns a graph tensor, which has a name and a shape but no numbers: compute "
    "eagerly, or fetch its value in a session."
)
UNCALLED = "Your function returns a function: call it, and return what it gives."
GENERATOR = "Your function is a generator or a coroutine: use `return`, not `yield` or `async`."
COMMA = "Your function returns a tuple of one: take away the comma at the end of the `return`."
COUNT = "Expected {count} values, {names}, but your function returns {given}."

SHAPE = "Expected {name} of shape {expected}, but yours has shape {given}, {where}."
TRANSPOSED_SHAPE = (
    "Your {name} is transposed: expected shape {expected}, given {given}; batch members are rows."
)
EXTRA_AXIS = "Your {name} has an axis too many: expected shape {expected}, given {given}."
FLAT = (
    "Your {name} has the right number of values in the wrong shape: expected {expected}, given "
    "{given}."
)
ONE_NUMBER = (
    "Your function gives one number where a vector is asked for: expected {name} of shape "
    "{expected}, given {given}."
)

# What is wrong with how it computes.
CHANGES_INPUTS = (
    "Your function changes its argument `{argument}` in place: compute a new array, because the "
    "caller still needs the old one."
)
REMEMBERS = (
    "Your function gives another result when it is called again with the same arguments: let it "
    "depend on them alone, not on chance or on earlier calls."
)

# What is wrong with the values.
NAN = "Your {name} holds NaN, which is no number, {where}: expected finite numbers."
INFINITE = "Your {name} holds an infinite number, {where}: expected finite numbers."
ROUNDED = "Your {name} is rounded: return all digits."
INTEGERS = (
    "Your {name} holds integers, so what stands after the decimal point is lost: expected floats."
)
ZERO = "Your {name} is zero everywhere."
NEGATED = "Your {name} has the wrong sign everywhere."
COMPLEMENT = "Your {name} is 1 minus the right one."
CONSTANT_OFF = "Your {name} is off by the same number everywhere: {difference:.4f} is too much."
FACTOR_OFF = "Your {name} is off by the same factor everywhere: it is {factor:.4f} times too large."
TRANSPOSED = "Your {name} holds the right numbers transposed."
SHUFFLED = "Your {name} holds the right numbers in another order."
FIXED = "Your function returns the same numbers whatever its arguments are."
PART_WRONG = (
    "Your {right} is right, but {wrong} is not: {where}, entry {entry}, expected {expected}, given "
    "{given}."
)
BLOCKS_WRONG = (
    "Your {name} is right but for its block of {blocks}: {where}, entry {entry}, expected "
    "{expected}, given {given}."
)
KEPT_WRONG = (
    "What you write into c is right, but what you keep of `{argument}` is not: look at the forget "
    "gate and at what it multiplies. f * c_prev is {expected} where yours is {given}, entry "
    "{entry}, {where}."
)
COMES_IN_TWICE = (
    "Your c is right where `{argument}` is zero, but twice the `{argument}` does not bring twice "
    "as much: it goes into f * c_prev alone, into no gate and through no squashing. c is "
    "{expected} where yours is {given}, entry {entry}, {where}."
)
WRITTEN_WRONG = (
    "What you keep of `{argument}` is right, but what you write into c is not: look at the input "
    "gate and at the candidate. i * candidate is {expected} where yours is {given}, entry "
    "{entry}, {where}."
)
STATE_WRONG = (
    "Your {name} is right where `{argument}` is zero, so look at how `{argument}` comes in. It is "
    "{expected} where yours is {given}, entry {entry}, {where}."
)
DIFFERENT = "Your {name} is not right: {where}, entry {entry}, expected {expected}, given {given}."
DIFFERENT_NUMBER = "Your {name} is not right: {where}, expected {expected}, given {given}."
FAILS_AT_STEP = (
    "It fails first {where}, at step {step} of {steps}: the answer is {given} there, and has to "
    "be {expected}."
)
IN_THE_EXAMPLE = "in the worked example"
WHERE_SHAPES = "with arguments of shapes {shapes}"
WHERE_VALUES = "with {values}"

# Several mistakes, and where they are.
TWO = "There are two mistakes. First: {first} Second: {second}"
THREE = "There are three mistakes. First: {first} Second: {second} Third: {third}"
MORE = (
    "There are more than three mistakes; begin with these. First: {first} Second: {second} "
    "Third: {third}"
)
AT_LINE = "{sentence} It is in your line {line}, `{source}`."
MORE_VALUES = (
    "You return {given} values: the first {count}, {names}, are asked for, so leave out what "
    "comes after them."
)

# Conventions of somewhere else.
WEIGHTS_TRANSPOSED = (
    "You use the weights as PyTorch stores them, with a row for each unit: here they have a "
    "column for each unit, so they go on the right of the product as they are."
)
COLUMNS = (
    "You take the columns of the arrays for the members of the batch, as courses do whose x has "
    "shape (n, m): here the members are rows, x has shape (batch_size, input_size), and the "
    "weights go on the right of the product."
)
FIRST_ARGUMENTS = (
    "Your function takes its arguments in another order: the check gives them by position, in the "
    "order of the question."
)

# Right in all cases with a trait, and in no other.
RIGHT_ONLY = {
    "example": "Your function is right for the worked example only: compute from the arguments.",
    "one_row": (
        "Your function is right for a batch of 1 only: let it keep one row for each member of the "
        "batch."
    ),
    "zero_state": (
        "Your function is right from a zero state only: look at what it does with the old state."
    ),
    "positive": "Your function is right for a positive w only: look at what becomes of the sign.",
    "even": (
        "Your function is right for an even number of steps only: look at what becomes of the sign."
    ),
    "odd": (
        "Your function is right for an odd number of steps only: look at what becomes of the sign."
    ),
    "one_step": "Your function is right for a single step only: look at what the next step does.",
    "bias_0": "Your function is right with a forget bias of 0 only: look at where you add it.",
    "bias_1": "Your function is right with a forget bias of 1 only: use the argument.",
    "small": "Your function is right for small c only: look at what squashes it.",
    "last_step": (
        "Your function is right at the last step only, where `d_c` is zero: look at what you do "
        "with the `d_c` of the next step."
    ),
    "no_bug": "Your function is right for a pass without a mistake only: let it find one.",
    "all_ones": "Your function is right for one unit and one input only: use both sizes.",
}
WRONG_ONLY = {
    "one_row": "Your function is right but for a batch of 1: keep the batch axis there as well.",
    "zero_state": "Your function is right but from a zero state: take any state as it comes.",
    "one_step": "Your function is right but for a single step.",
    "last_step": "Your function is right but at the last step, where `d_c` is zero.",
    "no_bug": "Your function is right but for a pass without a mistake: return 0 for it.",
}
RIGHT_SOMETIMES = "Your function is right {right} and wrong {wrong}: compute from the arguments."

# What is expected, in words.
A_VALUE = "a value"
OF_SHAPE = "{name} of shape {shape}"
ONE_VALUE = "{name}, one number"
BOTH = "{first} and {last}"
NO_MESSAGE = "no message"

# The first word of a check's result.
FIRST_WORDS = {
    "correct": "Correct.",
    "incorrect": "Incorrect.",
    "not attempted": "Not attempted.",
}

# Hints, solutions and lists.
DONE, OPEN = "done", "open"
PROGRESS = "Chapter {chapter}: {right} of {count} done"
NOTHING_CHECKED = "Nothing checked yet in this session: chapter {numbers}"
GIVEN, EXPECTED, PRINTED = "given", "expected", "printed"
VALUE = "{name}, shape {shape}:"
HINT = "Hint {step} of {count} for `{name}`"
HINT_ON = "Hint on what the last check of `{name}` found"
HINT_GAP = (
    "{sentence} In one right answer this part reads `{gap}`: what stands at the dots? "
    "`hint({name!r}, 1)` starts with the question itself."
)
HINT_BARE = "{sentence} `hint({name!r}, 1)` starts with the question itself."
NO_SUCH_HINT = "`{name}` has {count} hints: ask for step 1 to {count}."

A_PASS, ITS_LOSS = "a backward pass", "its loss"

# The command line.
CHAPTER = "chapter {chapter}"
FILE_TITLE = "Exercises of chapter {chapter} of the book Inside the LSTM."
FILE_TASK = "Fill the blanks between the marks, then let them be checked:"
NO_FILE = "There is no file {path}."
NOT_PYTHON = "{path} is not a Python file: its name does not end in .py."
NOT_TEXT = "{path} cannot be read as text."
NOT_UTF8 = "{path} is saved as {encoding}, and Python reads UTF-8: choose UTF-8 where you save it."
SYNTAX = "{path}, line {line}: this is not Python yet ({text}): {source}"
FULL_WIDTH = (
    "{path}, line {line}: `{given}` comes from a Chinese or Japanese keyboard; Python needs "
    "`{wanted}`: {source}"
)
WIDE_SPACE = "{path}, line {line}: a space that Python does not know; type it anew: {source}"
FAILS = "{path} stops with {kind} before any answer is checked: {text}"
FAILS_AT = "{path}, line {line}, stops with {kind} before any answer is checked: {text}"
FILE_TOO_LONG = "{path} was still running after {seconds:g} seconds: take its loop into a function."
FILE_EXITS = "{path} calls exit: take that out, so that its answers can be checked."
NO_ANSWERS = "{path} holds no answer: expected functions called {names}."
MISSING_ANSWER = "{path} holds no function `{name}`."
WRITTEN = "{path}: written, {count} blanks"
KEPT = "{path}: kept, it exists already"
NOT_A_FOLDER = "not a folder"
CANNOT_WRITE = "{path}: cannot be written ({text})"
SUMMARY = "{right} of {count} right"

SPOKEN = "They are in {language}. For {others}, set the environment variable {setting}."
NO_SUCH_LETTERS = (
    "This terminal cannot show {language}: English is spoken. In UTF-8, as with PYTHONUTF8=1, it "
    "can."
)

ABOUT = "Exercises of the book Inside the LSTM."
COMMANDS = {
    "list": "list the questions by chapter",
    "start": "write a file with blanks for each chapter into a folder",
    "check": "check the answers in a file",
    "hint": "show a hint",
    "solution": "show the right answer",
}
ONLY_THESE = "check these questions alone"
WHICH_STEP = "1 is a nudge, the default"
# Python's own words about a command.
ARGPARSE = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "%(prog)s: error: %(message)s\n",
    "argument %(argument_name)s: %(message)s",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
    "expected one argument",
    "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)",
)

# The project of chapter 9.
PROJECT_RAISES = "Your forecaster stops with {kind}: {text}"
PROJECT_NO_FORECASTER = (
    "Expected a function of (known, seed) that returns a function of (history), given {given}."
)
PROJECT_NO_NUMBER = (
    "Expected a finite number as the forecast of the year {year}, given {given} with seed {seed}."
)
PROJECT_UNSTABLE = (
    "With the same seed your forecaster says {first} for the year {year}, and then {second}: draw "
    "all that is random from the seed, or nobody can make your result again."
)
PROJECT_KNOWS = (
    "Your forecaster has looked up the future: its error is {own} in the years that came, and "
    "{other} in years that were made up, where persistence has {naive}. A forecaster has what it "
    "is given, `known` and `history`, and nothing else."
)
PROJECT_RESULT = (
    "In {count} of {seeds} seeds your error is smaller than that of persistence: {own} against "
    "{naive}. The mean difference of the squared errors, year by year, is between {low} and {high}."
)
PROJECT_BEATS = "Persistence is beaten. {result}"
PROJECT_UNDECIDED = (
    "It is undecided, and that is an honest result. {result} Zero is among these: {years} years do "
    "not tell."
)
PROJECT_LOSES = "Persistence is better, and that is an honest result. {result}"
