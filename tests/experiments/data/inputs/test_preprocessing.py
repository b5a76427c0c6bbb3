"""Mean 0 and variance 1, and pixels to [0, 1]."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, QuantileTransformer, RobustScaler, StandardScaler

from experiments.config.candidate import NUMBERS, Preprocessing, Scaling
from experiments.data.inputs import preprocessing
from experiments.data.inputs.date_parts import PARTS
from experiments.data.inputs.preprocessing import MOST_NAMES, Preprocessor, fit_preprocessor, medians
from experiments.data.table import LARGEST, Kind
from experiments.errors import DataError
from nnet.network import Architecture, Network
from support.tables import mixed_frame

RNG = np.random.default_rng(0)
SCALINGS: list[Scaling] = ["standard", "robust", "quantile", "none"]  # an input for each number
TRAINING = np.random.default_rng(0).normal(3, [0.01, 5, 1e4], (40, 3))
OTHERS = np.random.default_rng(1).normal(0, 9, (7, 3))


def fitted(training: np.ndarray, pixel_range: float | None = None) -> Preprocessor:
    kinds: tuple[Kind, ...] = ("number" if pixel_range is None else "pixel",) * training.shape[1]
    return fit_preprocessor(training, kinds, pixel_range, Preprocessing())


def test_numbers_come_to_mean_0_and_variance_1() -> None:
    x = fitted(TRAINING).transform(TRAINING)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-6)


def test_it_is_the_standard_scaler() -> None:
    expected = StandardScaler().fit(TRAINING).transform(OTHERS).astype(np.float32)
    np.testing.assert_array_equal(fitted(TRAINING).transform(OTHERS), expected)


def test_only_the_rows_it_is_fitted_on_matter() -> None:
    learnt = fitted(TRAINING)
    np.testing.assert_allclose(learnt.offset, TRAINING.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(learnt.scale, TRAINING.std(axis=0), rtol=1e-12)
    alone = learnt.transform(OTHERS)
    learnt.transform(OTHERS * 100)
    np.testing.assert_array_equal(learnt.transform(OTHERS), alone)


@pytest.mark.parametrize("value", [0.0, -3.0, 1e-300, 1e9 + 0.1])
def test_a_constant_column_is_0_and_not_infinite(value: float) -> None:
    training = np.column_stack([TRAINING[:, 0], np.full(40, value)])
    x = fitted(training).transform(training)
    np.testing.assert_allclose(x[:, 1], 0, atol=1e-5)
    assert np.isfinite(x).all()


def test_pixels_have_a_range_known_in_advance() -> None:
    pixels = np.array([[0.0, 8.0], [4.0, 12.0]])
    known = fitted(pixels, 16.0)
    np.testing.assert_array_equal(known.transform(pixels), [[0, 0.5], [0.25, 0.75]])
    np.testing.assert_array_equal(fitted(pixels[:1], 16.0).transform(pixels), known.transform(pixels))


@pytest.mark.parametrize("pixel_range", [None, 16.0])
def test_what_comes_out_is_the_networks_type_and_what_goes_in_is_left_alone(pixel_range: float | None) -> None:
    before = TRAINING.copy()
    x = fitted(TRAINING, pixel_range).transform(TRAINING[:, ::1])
    assert (x.dtype, x.shape, x.flags.c_contiguous) == (np.float32, TRAINING.shape, True)
    np.testing.assert_array_equal(TRAINING, before)


@pytest.mark.parametrize(
    ("training", "value"),
    [(np.array([[LARGEST], [-LARGEST], [LARGEST]]), 0.0), (np.zeros((3, 1)), LARGEST)],
    ids=["variance", "float32"],
)
def test_no_finite_table_makes_an_infinite_input(training: np.ndarray, value: float) -> None:
    x = fitted(training).transform(np.vstack([training, [[value]]]))
    assert np.isfinite(x).all()


@pytest.mark.parametrize("numbers", NUMBERS)
def test_a_number_as_large_as_a_table_may_hold_makes_a_finite_input(numbers: Scaling) -> None:
    for training in (np.array([[LARGEST], [-LARGEST], [LARGEST]]), np.zeros((3, 1)), TRAINING[:, :1]):
        learnt = fit_preprocessor(training, ("number",), None, Preprocessing(numbers))
        x = learnt.transform(np.array([[LARGEST], [-LARGEST], [0.0]]))
        assert np.isfinite(x).all()
        assert numbers != "robust" or np.abs(x).max() <= 3


def test_robust_numbers_are_scaled_by_quartiles_and_clipped_smoothly() -> None:
    training = np.array([[0.0], [1], [2], [3], [100]])
    learnt = fit_preprocessor(training, ("number",), None, Preprocessing("robust"))
    # (x - 2) / (3 - 1) = 0, 1, -1, 4 and 49
    x = learnt.transform(np.array([[2.0], [4], [0], [10], [100]]))
    np.testing.assert_allclose(x[:, 0], [0, 1 / np.sqrt(10 / 9), -1 / np.sqrt(10 / 9), 2.4, 2.9943931], rtol=1e-6)


def test_a_constant_column_is_0_whatever_comes_after_robust_scaling() -> None:
    training = np.array([[5.0, 0], [5, 0], [5, 0], [5, 1], [5, 0]])
    learnt = fit_preprocessor(training, ("number",) * 2, None, Preprocessing("robust"))
    x = learnt.transform(np.array([[5.0, 0], [7, 0.25], [-1e9, 1]]))
    # the second column's quartiles agree: from least to largest is 2
    np.testing.assert_allclose(x, np.array([[0, 0], [0, 0.5], [0, 2]]) / np.sqrt([1, 1 + 1 / 36, 1 + 4 / 9])[:, None])


@pytest.mark.parametrize("numbers", [one for one in NUMBERS if one != "none"])
@pytest.mark.parametrize("value", [0.0, -3.0, 19000.0, 0.1, 1e9 + 0.1])
def test_a_number_that_never_differs_in_training_is_an_input_of_0_for_every_row(numbers: Scaling, value: float) -> None:
    holes = np.full(40, np.nan)
    training = pd.DataFrame({"a": np.full(40, value), "b": TRAINING[:, 0], "empty": holes, "c": holes})
    training.loc[3, "c"] = value
    kinds: tuple[Kind, ...] = ("number",) * 4
    learnt = fit_preprocessor(training, kinds, None, Preprocessing(numbers))
    rows = pd.DataFrame([[value, 3.0, np.nan, np.nan], [5000.0, 3.0, 5000.0, 5000.0]], columns=training.columns)
    x = learnt.transform(rows)
    flags = np.arange(learnt.width)[len(learnt.unbinned) :][: len(learnt.flagged)]
    constant = np.setdiff1d(np.flatnonzero(np.isin(learnt.sources, [0, 2, 3])), flags)
    np.testing.assert_array_equal(x[:, constant], np.zeros((2, 3)))
    np.testing.assert_array_equal(x[:, flags], [[1, 1], [0, 0]])
    assert np.abs(learnt.transform(training)[:, constant]).max() == 0
    assert np.ptp(learnt.transform(training)[:, learnt.sources == 1]) > 0.9


@pytest.mark.parametrize("numbers", NUMBERS)
def test_a_date_that_never_differs_in_training_is_an_input_of_0_for_every_row(numbers: Scaling) -> None:
    learnt = fit_preprocessor(np.full((40, 1), 19000.0), ("date",), None, Preprocessing(numbers))
    np.testing.assert_array_equal(learnt.transform(np.array([[19000.0], [20000.25]])), [[0], [0]])


def test_numbers_that_differ_by_rounding_alone_are_inputs_of_0() -> None:
    training = np.where(np.arange(40) % 2, 0.1 + 0.2, 0.3)[:, None]
    np.testing.assert_array_equal(fitted(training).transform(np.array([[0.3], [5000.0]])), [[0], [0]])


def test_a_preprocessing_that_an_earlier_version_fitted_scales_as_it_did() -> None:
    learnt = fitted(np.full((40, 1), 7.0))
    earlier = Preprocessor(**{**learnt.arrays, "scale": np.ones(1)})
    np.testing.assert_array_equal(earlier.transform(np.array([[7.0], [5000.0]])), [[0], [4993]])


def test_piecewise_numbers_have_an_input_for_each_bin_after_the_others() -> None:
    training = pd.DataFrame(
        {"a": [0.0, 1, 2, 3, 4], "c": [7.0] * 5, "p": [0.0, 8, 16, 0, 0], "b": [10.0, np.nan, 20, np.nan, 40]}
    )
    kinds: tuple[Kind, ...] = ("number", "number", "pixel", "number")
    learnt = fit_preprocessor(training, kinds, 16.0, Preprocessing("piecewise", bins=2))
    rows = pd.DataFrame({"a": [1.0, 3, 9], "c": [7.0, 8, 5000], "p": [4.0, 16, 0], "b": [30.0, np.nan, 15]})
    # the constant column and the pixel, the hole, two bins of each number
    expected = [[0, 0.25, 0, 0.5, 0, 1, 0.5], [0, 1, 1, 1, 0.5, 0, 0], [0, 0, 0, 1, 1, 0.5, 0]]
    np.testing.assert_array_equal(learnt.transform(rows), np.array(expected, np.float32))
    assert learnt.sources.tolist() == [1, 2, 3, 0, 0, 3, 3]
    assert learnt.width == 7


def test_the_inputs_of_a_mixed_table_come_from_these_columns() -> None:
    learnt = fit_preprocessor(FRAME, KINDS, None, Preprocessing("piecewise", bins=5))
    x = learnt.transform(NEW)
    assert x.shape[1] == learnt.width == len(learnt.sources)
    for column in range(4):
        changed = NEW.copy()
        changed.iloc[:, column] = NEW.iloc[::-1, column].to_numpy()
        moved = (learnt.transform(changed) != x).any(axis=0)
        assert set(learnt.sources[moved]) == {column}


def test_parts_of_dates_in_a_circle_have_no_bins() -> None:
    learnt = fit_preprocessor(DATES, ("number", "date"), None, Preprocessing("piecewise", bins=2))
    assert [PARTS[learnt.part[at]] for at in learnt.unbinned] == [
        *("weekday across", "weekday along", "hour across", "hour along")
    ]
    assert learnt.sources.tolist() == [1, 1, 1, 1, 1, 0, 0, 1, 1, 1]
    hole, *sizes, day, later, year = learnt.transform(DATES)[2, 4:].tolist()  # the year has one bin
    assert (hole, day, later, year) == (1, 0, 0, 0)
    assert sizes == pytest.approx([1, 1 / 3])  # 3 between the edges 2.5 and 4


def test_bins_that_would_not_fit_into_memory_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt = fit_preprocessor(TRAINING, ("number",) * 3, None, Preprocessing("piecewise", bins=10))
    monkeypatch.setattr(preprocessing, "MOST_CELLS", 30 * 40 - 1)
    assert learnt.transform(TRAINING[:39]).shape == (39, 30)
    with pytest.raises(
        DataError, match=r"40 rows of 30 inputs are more than the 1199 cells .* lower preprocessing.bins"
    ):
        learnt.transform(TRAINING)


KINDS: tuple[Kind, ...] = ("number", "category", "number", "category")
FRAME, NEW = mixed_frame(300, seed=0), mixed_frame(80, seed=1)
NEW.loc[0, "city"], NEW.loc[1, "colour"], NEW.loc[2, "age"] = "Zürich", "green", np.nan


def peer(numbers: str, rare: float) -> ColumnTransformer:
    """What a user of scikit-learn would write."""
    scale = {
        "standard": StandardScaler(),
        "robust": make_pipeline(RobustScaler(), FunctionTransformer(lambda u: u / np.sqrt(1 + (u / 3) ** 2))),
        "quantile": QuantileTransformer(n_quantiles=300, output_distribution="normal"),
        "none": "passthrough",
    }[numbers]
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=rare or None, sparse_output=False)
    missing = FunctionTransformer(lambda frame: frame.astype(object).where(frame.notna(), None))
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), scale), ["age", "height"]),
            ("missing", MissingIndicator(error_on_new=False), ["age", "height"]),
            ("categories", make_pipeline(missing, encoder), ["city", "colour"]),
        ]
    )


def test_a_mixed_table_becomes_what_scikit_learns_column_transformer_makes_of_it() -> None:
    for numbers in SCALINGS:
        for rare in [0.0, 0.01, 0.2, 1, 8]:
            learnt = fit_preprocessor(FRAME, KINDS, None, Preprocessing(numbers, rare))
            pipeline = peer(numbers, rare).fit(FRAME)
            for rows in (FRAME, NEW):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # scikit-learn says that there are unknown categories
                    expected = pipeline.transform(rows).astype(np.float32)
                np.testing.assert_allclose(learnt.transform(rows), expected, rtol=1e-6, atol=1e-6)
            assert learnt.width == pipeline.transform(FRAME).shape[1]


def test_rows_of_one_table_come_out_the_same_alone_and_in_company() -> None:
    learnt = fit_preprocessor(FRAME, KINDS, None, Preprocessing())
    together = learnt.transform(NEW)
    alone = np.vstack([learnt.transform(NEW.iloc[[row]]) for row in range(len(NEW))])
    np.testing.assert_array_equal(together, alone)


def test_a_column_without_any_number_is_filled_and_flagged() -> None:
    empty = pd.DataFrame({"a": [np.nan, np.nan], "b": [1.0, 3.0]})
    learnt = fit_preprocessor(empty, ("number", "number"), None, Preprocessing())
    np.testing.assert_array_equal(learnt.transform(empty), [[0, -1, 1], [0, 1, 1]])


@pytest.mark.parametrize("rare", [0.0, 0.02, 3])
@pytest.mark.parametrize("names", [9, 300])
def test_categories_are_those_of_scikit_learn_s_encoder_of_texts(rare: float, names: int) -> None:
    random = np.random.default_rng(0)
    words = np.array([f"{'éZa9'[at % 4]}{at}" for at in range(names)], object)[random.zipf(1.2, 2000) % names]
    words[::50] = None
    (learnt,) = fit_preprocessor(
        pd.DataFrame({"word": pd.Series(words, dtype="str")}), ("category",), None, Preprocessing(rare=rare)
    ).categories
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=rare or None, max_categories=MOST_NAMES + 1
    ).fit(words[:, None])
    pooled = [] if encoder.infrequent_categories_[0] is None else list(encoder.infrequent_categories_[0])
    assert learnt.names == tuple(name for name in encoder.categories_[0] if name not in pooled)
    assert learnt.pooled == bool(pooled)


def test_many_equally_frequent_categories_stay_apart() -> None:
    """Each is in less than 1% of the rows; what is in fewer than 5 rows is pooled."""
    words = pd.DataFrame({"city": [*(f"city {row % 150}" for row in range(750)), *["hamlet"] * 4]})
    (learnt,) = fit_preprocessor(words, ("category",), None, Preprocessing()).categories
    assert (len(learnt.names), learnt.pooled, "hamlet" in learnt.names) == (150, True, False)


def test_many_names_are_bounded() -> None:
    words = pd.DataFrame({"id": [str(row) for row in range(2000)]})
    assert fit_preprocessor(words, ("category",), None, Preprocessing(rare=0.0)).width == MOST_NAMES + 1


@pytest.mark.parametrize(
    "changed",
    [
        *(Preprocessing(numbers) for numbers in NUMBERS if numbers != "standard"),
        Preprocessing("piecewise", bins=9),
        Preprocessing(rare=0.3),
    ],
    ids=lambda one: f"{one.numbers} {one.rare} {one.bins}",
)
def test_preprocessors_that_differ_have_different_keys(changed: Preprocessing) -> None:
    ours, again = (fit_preprocessor(FRAME, KINDS, None, Preprocessing()) for _ in range(2))
    assert ours.key == again.key
    assert ours.key != fit_preprocessor(FRAME, KINDS, None, changed).key


DATES = pd.DataFrame({"size": [1.0, 2, 3, 4], "day": [20484.0, 20483.25, np.nan, 20119.5]})


@pytest.mark.parametrize("numbers", SCALINGS)
def test_a_date_becomes_its_parts_and_is_missing_once(numbers: Scaling) -> None:
    learnt = fit_preprocessor(DATES, ("number", "date"), None, Preprocessing(numbers))
    parts = [PARTS[part] for part in learnt.part]
    assert parts == ["days", "days", "year", "weekday across", "weekday along", "hour across", "hour along"]
    assert learnt.sources.tolist() == [0, 1, 1, 1, 1, 1, 1, 1]  # the last one says that the date is missing
    x = learnt.transform(DATES)
    assert x[:, -1].tolist() == [0, 0, 1, 0]
    if numbers in ("standard", "none"):
        np.testing.assert_allclose(x[:, 1:7].mean(axis=0), 0, atol=1e-6)
        hours = np.array([1, 0, 0, -1]) - 0.0
        np.testing.assert_allclose(np.sign(x[[0, 3], 5]), np.sign(hours[[0, 3]]))
    assert np.abs(x[:, 1:]).max() < 6


def test_dates_alone_are_an_array_too() -> None:
    days = DATES["day"].to_numpy()[[0, 1, 3], None]
    learnt = fit_preprocessor(days, ("date",), None, Preprocessing())
    np.testing.assert_array_equal(learnt.transform(days), learnt.transform(pd.DataFrame(days)))
    assert (learnt.width, days.shape) == (6, (3, 1))


def test_a_cell_of_any_size_gives_an_output() -> None:
    training = np.random.default_rng(0).normal(size=(50, 2))
    fitted = fit_preprocessor(training, ("number", "number"), None, Preprocessing())
    x = fitted.transform(np.array([[0.0, -3.4028235e38], [1e100, -1e100], [0.5, -0.5]]))
    network = Network(Architecture(2, (64, 64, 64), 3), [np.random.SeedSequence(0)])
    assert np.isfinite(network.predict(x, 0)).all()
    expected = (np.array([0.5, -0.5]) - training.mean(axis=0)) / training.std(axis=0)
    np.testing.assert_allclose(x[2], expected, rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.uint8])
@pytest.mark.parametrize("rows", [1, 2, 400, 401])
def test_medians_are_those_of_simple_imputer(dtype: type, rows: int) -> None:
    values = (RNG.normal(size=(rows, 6)) * (1, 9, 99, 1e30, 1, 1)).astype(np.float64)
    values[:, 4] = np.where(values[:, 4] < 0, -0.0, 0.0)
    if np.dtype(dtype).kind != "f":
        values = np.clip(np.abs(values), 0, 200)
    values = values.astype(dtype)
    if np.dtype(dtype).kind == "f":
        values[RNG.random((rows, 6)) < 0.3] = np.nan
        values[:, 5] = np.nan
    expected = SimpleImputer(strategy="median", keep_empty_features=True).fit(values).statistics_
    assert medians(values).astype(np.float64).tobytes() == expected.astype(np.float64).tobytes()
