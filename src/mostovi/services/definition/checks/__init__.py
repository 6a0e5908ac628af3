"""Whether the files of one service agree with each other: one file per thing that is checked."""

from collections.abc import Mapping, Set

from mostovi.services.definition.checks.expressions import (
    find_expression_mistakes,
    find_unreadable_expressions,
)
from mostovi.services.definition.checks.moves import find_move_mistakes
from mostovi.services.definition.checks.names import find_name_mistakes
from mostovi.services.definition.checks.steps import find_step_mistakes
from mostovi.services.definition.checks.tables import find_table_mistakes
from mostovi.services.definition.checks.texts import find_text_mistakes
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import ServiceDefinition

_VALUES = {"questions.yaml", "rules.yaml"}
_NAMES = {"service.yaml", *_VALUES}
_STEPS = {"service.yaml", "steps.yaml"}
_TEXTS = {"steps.yaml", "texts.yaml", *_VALUES}


def find_inconsistencies(
    definition: ServiceDefinition, documents: Mapping[str, Document], sound: Set[str]
) -> list[Mistake]:
    """Everything that the shape of a single file cannot show.

    Each check runs when all files it reads are ``sound``, so that a mistake in one file hides few in others.
    """
    steps = list(find_step_mistakes(definition, documents)) if sound >= _STEPS else []
    mistakes = [
        *(find_name_mistakes(definition, documents) if sound >= _NAMES else ()),
        *steps,
        *(find_text_mistakes(definition, documents["texts.yaml"]) if sound >= _TEXTS else ()),
    ]
    look_at = find_expression_mistakes if sound >= _VALUES else find_unreadable_expressions
    expressions = list(look_at(definition, documents))
    if expressions or not sound >= _VALUES | _STEPS:
        return [*mistakes, *expressions]
    # These are tried out, which needs expressions that can be computed at all.
    moves = [] if steps else find_move_mistakes(definition, documents["steps.yaml"])
    return [*mistakes, *moves, *find_table_mistakes(definition, documents["rules.yaml"])]
