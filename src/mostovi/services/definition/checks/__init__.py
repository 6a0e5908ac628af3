"""Whether the files of one service agree with each other: one file per thing that is checked."""

from collections.abc import Mapping

from mostovi.services.definition.checks.expressions import find_expression_mistakes
from mostovi.services.definition.checks.moves import find_move_mistakes
from mostovi.services.definition.checks.names import find_name_mistakes
from mostovi.services.definition.checks.steps import find_step_mistakes
from mostovi.services.definition.checks.tables import find_table_mistakes
from mostovi.services.definition.checks.texts import find_text_mistakes
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import ServiceDefinition


def find_inconsistencies(definition: ServiceDefinition, documents: Mapping[str, Document]) -> list[Mistake]:
    """Everything that the shape of a single file cannot show."""
    steps = list(find_step_mistakes(definition, documents))
    mistakes = [
        *find_name_mistakes(definition, documents),
        *steps,
        *find_text_mistakes(definition, documents["texts.yaml"]),
    ]
    expressions = list(find_expression_mistakes(definition, documents))
    if expressions:
        return [*mistakes, *expressions]
    # These are tried out, which needs expressions that can be computed at all.
    moves = [] if steps else find_move_mistakes(definition, documents["steps.yaml"])
    return [*mistakes, *moves, *find_table_mistakes(definition, documents["rules.yaml"])]
