"""The layout of a folder of pictures whose classes stand in a table or in their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from experiments.config.data_options import DataSection
from experiments.config.readable import count
from experiments.data.raw_table import listed, shown
from experiments.data.readers.pictures.image_folder import PictureFile, PictureFolder
from experiments.data.readers.pictures.image_labels import PictureLabels, find_labels
from experiments.data.readers.pictures.image_layout import (
    LabelledPicture,
    Layout,
    check_class_names,
    check_classes,
    in_test_part,
)
from experiments.data.readers.pictures.image_names import classes_in_names
from experiments.errors import DataError


def lay_out_by_labels(found: PictureFolder, data: DataSection, own_test: bool) -> Layout | None:
    """Give each picture its class by the folder's table, or by the pictures' names; None where neither has classes.

    Args:
        own_test: whether the pictures of a test part are the test set, where they have classes.

    Raises:
        DataError: the table cannot be right, there are fewer than two classes, or no table names the pictures although
            data.target or data.groups names a column of one.
    """
    labels = find_labels(found, data)
    given = [f"data.{key}" for key in ("target", "groups") if getattr(data, key) is not None]
    if labels is None and given:
        raise DataError(
            f"{' and '.join(given)}: no table in {found.root} names its pictures, one in each row; put it there, or "
            "remove the key if each class has a folder."
        )
    if (labels := labels or classes_in_names(found)) is None:
        return None
    training, without = _labelled((one for one in found.pictures if not in_test_part(one)), labels)
    test, passed = _labelled((one for one in found.pictures if in_test_part(one)), labels)
    layout = Layout(
        tuple(training),
        tuple(test if own_test else ()),
        _facts(labels, len(test), own_test),
        (*_said(labels, without), *_passed_over(len(test), passed, own_test)),
        target=labels.target,
        origin="table" if labels.table else "names",
        groups=labels.groups,
        keys=labels.keys,
    )
    if len(layout.classes) < 2:
        raise DataError(
            f"{found.root}: the pictures must have two classes at least, but {labels.origin} has "
            f"{listed(layout.classes) or 'none'} for them."
        )
    check_class_names(found.root, layout.classes)
    check_classes(f"{found.root}: the test part", layout.test, layout.classes)
    return layout


def lay_out_test_by_labels(found: PictureFolder, data: DataSection, layout: Layout) -> Layout | None:
    """Give each picture of a test folder its class by that folder's table, or by the pictures' names, as above.

    Raises:
        DataError: the table cannot be right, or has a class that the training pictures lack.
    """
    target = layout.target if layout.origin == "table" else None
    labels = find_labels(found, data.model_copy(update={"target": target}))
    if (labels := labels or classes_in_names(found, layout.classes)) is None:
        return None
    test, without = _labelled(found.pictures, labels)
    check_classes("data.test", test, layout.classes)
    said = tuple(f"of data.test: {line}" for line in _said(labels, without))
    return Layout((), tuple(test), decisions=said, groups=labels.groups)


def _labelled(pictures: Iterable[PictureFile], labels: PictureLabels) -> tuple[list[LabelledPicture], int]:
    """Return the pictures that the table has a class for, by class and then by path, and the number of the others."""
    every = list(pictures)
    labelled = [LabelledPicture(one, labels.classes[one.path]) for one in every if one.path in labels.classes]
    labelled.sort(key=lambda one: (one.label, one.file.order))
    return labelled, len(every) - len(labelled)


def _facts(labels: PictureLabels, test: int, own_test: bool) -> tuple[str, ...]:
    """Say which pictures are the test set, where that is known."""
    if test and own_test:
        return (f"the test part is the test set ({count(test, 'picture')})",)
    if not test and labels.parts and own_test:
        return (
            f"{labels.table} divides the pictures by its column {shown(labels.parts)}, which is not used: test "
            "pictures are drawn from all; to test on those that it names, move them to a folder test/",
        )
    return ()


def _passed_over(test: int, without: int, own_test: bool) -> Iterator[str]:
    """Say which pictures of the test part are passed over.

    Args:
        test:    number of those with a class.
        without: number of those without.
    """
    if test and not own_test:
        yield f"{count(test, 'picture')} of the test part passed over, as data.test is the test set"
    if without:
        yield f"{count(without, 'picture')} of the test part passed over, without a class"


def _said(labels: PictureLabels, without: int) -> list[str]:
    """Say where the classes are from, and which rows and pictures are left out."""
    named = f" (data.target = {shown(labels.target)})" if labels.keys else ""
    said = [f"the classes are {labels.origin}{named}"]
    if labels.unknown:
        said.append(f"{count(labels.unknown, 'row')} of {labels.table} passed over, as no picture has that name")
    if without:
        several = f", or several ({labels.several})" if labels.several else ""
        said.append(f"{count(without, 'picture')} left out, without a class{several}")
    return said
