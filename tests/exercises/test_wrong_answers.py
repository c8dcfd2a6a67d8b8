"""exercises/wrong: files follow exercises/README.md, or are refused."""

import re

import pytest
from wrong_answers import wrong_answers

GOOD = """\
# Any comment.

# %% counts_steps
# Counts the steps; loses check_size, check_pool
# says: The first window
def size(n):
    return n


# %% knows_the_examples
# Knows the examples; loses check_pool
# unseen: the visible checks pass
def helper():
    return 1


def pool(x):
    return helper()
"""


@pytest.fixture
def read(tmp_path):
    """`read(text)` -> the wrong answers in a file with this text."""

    def read(text):
        path = tmp_path / "exercises/wrong/pooling.py"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        return wrong_answers("pooling", root=tmp_path)

    return read


def test_a_block_holds_a_header_and_functions(read):
    steps, examples = read(GOOD)
    assert str(steps) == "pooling-counts_steps"
    assert steps == (
        "pooling",
        "counts_steps",
        {"size": "def size(n):\n    return n"},
        ("check_size", "check_pool"),
        "The first window",
    )
    assert list(examples.functions) == ["helper", "pool"]
    assert examples.losing == ("check_pool",) and examples.says is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("; loses check_size, check_pool", "", "counts_steps: expected `# slip; loses check_a"),
        ("# says: The first window\n", "", "counts_steps: expected `# slip; loses check_a"),
        ("# %% knows_the_examples", "# %% counts_steps", "counts_steps: expected a unique name"),
        ("def size(n):\n    return n\n", "", "counts_steps: expected one function or more"),
        ("def size(n):\n", "import os\n\n\ndef size(n):\n", "counts_steps: expected one function"),
    ],
)
def test_a_bad_block_is_refused_in_one_sentence(read, old, new, sentence):
    with pytest.raises(ValueError, match=re.escape(f"pooling.py, # %% {sentence}")) as error:
        read(GOOD.replace(old, new, 1))
    assert "\n" not in str(error.value)
