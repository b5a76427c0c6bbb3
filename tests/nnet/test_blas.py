"""The faster kernel is chosen only where it is safe and nobody chose another."""

from __future__ import annotations

import pytest

from nnet.blas import AVX2_KERNELS, AVX512, NEEDS, computing_environment, cpu_flags


def test_flags_are_those_of_the_first_processor(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512f\n\nprocessor\t: 1\nflags\t\t: other\n")
    assert cpu_flags(cpuinfo) == {"fpu", "avx2", "avx512f"}


def test_flags_are_empty_where_the_system_lists_none(tmp_path):
    (tmp_path / "arm").write_text("processor : 0\nFeatures : fp asimd\n")
    assert cpu_flags(tmp_path / "arm") == frozenset()
    assert cpu_flags(tmp_path / "missing") == frozenset()


@pytest.mark.parametrize("kernel", sorted(AVX2_KERNELS))
def test_avx512_kernel_where_openblas_chose_avx2(kernel):
    assert computing_environment(kernel, AVX512 | {"fpu"}, {})["OPENBLAS_CORETYPE"] == "SkylakeX"


@pytest.mark.parametrize("missing", sorted(AVX512))
def test_never_without_every_flag(missing):
    assert "OPENBLAS_CORETYPE" not in computing_environment("Haswell", AVX512 - {missing}, {})


@pytest.mark.parametrize(
    ("chosen", "environment"), [("SkylakeX", {}), (None, {}), ("Haswell", {"OPENBLAS_CORETYPE": "Haswell"})]
)
def test_another_choice_stays(chosen, environment):
    assert "OPENBLAS_CORETYPE" not in computing_environment(chosen, AVX512, environment)


def test_the_kernel_wanted_where_the_processor_can_run_it():
    able = AVX512 | {"avx2", "fma"}
    assert computing_environment("SkylakeX", able, {}, "Haswell")["OPENBLAS_CORETYPE"] == "Haswell"
    assert computing_environment("Haswell", able, {}, "SkylakeX")["OPENBLAS_CORETYPE"] == "SkylakeX"
    assert "OPENBLAS_CORETYPE" not in computing_environment("Haswell", able, {}, "Haswell")
    assert "OPENBLAS_CORETYPE" not in computing_environment("SkylakeX", able, {"OPENBLAS_CORETYPE": "x"}, "Haswell")


@pytest.mark.parametrize("kernel", sorted(NEEDS))
def test_never_a_kernel_wanted_that_would_crash(kernel):
    for missing in NEEDS[kernel]:
        assert "OPENBLAS_CORETYPE" not in computing_environment("Prescott", NEEDS[kernel] - {missing}, {}, kernel)
    assert "OPENBLAS_CORETYPE" not in computing_environment("Prescott", NEEDS[kernel], {}, "ThunderX")


def test_one_thread_in_every_case():
    for chosen, environment in (("Haswell", {}), (None, {"OPENBLAS_CORETYPE": "Zen"})):
        variables = computing_environment(chosen, AVX512, environment)
        assert {value for name, value in variables.items() if name.endswith("_THREADS")} == {"1"}
        assert "OPENBLAS_NUM_THREADS" in variables
