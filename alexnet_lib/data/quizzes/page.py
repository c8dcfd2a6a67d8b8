"""A quiz for a page: as JSON data for the widget, and as HTML for readers without JavaScript."""

from html import escape

from alexnet_lib.data.quizzes.maths import as_mathml
from alexnet_lib.data.quizzes.texts import as_html, parse_text

__all__ = ["as_data", "as_list"]


def as_data(question):
    """Return a question as JSON data; `None` for what a question of its kind doesn't have."""
    data = {"id": question.id, "kind": question.kind, "ask": nodes(question.ask)}
    if question.kind == "number":
        near = [
            {"value": slip.value, "within": slip.within, "why": nodes(slip.why)}
            for slip in question.near
        ]
        return data | {
            "answer": question.answer,
            "tolerance": question.tolerance,
            "unit": question.unit._asdict(),
            "why": nodes(question.why),
            "near": near,
        }
    choices = [
        {"text": nodes(choice.text), "why": nodes(choice.why), "right": choice.right}
        for choice in question.choices
    ]
    return data | {"choices": choices}


def nodes(both):
    """Return {language: parts}: a part is a str, or an element [name, part, …]."""
    return {
        language: [
            part if isinstance(part, str) else as_mathml(part[1]) if part[0] == "math" else [*part]
            for part in parse_text(text)
        ]
        for language, text in both._asdict().items()
    }


def as_list(questions, language="en"):
    """Return the questions as an HTML list, each with its answer folded away."""
    show, right = {"en": ("Answer", "right"), "zh": ("答案", "正确")}[language]

    def inline(both):
        return as_html(getattr(both, language), mathml_text)

    items = []
    for question in questions:
        if question.kind == "number":
            unit = getattr(question.unit, language)
            amount = f"{question.answer:,}".replace("-", "−")
            choices, answers = "", [f"{escape(f'{amount} {unit}'.strip())}. {inline(question.why)}"]
        else:
            texts = [inline(choice.text) for choice in question.choices]
            choices = "<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>"
            answers = [
                f"{text}{f' <strong>({right})</strong>' * choice.right} {inline(choice.why)}"
                for text, choice in zip(texts, question.choices, strict=True)
            ]
        folded = "".join(f"<p>{answer}</p>" for answer in answers)
        items.append(
            f"<li><p>{inline(question.ask)}</p>{choices}"
            f"<details><summary>{show}</summary>{folded}</details></li>"
        )
    return f"<ol>{''.join(items)}</ol>"


def mathml_text(tex):
    """Return TeX as MathML in text."""

    def write(node):
        if isinstance(node, str):
            return escape(node, quote=False)
        name, *children = node
        return f"<{name}>{''.join(map(write, children))}</{name}>"

    return write(as_mathml(tex))
