"""Right programs as people write them: nobody's protocol, numpy only, recognised from what they compute."""

from backproof_impl.variants.ordinary import (
    classifiers,
    digits,
    functions,
    habits,
    layouts,
    objects,
    rows,
    squares,
    steps,
    thresholds,
)

CLASSES: tuple[type[object], ...] = (
    squares.HalfTheSum, squares.SumOfSquares, squares.MeanOfAll, thresholds.Thresholds, thresholds.Thetas,
    layouts.Columns, layouts.BiasRow, layouts.NoBias, layouts.Views,
    rows.PerSample, rows.PureLists, rows.NumbersOnly, rows.Recursive,
    classifiers.Fused, classifiers.Unfused, classifiers.SquaredSoftmax, classifiers.ClippedLogs, classifiers.FromLogits,
    steps.Momentum, steps.Adam, steps.Accumulators, objects.Sequential,
    habits.LastLayerFirst, habits.OneOutput, habits.Logistic, habits.OneBias, habits.Dropout,
    digits.SinglePrecision, digits.LongInside, digits.OtherUnits, digits.LeCun,
)  # fmt: skip
MODULES = (functions,)
