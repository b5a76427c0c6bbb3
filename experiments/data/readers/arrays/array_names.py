"""The names of arrays as people save them: which holds the features, which the target, and of which part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from experiments.config.readable import in_one_line
from experiments.config.same_column import same_column
from experiments.data.raw_table import listed, shown
from experiments.errors import DataError
from nnet.near import did_you_mean, folded, near

Part = Literal["", "train", "val", "test"]
FEATURES = ("x", "features", "data", "images", "image", "imgs", "pixels", "inputs", "arr_0")
TARGETS = ("y", "target", "targets", "labels", "label", "arr_1")
UNNAMED = ("arr_0", "arr_1")  # names of np.savez for arrays without names
PARTS: Mapping[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}
BEFORE = re.compile(rf"({'|'.join(sorted(PARTS, reverse=True))})[_\-. ]?(.+)", re.IGNORECASE)
AFTER = re.compile(rf"(.+?)[_\-. ]?({'|'.join(sorted(PARTS, reverse=True))})", re.IGNORECASE)


@dataclass(frozen=True)
class ArrayPart:
    """The names of a part's features and target in the file, and of the arrays of its other roles by key."""

    part: Part
    x: str
    y: str
    others: Mapping[str, str]


@dataclass(frozen=True)
class ChosenArrays:
    """The arrays of a table.

    parts:       the rows to learn from, then those for validation, then those to test on, as far as they are there.
    target_name: the target's name without its part.
    facts:       lines about arrays that might have been meant instead.
    decisions:   lines about parts that are joined or passed over, which a strict study refuses.
    """

    parts: tuple[ArrayPart, ...]
    target_name: str
    facts: tuple[str, ...]
    decisions: tuple[str, ...]


def split_name(name: str) -> tuple[Part, str]:
    """Return the part that an array's name says, and the name without it.

    >>> split_name("X_train"), split_name("train_images"), split_name("xTest"), split_name("weights"), split_name("X")
    (('train', 'X'), ('train', 'images'), ('test', 'x'), ('', 'weights'), ('', 'X'))
    """
    if match := BEFORE.fullmatch(name):
        return PARTS[match[1].lower()], match[2]
    if match := AFTER.fullmatch(name):
        return PARTS[match[2].lower()], match[1]
    return "", name


