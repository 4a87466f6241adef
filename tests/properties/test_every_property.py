"""Every property holds on the reference, however it is looked at, and rejects a program that sins against it."""

import pytest

from backproof.registry import Property, properties, properties_of
from backproof_impl.faults import Fault, catalogue
from backproof_impl.faults import activation as bad_activation
from backproof_impl.faults import batch as bad_batch
from backproof_impl.faults import bias_gradient as bad_biases
from backproof_impl.faults import fitting as bad_fitting
from backproof_impl.faults import forward as bad_forward
from backproof_impl.faults import hidden_delta as bad_hidden
from backproof_impl.faults import initial as bad_initial
from backproof_impl.faults import inputs as bad_inputs
from backproof_impl.faults import loss as bad_loss
from backproof_impl.faults import numerics as bad_numerics
from backproof_impl.faults import optimiser as bad_optimiser
from backproof_impl.faults import output as bad_output
from backproof_impl.faults import output_delta as bad_delta
from backproof_impl.faults import penalty as bad_penalty
from backproof_impl.faults import step as bad_step
from backproof_impl.faults import targets as bad_targets
from backproof_impl.faults import weight_gradient as bad_weights
from backproof_impl.reference import Reference
from backproof_spec import Implementation

from . import sins
from .subjects import FitsNothing, InSingle, OnlyFits, OnlySteps, StepsAndALoss, asked, held, rejection

