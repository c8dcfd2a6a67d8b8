"""Checks of arguments: whole numbers, pairs, channels in groups, names that may be misspelt."""

from difflib import get_close_matches
from operator import index

__all__ = ["as_int", "as_pair", "channels_per_group", "did_you_mean"]


def as_int(value, name, least):
    """Return `value` as an int of at least `least`, or raise a ValueError that calls it `name`."""
    try:
        number = index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, but {value!r} was given.") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, but {number} was given.")
    return number


def as_pair(value, name, least):
    """Return `value` as (vertical, horizontal): an int stands for both, a pair for itself."""
    if not isinstance(value, (tuple, list)):
        return (as_int(value, name, least),) * 2
    if len(value) != 2:
        raise ValueError(f"{name} must be one whole number or a pair, but {value!r} was given.")
    return as_int(value[0], name, least), as_int(value[1], name, least)


def channels_per_group(channels, groups, name):
    """Return how many channels each group has, or raise a ValueError that calls them `name`."""
    channels = as_int(channels, f"the number of {name} channels", 1)
    groups = as_int(groups, "groups", 1)
    if channels % groups:
        raise ValueError(
            f"{channels} {name} channels can't be shared out equally among {groups} groups:"
            f" choose a number of groups that divides {channels}."
        )
    return channels // groups


def did_you_mean(word, known):
    """Return " (did you mean …?)" with the nearest known word, or "" if none is near."""
    near = get_close_matches(str(word), known, 1)
    return f" (did you mean {near[0]}?)" if near else ""
