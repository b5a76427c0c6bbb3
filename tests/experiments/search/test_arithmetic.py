"""The arithmetic that a study gets, and what a process with it computes."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.search import arithmetic
from experiments.search.arithmetic import (
    AVX512,
    KERNEL,
    LOOPS,
    NEEDS,
    PORTABLE,
    Processor,
    environment_here,
    environment_of,
    in_force,
    lacking,
    obstacle,
    processor,
    resolved,
)

INTEL = Processor("x86_64", "GenuineIntel", AVX512 | {"avx2", "fma", "sse4_2", "avx"})
AMD = Processor("x86_64", "AuthenticAMD", INTEL.flags)
OLD = Processor("x86_64", "GenuineIntel", frozenset({"sse4_2", "avx"}))
ARM = Processor("aarch64")
CORE = "OPENBLAS_CORETYPE"


def test_the_processor_is_that_of_the_first_core(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    core = "processor\t: {}\nvendor_id\t: Maker\nmodel name\t: A Chip: {}\nflags\t\t: fpu {}\n"
    cpuinfo.write_text(core.format(0, 0, "avx2") + "\n" + core.format(1, 1, "other"))
    assert processor(cpuinfo) == Processor(platform.machine(), "Maker", frozenset({"fpu", "avx2"}), "A Chip: 0")


def test_an_arm_processor_is_known_by_its_numbers_and_features(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    core = "processor\t: {}\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0{}\n"
    cpuinfo.write_text(core.format(0, "c") + "\n" + core.format(1, "5"))
    found = Processor(platform.machine(), "0x41", frozenset({"fp", "asimd"}), "implementer 0x41, part 0xd0c")
    assert processor(cpuinfo) == found


def test_what_the_system_does_not_say_is_empty(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("processor : 0\n")
    for name in ("other", "missing"):
        assert processor(tmp_path / name) == Processor(platform.machine(), "", frozenset(), platform.processor())


def test_the_chip_of_a_mac_is_named_and_its_blas_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "processor", lambda: "arm")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert processor(tmp_path / "of a Mac without sysctl").model == "arm"
    (tmp_path / "sysctl").write_text('#!/bin/sh\ntest "$*" = "-n machdep.cpu.brand_string" && echo "Apple M1 Pro"\n')
    (tmp_path / "sysctl").chmod(0o700)
    mac = processor(tmp_path / "of a Mac")
    assert mac.model == "Apple M1 Pro"
    monkeypatch.setattr(arithmetic, "processor", lambda: mac)
    config = {"Build Dependencies": {"blas": {"name": "accelerate", "found": True, "version": "unknown"}}}
    monkeypatch.setattr(np, "show_config", lambda mode: config)
    assert arithmetic.blas_kernel() == "Accelerate on Apple M1 Pro"


def test_portable_is_the_same_whatever_the_processor() -> None:
    assert {tuple(environment_of("portable", one, "SkylakeX").items()) for one in (INTEL, AMD, OLD, ARM)} == {
        tuple(PORTABLE.items())
    }


def test_native_is_the_kernel_that_openblas_chooses_but_on_amd_with_avx512() -> None:
    assert environment_of("native", INTEL)["OPENBLAS_CORETYPE"] == ""
    assert environment_of("native", AMD)["OPENBLAS_CORETYPE"] == "SkylakeX"
    for missing in AVX512:
        less = Processor("x86_64", "AuthenticAMD", AMD.flags - {missing})
        assert environment_of("native", less)["OPENBLAS_CORETYPE"] == ""


def test_native_has_the_kernel_on_record_where_it_cannot_crash() -> None:
    for kernel, flags in NEEDS.items():
        able = Processor("x86_64", "GenuineIntel", flags)
        assert environment_of("native", able, kernel)["OPENBLAS_CORETYPE"] == kernel
        for missing in flags:
            unable = Processor("x86_64", "GenuineIntel", flags - {missing})
            assert environment_of("native", unable, kernel)["OPENBLAS_CORETYPE"] == ""
    assert environment_of("native", INTEL, "ThunderX")["OPENBLAS_CORETYPE"] == ""


def test_an_arm_processor_is_asked_for_no_kernel_because_an_empty_name_would_be_its_slowest() -> None:
    wanted = environment_of("native", ARM, "Haswell")
    assert wanted == {name: value for name, value in environment_of("native", INTEL).items() if name != CORE}
    assert in_force(wanted, {**wanted, CORE: "neoversev1"})


def test_a_study_goes_on_with_the_arm_kernel_with_which_it_began_where_that_cannot_crash() -> None:
    for kernel in ("armv8", "cortexa53", "cortexa57"):
        assert environment_of("native", ARM, kernel)[CORE] == kernel
    for kernel in ("neoversev1", "a64fx", "SkylakeX", ""):
        assert CORE not in environment_of("native", ARM, kernel)


def test_no_worker_chooses_a_kernel_by_the_arm_core_on_which_it_starts() -> None:
    wanted = environment_of("native", ARM)
    assert environment_here(ARM, "cortexa53", wanted) == {**wanted, CORE: "cortexa53"}
    assert environment_here(ARM, "armv8", {**wanted, CORE: ""}) == {**wanted, CORE: "armv8"}
    assert environment_here(ARM, "cortexa57", {**wanted, CORE: "cortexa57"}) == {**wanted, CORE: "cortexa57"}


def test_processes_of_this_one_have_its_arithmetic_and_nothing_of_their_nodes() -> None:
    for wanted in (environment_of("portable", AMD), environment_of("native", AMD)):
        has = {name: value for name, value in wanted.items() if value}
        assert environment_here(AMD, "SkylakeX", has | {"A": "b"}) == wanted
    for wanted in (environment_of("native", ARM), environment_of("native", ARM, "armv8")):
        assert environment_here(ARM, "neoversev1", wanted) == wanted


def test_every_process_has_one_thread_and_nothing_of_the_shells() -> None:
    for wanted in (environment_of("portable", AMD), environment_of("native", AMD)):
        assert {value for name, value in wanted.items() if name.endswith("_THREADS")} == {"1"}
        assert wanted["OPENBLAS_L2_SIZE"] == wanted["NPY_DISABLE_CPU_FEATURES"] == ""


def test_it_is_in_force_where_all_variables_are_set() -> None:
    assert in_force(PORTABLE, PORTABLE)
    unset = {name: value for name, value in PORTABLE.items() if value}
    assert in_force(PORTABLE, unset)
    for name in PORTABLE:
        assert not in_force(PORTABLE, {**unset, name: "other"})


@pytest.mark.parametrize(
    ("here", "reason"),
    [
        (INTEL, None),
        (ARM, "portable is for x86-64, and this processor is aarch64"),
        (OLD, "this processor lacks avx2 and fma"),
        (Processor("x86_64"), "this system does not list the processor's instruction sets"),
    ],
)
def test_a_processor_that_lacks_it_is_told_why(here: Processor, reason: str | None) -> None:
    assert lacking(here) == reason


@pytest.mark.parametrize(
    ("here", "blas", "reason"),
    [
        (AMD, {"internal_api": "openblas", "version": "0.3.31"}, None),
        (AMD, {"internal_api": "openblas", "version": "0.3.34.1"}, "OpenBLAS 0.3.34 may crash with it"),
        (INTEL, {"internal_api": "openblas", "version": "0.3.34.1"}, None),
        (INTEL, {"internal_api": "mkl"}, "NumPy computes with mkl here, and not with OpenBLAS"),
        (INTEL, {}, "NumPy computes with an unknown BLAS here"),
        (ARM, {"internal_api": "openblas"}, "portable is for x86-64"),
    ],
)
def test_a_numpy_that_lacks_it_is_told_why(
    here: Processor, blas: dict[str, str], reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arithmetic, "_numpys_blas", lambda: blas)
    found = obstacle(here)
    assert found is None if reason is None else (found or "").startswith(reason)
    assert resolved("portable", "tpe", here) == (("portable", None) if reason is None else ("native", found))
    assert resolved("native", "tpe", here) == ("native", None)


def test_the_sampler_gp_is_native() -> None:
    assert resolved("portable", "gp", INTEL) == ("native", "the sampler gp computes in PyTorch")


BITS = """
import hashlib, json
import numpy as np
from experiments.search.arithmetic import blas_kernel, numpy_loops
rng = np.random.Generator(np.random.SFC64(0))
a, b = rng.random((60, 784)), rng.random((784, 70))
parts = [a @ b, a.astype(np.float32) @ b.astype(np.float32), np.exp(a), np.log(a), np.log1p(a), np.linalg.qr(b)[0]]
bits = hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()
print(json.dumps([bits, blas_kernel(), numpy_loops()]))
"""


@pytest.mark.skipif(obstacle(processor()) is not None, reason="this machine has no portable arithmetic")
def test_what_the_shell_says_changes_no_bit() -> None:
    shells = (
        {},
        {"OPENBLAS_CORETYPE": "Sandybridge", "OPENBLAS_L2_SIZE": "1024"},
        {"NPY_DISABLE_CPU_FEATURES": "X86_V3"},
    )
    found = set()
    for shell in shells:
        environment = {name: value for name, value in os.environ.items() if name not in PORTABLE} | shell
        command = [sys.executable, "-c", BITS]
        done = subprocess.run(command, env=environment | PORTABLE, capture_output=True, text=True, check=True)
        found.add(tuple(json.loads(done.stdout)))
    assert [(kernel, loops) for _, kernel, loops in found] == [(KERNEL, LOOPS)]
