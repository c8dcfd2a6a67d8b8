"""The package behind the book "AlexNet, taken apart".

Each module is read as much as it is run, and imports only what it needs:

    variants  AlexNet as published: tables of layers, and plans made from them  (NumPy)
    models    the same as PyTorch networks                                      (PyTorch)
    lrn       local response normalization, fast                                (PyTorch)
    anatomy   sizes, parameters and costs, of one layer or a whole network      (NumPy, PyTorch)
    measure   the table that anatomy returns                                    (PyTorch)
    scratch   every layer forward and backward, and a network that trains       (NumPy)
    check     what an exercise notebook says to an answer                       (NumPy)
    data      the bundled photographs, and the results of 2012                  (NumPy, Pillow)
    plots     every figure of the lessons                                       (Matplotlib)
    widgets   what moves: in a notebook, and on the site without Python         (anywidget)
"""

__version__ = "0.1.0"
