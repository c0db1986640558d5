"""Members that AWS Config always records of a type: where one is missing, the item says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambda_src.json_object import JsonObject


def recorded_flag(members: JsonObject, name: str) -> bool:
    """Read true or false that must be there.

    Raises
    ------
    LambdaError
        The object's own error, when it is missing, null or something else.
    """
    if members.values.get(name) is None:
        raise members.error(f"{members.place}.{name} must be true or false; it is missing.")
    return members.flag(name)


def recorded_number(members: JsonObject, name: str) -> int:
    """Read a whole number that must be there.

    Raises
    ------
    LambdaError
        The object's own error, when it is missing, null or something else.
    """
    number = members.optional_number(name)
    if number is None:
        raise members.error(f"{members.place}.{name} must be a whole number; it is missing.")
    return number
