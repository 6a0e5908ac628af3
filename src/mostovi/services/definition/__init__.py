"""A service as a folder of plain YAML: load it, check it, ask its questions, evaluate its rules.

Plain Python without the web framework. Everything a caller needs is named here.
"""

from mostovi.services.definition.answers import InvalidAnswer, check_answer, questions_to_answer
from mostovi.services.definition.country import Agreement, Country
from mostovi.services.definition.evaluation import (
    due_date,
    evaluate_rules,
    facts_from_register,
    find_stops,
    goes_on,
    path_of,
    questions_to_ask,
)
from mostovi.services.definition.kinds import UnexpectedValue
from mostovi.services.definition.life import life_of
from mostovi.services.definition.loading import load_files, load_service
from mostovi.services.definition.mistakes import DefinitionInvalid, Mistake
from mostovi.services.definition.outcomes import RuleOutcome, RuleStep, Situation, Stop
from mostovi.services.definition.values import (
    Choice,
    FactRequest,
    FactSource,
    Question,
    Rule,
    ServiceDefinition,
    Step,
    StepAction,
)
from mostovi.services.definition.wording import answer_text, fill, text_of

__all__ = [
    "Agreement",
    "Choice",
    "Country",
    "DefinitionInvalid",
    "FactRequest",
    "FactSource",
    "InvalidAnswer",
    "Mistake",
    "Question",
    "Rule",
    "RuleOutcome",
    "RuleStep",
    "ServiceDefinition",
    "Situation",
    "Step",
    "StepAction",
    "Stop",
    "UnexpectedValue",
    "answer_text",
    "check_answer",
    "due_date",
    "evaluate_rules",
    "facts_from_register",
    "fill",
    "find_stops",
    "goes_on",
    "life_of",
    "load_files",
    "load_service",
    "path_of",
    "questions_to_answer",
    "questions_to_ask",
    "text_of",
]
