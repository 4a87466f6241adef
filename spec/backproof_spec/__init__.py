"""What must hold of a multilayer perceptron and its backpropagation: values, interface, vocabulary and clauses."""

from backproof_spec.clauses import (
    Clause,
    Level,
    MalformedSpecification,
    UnknownClause,
    chapter,
    chapters,
    clause,
    clauses,
    text,
)
from backproof_spec.protocol import (
    FitMachine,
    GradientMachine,
    HasDescent,
    HasFit,
    HasGradient,
    HasInitial,
    HasLoss,
    HasStep,
    HasTargets,
    Implementation,
    LossMachine,
    Machine,
    Maker,
    StepMachine,
    TargetsMachine,
)
from backproof_spec.values import (
    Activation,
    Array,
    Bias,
    Claims,
    Family,
    Fitted,
    Kind,
    Labels,
    Layer,
    Loss,
    Network,
    Operation,
    Params,
    Penalty,
    Reduction,
    Rule,
    Sizes,
    Span,
    Targets,
)

__all__ = [
    "Activation", "Array", "Bias", "Claims", "Family", "Fitted", "Kind", "Labels", "Layer", "Loss", "Network",
    "Operation", "Params", "Penalty", "Reduction", "Rule", "Sizes", "Span", "Targets",
    "Implementation", "HasDescent", "HasFit", "HasGradient", "HasInitial", "HasLoss", "HasStep", "HasTargets",
    "Clause", "Level", "MalformedSpecification", "UnknownClause", "chapter", "chapters", "clause", "clauses", "text",
    "Machine", "FitMachine", "GradientMachine", "LossMachine", "StepMachine", "TargetsMachine", "Maker",
]
