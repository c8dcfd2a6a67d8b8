"""The package behind the book "AlexNet, taken apart".

Each module is read as much as it is run, and imports only what it needs:

    anatomy   sizes, parameters and costs, before anything is computed     (NumPy)
    scratch   layers forward and backward, written out                     (NumPy)
    check     what an exercise notebook says to an answer                  (NumPy)
    data      the bundled photographs                                      (NumPy, Pillow)
    plots     every figure of the lessons                                  (Matplotlib)
    widgets   what moves: in a notebook, and on the site without Python    (anywidget)
"""

__version__ = "0.1.0"
