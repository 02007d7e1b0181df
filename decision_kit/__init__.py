"""Decide how microservices work together: orchestration, choreography, or a hybrid with a clear boundary."""

from decision_kit.decision import Answer, Decision
from decision_kit.errors import InputError
from decision_kit.evaluation import Evaluation, evaluate
from decision_kit.knowledge import Knowledge, load

__all__ = ["Answer", "Decision", "Evaluation", "InputError", "Knowledge", "evaluate", "load"]
