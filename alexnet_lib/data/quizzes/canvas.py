"""A quiz as a QTI 1.2 package in Canvas's dialect: a zip of three XML files.

The dialect is the one that the program text2qti writes, which Canvas is known to read; the tests
compare both. https://www.imsglobal.org/question/qtiv1p2/imsqti_asi_bindv1p2.html
"""

from hashlib import sha256
from html import escape
from io import BytesIO
from urllib.parse import quote
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from alexnet_lib.data.quizzes import QuizError
from alexnet_lib.data.quizzes.maths import as_plain_tex
from alexnet_lib.data.quizzes.texts import as_html, ask_text, slip_text

__all__ = ["canvas_package"]

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
MANIFEST = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
KINDS = {
    "choice": "multiple_choice_question",
    "several": "multiple_answers_question",
    "number": "numerical_question",
}
DATE = (1980, 1, 1, 0, 0, 0)  # of the files in the zip, so that equal quizzes make equal bytes
# What Canvas decides, and an instructor there.
SETTINGS = {
    "shuffle_answers": "false",
    "scoring_policy": "keep_highest",
    "quiz_type": "assignment",
    "show_correct_answers": "true",
    "allowed_attempts": "1",
    "available": "false",
}


def canvas_package(name, title, questions, language):
    """Return the bytes of a zip that Canvas imports as a quiz.

    name  of the quiz, from which the identifiers are made: they stay from export to export
    """
    for question in questions:
        if abs(round(question.answer, 4) - question.answer) > question.tolerance + 1e-12:
            raise QuizError(
                f"book/quizzes/{name}.yml, question {question.id}, answer: a package for Canvas has"
                f" four decimals, and {question.answer} needs more: ask for it in another unit."
            )
    ident = identifier("assessment", name, language)
    files = {
        "imsmanifest.xml": manifest(ident, title),
        f"{ident}/{ident}.xml": assessment(ident, name, title, questions, language),
        f"{ident}/assessment_meta.xml": settings(ident, title, len(questions)),
    }
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for path, root in files.items():
            ElementTree.indent(root)
            text = ElementTree.tostring(root, "unicode")
            info = ZipInfo(path, DATE)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')
    return packed.getvalue()


def identifier(kind, *names):
    """Return an identifier that stays the same from export to export."""
    return f"alexnet_{kind}_{sha256('/'.join(names).encode()).hexdigest()[:32]}"


def node(tag, attributes=None, *children):
    """Return an element with children: elements, or a text."""
    element = ElementTree.Element(tag, attributes or {})
    for child in children:
        if isinstance(child, str):
            element.text = child
        else:
            element.append(child)
    return element


def equation(tex):
    """Return TeX as the picture that Canvas draws of it."""
    tex = as_plain_tex(tex)
    text = escape(tex)
    return (
        f'<img class="equation_image" title="{text}" src="/equation_images/{quote(tex, safe="")}'
        f'?scale=1" alt="LaTeX: {text}" data-equation-content="{text}">'
    )


def html_text(text):
    """Return a text as the element that holds HTML."""
    return node("mattext", {"texttype": "text/html"}, f"<p>{as_html(text, equation)}</p>")


def assessment(ident, name, title, questions, language):
    """Return the questions of a quiz."""
    items = [item(name, question, language) for question in questions]
    attempts = field("cc_maxattempts", SETTINGS["allowed_attempts"])
    return node(
        "questestinterop",
        {"xmlns": QTI},
        node(
            "assessment",
            {"ident": ident, "title": title},
            node("qtimetadata", {}, attempts),
            node("section", {"ident": "root_section"}, *items),
        ),
    )


def field(label, entry):
    """Return a field of the metadata."""
    return node(
        "qtimetadatafield", {}, node("fieldlabel", {}, label), node("fieldentry", {}, entry)
    )


def item(name, question, language):
    """Return one question."""
    ident = identifier("question", name, language, question.id)
    count = len(question.choices) or 1
    answers = [identifier("answer", ident, str(number)) for number in range(count)]
    about = [
        ("question_type", KINDS[question.kind]),
        ("points_possible", "1"),
        ("original_answer_ids", ",".join(answers)),
        ("assessment_question_identifierref", identifier("reference", ident)),
    ]
    metadata = node("qtimetadata", {}, *(field(*pair) for pair in about))
    make = number_parts if question.kind == "number" else choice_parts
    asked = node("material", {}, html_text(ask_text(question, language)))
    response, conditions, feedback = make(question, answers, language)
    score = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    return node(
        "item",
        {"ident": ident, "title": question.id},
        node("itemmetadata", {}, metadata),
        node("presentation", {}, asked, response),
        node("resprocessing", {}, node("outcomes", {}, node("decvar", score)), *conditions),
        *(
            node(
                "itemfeedback",
                {"ident": key},
                node("flow_mat", {}, node("material", {}, html_text(text))),
            )
            for key, text in feedback.items()
        ),
    )