class ArrayNames:
    """The names of the arrays of a file.

    Args:
        where: the file, for messages.
        names: all names.
        shape: returns the shape of the array of a name.
    """

    def __init__(self, where: str, names: Sequence[str], shape: Callable[[str], tuple[int, ...]]):
        unnamed = set(UNNAMED) if {name for name in names if name.startswith("arr_")} == set(UNNAMED) else set()
        self._where, self._names = where, tuple(names)
        self._usable = [name for name in names if name not in set(UNNAMED) - unnamed]
        self._shape = shape

    def features(self, part: Part) -> list[str]:
        """List the arrays that may be the features of a part, the likeliest first."""
        return [name for word in FEATURES for name in self._of(part, word)]

    def targets(self, part: Part, rows: int, named: str | None) -> list[str]:
        """List the arrays that may be the target of a part with so many rows.

        Args:
            named: the target's name, with or without a part.
        """
        if named is not None:
            return self.named(part, split_name(named)[1] if part and named in self._names else named)
        every = [name for word in TARGETS for name in self._of(part, word)]
        return [name for name in every if self._shape(name)[:1] == (rows,)] or every

    def named(self, part: Part, base: str) -> list[str]:
        """List the arrays of that name and part; one that is spelled exactly so hides others."""
        bases = {name: split_name(name)[1] if part else name for name in self._in(part)}
        exact = [name for name, own in bases.items() if own == base]
        return exact or [name for name, own in bases.items() if own in same_column(base, [own])]

    def choose(
        self,
        target: str | None,
        roles: Mapping[str, str],
        first: Sequence[Part] = ("", "train"),
        others: Sequence[Part] = ("val", "test"),
    ) -> ChosenArrays:
        """Choose the arrays of a table. Where there are arrays without a part beside parts, they are all rows.

        Args:
            target: name of the target in [data].
            roles:  key of [data] -> name of the array with that role.
            first:  the parts that may be the first rows; the first that is there is.
            others: the parts that follow.

        Raises:
            DataError: an array is missing, or several may be meant.
        """
        learn = next((part for part in first if self.features(part)), first[0])
        main, problems, facts = self._part(learn, target, roles)
        parts, decisions = [] if main is None else [main], []
        is_whole = not learn and bool(self.features("train"))
        for part in ("train", "val", "test"):
            there = self.features(part) if part != learn else []
            if there and (is_whole or part not in others):
                decisions.append(f"{there[0]} passed over")
            elif there and not self.targets(part, self._rows(there[0]), target):
                decisions.append(f"{there[0]} passed over, as it has no target")
            elif there:
                one, wrong, more = self._part(part, target, roles)
                problems, facts = [*problems, *wrong], [*facts, *more]
                parts += [] if one is None else [one]
                rows = f"({self._rows(there[0])} rows)"
                decisions += [f"{there[0]} joins the training rows {rows}"] if part == "val" else []
                facts += [f"{there[0]} is the test set {rows}"] if part == "test" else []
        if problems or main is None:
            names = listed(self._names) or "none"
            raise DataError(f"{self._where}: {in_one_line(list(dict.fromkeys(problems)))}; its arrays are {names}.")
        name = split_name(main.y)[1] if learn else main.y
        return ChosenArrays(tuple(parts), name, tuple(facts), tuple(decisions))

    def _part(
        self, part: Part, target: str | None, roles: Mapping[str, str]
    ) -> tuple[ArrayPart | None, list[str], list[str]]:
        """Find the arrays of a part; return it, or None with everything that is wrong, and what else was there."""
        problems, facts = [], []
        x = self.features(part)
        if not x:
            problems.append(f"has no array of features, such as {_example('X', part)}{self._meant(FEATURES, part)}")
        elif len(same := [name for name in x if folded(name) == folded(x[0])]) > 1:
            problems.append(f"{_or(same)} may be the features; keep one")
        elif others := [name for name in x[1:] if self._shape(name)[:1] == self._shape(x[0])[:1]]:
            facts.append(f"{x[0]} read as the features, not {_or(others)}")
        y = self.targets(part, self._rows(x[0]) if x else 0, target)
        if not y and target is None:
            meant = self._meant(TARGETS, part)
            problems.append(f"has no target, such as {_example('y', part)}{meant}; name its array in data.target")
        elif not y:
            problems.append(f"has no array {target!r} for data.target{self._near(str(target), part)}")
        elif len(y) > 1:
            problems.append(f"{_or(y)} may be the target; name it in data.target")
        others_by_key = {}
        for key, base in roles.items():
            array = self.named(part, base)
            if len(array) != 1:
                problems.append(f"has no array {base!r} for data.{key}{self._near(base, part)}")
            else:
                others_by_key[key] = array[0]
        if problems:
            return None, problems, []
        return ArrayPart(part, x[0], y[0], others_by_key), [], facts

    def _of(self, part: Part, word: str) -> list[str]:
        return [name for name in self._usable if split_name(name)[0] == part and split_name(name)[1].casefold() == word]

    def _in(self, part: Part) -> list[str]:
        """List the arrays of a part; every array may be one without a part."""
        return [name for name in self._usable if not part or split_name(name)[0] == part]

    def _rows(self, name: str) -> int:
        return (self._shape(name) or (0,))[0]

    def _near(self, typed: str, part: Part) -> str:
        return did_you_mean([shown(name) for name in near(typed, self._in(part), 3)])

    def _meant(self, words: Sequence[str], part: Part) -> str:
        return did_you_mean([shown(name) for name in self._in(part) if near(split_name(name)[1], words)][:3])


def _example(word: str, part: Part) -> str:
    return f"{word}_{part}" if part else word


def _or(names: Sequence[str]) -> str:
    return " or ".join(map(shown, names))
