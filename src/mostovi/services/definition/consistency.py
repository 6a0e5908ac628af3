"""Whether the files of one service agree with each other."""

from collections.abc import Mapping

from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import ServiceDefinition


def find_inconsistencies(definition: ServiceDefinition, documents: Mapping[str, Document]) -> list[Mistake]:
    """Everything that the shape of a single file cannot show."""
    return []
