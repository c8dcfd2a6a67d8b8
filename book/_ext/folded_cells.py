"""Cells that a notebook shows folded: answers to predictions, and code that isn't for reading.

In JupyterLab and Colab the notebook's own metadata fold them (tools/hygiene.py has the rule). On
the site MyST-NB does, by tags of its own; here they are derived from ours, so that a lesson says
it once.
"""

import json

# our tag -> MyST-NB's tag, and what its button says
FOLDS = {
    "predict": ("hide-output", "the answer"),
    "hide-cell": ("hide-cell", "the check"),
    "hide-input": ("hide-input", "the code"),
}


def connect(app):
    """Fold the cells of every notebook that Sphinx reads."""
    app.connect("source-read", fold_cells)
    app.connect("html-page-context", name_buttons)


def fold_cells(app, page, source):
    """Add MyST-NB's tags and button texts to the JSON of a notebook; `source` is a list of one."""
    if not app.env.doc2path(page).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        for tag, (fold, what) in FOLDS.items():
            if tag in tags:
                cell["metadata"]["tags"] = list({*tags, fold})
                cell["metadata"]["mystnb"] = {
                    "code_prompt_show": f"Show {what}",
                    "code_prompt_hide": f"Hide {what}",
                }
    source[0] = json.dumps(notebook)


def name_buttons(app, page, template, context, doctree):
    """Let the buttons' own text name them: MyST-NB hides it from screen readers with a label."""
    if "body" in context:
        context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")
