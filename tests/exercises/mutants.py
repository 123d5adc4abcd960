"""Small changes to a function's source, one at a time: what a check must see."""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.FloorDiv)
# Calls that may stand for one another, as attributes of NumPy or as names.
CALLS = (
    ("sigmoid", "np.tanh", "np.tan", "np.arctan", "np.exp", "np.sin", "np.abs", "np.sign"),
    ("np.prod", "np.sum", "np.mean", "np.max", "np.min", "np.cumprod", "np.median"),
    ("np.concatenate", "np.stack", "np.hstack", "np.vstack"),
    ("np.split", "np.array_split"),
    ("len", "np.size", "np.ndim"),
)
ATTRIBUTES = {"h": "c", "c": "h", "float32": "float64"}
# What a result may be turned into.
RESULTS = ("-({0})", "1 - ({0})", "2 * ({0})", "({0}) + 0.001", "abs({0})", "({0}) * 0", "({0}).T")


def mutants(function: Callable) -> Iterator[tuple[str, Callable]]:
    """Yield (what was changed, the changed function), each different from all others."""
    source = textwrap.dedent(inspect.getsource(function))
    original = ast.unparse(ast.parse(source))
    seen = {original}
    for tree in _changed_trees(source):
        text = ast.unparse(ast.fix_missing_locations(tree))
        if text in seen:
            continue
        seen.add(text)
        namespace = dict(function.__globals__)
        try:
            exec(compile(text, "<mutant>", "exec"), namespace)
        except SyntaxError:
            continue
        yield _difference(original, text), namespace[function.__name__]


def _difference(original: str, text: str) -> str:
    old, new = original.splitlines(), text.splitlines()
    changed = [line.strip() for line in new if line not in old]
    return " | ".join(changed) or f"{len(old) - len(new)} line(s) taken out or moved"


def _changed_trees(source: str) -> Iterator[ast.Module]:
    tree = ast.parse(source)
    count = len(list(ast.walk(tree)))
    names = _names(tree)
    for position in range(count):
        node = list(ast.walk(tree))[position]
        for change in _changes(node, names):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[position]
            replacement = change(target)
            if replacement is None:
                yield changed
            else:
                yield _Replace(target, replacement).visit(changed)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _names(tree: ast.Module) -> list[str]:
    """The arguments and what is assigned."""
    arguments = [each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)]
    assigned = [
        each.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]
    return list(dict.fromkeys(arguments + assigned))


def _changes(node: ast.AST, names: list[str]) -> Iterator[Callable]:
    """Yield functions that change a copy of the node in place, or return another node."""
    match node:
        case ast.BinOp():
            for operator in OPERATORS:
                yield lambda n, operator=operator: setattr(n, "op", operator())
            yield lambda n: n.left
            yield lambda n: n.right
            yield lambda n: ast.BinOp(n.right, n.op, n.left)
        case ast.UnaryOp():
            yield lambda n: n.operand
        case ast.Constant(value=int() | float() as value):
            for other in (value + 1, value - 1, -value, 0, 2 * value, value + 0.5):
                yield lambda n, other=other: setattr(n, "value", other)
        case ast.Name(ctx=ast.Load()):
            for name in names:
                yield lambda n, name=name: setattr(n, "id", name)
            if node.id in names:
                yield lambda n: ast.UnaryOp(ast.USub(), ast.Name(n.id, ast.Load()))
        case ast.Attribute(attr=attribute) if attribute in ATTRIBUTES:
            yield lambda n: setattr(n, "attr", ATTRIBUTES[n.attr])
        case ast.Call():
            yield from _call_changes(node)
        case ast.List() | ast.Tuple():
            yield from _sequence_changes(node)
        case ast.Slice():
            for side in ("lower", "upper"):
                if getattr(node, side) is not None:
                    yield lambda n, side=side: setattr(n, side, None)
        case ast.Return():
            yield from _result_changes(node, names)
        case ast.FunctionDef():
            yield from _statement_changes(node)


def _call_changes(node: ast.Call) -> Iterator[Callable]:
    called = ast.unparse(node.func)
    for group in CALLS:
        if called in group:
            for other in group:
                yield lambda n, other=other: setattr(n, "func", ast.parse(other, mode="eval").body)
    if node.args:
        yield lambda n: n.args[0]
    for number in range(len(node.keywords)):
        yield lambda n, number=number: n.keywords.pop(number) and None
    if len(node.args) > 1:
        yield lambda n: n.args.reverse()


def _sequence_changes(node: ast.List | ast.Tuple) -> Iterator[Callable]:
    size = len(node.elts)

    def swap(n: ast.List, one: int, other: int) -> None:
        n.elts[one], n.elts[other] = n.elts[other], n.elts[one]

    for one in range(size):
        for other in range(one + 1, size):
            yield lambda n, one=one, other=other: swap(n, one, other)
        if isinstance(node.ctx, ast.Load):
            yield lambda n, one=one: n.elts.pop(one) and None
            yield lambda n, one=one: n.elts.insert(one, copy.deepcopy(n.elts[one]))


def _result_changes(node: ast.Return, names: list[str]) -> Iterator[Callable]:
    def returning(text: str) -> Callable:
        return lambda n: setattr(n, "value", ast.parse(text, mode="eval").body)

    for name in names:
        yield returning(name)
    values = node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else [node.value]
    texts = [ast.unparse(value) for value in values]
    for number, text in enumerate(texts):
        for template in RESULTS:
            changed = [*texts[:number], template.format(text), *texts[number + 1 :]]
            yield returning(", ".join(changed))


def _statement_changes(node: ast.FunctionDef) -> Iterator[Callable]:
    def exchange(n: ast.FunctionDef, number: int) -> None:
        n.body[number], n.body[number + 1] = n.body[number + 1], n.body[number]

    for number in range(1, len(node.body)):
        if len(node.body) > 2:
            yield lambda n, number=number: n.body.pop(number) and None
        if number + 1 < len(node.body):
            yield lambda n, number=number: exchange(n, number)
        yield lambda n, number=number: n.body.insert(number, copy.deepcopy(n.body[number]))
