"""Every file below a folder is a picture, an unreadable picture, or passed over and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.readers.pictures.image_folder import find_pictures
from experiments.errors import DataError
from support.pictures import grey, save


def test_pictures_are_found_at_any_depth_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b/1.png", "b/deep/er/1.PNG", "a b/2 x.jpg", "a b/1.tiff", "top.gif"):
        save(tmp_path / name, grey())
    (tmp_path / "b" / "1.png").rename(tmp_path / "b" / "no ending")
    found = find_pictures(tmp_path)
    assert ["/".join((*one.folders, one.path.name)) for one in found.pictures] == [
        *("a b/1.tiff", "a b/2 x.jpg", "b/deep/er/1.PNG", "b/no ending", "top.gif")
    ]
    assert {one.header.size for one in found.pictures} == {(6, 4)}
    assert (found.facts(), found.decisions()) == ([], [])


def test_other_files_are_passed_over_and_counted(tmp_path: Path) -> None:
    save(tmp_path / "a" / "1.png", grey())
    save(tmp_path / "__MACOSX" / "a" / "1.png", grey())
    save(tmp_path / "a" / "._1.png", grey())
    (tmp_path / "a" / "Thumbs.db").touch()
    found = find_pictures(tmp_path)
    assert len(found.pictures) == 1
    assert found.facts() == ["3 other files passed over (__MACOSX/, ._1.png, Thumbs.db)"]
    assert found.decisions() == []
    for name in ("labels.csv", "more.CSV", "about.json"):
        (tmp_path / "a" / name).write_text("1")
    found = find_pictures(tmp_path)
    assert found.facts() == []
    assert found.decisions() == ["6 other files passed over (__MACOSX/, ._1.png, Thumbs.db and 2 more)"]


def test_unreadable_pictures_and_empty_folders_are_named(tmp_path: Path) -> None:
    for number in range(3):
        save(tmp_path / "a" / f"{number}.png", grey())
    (tmp_path / "a" / "9.png").touch()
    (tmp_path / "a" / "8.JPG").write_bytes(b"no picture")
    (tmp_path / "none" / "deep").mkdir(parents=True)
    found = find_pictures(tmp_path)
    assert found.decisions() == [
        "1 folder without readable pictures passed over (none)",
        "2 pictures left out that cannot be read: a/8.JPG (of no known format), a/9.png (of no known format)",
    ]
    found.check()
    for number in range(2):
        (tmp_path / "a" / f"{number}.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"4 of 5 pictures cannot be read: a/0\.png .* and 1 more; replace or remove"):
        find_pictures(tmp_path).check()


def test_a_folder_without_pictures_names_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "my.csv").write_text("a,b\n")
    with pytest.raises(
        DataError,
        match=r"has no picture .*; 1 other file passed over \(\.csv\); a folder .*; name one file, such as .*\.csv\.$",
    ):
        find_pictures(tmp_path).check()


def test_links_are_followed_but_not_back(tmp_path: Path) -> None:
    save(tmp_path / "store" / "1.png", grey())
    (tmp_path / "root" / "a").mkdir(parents=True)
    (tmp_path / "root" / "a" / "b").symlink_to(tmp_path / "store")
    (tmp_path / "root" / "a" / "loop").symlink_to(tmp_path / "root")
    (tmp_path / "root" / "a" / "broken.png").symlink_to(tmp_path / "nowhere.png")
    found = find_pictures(tmp_path / "root")
    assert [one.folders for one in found.pictures] == [("a", "b")]
    assert found.others == ["broken.png", "loop/"]


def test_links_that_multiply_folders_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.data.readers.pictures.image_folder.MOST_FOLDERS", 200)
    for level in range(30):
        (tmp_path / str(level)).mkdir()
        for name in "ab":
            (tmp_path / str(level) / name).symlink_to(tmp_path / str(level + 1))
    save(tmp_path / "30" / "1.png", grey())
    with pytest.raises(DataError, match=r"0: at most 200 folders are read, but there are more, counted along symbolic"):
        find_pictures(tmp_path / "0")
    assert len(find_pictures(tmp_path / "28").pictures) == 4
