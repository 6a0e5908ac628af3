"""Frozen dataclasses out of files whose shape has been checked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import (
    Choice,
    Cost,
    Example,
    FactKind,
    FactSource,
    Kind,
    Law,
    Question,
    Rule,
    RuleVersion,
    ServiceDefinition,
    Step,
    StepAction,
    TableRow,
    Term,
    Texts,
    ValueKind,
)

_SENTENCES = ("met", "not_met", "judge", "unknown", "stop")


def build_definition(
    key: str, documents: Mapping[str, Document], files: Mapping[str, str], version: str
) -> ServiceDefinition:
    """Put the parts together; nothing is checked here that shape or consistency check."""
    service = documents["service.yaml"].data
    texts: Mapping[str, Texts] = documents["texts.yaml"].data
    steps = _steps(documents["steps.yaml"], texts)
    return ServiceDefinition(
        key=key,
        version=version,
        owner=service["owner"],
        level=service["level"],
        unit=service["unit"],
        law=_law(service["law"], texts),
        output=service["output"]["kind"],
        cost=Cost(**service["cost"]),
        deadline=Term(**service["deadline"]),
        late_facts=Term(**service["late_facts"]) if "late_facts" in service else None,
        channels=tuple(service["channels"]),
        automatic=any(action.name == "issue" for step in steps for action in step.actions),
        issued_by=service["output"].get("issued_by", ""),
        amount=documents["rules.yaml"].data.get("amount", ""),
        identity=tuple(documents["questions.yaml"].data.get("identity", ())),
        facts=_facts(documents["questions.yaml"]),
        questions=_questions(documents["questions.yaml"], texts),
        rules=_rules(documents["rules.yaml"], texts),
        steps=steps,
        start=documents["steps.yaml"].data["start"],
        texts=texts,
        examples=_examples(documents["examples.yaml"]),
        template=service["output"]["template"],
        files=dict(files),
    )


def _law(law: Mapping[str, Any], texts: Mapping[str, Texts]) -> Law:
    return Law(
        act=texts.get("law.act", {}),
        gazette=texts.get("law.gazette", {}),
        number=law["gazette"],
        illustrative=law["illustrative"],
        url=law.get("url", ""),
    )


def _facts(document: Document) -> tuple[FactSource, ...]:
    facts = []
    for key, entry in document.data["facts"].items():
        provider, service, field = entry["from"].split(".")
        facts.append(
            FactSource(
                key=key,
                kind=FactKind(entry["kind"]),
                provider=provider,
                service=service,
                field=field,
                article=entry.get("article", ""),
                illustrative=entry.get("illustrative", True),
                needed=entry.get("needed", True),
                line=document.line_of(("facts", key)),
            )
        )
    return tuple(facts)


def _questions(document: Document, texts: Mapping[str, Texts]) -> tuple[Question, ...]:
    return tuple(
        Question(
            key=key,
            kind=Kind(entry["kind"]),
            choices=_choices(key, entry, texts),
            choices_from=entry.get("choices_from", ""),
            ask_if=entry.get("ask_if", ""),
            skip_if=entry.get("skip_if", ""),
            check=entry.get("check", ""),
            from_fact=entry.get("from", ""),
            optional=entry.get("optional", False),
            title=texts.get(f"questions.{key}.title", {}),
            hint=texts.get(f"questions.{key}.hint"),
            why=texts.get(f"questions.{key}.why"),
            check_text=texts.get(f"questions.{key}.check"),
            line=document.line_of(("questions", key)),
        )
        for key, entry in document.data["questions"].items()
    )


def _choices(key: str, entry: Mapping[str, Any], texts: Mapping[str, Texts]) -> tuple[Choice, ...]:
    names = ["each"] if "choices_from" in entry else entry.get("choices", [])
    return tuple(
        Choice(
            name,
            texts.get(f"questions.{key}.choices.{name}", {}),
            texts.get(f"questions.{key}.choices.{name}.hint"),
        )
        for name in names
    )


def _rules(document: Document, texts: Mapping[str, Texts]) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            key=key,
            kind=ValueKind(entry["kind"]),
            versions=_versions(document, key, entry["since"]),
            article=entry.get("article", ""),
            illustrative=entry.get("illustrative", True),
            judge_if=entry.get("judge_if", ""),
            skip_if=entry.get("skip_if", ""),
            stop=entry.get("stop", ""),
            sentences={
                state: texts[f"rules.{key}.{state}"]
                for state in _SENTENCES
                if f"rules.{key}.{state}" in texts
            },
            line=document.line_of(("values", key)),
        )
        for key, entry in document.data["values"].items()
    )


def _versions(document: Document, key: str, since: Mapping[str, Any]) -> tuple[RuleVersion, ...]:
    versions = []
    for day, content in since.items():
        path = ("values", key, "since", day)
        rows = () if isinstance(content, str) else _rows(document, path, content)
        expression = content if isinstance(content, str) else ""
        versions.append(RuleVersion(date.fromisoformat(day), expression, rows, document.line_of(path)))
    return tuple(versions)


def _rows(document: Document, path: tuple[str, ...], rows: list[Any]) -> tuple[TableRow, ...]:
    return tuple(
        TableRow(tuple(row["if"]), row["then"], document.line_of((*path, index)))
        for index, row in enumerate(rows)
    )


def _steps(document: Document, texts: Mapping[str, Texts]) -> tuple[Step, ...]:
    return tuple(
        Step(
            key=key,
            paused=entry.get("clock") == "paused",
            actions=tuple(
                _action(document, key, name, action) for name, action in entry.get("may", {}).items()
            ),
            title=texts.get(f"steps.{key}", {}),
            line=document.line_of(("steps", key)),
        )
        for key, entry in document.data["steps"].items()
    )


def _action(document: Document, step: str, name: str, entry: Mapping[str, Any]) -> StepAction:
    return StepAction(
        name=name,
        who=tuple(entry["who"]),
        to=entry["to"],
        only_if=entry.get("if", ""),
        signs=entry.get("signs", ""),
        line=document.line_of(("steps", step, "may", name)),
    )


def _examples(document: Document) -> tuple[Example, ...]:
    return tuple(
        Example(
            name, date.fromisoformat(entry["on"]), entry["given"], entry["expect"], document.line_of((name,))
        )
        for name, entry in document.data.items()
    )
