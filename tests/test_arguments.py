"""How functions read their arguments."""

from alexnet_lib.arguments import as_pair, channels_per_group, did_you_mean


def test_pairs_and_groups():
    assert as_pair(3, "kernel", 1) == (3, 3)
    assert as_pair([3, 5], "kernel", 1) == (3, 5)
    assert channels_per_group(96, 2, "input") == 48


def test_only_what_is_near_is_proposed():
    assert did_you_mean("poolin", ["convolution", "pooling"]) == " (did you mean pooling?)"
    assert did_you_mean("xyz", ["convolution", "pooling"]) == ""
