from __future__ import annotations

from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from experiments.records.results import Difference
from experiments.reports import plots
from experiments.reports.svg import inline
from experiments.search.trial import Curves

SVG = "{http://www.w3.org/2000/svg}"


def _all(result, trials):
    curves = next(trial.curves for trial in trials if trial.number == result.best.number)
    return {
        "history": plots.history(result),
        "scores": plots.score_curves(result, curves),
        "losses": plots.loss_curves(result, curves),
        "difference": plots.difference(result.test.difference),
        **plots.slices(result),
    }


def _words(svg):
    return {text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")}


def test_same_study_same_bytes_under_any_settings_of_the_user(study):
    first = _all(*study)
    with mpl.rc_context({"font.size": 30, "axes.grid": False, "svg.fonttype": "path", "lines.linewidth": 9}):
        assert _all(*study) == first


def test_drawing_leaves_the_users_settings(study):
    with mpl.rc_context({"font.size": 30}):
        plots.history(study[0])
        assert mpl.rcParams["font.size"] == 30


def test_pictures_are_valid_xml_with_text_and_without_date_or_version(study):
    for svg in _all(*study).values():
        ElementTree.fromstring(svg)
        assert "<text" in svg
        assert "metadata" not in svg
        assert mpl.__version__ not in svg


def test_identifiers_are_unique_on_a_page(study):
    seen = set()
    for svg in _all(*study).values():
        own = {element.get("id") for element in ElementTree.fromstring(svg).iter() if element.get("id")}
        assert not own & seen
        seen |= own


def test_history_names_every_kind_of_trial(study):
    assert {"complete", "pruned, last score", "default", "winner", "diverged or failed", "best so far"} <= _words(
        plots.history(study[0])
    )


def test_slices_are_of_the_searched_parameters_that_vary(study):
    names = list(plots.slices(study[0]))
    assert names == ["learning_rate", "hidden_layers", "hidden_units_1", "hidden_units_2", "hidden_units_3",
                     "activation", "l2", "dropout"]  # fmt: skip


def test_a_slice_leaves_out_trials_without_that_layer(study):
    pictures = plots.slices(study[0])
    uses = {name: svg.count("<use") for name, svg in pictures.items()}
    assert uses["hidden_units_1"] > uses["hidden_units_2"] > uses["hidden_units_3"]


def test_a_log_space_has_a_log_axis(study):
    assert {"1e-4", "0.001", "0.01", "0.1"} <= _words(plots.slices(study[0])["learning_rate"])
    assert {"16", "32", "64", "128", "256"} <= _words(plots.slices(study[0])["hidden_units_1"])


def test_the_chosen_epoch_is_named(study):
    result, trials = study
    curves = next(trial.curves for trial in trials if trial.number == result.best.number)
    assert f"chosen epoch, {result.best.epochs}" in _words(plots.score_curves(result, curves))
    assert f"chosen epoch, {result.best.epochs}" in _words(plots.loss_curves(result, curves))


def test_many_folds_are_a_band(study):
    row = tuple(0.5 + 0.01 * fold for fold in range(25))
    curves = Curves((1, 2, 3), (row,) * 3, (row,) * 3, (row,) * 3)
    assert "25 folds" in _words(plots.score_curves(study[0], curves))


@pytest.mark.parametrize(("score", "interval"), [(0.0, (0.0, 0.0)), (-0.5, (-1.0, -0.1)), (1e-9, (-1e-8, 1e-8))])
def test_any_difference_can_be_drawn(score, interval):
    svg = plots.difference(Difference(score=score, ci95=interval, p_value=0.5, method="any"))
    assert {"← default better", "tuned better →", "0"} <= _words(svg)


def test_a_study_of_one_trial_can_be_drawn(make_study):
    result, trials = make_study(trials=1)
    pictures = _all(result, trials)
    assert set(pictures) == {"history", "scores", "losses", "difference"}


def test_values_that_the_font_lacks_are_drawn_as_question_marks(make_study):
    result, _ = make_study()
    trials = tuple(
        trial.model_copy(
            update={"params": trial.params | {"activation": "re\u202elu🎈" if trial.number % 2 else "tanh"}}
        )
        for trial in result.trials
    )
    assert "re?lu?" in _words(plots.slices(result.model_copy(update={"trials": trials}))["activation"])


def test_inside_a_page_a_picture_takes_its_colours_and_fonts(study):
    svg = inline(plots.history(study[0]), 'a "label" & more')
    assert "var(--blue)" in svg
    assert "#0072b2" not in svg
    assert "font-family" not in svg
    assert "http:" not in svg
    assert 'aria-label="a &#34;label&#34; &amp; more"' in svg
    assert '<rect x="' in svg
    assert ' width="' in svg.split("<clipPath", 1)[1]
