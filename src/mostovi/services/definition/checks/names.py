"""Names: each stands for one thing, and what is referred to exists."""

from collections import Counter
from collections.abc import Iterator, Mapping

from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document, Path
from mostovi.services.definition.values import FactKind, Kind, Question, ServiceDefinition, ValueKind

RESERVED = {"today", "answer", "proposal", "open", "silent", "gaps"}
_Place = tuple[Document, Path]


def find_name_mistakes(definition: ServiceDefinition, documents: Mapping[str, Document]) -> Iterator[Mistake]:
    """Names used twice, and references to things that are not there."""
    places = list(_places(definition, documents))
    counts = Counter(path[-1] for _, path in places)
    for document, path in places:
        if counts[path[-1]] > 1:
            yield document.mistake(
                path, f"The name `{path[-1]}` stands for two things.", "Rename one of them."
            )
        if path[-1] in RESERVED:
            yield document.mistake(path, f"The name `{path[-1]}` is taken.", "Choose another name.")
    for question in definition.questions:
        yield from _question(definition, question, documents["questions.yaml"])
    yield from _identity(definition, documents["questions.yaml"])
    yield from _choosing(definition, documents["questions.yaml"])
    yield from _amount(definition, documents["rules.yaml"])
    yield from _template(definition, documents["service.yaml"])
    yield from _examples(definition, documents["examples.yaml"])


def _places(definition: ServiceDefinition, documents: Mapping[str, Document]) -> Iterator[_Place]:
    for fact in definition.facts:
        yield documents["questions.yaml"], ("facts", fact.key)
    for question in definition.questions:
        yield documents["questions.yaml"], ("questions", question.key)
    for rule in definition.rules:
        yield documents["rules.yaml"], ("values", rule.key)


def _question(definition: ServiceDefinition, question: Question, document: Document) -> Iterator[Mistake]:
    path = ("questions", question.key)
    facts = {fact.key: fact.kind for fact in definition.facts}
    offers = bool(question.choices)
    if (question.kind == Kind.CHOICE) != offers:
        remedy = "Add `choices:` or `choices_from:`." if not offers else "Only `kind: choice` has choices."
        yield document.mistake(path, f"Question `{question.key}` and its choices do not fit.", remedy)
    values = [choice.value for choice in question.choices]
    if len(set(values)) < len(values):
        yield document.mistake((*path, "choices"), "A choice is offered twice.", "Keep one of the two.")
    if question.choices_from and facts.get(question.choices_from) != FactKind.PEOPLE:
        yield document.mistake(
            (*path, "choices_from"),
            f"`{question.choices_from}` is no fact of kind people.",
            "Name a fact of questions.yaml that is a list of people.",
        )
    if question.from_fact and question.from_fact not in facts:
        yield document.mistake(
            (*path, "from"), f"There is no fact `{question.from_fact}`.", f"Use one of: {', '.join(facts)}."
        )


def _identity(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    texts = [fact.key for fact in definition.facts if fact.kind == FactKind.TEXT]
    for key in definition.identity:
        if key not in texts:
            yield document.mistake(
                ("identity",), f"`{key}` is no fact of kind text.", f"Use: {', '.join(texts)}."
            )
    if "counter" in definition.channels and definition.facts and not definition.identity:
        yield document.mistake(
            ("facts",),
            "At a counter nobody could tell whether the number belongs to the name.",
            "Add `identity:` with the facts that make up the name.",
        )


def _choosing(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    """Whoever is to be asked is known before anything else: from a closed list, asked of everybody."""
    for key in definition.choosing:
        question = definition.question(key)
        path = ("questions", key)
        if question.kind != Kind.CHOICE or question.choices_from:
            what = f"`{key}` names the institution to ask, but is no closed list."
            yield document.mistake(path, what, "Make it `kind: choice` with member codes as `choices:`.")
        elif question.ask_if or question.from_fact or question.optional:
            what = f"`{key}` names the institution to ask, but is not asked of everybody."
            yield document.mistake(path, what, "Remove `ask_if`, `from` and `optional`.")


def _amount(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    money = [rule.key for rule in definition.rules if rule.kind == ValueKind.MONEY]
    if definition.amount and definition.amount not in money:
        remedy = f"Name a value of kind money: {', '.join(money)}." if money else "Add a value of kind money."
        yield document.mistake(("amount",), f"`{definition.amount}` is no value of kind money.", remedy)
    for rule in definition.rules:
        if rule.kind == ValueKind.CONDITION and not rule.article:
            yield document.mistake(
                ("values", rule.key),
                f"Condition `{rule.key}` names no article of law.",
                "Add `article:`, and `illustrative: true` until it has been verified.",
            )
        if rule.stop and rule.stop not in {request.key for request in definition.requests}:
            yield document.mistake(
                ("values", rule.key, "stop"),
                f"`{rule.stop}` is no answer of a register.",
                f"Use one of: {', '.join(request.key for request in definition.requests)}.",
            )


def _template(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    if definition.template not in definition.files:
        yield document.mistake(
            ("output", "template"),
            f"The template {definition.template} is not in the folder.",
            "Create it, or name the one that is there.",
        )


def _examples(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    known = {
        "facts": {fact.key for fact in definition.facts},
        "no_entry": {fact.service for fact in definition.facts},
        "answers": {question.key for question in definition.questions},
        "values": {rule.key for rule in definition.rules},
        "states": {rule.key for rule in definition.rules},
    }
    earlier: set[str] = set()
    for example in definition.examples:
        like = example.given.get("like")
        if like is not None and like not in earlier:
            yield document.mistake(
                (example.name, "given", "like"), f"There is no earlier example {like!r}.", "Copy its name."
            )
        earlier.add(example.name)
        for part, names in known.items():
            block = "given" if part in {"facts", "no_entry", "answers"} else "expect"
            entries = (example.given if block == "given" else example.expect).get(part, {})
            for name in sorted(set(entries) - names):
                yield document.mistake(
                    (example.name, block, part, name),
                    f"There is no `{name}` among the {part} of this service.",
                    f"Use one of: {', '.join(sorted(names)) or 'none are defined'}.",
                )