REJECTS: dict[str, tuple[type[Implementation], ...]] = {
    "forward_has_a_row_for_each_sample_and_a_column_for_each_output": (
        sins.OutputsFlattened, sins.OutputsNotANumber, sins.ForwardRaises),
    "loss_is_one_finite_number": (sins.LossOfEachSample, sins.LossNotANumber),
    "weights_keep_their_shape": (
        sins.WeightGradientTransposed, sins.WeightGradientInfinite, sins.GradientIsNone, sins.LayersMissing),
    "initial_weights_have_the_shape_of_the_architecture": (sins.InitialWeightsTransposed, sins.InitialRaises),
    "biases_keep_their_shape": (sins.BiasShapedByTheBatch,),
    "initial_biases_have_the_shape_of_the_architecture": (sins.InitialBiasesAreColumns,),
    "trained_weights_keep_their_shape": (sins.TrainingTransposesWeights,),
    "trained_biases_keep_their_shape": (sins.TrainingShapesBiasesByTheBatch,),
    "one_layer_is_affine_then_activated": (bad_forward.WeightsTransposed, sins.OutputActivationLeftOut),
    "zero_weights_leave_the_bias": (bad_forward.BiasLeftOut, bad_forward.BiasSubtracted),
    "layers_compose_in_order": (bad_forward.HiddenActivationLeftOut,),
    "a_row_does_not_see_the_other_rows": (bad_forward.InputsCentredByBatch, bad_output.SoftmaxOverBatch),
    "hidden_units_have_the_value_of_their_activation": (bad_forward.HiddenActivationLeftOut,),
    "output_units_have_the_value_of_their_activation": (sins.OutputActivationLeftOut, sins.SigmoidStretched),
    "hidden_units_stay_right_far_out": (sins.TanhByQuotient,),
    "output_units_stay_right_far_out": (sins.TanhByQuotient,),
    "a_delta_is_multiplied_by_the_derivative_at_z": (
        bad_activation.DerivativeAtActivation, bad_activation.DerivativeIgnoresParameters, bad_hidden.HiddenDeltaLacksDerivative),
    "derivatives_stay_right_far_out": (bad_activation.SigmoidDerivativeOverflows, bad_activation.DerivativeReturnsValue),
    "the_derivative_at_a_tie_lies_between_the_one_sided_ones": (sins.TwiceTheSlopeAtATie,),
    "softmax_rows_sum_to_one": (bad_output.SoftmaxOverBatch, bad_output.SoftmaxOverWholeArray),
    "softmax_outputs_lie_between_zero_and_one": (sins.OutputActivationLeftOut,),
    "softmax_is_right_for_rows_that_lie_far_apart": (bad_output.LargestLogitOfTheBatch,),
    "softmax_is_right_for_large_logits": (bad_output.SoftmaxOverflows,),
    "softmax_ignores_a_shift_of_all_logits": (sins.SoftmaxNotShifted,),
    "sigmoid_outputs_lie_between_zero_and_one": (sins.SigmoidStretched,),
    "class_numbers_become_one_hot_rows": (
        bad_targets.OneHotOffByOne, bad_targets.LabelsAsNumbers, sins.OneHotAsWideAsTheLabels, sins.TargetsRaise),
    "training_on_a_class_number_is_training_on_its_row": (bad_targets.OneHotOffByOne, bad_targets.LabelsAsNumbers),
    "loss_is_the_declared_one": (bad_loss.LossTwiceTheDeclared,),
    "errors_do_not_cancel": (bad_loss.ErrorsCancel,),
    "loss_of_a_batch_is_that_of_its_rows": (bad_loss.LossSummedForMean,),
    "a_delta_of_y_minus_t_belongs_to_the_matching_loss": (bad_loss.FollowsOneLossReportsAnother,),
    "gradient_points_where_finite_differences_of_the_loss_say": (
        bad_hidden.HiddenDeltaLacksDerivative, sins.GradientPointsUphill, sins.GradientNotANumber),
    "gradient_has_the_scale_of_the_loss": (bad_delta.GradientSummedForMean, bad_loss.LossTwiceTheDeclared),
    "gradient_is_the_closed_form_gradient_of_the_declared_loss": (sins.GradientPointsUphill, sins.FirstRowOnly),
    "one_and_the_same_output_delta_is_used_throughout": (bad_delta.OutputDeltaLacksDerivative, sins.TwoDeltas),
    "the_delta_goes_back_through_the_weights": (bad_hidden.HiddenDeltaLacksDerivative, bad_hidden.HiddenDeltaWeightsReshaped),
    "zero_outgoing_weights_send_nothing_back": (bad_hidden.HiddenDeltaSkipsWeights,),
    "weight_gradients_are_outer_products_of_input_and_delta": (
        bad_weights.WeightGradientFromPreactivation, sins.WeightGradientOfTheWrongSize),
    "weight_gradients_sum_the_outer_products_of_the_rows": (bad_weights.WeightGradientProductOfSums,),
    "bias_gradients_are_the_deltas": (bad_biases.BiasGradientWrongSign, bad_biases.BiasNeverUpdated),
    "bias_gradients_sum_the_deltas_of_the_rows": (bad_biases.BiasGradientAveraged,),
    "gradient_of_a_batch_is_that_of_its_rows": (bad_delta.DeltaAveragedOverBatch, sins.FirstRowOnly),
    "gradient_is_zero_at_a_perfect_fit": (bad_penalty.WeightsShrinkUndeclared,),
    "weights_shrink_by_the_declared_penalty_and_no_more": (bad_penalty.WeightsShrinkUndeclared, bad_penalty.PenaltyDoubled),
    "a_step_goes_against_the_gradient": (bad_step.AscentInsteadOfDescent,),
    "every_layer_with_a_gradient_moves": (bad_step.FirstLayerFrozen, bad_step.LastLayerFrozen),
    "a_step_is_proportional_to_the_rate": (bad_step.RateAppliedTwice, sins.RateClamped),
    "nothing_moves_at_rate_zero": (bad_step.RateZeroReplaced,),
    "arguments_come_back_unchanged": (
        bad_step.ParametersChangedInPlace, sins.InputsScaledInPlace, sins.TargetsShiftedInPlace),
    "the_same_call_gives_the_same_answer": (sins.NoiseLeftOn,),
    "a_used_object_answers_like_a_fresh_one": (sins.BuffersNeverCleared, sins.OutputsRemembered, sins.BreaksWhenUsedTwice),
    "no_two_hidden_units_start_as_copies": (bad_initial.AllEqualInitialWeights, bad_initial.ZeroInitialWeights),
    "initial_weights_are_of_the_order_of_one_over_root_fan_in": (
        bad_initial.InitialScaleIgnoresFanIn, bad_initial.ZeroInitialWeights, sins.StartsOfOneSize),
    "seeds_decide_the_initial_weights": (bad_initial.SeedIgnored, sins.EveryStartItsOwn),
    "loss_falls_from_a_committed_start": (bad_step.AscentInsteadOfDescent, sins.StandsStill),
    "every_gate_is_learnt_from_a_committed_start": (bad_step.AscentInsteadOfDescent, sins.OnlyLastBiasesLearn),
    "gates_are_learnt_from_the_subjects_own_start": (FitsNothing,),
    "the_loss_does_not_depend_on_the_order_of_the_rows": (sins.LossWeighsLaterRows,),
    "the_gradient_does_not_depend_on_the_order_of_the_rows": (bad_batch.LaterRowsWeighMore, bad_batch.OnlyTheFirstRowCounts),
    "the_loss_of_rows_given_twice_is_theirs": (sins.LossCountsEqualRowsOnce,),
    "the_gradient_of_rows_given_twice_is_theirs": (bad_batch.EqualRowsCountOnce,),
    "renamed_hidden_units_change_nothing": (sins.FirstUnitFavoured,),
    "renamed_hidden_units_rename_the_gradient": (sins.FirstDeltaFavoured,),
    "an_odd_unit_may_change_sign_on_both_sides": (sins.HiddenUnitsPositive,),
    "a_rectifier_may_be_scaled_on_both_sides": (sins.HiddenUnitsCapped,),
    "sigmoid_units_are_tanh_units_rewritten": (sins.HiddenUnitsHalved,),
    "identity_layers_collapse_into_one": (sins.HiddenUnitsHalved,),
    "inputs_have_no_unit": (bad_inputs.InputsTakenForPixels, bad_inputs.InputsRounded),
    "the_gradient_follows_the_unit_of_the_inputs": (bad_inputs.InputsClipped,),
    "softmax_deltas_cancel": (sins.FollowsTheFirstClassOnly,),
    "what_a_penalty_adds_to_the_loss_is_the_declared_one": (bad_loss.PenaltyLeftOutOfLoss, bad_loss.PenaltyLacksHalfInLoss),
    "what_a_penalty_adds_to_the_gradient_is_the_declared_one": (
        bad_penalty.LassoLacksSign, bad_penalty.PenaltyOfTheOutputLayerOnly),
    "every_step_is_the_rate_times_the_gradient_where_it_began": (
        bad_optimiser.RateFallsUnasked, bad_optimiser.GradientOfTheFirstStepKept),
    "momentum_remembers_the_moves": (bad_optimiser.MomentumIgnoresRate, bad_optimiser.BiasesHaveNoMomentum),
    "nesterovs_momentum_looks_ahead": (bad_optimiser.NesterovWithTheOldVelocity,),
    "rmsprop_divides_by_the_running_root_mean_square": (bad_optimiser.RmspropAddsUp, bad_optimiser.RmspropOfTheWholeTensor),
    "adam_corrects_for_having_begun_at_zero": (bad_optimiser.AdamLacksCorrection, bad_optimiser.AdamBetasSwapped),
    "nothing_moves_without_a_rate_or_a_gradient": (
        bad_optimiser.ZeroDividedByZero, bad_optimiser.RateZeroIsNoRateForMomentum),
    "training_anew_begins_with_a_fresh_optimiser": (bad_optimiser.MemoryOfAnEarlierTraining,),
    "tiny_inputs_are_as_good_as_zero": (bad_numerics.TinyInputsRescaled, bad_numerics.RowsOfZeroNormalised),
    "tiny_inputs_have_finite_gradients": (sins.TinyGradientsNotANumber,),
    "answers_have_the_format_of_the_parameters": (bad_numerics.AnswersPromoted, bad_numerics.AnswersDemoted),
    "the_loss_of_a_certain_and_wrong_output_is_finite": (bad_numerics.LogOfZero,),
    "the_gradient_of_a_certain_output_is_finite": (bad_numerics.FactorsMultipliedOut,),
    "whole_numbers_are_numbers": (
        bad_numerics.ErrorsKeepTheFormatOfTargets, bad_numerics.ActivationsKeepTheFormatOfInputs),
    "an_answer_shares_no_memory_and_stays_as_it_was": (
        bad_numerics.OneBufferForAllGradients, bad_numerics.StepReturnsWhatItWasGiven),
    "global_generators_are_left_alone": (
        bad_numerics.SeedsTheGlobalGenerator, bad_numerics.DrawsFromTheGlobalGenerator, sins.StartsFromTheGlobalGenerator),
    "training_at_rate_zero_ends_where_it_begins": (bad_fitting.DrawnAnewInTraining, bad_fitting.TrainsAtDefaultRate),
    "training_on_one_sample_is_that_many_steps": (bad_fitting.OneEpochOnly, bad_fitting.NothingIsKept),
    "training_answers_the_query_that_it_is_asked": (
        bad_fitting.PredictsBeforeTheLastEpoch, sins.ReportsALossTooMany, sins.ReportsAnotherLoss),
    "training_at_a_tiny_rate_follows_the_gradients_of_its_samples": (bad_fitting.TargetsShuffledAlone,),
    "every_declared_rule_gives_weights_of_the_right_shape": (bad_fitting.RuleRaises, sins.FitRaisesUnderAdam),
    "every_sample_counts_in_training": (bad_fitting.LastBatchDropped, bad_fitting.FirstSampleSkipped),
    "separable_classes_are_told_apart": (sins.OnlyLastBiasesLearn, bad_step.AscentInsteadOfDescent),
    "a_wrong_number_of_columns_is_refused": (bad_inputs.ExtraColumnsIgnored, sins.GradientTakesAnyWidth),
    "targets_for_other_rows_are_refused": (bad_inputs.TargetsBroadcast, sins.GradientTakesAnyRows),
    "a_batch_without_rows_is_refused_or_adds_nothing": (bad_inputs.MeanOfNothing,),
    "a_nan_does_not_vanish": (bad_inputs.NansTakenForZero,),
    "a_class_that_does_not_exist_is_refused": (bad_inputs.LabelsWrapAround, bad_inputs.LabelsClipped),
    "trained_outputs_beat_the_best_constant": (sins.OnlyLastBiasesLearn, bad_step.AscentInsteadOfDescent),
}  # fmt: skip
BLACK_BOX = {"gates_are_learnt_from_the_subjects_own_start"}  # put only to subjects that show nothing but their training
GIVEN = {  # a gradient that is read off steps will not do
    "the_gradient_follows_the_unit_of_the_inputs", "a_batch_without_rows_is_refused_or_adds_nothing",
}  # fmt: skip
FINE = {"training_at_a_tiny_rate_follows_the_gradients_of_its_samples"}  # float32 loses moves as small as that
EVERY = pytest.mark.parametrize("found", properties(), ids=lambda found: found.name)


