"""How functions read their arguments: whole numbers, pairs, names that may be misspelt."""

from difflib import get_close_matches
from operator import index

__all__ = ["channels_per_group", "did_you_mean", "pair", "whole"]


def whole(value, name, least):
    """`value` as an int, at least `least`; else a ValueError that calls it `name`."""
    try:
        number = index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, but {value!r} was given.") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, but {number} was given.")
    return number


def pair(value, name, least):
    """`value` as (vertical, horizontal): an int counts for both, a pair is taken as it is."""
    if not isinstance(value, (tuple, list)):
        return (whole(value, name, least),) * 2
    if len(value) != 2:
        raise ValueError(f"{name} must be one whole number or a pair, but {value!r} was given.")
    return whole(value[0], name, least), whole(value[1], name, least)


def channels_per_group(channels, groups, name):
    """How many of `channels` each group has; else a ValueError that calls them `name`."""
    channels = whole(channels, f"the number of {name} channels", 1)
    groups = whole(groups, "groups", 1)
    if channels % groups:
        raise ValueError(
            f"{channels} {name} channels can't be shared out equally among {groups} groups:"
            f" choose groups so that it divides {channels}."
        )
    return channels // groups


def did_you_mean(word, known):
    """ " (did you mean …?)" with the known word nearest to this one; nothing if none is near."""
    near = get_close_matches(str(word), known, 1)
    return f" (did you mean {near[0]}?)" if near else ""
