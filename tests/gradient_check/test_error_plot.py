"""The picture of central differences against their step: what its lines hold."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from backproof import Checked, check_gradient
from backproof.oracle.directional import Measured
from backproof.oracle.line import slope
from backproof.report.error_plot import STEPS, drawn

X = np.array([0.5, -1.0, 2.0])


def sines(x: Any) -> float:
    return float(np.sin(x).sum())


def lines(checked: Checked) -> tuple[Any, dict[str, Any]]:
    """The axes, and their lines by the first words of their labels."""
    (axes,) = checked.plot().axes
    return axes, {str(line.get_label()).split(",")[0]: line for line in axes.lines}


@cache
def held() -> Checked:
    return check_gradient(sines, np.cos, X)


@cache
def wrong() -> Checked:
    return check_gradient(sines, lambda x: 1.5 * np.cos(x), X)


def measured(checked: Checked) -> Any:
    assert checked._answer is not None
    return checked._answer


def test_the_curve_is_the_error_of_central_differences_at_every_step() -> None:
    answer, line = measured(held()), held()._line
    assert line is not None
    _, shown = lines(held())
    steps, errors = shown["central difference"].get_data()
    assert (steps == STEPS).all() and len(steps) == 41
    for step, error in zip(steps, errors, strict=True):
        up, down = line(np.array([step, -step]))
        assert error == max(abs((up - down) / (2 * step) - answer.seen[0].true), np.finfo(float).tiny)


def test_it_is_a_v_whose_foot_is_well_above_the_bound() -> None:
    _, shown = lines(held())
    errors = shown["central difference"].get_ydata()
    foot = int(np.argmin(errors))
    assert 10 <= foot <= 30 and errors[0] > 1e6 * errors[foot] < errors[-1]
    assert errors[foot] > 3 * measured(held()).seen[0].bound


def test_the_bound_and_the_step_of_the_check_are_drawn() -> None:
    answer = measured(held())
    axes, shown = lines(held())
    assert set(shown["bound of this check"].get_ydata()) == {answer.seen[0].bound}
    assert set(shown["its step"].get_xdata()) == {answer.first.step} == {2.0**-5}
    assert shown["its step"].get_label() == "its step, $2^{-5}$, 17 losses"
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_xlabel() == "step along the direction" and axes.get_ylabel() == "error of the derivative"
    assert axes.get_ylim()[0] < answer.seen[0].bound
    assert len(axes.get_legend().get_texts()) == len(axes.lines)


def test_how_far_the_gradient_is_off_is_drawn() -> None:
    answer = measured(wrong())
    _, shown = lines(wrong())
    assert set(shown["the gradient"].get_ydata()) == {abs(answer.seen[0].residual)}
    assert abs(answer.seen[0].residual) > 1e6 * answer.seen[0].bound


def test_a_gradient_and_differences_without_any_error_are_drawn_too() -> None:
    known = slope(np.cosh)
    (axes,) = drawn(Measured((), claimed=0.0, true=0.0, bound=1e-12), known, np.cosh).axes
    lines: list[Any] = axes.lines  # type: ignore[assignment]  # they are Line2D
    curve, bound, step = lines  # and none for the gradient
    assert (curve.get_ydata() == np.finfo(float).tiny).all()
    assert set(bound.get_ydata()) == {1e-12} and set(step.get_xdata()) == {known.step}
    assert axes.get_ylim()[0] == pytest.approx(1e-13)


def test_the_picture_can_be_saved(tmp_path: Any) -> None:
    held().plot().savefig(tmp_path / "v.png")
    assert (tmp_path / "v.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("f", "g"), [(lambda _: 0.7, np.cos), (sines, np.full(3, np.nan)), (lambda _: np.nan, np.cos)])
def test_where_nothing_was_measured_there_is_nothing_to_plot(f: Callable[[Any], float], g: Any) -> None:
    checked = check_gradient(f, g, X)
    with pytest.raises(ValueError, match=r"^nothing was measured, so there is nothing to plot: ") as caught:
        checked.plot()
    assert str(caught.value).endswith(checked.reason)


def test_without_matplotlib_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"^a plot needs matplotlib; install it with: pip install backproof\[plot\]$"):
        held().plot()


def test_matplotlib_is_not_imported_before_a_plot_is_asked_for() -> None:
    check = "checked = backproof.check_gradient(lambda x: x**2 / 3, lambda x: x / 1.5, np.array(0.7))"
    said = "print(bool(checked), 'matplotlib' in sys.modules, checked.plot() and 'matplotlib' in sys.modules)"
    program = f"import sys, backproof, numpy as np; {check}; {said}"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "True False True\n"
