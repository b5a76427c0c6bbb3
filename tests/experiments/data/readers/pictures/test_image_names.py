"""The word before a picture's number is its class, unless it says nothing of the picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.readers.pictures.image_file import ImageHeader
from experiments.data.readers.pictures.image_folder import PictureFile, PictureFolder
from experiments.data.readers.pictures.image_names import FEWEST, classes_in_names

HEADER = ImageHeader((4, 4), False)


def folder(*names: str) -> PictureFolder:
    """Pretend that a folder has these pictures."""
    return PictureFolder(Path("pets"), [PictureFile(Path(name), Path(name).parts[:-1], HEADER) for name in names])


def numbered(*words: str, rows: int = FEWEST) -> list[str]:
    return [f"{word}{number}.jpg" for word in words for number in range(rows)]


def words_of(found: PictureFolder, *known: str) -> list[str] | None:
    labels = classes_in_names(found, known)
    return None if labels is None else sorted(set(labels.classes.values()))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (numbered("cat.", "dog."), ["cat", "dog"]),
        (numbered("Maine_coon_", "beagle-"), ["Maine_coon", "beagle"]),
        (numbered("sea star ", "sea urchin "), ["sea star", "sea urchin"]),
        (numbered("happy", "sad (")[:5] + [f"sad ({number}).jpg" for number in range(5)], ["happy", "sad"]),
        (numbered("IMG_", "DSC_"), None),
        (numbered("image_"), None),
        (numbered("cat."), None),
        (numbered("cat.", "dog.")[:-1], None),
        ([*numbered("cat.", "dog."), "notes.png"], None),
        ([*numbered("train/cat.", "train/dog."), "test/1.jpg"], ["cat", "dog"]),
    ],
)
def test_words_before_numbers_are_classes_if_all_names_have_them(names: list[str], words: list[str] | None) -> None:
    assert words_of(folder(*names)) == words


def test_test_pictures_have_the_words_of_those_to_learn_from() -> None:
    assert words_of(folder("cat.1.jpg"), "cat", "dog") == ["cat"]
    assert words_of(folder("cow.1.jpg"), "cat", "dog") is None
    assert words_of(folder(), "cat", "dog") is None
