"""The classes in the names of pictures, as cat.0.jpg and dog_17.jpg have them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from experiments.data.readers.pictures.image_folder import PictureFolder
from experiments.data.readers.pictures.image_labels import PictureLabels
from experiments.data.readers.pictures.image_layout import in_test_part

NUMBERED = re.compile(r"(?P<word>[^\W\d_](?:[^\W\d]|[ -])*?)[ ._-]*\(?\d+\)?")
NO_CLASSES = (  # how cameras, programs and people name all of their pictures
    *("", "i", "im", "img", "imag", "image", "images", "p", "photo", "photos", "pic", "pics", "picture", "pictures"),
    *("dsc", "dscf", "dscn", "dji", "gopr", "mvimg", "pano", "pxl", "wa", "whatsapp", "frame", "scan", "screenshot"),
    *("sample", "train", "training", "val", "valid", "validation", "test", "testing"),
)
FEWEST = 5  # pictures of a word


def classes_in_names(found: PictureFolder, known: Collection[str] = ()) -> PictureLabels | None:
    """Take the word before the number of each picture's name for its class; None where these are no classes.

    They are if every picture to learn from has such a name, there are two words at least, each with several pictures,
    and none is a word such as IMG.

    Args:
        known: the classes of the pictures to learn from, where these are test pictures: all must have one of them.
    """
    words = {}
    for one in found.pictures:
        match = NUMBERED.fullmatch(one.path.stem)
        word = match["word"] if match else ""
        if in_test_part(one) and _is_no_class(word):
            continue  # a test part without classes
        words[one.path] = word
    times = Counter(words.values())
    if known:
        are_classes = times.keys() <= set(known)
    else:
        are_classes = len(times) > 1 and min(times.values()) >= FEWEST and not any(map(_is_no_class, times))
    if not words or not are_classes:
        return None
    return PictureLabels("the words before the numbers in the pictures' names", "class", words)


def _is_no_class(word: str) -> bool:
    return word.casefold() in NO_CLASSES
