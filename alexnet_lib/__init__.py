"""The package behind the book "AlexNet, taken apart".

Each room imports only from the rooms below it, and is read as much as it is run:

    cli            the `alexnet` command; a module of `commands` for each    (nothing)
    training       the training loop, and what a run of it needs             (PyTorch)
    widgets        what moves: in a notebook, and on the site without Python  (anywidget)
    plots          every figure of the lessons                               (Matplotlib)
    scratch        every layer forward and backward, and a small network     (NumPy)
    grading        from what students hand in to points                      (nbgrader)
    data           images, how they get into a batch, and published results  (NumPy, Pillow)
    networks       AlexNet in six variants, and what its layers cost         (PyTorch)
    check          what an exercise notebook says to an answer               (NumPy)
    files          files written whole                                       (nothing)
    arguments      how functions read what they are given                    (nothing)

Lessons import from the rooms' doors: `from alexnet_lib.networks import alexnet, plan`.
"""

__version__ = "0.1.0"
