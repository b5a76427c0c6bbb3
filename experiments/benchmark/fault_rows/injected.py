"""Faults inside a command: a line of Python that each of its processes runs at its start, or after an import.

Python runs a module sitecustomize at every start; the environment of the command names the folder that holds one.
"""

from __future__ import annotations

from pathlib import Path

PATCH = """\
import importlib.util, sys


class Patching:
    def find_spec(self, name, path=None, target=None):
        if name != {module!r}:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def execute_and_patch(module):
            execute(module)
            patch(module)

        spec.loader.exec_module = execute_and_patch
        return spec


def patch(module):
    import functools, os, signal
    *owners, name = {path!r}.split(".")
    owner = module
    for one in owners:
        owner = getattr(owner, one)
    function = getattr(owner, name)

    @functools.wraps(function)
    def patched(*a, **k):
{body}

    setattr(owner, name, patched)


sys.meta_path.insert(0, Patching())
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"


def injected(folder: Path, program: str) -> dict[str, str]:
    """Return the variables with which every process of a command first runs a program.

    Args:
        folder: for the module; made if it is not there.
    """
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(program)
    return {"PYTHONPATH": str(folder)}


def instead_of(folder: Path, where: str, body: str) -> dict[str, str]:
    """Return the variables with which another body replaces a function.

    Args:
        where: the function, as module:Class.name.
        body:  lines that may call `function` with `*a, **k`, and use os and signal.
    """
    module, _, path = where.partition(":")
    lines = "\n".join(" " * 8 + line for line in body.splitlines())
    return injected(folder, PATCH.format(module=module, path=path, body=lines))


def killed_after(folder: Path, where: str) -> dict[str, str]:
    """Return the variables with which a process kills itself after its first call of a function."""
    return instead_of(folder, where, f"function(*a, **k)\n{KILL}")


def killed_before_renaming(folder: Path, name: str) -> dict[str, str]:
    """Return the variables with which a process kills itself when a file is written but does not have its name yet."""
    lines = (
        "import os, signal",
        "replace = os.replace",
        "def replaced(source, target, **k):",
        f"    if os.path.basename(os.fspath(target)) == {name!r}:",
        f"        {KILL}",
        "    replace(source, target, **k)",
        "os.replace = replaced",
    )
    return injected(folder, "\n".join(lines) + "\n")