def condition(test, *results, more=True):
    """Return what follows from an answer; `more`: and other conditions are looked at, too."""
    inside = node("conditionvar", {}, test)
    return node("respcondition", {"continue": "Yes" if more else "No"}, inside, *results)


def said(key):
    """Return the order to show a feedback."""
    return node("displayfeedback", {"feedbacktype": "Response", "linkrefid": key})


def is_value(tag, value):
    """Return the test that an answer is a value, or at least, or at most (by the tag)."""
    return node(tag, {"respident": "response1"}, value)


def full_score():
    """Return the order to give all points."""
    return node("setvar", {"action": "Set", "varname": "SCORE"}, "100")


def choice_parts(question, answers, language):
    """Return (response, conditions, feedback) of a question with choices."""
    labels = [
        node(
            "response_label",
            {"ident": key},
            node("material", {}, html_text(getattr(choice.text, language))),
        )
        for key, choice in zip(answers, question.choices, strict=True)
    ]
    way = "Multiple" if question.kind == "several" else "Single"
    response = node(
        "response_lid",
        {"ident": "response1", "rcardinality": way},
        node("render_choice", {}, *labels),
    )
    conditions = [condition(is_value("varequal", key), said(f"{key}_fb")) for key in answers]
    tests = [
        is_value("varequal", key) if choice.right else node("not", {}, is_value("varequal", key))
        for key, choice in zip(answers, question.choices, strict=True)
    ]
    if question.kind == "choice":
        (right,) = (key for key, c in zip(answers, question.choices, strict=True) if c.right)
        test = is_value("varequal", right)
    else:
        test = node("and", {}, *tests)
    conditions.append(condition(test, full_score(), more=False))
    feedback = {
        f"{key}_fb": getattr(choice.why, language)
        for key, choice in zip(answers, question.choices, strict=True)
    }
    return response, conditions, feedback


def number_parts(question, answers, language):
    """Return (response, conditions, feedback) of a question that asks for a number.

    Canvas has no feedback for a single wrong number, so all slips stand in the general one.
    """
    label = node("response_label", {"ident": "answer1"})
    response = node(
        "response_str",
        {"ident": "response1", "rcardinality": "Single"},
        node("render_fib", {"fibtype": "Decimal"}, label),
    )
    low, high = question.answer - question.tolerance, question.answer + question.tolerance
    bounds = [is_value("vargte", number_text(low)), is_value("varlte", number_text(high))]
    exact = is_value("varequal", number_text(question.answer))
    conditions = [
        condition(node("other"), said("general_fb")),
        condition(
            node("or", {}, exact, node("and", {}, *bounds)),
            full_score(),
            more=False,
        ),
    ]
    feedback = {"general_fb": getattr(question.why, language)}
    if question.near:
        conditions.append(condition(node("other"), said("general_incorrect_fb")))
        feedback["general_incorrect_fb"] = slip_text(question, language)
    return response, conditions, feedback


def number_text(value):
    """Return a number as text2qti writes it: 912.0 or 0.5000."""
    return f"{value:.1f}" if float(value).is_integer() else f"{value:.4f}"


def settings(ident, title, points):
    """Return what Canvas keeps of a quiz besides its questions."""
    assignment = node(
        "assignment",
        {"identifier": ident.replace("assessment", "assignment")},
        node("title", {}, title),
        node("workflow_state", {}, "unpublished"),
        node("quiz_identifierref", {}, ident),
        node("points_possible", {}, f"{points}.0"),
        node("grading_type", {}, "points"),
        node("submission_types", {}, "online_quiz"),
    )
    return node(
        "quiz",
        {"identifier": ident, "xmlns": CANVAS},
        node("title", {}, title),
        node("description"),
        *(node(key, {}, value) for key, value in SETTINGS.items()),
        node("points_possible", {}, f"{points}.0"),
        assignment,
    )


def manifest(ident, title):
    """Return the list of the files in the zip."""
    about = f"{ident}/assessment_meta.xml"
    settings_ident = ident.replace("assessment", "dependency")
    kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
    return node(
        "manifest",
        {
            "identifier": ident.replace("assessment", "manifest"),
            "xmlns": MANIFEST,
            "xmlns:imsmd": "http://www.imsglobal.org/xsd/imsmd_v1p2",
        },
        node(
            "metadata",
            {},
            node("schema", {}, "IMS Content"),
            node("schemaversion", {}, "1.1.3"),
            node(
                "imsmd:lom",
                {},
                node(
                    "imsmd:general",
                    {},
                    node("imsmd:title", {}, node("imsmd:string", {}, title)),
                ),
            ),
        ),
        node("organizations"),
        node(
            "resources",
            {},
            node(
                "resource",
                {"identifier": ident, "type": "imsqti_xmlv1p2"},
                node("file", {"href": f"{ident}/{ident}.xml"}),
                node("dependency", {"identifierref": settings_ident}),
            ),
            node(
                "resource",
                {"identifier": settings_ident, "type": kind, "href": about},
                node("file", {"href": about}),
            ),
        ),
    )
