"""The mutations of a module: those of Cosmic Ray, and one more, and a sample of them."""

from __future__ import annotations

import ast
import difflib
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator

Place = tuple[tuple[int, int], tuple[int, int]]
"""Line and column, from and to."""
REMOVED = "statement removed"
ALIKE = ("_Is_Eq", "_IsNot_NotEq", "_Is_LtE", "_Is_GtE")
"""Ends of operators that change nothing for None and the members of an enum."""


@dataclass(frozen=True, order=True)
class Mutation:
    """One change of one module."""

    module: str
    place: Place
    operator: str
    occurrence: int

    def text(self, root: Path) -> str | None:
        """The module with the change; None when it is the same program or none at all."""
        code = (root / self.module).read_text(encoding="utf-8")
        changed = mutate_code(code, operators()[self.operator], self.occurrence)
        if changed is None:
            return None
        mutated = str(changed)
        try:
            same = _meaning(code) == _meaning(mutated)
        except SyntaxError:
            return None
        return None if same else mutated

    def diff(self, root: Path) -> str:
        """Only the lines that differ, each with its sign."""
        code = (root / self.module).read_text(encoding="utf-8")
        lines = difflib.ndiff(code.splitlines(), (self.text(root) or "").splitlines())
        return "\n".join(
            f"{one[0]} {one[2:].strip()}" for one in lines if one[0] in "-+" and one[2:].strip()
        )


class StatementRemoved(Operator):  # type: ignore[misc] # Cosmic Ray has no types
    """Leaves out a call that stands alone, as `check(…)` does, or a `raise`."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        """Where such a statement stands."""
        if node.type == "simple_stmt" and node.children[0].type in {"atom_expr", "raise_stmt"}:
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """`pass` in its place."""
        del index
        gone = node.children[0]
        kept = get_ast("pass").children[0]
        kept.prefix = gone.get_first_leaf().prefix
        node.children[0] = kept
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """What it does."""
        return (Example("check(a, b)\n", "pass\n"), Example("raise Wrong\n", "pass\n"))


@cache
def operators() -> dict[str, Any]:
    """By name; those that need arguments of their own are left out."""
    kinds = {name: cosmic_ray.plugins.get_operator(name) for name in operator_names()}
    known = {name: kind() for name, kind in sorted(kinds.items()) if not kind.arguments()}
    telling = {name: one for name, one in known.items() if not name.endswith(ALIKE)}
    return telling | {REMOVED: StatementRemoved()}


def operator_names() -> list[str]:
    """Of all that Cosmic Ray has."""
    return sorted(cosmic_ray.plugins.operator_names())


def all_of(module: str, root: Path) -> list[Mutation]:
    """All mutations of the module, in order."""
    tree = get_ast((root / module).read_text(encoding="utf-8"))
    found = []
    for name, operator in operators().items():
        places = (place for node in ast_nodes(tree) for place in operator.mutation_positions(node))
        found += [Mutation(module, place, name, number) for number, place in enumerate(places)]
    return sorted(found)


def sample(modules: Sequence[str], size: int, seed: int, root: Path) -> list[Mutation]:
    """`size` of the modules' mutations, the same for the same seed and code.

    At most one for each place: a single `==` has seven, and says no more by them.
    """
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    places = defaultdict(list)
    for mutation in (one for module in modules for one in all_of(module, root)):
        places[mutation.module, mutation.place].append(mutation)
    drawn: list[Mutation] = []
    for key in chance.sample(sorted(places), len(places)):
        if len(drawn) == size:
            break
        kinds = chance.sample(places[key], len(places[key]))
        drawn += [one for one in kinds if one.text(root) is not None][:1]
    return sorted(drawn)


def _meaning(code: str) -> str:
    """The program but for what mypy judges, and what only makes it faster.

    That is annotations, what is imported for them, `frozen`, how arguments are passed; and
    `@cache`.
    """
    return ast.dump(_Unannotated().visit(ast.parse(code)))


class _Unannotated(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults = [*node.defaults, *filter(None, node.kw_defaults)]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        node.decorator_list = [one for one in node.decorator_list if ast.unparse(one) != "cache"]
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [one for one in node.keywords if one.arg != "frozen"]
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(value=None)
        return self.generic_visit(node)
