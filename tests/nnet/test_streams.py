"""Every fold's random streams are its own, reproducible, and uniform."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import scipy.stats

from nnet.errors import SettingError
from nnet.streams import DROPOUT, INITIALIZATION, SHUFFLING, STATISTICS, RandomBits, stream

PURPOSES = (INITIALIZATION, SHUFFLING, DROPOUT, STATISTICS)


def numbers(seed, purpose):
    return tuple(stream(seed, purpose).integers(0, 1 << 62, 4))


def test_streams_are_reproducible_and_differ_by_fold_purpose_and_entropy():
    seeds = [np.random.SeedSequence(entropy, spawn_key=(fold,)) for entropy in (0, 1) for fold in range(5)]
    drawn = [numbers(seed, purpose) for seed in seeds for purpose in PURPOSES]
    assert len(set(drawn)) == len(drawn) == 40
    assert drawn == [numbers(seed, purpose) for seed in seeds for purpose in PURPOSES]


def test_a_stream_does_not_depend_on_what_was_spawned_or_drawn_before():
    seed = np.random.SeedSequence(3, spawn_key=(1, 2))
    fresh = numbers(seed, DROPOUT)
    seed.spawn(4)
    numbers(seed, SHUFFLING)
    assert numbers(seed, DROPOUT) == fresh


def bits(fold=0):
    return RandomBits(stream(np.random.SeedSequence(5, spawn_key=(fold,)), DROPOUT))


def test_words_within_a_block_are_the_raw_stream():
    taken, source = bits(), stream(np.random.SeedSequence(5, spawn_key=(0,)), DROPOUT)
    words = np.concatenate([taken.take(size).copy() for size in (1, 7, 0, 1000, 3)])
    assert np.array_equal(words, source.bit_generator.random_raw(RandomBits.BLOCK).view(np.uint16)[:1011])


@pytest.mark.parametrize("block", [1, 16, 100])
def test_words_depend_on_the_sizes_alone_across_refills(block, monkeypatch):
    monkeypatch.setattr(RandomBits, "BLOCK", block)
    sizes = np.random.default_rng(0).integers(1, 150, 60)
    first, second = bits(0), bits(1)
    alone = [first.take(size).copy() for size in sizes]
    assert [words.size for words in alone] == list(sizes)
    first = bits(0)
    for size, words in zip(sizes, alone, strict=True):
        assert np.array_equal(first.take(size), words)
        second.take(2 * size)  # another fold that refills at other times


def test_no_word_is_used_twice_around_a_refill(monkeypatch):
    monkeypatch.setattr(RandomBits, "BLOCK", 8)  # 32 words
    taken = bits()
    windows = [taken.take(12).tobytes() for _ in range(200)]  # 24 bytes of 192 random bits each
    assert len(set(windows)) == 200


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda stream: pickle.loads(pickle.dumps(stream))])
def test_a_copy_goes_on_at_an_address_of_its_own(copied):
    first = bits()
    first.take(7)
    second = copied(first)
    expected = second._words.ctypes.data + 2 * 7
    assert second.address(3) == expected != first.address(3)
    assert np.array_equal(second.take(50), first.take(50))


@pytest.mark.parametrize("taken", [0, 7, 300_000])
def test_a_pickle_is_small_and_goes_on_with_the_same_words(taken):
    first = bits()
    first.take(taken)
    pickled = pickle.dumps(first)
    assert len(pickled) < 2_000
    second, third = pickle.loads(pickled), copy.deepcopy(first)
    for size in (5, 262_000, 9):  # across a refill
        words = first.take(size).copy()
        assert np.array_equal(second.take(size), words)
        assert np.array_equal(third.take(size), words)


def test_words_are_uniform():
    words = bits().take(1 << 18)
    for part in (words >> 8, words & 255):
        counts = np.bincount(part, minlength=256)
        assert 1e-4 < scipy.stats.chisquare(counts).pvalue < 1 - 1e-4


def test_a_number_is_the_seed_of_that_number_and_nothing_else_is():
    numbers = [stream(seed, DROPOUT).random() for seed in (3, np.int64(3), np.random.SeedSequence(3))]
    assert len(set(numbers)) == 1
    with pytest.raises(SettingError, match=r"^a seed must be an integer, but got '3'"):
        stream("3", DROPOUT)
    with pytest.raises(SettingError, match=r"^`seed >= 0` must hold, but got seed=-1"):
        stream(-1, DROPOUT)
