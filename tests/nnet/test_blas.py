"""The faster kernel is chosen only if it is safe and the user chose no other."""

from __future__ import annotations

from nnet.blas import AVX2_KERNELS, AVX512, NEEDS, computing_environment, cpu_flags


def test_flags_are_those_of_the_first_processor(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512f\n\nprocessor\t: 1\nflags\t\t: other\n")
    assert cpu_flags(cpuinfo) == {"fpu", "avx2", "avx512f"}


def test_flags_are_empty_where_the_system_lists_none(tmp_path):
    (tmp_path / "arm").write_text("processor : 0\nFeatures : fp asimd\n")
    assert cpu_flags(tmp_path / "arm") == frozenset()
    assert cpu_flags(tmp_path / "missing") == frozenset()


def test_avx512_kernel_where_openblas_chose_avx2():
    for kernel in AVX2_KERNELS:
        assert computing_environment(kernel, AVX512 | {"fpu"}, {})["OPENBLAS_CORETYPE"] == "SkylakeX"


def test_never_without_every_flag():
    for missing in AVX512:
        assert "OPENBLAS_CORETYPE" not in computing_environment("Haswell", AVX512 - {missing}, {})


def test_another_choice_stays():
    for chosen, environment in [("SkylakeX", {}), (None, {}), ("Haswell", {"OPENBLAS_CORETYPE": "Haswell"})]:
        assert "OPENBLAS_CORETYPE" not in computing_environment(chosen, AVX512, environment)


def test_the_kernel_wanted_where_the_processor_can_run_it():
    able = AVX512 | {"avx2", "fma"}
    assert computing_environment("SkylakeX", able, {}, "Haswell")["OPENBLAS_CORETYPE"] == "Haswell"
    assert computing_environment("Haswell", able, {}, "SkylakeX")["OPENBLAS_CORETYPE"] == "SkylakeX"
    assert "OPENBLAS_CORETYPE" not in computing_environment("Haswell", able, {}, "Haswell")
    assert "OPENBLAS_CORETYPE" not in computing_environment("SkylakeX", able, {"OPENBLAS_CORETYPE": "x"}, "Haswell")


def test_never_a_kernel_wanted_that_would_crash():
    for kernel, flags in NEEDS.items():
        for missing in flags:
            assert "OPENBLAS_CORETYPE" not in computing_environment("Prescott", flags - {missing}, {}, kernel)
        assert "OPENBLAS_CORETYPE" not in computing_environment("Prescott", flags, {}, "ThunderX")


def test_one_thread_in_every_case():
    for chosen, environment in (("Haswell", {}), (None, {"OPENBLAS_CORETYPE": "Zen"})):
        variables = computing_environment(chosen, AVX512, environment)
        assert {value for name, value in variables.items() if name.endswith("_THREADS")} == {"1"}
        assert "OPENBLAS_NUM_THREADS" in variables
