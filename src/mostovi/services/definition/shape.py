"""The part of JSON Schema that our schemas use, with sentences that say what to do."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from mostovi.services.definition.mistakes import Mistake, did_you_mean
from mostovi.services.definition.reading import Document, Path
from mostovi.services.definition.scalars import why_no_day

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_NAMES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}
# Other programs read these as true and false.
_SPOKEN = {"yes", "no", "on", "off", "y", "n"}
Schema = Mapping[str, Any]


@cache
def schema_for(file: str) -> Schema:
    """The JSON Schema of one file of a service folder."""
    name = file.replace(".yaml", ".schema.json")
    text = resources.files("mostovi.services.definition").joinpath("schemas", name).read_text("utf-8")
    schema: Schema = json.loads(text)
    return schema


def find_shape_mistakes(document: Document) -> list[Mistake]:
    """Where a file does not have the shape of its schema."""
    return list(_walk(document, document.data, schema_for(document.file), ()))


def _walk(document: Document, value: Any, schema: Schema, path: Path) -> Iterator[Mistake]:
    if "$ref" in schema:
        schema = schema_for(document.file)["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    wrong = _wrong_value(value, schema)
    if wrong:
        yield document.mistake(path, f"{_place(path)} {wrong[0]}.", wrong[1])
    elif isinstance(value, dict):
        yield from _walk_object(document, value, schema, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(document, item, schema.get("items", {}), (*path, index))


def _walk_object(document: Document, value: dict[str, Any], schema: Schema, path: Path) -> Iterator[Mistake]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key in schema.get("required", ()):
        if key not in value:
            yield document.mistake(path, f"{_place(path)} lacks `{key}`.", f"Add `{key}:` with its value.")
    for key, part in value.items():
        here = (*path, key)
        wrong = _wrong_value(key, schema.get("propertyNames", {}))
        if wrong:
            yield document.mistake(here, f"The name `{key}` {wrong[0]}.", wrong[1])
        elif key in known:
            yield from _walk(document, part, known[key], here)
        elif others is False:
            yield document.mistake(here, f"There is no key `{key}` here.", did_you_mean(key, list(known)))
        elif isinstance(others, dict):
            yield from _walk(document, part, others, here)


def _wrong_value(value: Any, schema: Schema) -> tuple[str, str] | None:
    if "enum" in schema and value not in schema["enum"]:
        return f"cannot be `{value}`", did_you_mean(value, schema["enum"])
    allowed = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if allowed == ["boolean"] and isinstance(value, str) and value.lower() in _SPOKEN:
        return f"is the text `{value}`", "Write true or false."
    if allowed and not any(_is_type(value, name) for name in allowed):
        wanted = " or ".join(_NAMES[name] for name in allowed)
        return "has another kind of value than expected", f"Write {wanted}."
    if isinstance(value, str):
        return _wrong_text(value, schema)
    return _wrong_size(value, schema)


def _wrong_text(value: str, schema: Schema) -> tuple[str, str] | None:
    if len(value) < schema.get("minLength", 0):
        return "is empty", "Write the text."
    no_day = why_no_day(value) if schema.get("format") == "date" else None
    if no_day:
        return f"`{value}` is no day: {no_day[0]}", no_day[1]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        hint = schema.get("description", f"It follows the pattern {schema['pattern']}")
        return f"`{value}` is not written as expected", f"{hint.rstrip('.')}."
    return None


def _wrong_size(value: Any, schema: Schema) -> tuple[str, str] | None:
    if isinstance(value, list) and len(value) < schema.get("minItems", 0):
        return "has too few entries", f"Give at least {schema['minItems']}."
    if isinstance(value, dict) and len(value) < schema.get("minProperties", 0):
        return "is empty", f"Give at least {schema['minProperties']}."
    if isinstance(value, int) and value < schema.get("minimum", value):
        return f"is {value}", f"Write {schema['minimum']} or more."
    if isinstance(value, int) and value > schema.get("maximum", value):
        return f"is {value}", f"Write {schema['maximum']} or less."
    return None


def _is_type(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def _place(path: Path) -> str:
    return f"`{'.'.join(map(str, path))}`" if path else "The file"
