"""Rows of several tables in one query: for small tables that are read together or not at all.

Each row comes as a JSON object, which SQLite and PostgreSQL both build, so that tables of different shapes stand in one
UNION ALL. It costs more for each row than reading a table alone; it is for dozens of rows, not for thousands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connections
from django.db.models import (
    DecimalField,
    F,
    Field,
    Func,
    IntegerField,
    JSONField,
    Model,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import JSONObject, RowNumber
from django.utils.timezone import is_naive, make_aware

Related = Mapping[str, Any]


class RowObject(JSONObject):
    """A JSON object, without Django's question whether SQLite can make one: three queries on each connection.

    Every SQLite that Django 5.2 takes can, unless it was built without JSON, and then no `JSONField` would work either.
    """

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:  # type: ignore[override]
        return Func.as_sql(self, compiler, connection, **extra_context)


def read_together(*questions: QuerySet[Any]) -> list[list[Any]]:
    """What each of `questions` finds, as `list(question)` would give it: all in one query.

    A question may be filtered, ordered, annotated, and limited in columns by `only` or `defer`; it may follow
    `select_related("name", …)`. It must not be sliced, distinct, or of `values`.
    """
    parts = [_part(number, question) for number, question in enumerate(questions)]
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    rows = sorted(found, key=lambda row: (row[0], row[1]))
    return [
        [_instance_of(question, values) for of, _place, values in rows if of == number]
        for number, question in enumerate(questions)
    ]


def _part(number: int, question: QuerySet[Any]) -> QuerySet[Any, Any]:
    """`question` as rows of (its number, the row's place in its order, the row as JSON)."""
    columns = _columns(question.model, _related(question), _fields(question))
    columns.update({name: F(name) for name in question.query.annotation_select})
    order: Any = question.query.order_by or question.model._meta.ordering
    return question.order_by().values_list(
        Value(number, output_field=IntegerField()),
        Window(RowNumber(), order_by=list(order) or None),
        RowObject(**columns),
    )


def _related(question: QuerySet[Any]) -> Related:
    """The relations that `question` follows, each with those that follow from there."""
    related = question.query.select_related
    if related is True:
        raise ValueError("Name the relations that select_related() is to follow.")
    return related or {}


def _fields(question: QuerySet[Any]) -> list[Field[Any, Any]]:
    """The columns of its own table that `question` asks for."""
    names, left_out = question.query.deferred_loading
    fields = question.model._meta.concrete_fields
    return [field for field in fields if field.primary_key or (field.name in names) != left_out]


def _columns(
    model: type[Model], related: Related, fields: list[Field[Any, Any]], prefix: str = ""
) -> dict[str, Any]:
    """The parts of a row's JSON object: `fields`, and an object for each of `related`."""
    columns: dict[str, Any] = {field.attname: F(f"{prefix}{field.attname}") for field in fields}
    for name, deeper in related.items():
        target: Any = model._meta.get_field(name).related_model
        below = _columns(target, deeper, target._meta.concrete_fields, f"{prefix}{name}__")
        columns[name] = RowObject(**below)
    return columns


def _instance_of(question: QuerySet[Any], values: dict[str, Any]) -> Any:
    fields = _fields(question)
    instance = _instance(question.model, _related(question), fields, values, question.db)
    for name, expression in question.query.annotation_select.items():
        setattr(instance, name, _python(expression.output_field, values[name], question.db))
    return instance


def _instance(
    model: type[Model],
    related: Related,
    fields: list[Field[Any, Any]],
    values: dict[str, Any],
    using: str,
) -> Model:
    names = [field.attname for field in fields]
    instance = model.from_db(
        using, names, [_python(field, values[field.attname], using) for field in fields]
    )
    for name, deeper in related.items():
        relation: Any = model._meta.get_field(name)
        target, below = relation.related_model, values[name]
        there = below[target._meta.pk.attname] is not None
        relation.set_cached_value(
            instance,
            _instance(target, deeper, target._meta.concrete_fields, below, using)
            if there
            else None,
        )
    return instance


def _python(field: Any, value: Any, using: str) -> Any:
    """The value of `field` that stands in JSON as `value`."""
    connection = connections[using]
    if value is not None:
        if isinstance(field, JSONField) and not connection.features.has_native_json_field:
            # There it is a text in the table, and so a text in the object.
            value = json.loads(value)
        elif isinstance(field, DecimalField):
            value = Decimal(str(value)).quantize(Decimal(1).scaleb(-field.decimal_places))
    value = field.to_python(value)
    if isinstance(value, datetime) and is_naive(value):
        value = make_aware(value, connection.timezone)
    return value
