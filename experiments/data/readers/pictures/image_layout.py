"""The layout of a folder of pictures: the class of each, and the parts to learn from and to test on.

The folder above a picture that is next to the root, or next to the folder of its part, names its class. Folders below
a class belong to it, and a folder that holds nothing but one other is passed through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from experiments.config.data_options import Decided
from experiments.config.folder_tables import tables_in
from experiments.config.readable import count, readable
from experiments.data.parts import WORDS, Part, part_of
from experiments.data.raw_table import listed
from experiments.data.readers.pictures.image_folder import LONGEST, Folders, PictureFile, PictureFolder
from experiments.errors import DataError
from nnet.near import composed

Placed = list[tuple[Folders, PictureFile]]  # pictures with the folders that are still to be understood


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and its class."""

    file: PictureFile
    label: str


@dataclass(frozen=True)
class Layout:
    """The pictures of a folder by class and then by path.

    training:  pictures to learn from, those for validation at the end.
    test:      the folder's own test part.
    facts:     lines about the parts.
    decisions: lines about what was joined or left out, which a strict study refuses.
    target:    name of the target: the column of the classes, where a table names them.
    origin:    where the classes stand.
    groups:    picture -> its group, where a table names them.
    keys:      the keys of [data] with which nothing is left to decide.
    """

    training: tuple[LabelledPicture, ...]
    test: tuple[LabelledPicture, ...] = ()
    facts: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    target: str = "class"
    origin: Literal["folders", "table", "names"] = "folders"
    groups: Mapping[Path, str] = field(default_factory=dict)
    keys: Decided = field(default_factory=dict)

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes of the pictures to learn from, sorted."""
        return tuple(sorted({one.label for one in self.training}))


def lay_out(found: PictureFolder, own_test: bool = True) -> Layout:
    """Find the class and the part of every picture of a folder.

    Args:
        own_test: whether to take the folder's own test part.

    Raises:
        DataError: most pictures lie in no class folder, there are fewer than two classes, a class has no printable
            name, or the test part has other classes.
    """
    inside, strays = _unwrapped(((one.folders, one) for one in found.pictures), ())
    parts, beside = _parts(found.root, inside)
    facts = []
    decisions = [
        f"{count(len(files), 'picture')} in {readable(name, LONGEST)}/ passed over beside the training pictures"
        for name, files in beside
    ]
    name, placed = parts.get("train", ("", inside))
    training, unlabelled = _labelled(placed, ())
    _check_training(found, training, [*strays, *unlabelled])
    if strays or unlabelled:
        decisions.append(f"{count(len(strays) + len(unlabelled), 'picture')} in no class folder left out")
    classes = {one.label for one in training}
    rows: dict[Part, list[LabelledPicture]] = {"val": [], "test": []}
    for part in ("val", "test"):
        name, placed = parts.get(part, ("", []))
        shown = f"{readable(name, LONGEST)}/"
        if part == "test" and not own_test:
            passed, reason = [file for _, file in placed], "data.test is the test set"
        else:
            rows[part], passed = _of_part(f"{found.root}/{name}", placed, classes)
            reason = "no class folder holds them"
        number = count(len(rows[part]), "picture")
        if rows[part] and part == "val":
            decisions.append(f"{shown} joins the training pictures ({number})")
        elif rows[part]:
            facts.append(f"{shown} is the test set ({number})")
        if passed:
            decisions.append(f"{count(len(passed), 'picture')} in {shown} passed over, as {reason}")
    training, test = [*training, *rows["val"]], rows["test"]
    facts += _facts([*training, *test], bool(parts))
    return Layout(tuple(training), tuple(test), tuple(facts), tuple(decisions))


def _facts(pictures: list[LabelledPicture], has_parts: bool) -> Iterator[str]:
    """Say where the folders of classes lie that are not next to the root, and which classes have folders below."""
    first = pictures[0]
    if not has_parts and first.file.folders[0] != first.label:
        above = "/".join(first.file.folders[: first.file.folders.index(first.label)])
        yield f"the classes are the folders in {readable(above, LONGEST)}/"
    if deeper := [one for one in pictures if one.file.folders[-1] != one.label]:
        of = listed(sorted({one.label for one in deeper}))
        yield f"{count(len(deeper), 'picture')} in folders below a class belong to it ({of})"


def lay_out_test(found: PictureFolder, classes: Collection[str]) -> tuple[LabelledPicture, ...]:
    """Find the class of every picture of a test folder.

    Raises:
        DataError: a picture lies in no class folder, or in that of a class that is not among the given.
    """
    inside, strays = _unwrapped(((one.folders, one) for one in found.pictures), classes)
    test, unlabelled = _labelled(inside, classes)
    if strays or unlabelled:
        raise DataError(f"data.test: {_layout(found, _in_none([*strays, *unlabelled]))}")
    check_classes("data.test", test, classes)
    return tuple(test)


def check_classes(where: str, test: Iterable[LabelledPicture], classes: Collection[str]) -> None:
    """Refuse test pictures of a class that no picture to learn from has.

    Raises:
        DataError: the message names the classes.
    """
    if unknown := sorted({one.label for one in test} - set(classes)):
        raise DataError(
            f"{where}: has classes that the training pictures lack: {listed(unknown)}; remove their folders."
        )


def check_class_names(root: Path, classes: Iterable[str]) -> None:
    """Refuse a class whose name cannot be printed.

    Raises:
        DataError: the message names the class.
    """
    for name in classes:
        if not name.isprintable():
            raise DataError(f"{root}: a class must have a name of printable characters, but got {name!r}.")


def has_class_folders(found: PictureFolder) -> bool:
    """Return whether most pictures to learn from lie in folders of two classes or more.

    Raises:
        DataError: several folders are the same part.
    """
    inside, strays = _unwrapped(((one.folders, one) for one in found.pictures), ())
    parts, _ = _parts(found.root, inside)
    training, unlabelled = _labelled(parts["train"][1] if "train" in parts else inside, ())
    return len(strays) + len(unlabelled) <= len(training) and len({one.label for one in training}) > 1


def in_test_part(one: PictureFile) -> bool:
    """Return whether a folder that leads to a picture is named as a test part."""
    return any(part_of(name) == "test" for name in one.folders)


def _unwrapped(
    placed: Iterable[tuple[Folders, PictureFile]], known: Collection[str]
) -> tuple[Placed, list[PictureFile]]:
    """Pass through folders that hold one other folder of pictures and are no known class.

    Returns:
        the pictures in folders, and those in none.
    """
    inside, strays = list(placed), []
    while True:
        strays += [file for folders, file in inside if not folders]
        inside = [(folders, file) for folders, file in inside if folders]
        names = {composed(folders[0]) for folders, _ in inside}
        if len(names) != 1 or names <= set(map(composed, known)) or any(len(folders) < 2 for folders, _ in inside):
            return inside, strays
        inside = [(folders[1:], file) for folders, file in inside]


def _parts(root: Path, inside: Placed) -> tuple[dict[Part, tuple[str, Placed]], list[tuple[str, list[PictureFile]]]]:
    """Tell folders of parts from folders of classes.

    They are parts if one is named as the training part and all others as parts, too. If others are not, the training
    part must hold folders alone, and there must be another part, or pictures lie directly in all others. Where a folder
    is named as a part and nothing else, such as train, other folders of that part, such as train_augmented, lie beside.

    Returns:
        part -> its folder's name and pictures, and the folders beside them; nothing where these are classes.
    """
    tops: dict[str, Placed] = {}
    for folders, file in inside:
        tops.setdefault(folders[0], []).append((folders[1:], file))
    parts = {name: part for name in tops if (part := part_of(name)) is not None}
    others = [name for name in tops if name not in parts]
    training = [name for name, part in parts.items() if part == "train"]
    flat = {name for name, placed in tops.items() if any(not folders for folders, _ in placed)}
    if not training or (others and (flat.intersection(training) or not (len(parts) > 1 or flat.issuperset(others)))):
        return {}, []
    plain = {parts[name] for name in parts if name.casefold() in WORDS}
    varied = [name for name, part in parts.items() if part in plain and name.casefold() not in WORDS]
    parts = {name: part for name, part in parts.items() if name not in varied}
    others += varied
    part, times = Counter(parts.values()).most_common(1)[0]
    if times > 1:
        same = [name for name in parts if parts[name] == part]
        raise DataError(f"{root}: must have one folder for each part, but {part} has {listed(same)}; join them.")
    found = {part: (name, tops[name]) for name, part in parts.items()}
    return found, [(name, [file for _, file in tops[name]]) for name in others]


def _labelled(placed: Placed, known: Collection[str]) -> tuple[list[LabelledPicture], list[PictureFile]]:
    """Return the pictures in class folders, by class and then by path, and those in none."""
    inside, strays = _unwrapped(placed, known)
    ordered = sorted(inside, key=lambda one: (one[0][0], one[1].order))
    # a class keeps its name where a Mac wrote that of its folder with the accents apart
    names = {composed(one): one for one in known} | {one: one for one in known}
    labels = ((names.get(folders[0]) or names.get(composed(folders[0]), folders[0]), file) for folders, file in ordered)
    return [LabelledPicture(file, label) for label, file in labels], strays


def _of_part(where: str, placed: Placed, classes: Collection[str]) -> tuple[list[LabelledPicture], list[PictureFile]]:
    """Return the labelled pictures of a part beside the training part, and those that no class folder holds.

    Folders that name no class of the training pictures, such as test/unknown/, are no class folders.
    """
    rows, strays = _labelled(placed, classes)
    if all(one.label not in classes for one in rows):
        return [], [*strays, *(one.file for one in rows)]
    check_classes(where, rows, classes)
    return rows, strays


def _check_training(found: PictureFolder, training: list[LabelledPicture], strays: list[PictureFile]) -> None:
    classes = sorted({one.label for one in training})
    check_class_names(found.root, classes)
    if len(strays) > len(training):
        raise DataError(_layout(found, _in_none(strays)))
    if len(classes) < 2:
        raise DataError(_layout(found, f"it has {listed(classes) or 'none'}"))


def _layout(found: PictureFolder, instead: str) -> str:
    """Show the layout that is understood."""
    root, example = found.root, readable(found.pictures[0].path.name, LONGEST)
    name = readable(root.resolve().name, LONGEST)
    tables = [table.name for table in tables_in(root)]
    beside = f" (no column of {readable(tables[0], LONGEST)} names them)" if tables else ""
    return (
        f"{root}: must have a folder of pictures for each class, two at least, as {name}/CLASS/{example}, or "
        f"{name}/train/CLASS/{example} and {name}/test/CLASS/{example}, but {instead}{beside}."
    )


def _in_none(strays: list[PictureFile]) -> str:
    return f"{count(len(strays), 'picture')} {'lies' if len(strays) == 1 else 'lie'} in no such folder"
