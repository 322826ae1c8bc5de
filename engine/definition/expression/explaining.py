"""A condition in a sentence that an officer can read as the reason of a refusal, in both languages.

"Số hoạt động phải từ 1 trở lên"; "If age is filled in, then age must be less than 18". Negations are carried
inwards, so that no sentence says "it is not so that".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.definition.expression.naming import Labels, Speaker
from engine.definition.expression.tree import (
    And,
    Call,
    Compare,
    Comparison,
    Const,
    Expression,
    Fold,
    In,
    Name,
    Node,
    Not,
    Or,
)

Mood = Literal["must", "is"]

_NEGATED: dict[Comparison, Comparison] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED: dict[Comparison, Comparison] = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NUMBERS = {">=": "at_least", ">": "more", "<": "less", "<=": "at_most", "==": "equal", "!=": "different"}
_DAYS = {
    ">=": "not_before",
    ">": "after",
    "<": "before",
    "<=": "not_after",
    "==": "same_day",
    "!=": "other_day",
}
_TRACKS = {
    ("subcases.all_closed", True): "all_closed",
    ("subcases.all_closed", False): "some_open",
    ("subcases.any_opened", True): "any_opened",
    ("subcases.any_opened", False): "none_opened",
}


def explain(expression: Expression, language: str, labels: Labels, *, mood: Mood = "must") -> str:
    """What `expression` asks for, as a sentence without its full stop; what it is, if it is no condition.

    language: "vi" or "en". labels: the title of a name, see `labels_of` for the names it is asked. mood:
    "must" for what is needed, "is" for what is the case (the condition of a rule).
    """
    speaker = Speaker(language, labels, _statement)
    if expression.kind.name == "boolean":
        spoken = _Sentence(speaker, mood).clause(expression.tree)
    else:
        spoken = speaker.noun(expression.tree)
    first = 1 if spoken.startswith("(") else 0
    return spoken[:first] + spoken[first : first + 1].upper() + spoken[first + 1 :]


def _statement(speaker: Speaker, node: Node) -> str:
    return _Sentence(speaker, "is").clause(node)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A mood, and whether what is said is denied."""

    speaker: Speaker
    mood: Mood
    denied: bool = False

    def clause(self, node: Node) -> str:
        match node:
            case Not():
                return replace(self, denied=not self.denied).clause(node.operand)
            case And() | Or():
                return self._joined(node)
            case Compare():
                return self._compare(node)
            case In():
                return self._in(node)
            case Call():
                return self._say(
                    "unknown" if self.denied else "known", x=self.speaker.noun(node.arguments[0])
                )
            case Fold():
                return self._fold(node)
            case Const():
                return self._say("always" if node.value is not self.denied else "never")
        return self._truth(node, not self.denied)

    def _say(self, key: str, **params: str) -> str:
        return self.speaker.say(f"{self.mood}.{key}", **params)

    def _truth(self, node: Node, wanted: bool) -> str:
        if isinstance(node, Name) and (node.name, wanted) in _TRACKS:
            return self._say(_TRACKS[node.name, wanted])
        return self._say("yes" if wanted else "no", x=self.speaker.title(node))

    def _compare(self, node: Compare) -> str:
        left, right, comparison = node.left, node.right, node.operator
        if isinstance(left, Const) or (isinstance(left, Name) and left.name in ("today", "now")):
            left, right, comparison = right, left, _MIRRORED[comparison]
        if self.denied:
            comparison = _NEGATED[comparison]
        if left.kind.name == "boolean" and isinstance(right, Const):
            return self._truth(left, right.value is (comparison == "=="))
        x, y = self.speaker.noun(left), self._value(right, left)
        if left.kind.is_number:
            return self._say(_NUMBERS[comparison], x=x, y=y)
        if left.kind.is_day:
            return self._say(_DAYS[comparison], x=x, y=y)
        if isinstance(right, Const):
            return self._say("one_of" if comparison == "==" else "none_of", x=x, y=y)
        return self._say("same" if comparison == "==" else "differs", x=x, y=y)

    def _in(self, node: In) -> str:
        denied = node.negated is not self.denied
        if node.container.kind.name == "choices":
            x, y = self.speaker.noun(node.container), self._value(node.element, node.container)
            return self._say("lacks" if denied else "has", x=x, y=y)
        x, y = self.speaker.noun(node.element), self._value(node.container, node.element)
        if isinstance(node.container, Const):
            return self._say("none_of" if denied else "one_of", x=x, y=y)
        return self._say("unlisted" if denied else "listed", x=x, y=y)

    def _value(self, node: Node, beside: Node) -> str:
        return (
            self.speaker.constant(node.value, beside) if isinstance(node, Const) else self.speaker.noun(node)
        )

    def _fold(self, node: Fold) -> str:
        x, predicate = self.speaker.noun(node.table), node.predicate or Const(True, node.kind)
        statement = _Sentence(self.speaker, "is")
        if node.function == "any_of":
            return self._say("none_such" if self.denied else "any_of", x=x, p=statement.clause(predicate))
        if self.denied:
            return self._say("any_of", x=x, p=replace(statement, denied=True).clause(predicate))
        return self._say("all_of", x=x, p=self.clause(predicate))

    def _joined(self, node: And | Or) -> str:
        word = "and" if isinstance(node, And) is not self.denied else "or"
        if word == "or" and (spoken := self._if(node)):
            return spoken
        parts = self._ranges(node) if word == "and" else self._parts(node.parts)
        return self._list(parts, word)

    def _if(self, node: And | Or) -> str:
        """`not a or b` and `x != 1 or b` are "if …, then b"."""
        given = [each for each in node.parts if _denies(each) is not self.denied]
        then = [each for each in node.parts if each not in given]
        if not given or not then:
            return ""
        reversed_ = _Sentence(self.speaker, "is", not self.denied)
        a, b = reversed_._list(reversed_._parts(given), "and"), self._list(self._parts(then), "or")
        return self.speaker.say("join.if", a=a, b=b)

    def _ranges(self, node: And | Or) -> list[str]:
        """The parts in order, `a <= x` and `x <= b` next to each other said in one."""
        spoken: list[str] = []
        parts = list(node.parts)
        while parts:
            both = self._range(parts[0], parts[1]) if len(parts) > 1 and not self.denied else ""
            spoken.append(both or self._part(parts[0]))
            del parts[: 2 if both else 1]
        return spoken

    def _range(self, one: Node, other: Node) -> str:
        if not isinstance(one, Compare) or not isinstance(other, Compare):
            return ""
        (low, x, up), (also, high, down) = _from_below(one), _from_below(other)
        if x != also or isinstance(x, Const) or not up == down == "<=":
            return ""
        return self._say("between", x=self.speaker.noun(x), y=self._value(low, x), z=self._value(high, x))

    def _parts(self, nodes: Sequence[Node]) -> list[str]:
        return [self._part(each) for each in nodes] if len(nodes) > 1 else [self.clause(nodes[0])]

    def _part(self, node: Node) -> str:
        spoken = self.clause(node)
        inner = node.operand if isinstance(node, Not) else node
        return self.speaker.say("noun.group", x=spoken) if isinstance(inner, And | Or) else spoken

    def _list(self, parts: Sequence[str], word: str) -> str:
        *rest, last = parts
        if not rest:
            return last
        if len(rest) == 1:
            return self.speaker.say(f"join.{word}", a=rest[0], b=last)
        return "; ".join([*rest, self.speaker.say(f"join.{word}_last", b=last)])


def _denies(node: Node) -> bool:
    """Does it say that something is not so?"""
    match node:
        case Not():
            return True
        case In():
            return node.negated
        case Compare():
            return node.operator == "!="
    return False


def _from_below(node: Compare) -> tuple[Node, Node, Comparison]:
    """The comparison with the smaller side first."""
    if node.operator in (">", ">="):
        return node.right, node.left, _MIRRORED[node.operator]
    return node.left, node.right, node.operator
