"""Whether the institutions a service names exist, and contracts allow what it asks for."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mostovi.services.definition.country import Agreement, Country
from mostovi.services.definition.mistakes import Mistake, did_you_mean
from mostovi.services.definition.reading import Document, Path
from mostovi.services.definition.values import FactSource, ServiceDefinition


class _Place(NamedTuple):
    document: Document
    path: Path

    def mistake(self, what: str, remedy: str) -> Mistake:
        return self.document.mistake(self.path, what, remedy)


def find_country_mistakes(
    definition: ServiceDefinition, documents: Mapping[str, Document], country: Country
) -> list[Mistake]:
    """Owner, unit, institutions to ask, contracts and their fields."""
    service, questions = documents["service.yaml"], documents["questions.yaml"]
    found = [
        *_owner(definition, service, country),
        *_choices(definition, questions, country),
        *_providers(definition, documents, country),
    ]
    # Without a known owner nobody can say what it has agreed with anybody.
    if definition.owner in country.institutions:
        found += [*_facts(definition, questions, country), *_issued_by(definition, service, country)]
    return found


def _owner(definition: ServiceDefinition, document: Document, country: Country) -> Iterator[Mistake]:
    if definition.owner not in country.institutions:
        yield document.mistake(("owner",), *_unknown(definition.owner, country))
    if country.units and definition.unit not in country.units:
        what = f"`{definition.unit}` is no territorial unit of the country pack."
        yield document.mistake(("unit",), what, did_you_mean(definition.unit, country.units))


def _unknown(code: str, country: Country) -> tuple[str, str]:
    return f"`{code}` is no institution of the country pack.", did_you_mean(code, country.institutions)


def _choices(definition: ServiceDefinition, document: Document, country: Country) -> Iterator[Mistake]:
    """Of a question that says which institution to ask, each choice is one."""
    for key in definition.choosing:
        for index, choice in enumerate(definition.question(key).choices):
            if choice.value not in country.institutions:
                yield document.mistake(("questions", key, "choices", index), *_unknown(choice.value, country))


def _providers(
    definition: ServiceDefinition, documents: Mapping[str, Document], country: Country
) -> Iterator[Mistake]:
    known = {*definition.choosing, *country.institutions}
    for fact in definition.facts:
        if fact.provider not in known:
            yield _place_of(fact, documents["questions.yaml"]).mistake(*_unknown(fact.provider, country))
    issuer = definition.issued_by.partition(".")[0]
    if issuer and issuer not in known:
        path = ("output", "issued_by")
        yield documents["service.yaml"].mistake(path, *_unknown(issuer, country))


def _place_of(fact: FactSource, document: Document) -> _Place:
    return _Place(document, ("facts", fact.key, "from"))


def _facts(definition: ServiceDefinition, document: Document, country: Country) -> Iterator[Mistake]:
    for request in definition.requests:
        for provider in _known_providers(definition, request.provider, country):
            agreement = _find(definition.owner, provider, request.service, country)
            if agreement is None:
                place = _place_of(request.facts[0], document)
                yield _not_agreed(definition.owner, provider, request.service, country, place)
                continue
            for fact in request.facts:
                if fact.field not in agreement.fields:
                    what = f"The contract {agreement.id} does not hold the field `{fact.field}`."
                    remedy = did_you_mean(fact.field, agreement.fields)
                    yield _place_of(fact, document).mistake(what, remedy)


def _issued_by(definition: ServiceDefinition, document: Document, country: Country) -> Iterator[Mistake]:
    name, _, service = definition.issued_by.partition(".")
    for provider in _known_providers(definition, name, country) if name else ():
        if _find(definition.owner, provider, service, country) is None:
            place = _Place(document, ("output", "issued_by"))
            yield _not_agreed(definition.owner, provider, service, country, place)


def _known_providers(definition: ServiceDefinition, name: str, country: Country) -> list[str]:
    return [code for code in definition.providers_of(name) if code in country.institutions]


def _find(consumer: str, provider: str, service: str, country: Country) -> Agreement | None:
    for agreement in country.agreements_of(consumer):
        if (agreement.provider, agreement.service) == (provider, service):
            return agreement
    return None


def _not_agreed(consumer: str, provider: str, service: str, country: Country, place: _Place) -> Mistake:
    what = f"No contract lets `{consumer}` ask `{provider}` for `{service}`."
    offered = [each.service for each in country.agreements_of(consumer) if each.provider == provider]
    if offered:
        return place.mistake(what, did_you_mean(service, offered))
    others = [each.provider for each in country.agreements_of(consumer) if each.service == service]
    if others:
        return place.mistake(what, f"It has one with: {', '.join(others)}. Or agree on a contract first.")
    return place.mistake(what, "Agree on a contract first, and add it to contracts.yaml of the country pack.")
