"""The package behind the book "AlexNet, taken apart".

Each module is read as much as it is run, and imports only what it needs:

    variants  AlexNet as published: tables of layers, and plans made from them  (NumPy)
    models    the same as PyTorch networks                                      (PyTorch)
    lrn       local response normalization, fast                                (PyTorch)
    anatomy   sizes, parameters and costs, of one layer or a whole network      (NumPy, PyTorch)
    measure   the table that anatomy returns                                    (PyTorch)
    scratch   every layer forward and backward, and a network that trains       (NumPy)
    check     what an exercise notebook says to an answer                       (NumPy)
    plots     every figure of the lessons                                       (Matplotlib)
    widgets   what moves: in a notebook, and on the site without Python         (anywidget)

Images, and how they get into a batch:

    data           sets of images, photographs, and the results of 2012    (NumPy, Pillow)
    data.sets      sets of images: in memory, packed, or a file each        (Pillow, PyTorch)
    data.pack      a folder of images, decoded once for all                 (Pillow, PyTorch)
    data.pictures  an image file, as its middle square                      (Pillow)
    data.augment   crops, mirror images and colours of whole batches        (NumPy, PyTorch)
    data.batches   the order of an epoch, and what is prepared ahead        (NumPy, PyTorch)

Training:

    trainer        the training loop, for any network                       (PyTorch)
    recipe         everything that decides how a network is trained         (nothing)
    evaluation     how well a network does, and what it says to an image    (PyTorch)
    optimizers     update rules, and the rate of every step                 (PyTorch)
    devices        what a machine is good at, and what to use of it         (PyTorch)
    checkpoints    states of a run that survive                             (NumPy, PyTorch)
    resuming       what a run needs to go on as if it had never stopped     (PyTorch)
    distributed    one process or many                                      (PyTorch)
    interrupts     Ctrl-C as a request                                      (nothing)
    trials         short runs for those who look for an error               (PyTorch)
    progress       what a run tells while it goes on                        (nothing)
    bench          how fast this machine trains                             (NumPy, PyTorch)
    cli            the `alexnet` command                                    (nothing)

Teaching:

    grading             from what students hand in to points, and the parts     (nothing)
    grading.folder      the course folder, its settings, nbgrader's gradebook   (nbgrader)
    grading.assigning   an exercise into the folder, and the text for an LMS    (nbgrader)
    grading.downloads   what an LMS hands out, student by student               (nbgrader)
    grading.rebuilding  a student's answers on the released notebook            (nothing)
    grading.marking     a class graded in the sandbox                           (NumPy, nbgrader)
    grading.exporting   the points as a table, for Canvas or Moodle too         (nothing)
"""

__version__ = "0.1.0"