@EVERY
def test_it_has_an_entry_among_the_programs_that_it_rejects(found: Property) -> None:
    broken = [fault.make for fault in catalogue() if fault.breaks == found.slug and found.name not in REJECTS]
    rejected = REJECTS.get(found.name) or any(rejection(found, asked(one)) for one in broken)
    assert rejected, f"add a fault to the catalogue, or a program here, that {found.name} rejects"


def test_no_entry_is_left_over_from_a_property_that_is_gone() -> None:
    assert set(REJECTS) <= {found.name for found in properties()}


@EVERY
def test_it_holds_on_the_reference(found: Property) -> None:
    assert held(found, asked(OnlyFits if found.name in BLACK_BOX else Reference)) > 0


@EVERY
def test_it_holds_in_single_precision(found: Property) -> None:
    assert held(found, asked(InSingle)) > 0 or found.name in BLACK_BOX | FINE


@EVERY
@pytest.mark.parametrize("kind", [OnlySteps, StepsAndALoss])
def test_it_holds_where_only_steps_are_seen(found: Property, kind: type[Implementation]) -> None:
    subject = asked(kind)
    assert found.lacking(subject.subject) or held(found, subject) > 0 or found.name in GIVEN


@pytest.mark.parametrize(
    ("name", "sinner"), [(name, sinner) for name, sinners in REJECTS.items() for sinner in sinners], ids=str
)
def test_it_rejects(name: str, sinner: type[Implementation]) -> None:
    (found,) = (one for one in properties() if one.name == name)
    violation = rejection(found, asked(sinner))
    assert violation is not None
    assert violation.message


@pytest.mark.parametrize("fault", catalogue(), ids=lambda fault: fault.name)
def test_a_known_fault_violates_the_clause_that_it_breaks(fault: Fault) -> None:
    assert any(rejection(found, asked(fault.make)) for found in properties_of(fault.breaks))
