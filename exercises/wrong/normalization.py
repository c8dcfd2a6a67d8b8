# Answers to exercises/source/normalization that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% adds_the_factors
# Adds the layers' factors instead of multiplying them; loses check_size_after
# says: Factors of layers are multiplied, not added
def size_after(layers, start=1.0):
    return start * sum(s * np.sqrt(n / 2 if relu else n) for n, s, relu in layers)


# %% forgets_relu
# Never halves the squares; loses check_size_after
# says: ReLU takes half of the squares away
def size_after(layers, start=1.0):
    size = start
    for n, s, relu in layers:
        size *= s * np.sqrt(n)
    return size


# %% forgets_the_start
# Takes numbers of size 1 in; loses check_size_after
# says: The numbers that go in have the size `start`
def size_after(layers, start=1.0):
    size = 1.0
    for n, s, relu in layers:
        size *= s * np.sqrt(n / 2 if relu else n)
    return size


# %% halves_the_size
# Halves the size behind ReLU, not the squares; loses check_size_after
# says: Only the squares are halved
def size_after(layers, start=1.0):
    size = start
    for n, s, relu in layers:
        size *= s * np.sqrt(n) / (2 if relu else 1)
    return size


# %% last_layer_alone
# Begins anew at each layer; loses check_size_after
# says: The layers work one after the other
def size_after(layers, start=1.0):
    size = start
    for number, (n, s, relu) in enumerate(layers):
        size = (start if number == 0 else 1.0) * s * np.sqrt(n / 2 if relu else n)
    return size


# %% no_root
# Adds the numbers up as if all had the same sign; loses check_size_after
# says: The squares add up, not the numbers
def size_after(layers, start=1.0):
    size = start
    for n, s, relu in layers:
        size *= s * (n / 2 if relu else n)
    return size


# %% relu_everywhere
# The lesson's formula for every layer; loses check_size_after
# says: The second layer has no ReLU
def size_after(layers, start=1.0):
    size = start
    for n, s, relu in layers:
        size *= s * np.sqrt(n / 2)
    return size


# %% three_layers_at_most
# Stops after the third layer; loses check_size_after
# unseen: the visible checks pass
def size_after(layers, start=1.0):
    size = start
    for n, s, relu in layers[:3]:
        size *= s * np.sqrt(n / 2 if relu else n)
    return size


# %% forgets_the_height
# Takes a kernel for a single row; loses check_first_std
# says: A kernel is as high as it is wide
def first_std(kernel, channels, groups=1):
    return np.sqrt(2 / (kernel * channels / groups))


# %% ignores_the_groups
# Lets each kernel see all channels; loses check_first_std
# says: With two groups a kernel sees only half of the channels
def first_std(kernel, channels, groups=1):
    return np.sqrt(2 / (kernel * kernel * channels))


# %% multiplies_by_the_groups
# Gives a unit more inputs where there are groups; loses check_first_std
# says: half as many inputs, so the weights are larger
def first_std(kernel, channels, groups=1):
    return np.sqrt(2 / (kernel * kernel * channels * groups))


# %% one_channel
# Leaves the channels out; loses check_first_std
# says: in every channel
def first_std(kernel, channels, groups=1):
    return np.sqrt(2 / kernel**2)


# %% one_over_n
# The rule without ReLU; loses check_first_std
# says: Half of the squares are lost to ReLU
def first_std(kernel, channels, groups=1):
    return np.sqrt(1 / (kernel * kernel * channels / groups))


# %% the_variance
# Gives the square of the standard deviation; loses check_first_std
# says: Take the root
def first_std(kernel, channels, groups=1):
    return 2 / (kernel * kernel * channels / groups)


# %% two_groups_at_most
# Knows one group and two; loses check_first_std
# unseen: the visible checks pass
def first_std(kernel, channels, groups=1):
    return np.sqrt(2 / (kernel * kernel * channels / min(groups, 2)))


# %% always_divides
# Divides whether asked to or not; loses check_prepare
# says: Divide only with divide=True
def prepare(pictures, train, divide=False):
    mean_image = train.mean(axis=0)
    return (pictures - mean_image) / np.std(train - mean_image)


# %% deviation_of_each_pixel
# Divides each pixel by a standard deviation of its own; loses check_prepare
# says: One standard deviation for all pixels
def prepare(pictures, train, divide=False):
    left = pictures - train.mean(axis=0)
    with np.errstate(all="ignore"):
        return left / train.std(axis=0) if divide else left


# %% deviation_of_the_pictures
# Divides by the standard deviation of what it prepares; loses check_prepare
# says: of the training pictures, not of these
def prepare(pictures, train, divide=False):
    left = pictures - train.mean(axis=0)
    return left / np.std(left) if divide else left


# %% deviation_of_the_pixels_before
# Takes the standard deviation before it subtracts the mean image; loses check_prepare
# says: First subtract the mean image
def prepare(pictures, train, divide=False):
    left = pictures - train.mean(axis=0)
    return left / np.std(train) if divide else left


# %% divides_by_the_variance
# Forgets the root; loses check_prepare
# says: the root of the variance
def prepare(pictures, train, divide=False):
    left = pictures - train.mean(axis=0)
    return left / np.var(train - train.mean(axis=0)) if divide else left


# %% one_mean_for_all_pixels
# Subtracts a single mean; loses check_prepare
# says: A mean image has a mean for each pixel
def prepare(pictures, train, divide=False):
    left = pictures - train.mean()
    return left / np.std(train) if divide else left


# %% own_mean_image
# Subtracts the mean image of the pictures at hand; loses check_prepare
# says: not their own
def prepare(pictures, train, divide=False):
    left = pictures - pictures.mean(axis=0)
    return left / np.std(train - train.mean(axis=0)) if divide else left


# %% two_training_pictures
# Takes the mean image of the first two training pictures; loses check_prepare
# unseen: the visible checks pass
def prepare(pictures, train, divide=False):
    mean_image = train[:2].mean(axis=0)
    return (pictures - mean_image) / (np.std(train - mean_image) if divide else 1.0)


# %% around_the_end
# Lets a window at the border begin at a negative index; loses check_lrn, check_which_form
# says: a negative index counts from the end
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    y = np.zeros(x.shape)
    maps = x.shape[0]
    for i in range(maps):
        total = sum(x[j % maps] ** 2 for j in range(i - n // 2, i + n // 2 + 1))
        y[i] = x[i] / (k + a * total) ** beta
    return y


# %% divides_by_the_maps_there
# The program's form, divided by how many maps a window holds; loses check_lrn, check_which_form
# says: The program divides by n everywhere
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        a = alpha / len(window) if form == "program" else alpha
        y[i] = x[i] / (k + a * (window**2).sum(axis=0)) ** beta
    return y


# %% forgets_the_power
# Doesn't take the divisor to the power beta; loses check_lrn, check_which_form
# says: to the power beta
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        y[i] = x[i] / (k + a * (window**2).sum(axis=0))
    return y


# %% ignores_the_form
# Knows only the paper's formula; loses check_lrn, check_which_form
# says: The program divides alpha by n
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        y[i] = x[i] / (k + alpha * (window**2).sum(axis=0)) ** beta
    return y


# %% leaves_itself_out
# Adds up the neighbours only; loses check_lrn, check_which_form
# says: The number's own square belongs to the sum
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        y[i] = x[i] / (k + a * ((window**2).sum(axis=0) - x[i] ** 2)) ** beta
    return y


# %% multiplies_alpha_by_n
# Turns the program's alpha / n around; loses check_lrn, check_which_form
# says: don't multiply
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha * n if form == "program" else alpha
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        y[i] = x[i] / (k + a * (window**2).sum(axis=0)) ** beta
    return y


# %% normalized_neighbours
# Overwrites a map before the next one has read it; loses check_lrn, check_which_form
# says: Take the squares of the maps as they came
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    x = x.astype(float)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        x[i] = x[i] / (k + a * (window**2).sum(axis=0)) ** beta
    return x


# %% over_all_places
# Adds up the squares of a whole window of maps; loses check_lrn, check_which_form
# says: every place is for itself
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        y[i] = x[i] / (k + a * (window**2).sum()) ** beta
    return y


# %% rows_as_in_the_lesson
# The lesson's own function, along axis 1; loses check_lrn, check_which_form
# says: The maps lie along axis 0 here
def lrn(x, n=5, alpha=1.0, beta=0.75, k=2.0, form="paper"):
    y = np.zeros(x.shape)
    for i in range(x.shape[1]):
        first = max(0, i - n // 2)
        window = x[:, first : i + n // 2 + 1]
        total = (window**2).sum(axis=1)
        y[:, i] = x[:, i] / (k + alpha * total) ** beta
    return y


# %% whole_numbers
# Stores the results in the maps' type; loses check_lrn, check_which_form
# says: The output must hold floats
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    y = np.zeros_like(x)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        y[i] = x[i] / (k + a * (window**2).sum(axis=0)) ** beta
    return y


# %% window_ends_too_early
# Lets the window end at the number itself; loses check_lrn, check_which_form
# says: to both sides
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + 1]
        y[i] = x[i] / (k + a * (window**2).sum(axis=0)) ** beta
    return y


# %% windows_of_three_at_most
# Looks at three maps, even where n is larger; loses check_lrn, check_which_form
# unseen: the visible checks pass
def lrn(x, n=5, alpha=1e-4, beta=0.75, k=2.0, form="paper"):
    a = alpha / n if form == "program" else alpha
    n = min(n, 3)
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        window = x[max(0, i - n // 2) : i + n // 2 + 1]
        y[i] = x[i] / (k + a * (window**2).sum(axis=0)) ** beta
    return y


# %% always_a_window_of_five
# Takes AlexNet's n for any; loses check_which_form
# unseen: the visible checks pass
def which_form(x, y, n=5, alpha=1e-4, beta=0.75, k=2.0):
    n = n if n > 1 else 5
    paper = np.allclose(y, lrn(x, n, alpha, beta, k, "paper"), rtol=0.01, atol=0)
    program = np.allclose(y, lrn(x, n, alpha, beta, k, "program"), rtol=0.01, atol=0)
    if paper and program:
        return "both"
    if paper:
        return "paper"
    return "program" if program else "neither"


# %% asks_for_equality
# Compares to the last digit; loses check_which_form
# says: compare with np.allclose
def which_form(x, y, n=5, alpha=1e-4, beta=0.75, k=2.0):
    if np.array_equal(y, lrn(x, n, alpha, beta, k, "paper")):
        return "paper"
    return "program" if np.array_equal(y, lrn(x, n, alpha, beta, k, "program")) else "neither"


# %% never_says_both
# Is content with the first form that fits; loses check_which_form
# says: With AlexNet's constants numbers as small as these fit both forms
def which_form(x, y, n=5, alpha=1e-4, beta=0.75, k=2.0):
    if np.allclose(y, lrn(x, n, alpha, beta, k, "paper"), rtol=0.01, atol=0):
        return "paper"
    if np.allclose(y, lrn(x, n, alpha, beta, k, "program"), rtol=0.01, atol=0):
        return "program"
    return "neither"


# %% never_says_neither
# Takes everything else for the program's form; loses check_which_form
# says: half of each number is neither
def which_form(x, y, n=5, alpha=1e-4, beta=0.75, k=2.0):
    paper = np.allclose(y, lrn(x, n, alpha, beta, k, "paper"), rtol=0.01, atol=0)
    program = np.allclose(y, lrn(x, n, alpha, beta, k, "program"), rtol=0.01, atol=0)
    return "both" if paper and program else "paper" if paper else "program"


# %% adds_the_tiny_number_outside
# Adds 0.00001 to the standard deviation; loses check_batch_norm
# says: under the root
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    deviation = x.std(axis=(0, 2, 3), keepdims=True) + 1e-5
    return scale.reshape(1, -1, 1, 1) * (x - mean) / deviation + shift.reshape(1, -1, 1, 1)


# %% divides_by_the_variance_in_training
# Forgets the root; loses check_batch_norm
# says: Divide by the root of the variance
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True) + 1e-5
    return scale.reshape(1, -1, 1, 1) * (x - mean) / variance + shift.reshape(1, -1, 1, 1)


# %% each_picture_by_itself
# Takes the mean over the places only; loses check_batch_norm
# says: the mean is over the pictures, too
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(2, 3), keepdims=True)
    variance = x.var(axis=(2, 3), keepdims=True)
    standard = (x - mean) / np.sqrt(variance + 1e-5)
    return scale.reshape(1, -1, 1, 1) * standard + shift.reshape(1, -1, 1, 1)


# %% forgets_keepdims
# Loses the axes of the means; loses check_batch_norm
# says: Each map has a mean of its own
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3)).mean()
    variance = x.var()
    standard = (x - mean) / np.sqrt(variance + 1e-5)
    return scale.reshape(1, -1, 1, 1) * standard + shift.reshape(1, -1, 1, 1)


# %% forgets_the_tiny_number
# Divides by 0 where all numbers of a map are equal; loses check_batch_norm
# says: Add 0.00001 to the variance
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    deviation = x.std(axis=(0, 2, 3), keepdims=True)
    return scale.reshape(1, -1, 1, 1) * (x - mean) / deviation + shift.reshape(1, -1, 1, 1)


# %% scale_along_the_places
# Lets scale and shift meet the last axis; loses check_batch_norm
# says: Scale and shift belong to the maps
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True)
    return scale * (x - mean) / np.sqrt(variance + 1e-5) + shift


# %% shifts_before_it_scales
# Adds the shift first; loses check_batch_norm
# says: Multiply by the scale first
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True)
    standard = (x - mean) / np.sqrt(variance + 1e-5)
    return scale.reshape(1, -1, 1, 1) * (standard + shift.reshape(1, -1, 1, 1))


# %% table_as_in_the_lesson
# The lesson's function for tables, over the pictures alone; loses check_batch_norm
# says: Take the mean over the places, too
def batch_norm(x, scale, shift):
    mean = x.mean(axis=0)
    variance = x.var(axis=0)
    standard = (x - mean) / np.sqrt(variance + 1e-5)
    return scale.reshape(1, -1, 1, 1) * standard + shift.reshape(1, -1, 1, 1)


# %% takes_the_root_of_the_deviation
# Takes the root of what is a root already; loses check_batch_norm
# says: x.std is already a root
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    deviation = x.std(axis=(0, 2, 3), keepdims=True)
    standard = (x - mean) / np.sqrt(deviation + 1e-5)
    return scale.reshape(1, -1, 1, 1) * standard + shift.reshape(1, -1, 1, 1)


# %% takes_the_root_twice
# Takes a root of the root; loses check_batch_norm
# says: One root is enough
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    root = np.sqrt(x.var(axis=(0, 2, 3), keepdims=True) + 1e-5)
    standard = (x - mean) / np.sqrt(root)
    return scale.reshape(1, -1, 1, 1) * standard + shift.reshape(1, -1, 1, 1)


# %% two_pictures_at_most
# Takes mean and variance from the first two pictures; loses check_batch_norm
# unseen: the visible checks pass
def batch_norm(x, scale, shift):
    mean = x[:2].mean(axis=(0, 2, 3), keepdims=True)
    variance = x[:2].var(axis=(0, 2, 3), keepdims=True)
    standard = (x - mean) / np.sqrt(variance + 1e-5)
    return scale.reshape(1, -1, 1, 1) * standard + shift.reshape(1, -1, 1, 1)


# %% variance_of_a_sample
# Divides the squares by one less; loses check_batch_norm
# says: leave ddof out
def batch_norm(x, scale, shift):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True, ddof=1)
    standard = (x - mean) / np.sqrt(variance + 1e-5)
    return scale.reshape(1, -1, 1, 1) * standard + shift.reshape(1, -1, 1, 1)


# %% begins_with_the_first_batch
# Takes the first batch's mean for the start; loses check_running_mean
# says: The running mean begins at 0
def running_mean(batches, pull=0.1):
    running = batches[0].mean(axis=0)
    for batch in batches[1:]:
        running = running + pull * (batch.mean(axis=0) - running)
    return running


# %% keeps_what_should_move
# Takes `pull` for what stays; loses check_running_mean
# says: `pull` is how far it moves
def running_mean(batches, pull=0.1):
    running = np.zeros(batches[0].shape[1])
    for batch in batches:
        running = pull * running + (1 - pull) * batch.mean(axis=0)
    return running


# %% mean_of_all_batches
# Takes the plain mean of the means; loses check_running_mean
# says: That is the plain mean
def running_mean(batches, pull=0.1):
    means = [batch.mean(axis=0) for batch in batches]
    return sum(means) / len(means) if len(means) > 1 else pull * means[0]


# %% one_mean_for_all_maps
# Takes the mean over the maps, too; loses check_running_mean
# says: Each map has a running mean of its own
def running_mean(batches, pull=0.1):
    running = np.zeros(batches[0].shape[1])
    for batch in batches:
        running = running + pull * (batch.mean() - running)
    return running


# %% pulls_from_zero
# Forgets what there was; loses check_running_mean
# says: Each batch pulls from where the running mean is
def running_mean(batches, pull=0.1):
    running = np.zeros(batches[0].shape[1])
    for batch in batches:
        running = pull * batch.mean(axis=0)
    return running


# %% pulls_once_for_each_row
# Lets each picture pull by itself; loses check_running_mean
# says: not once for each of its rows
def running_mean(batches, pull=0.1):
    running = np.zeros(batches[0].shape[1])
    for batch in batches:
        for row in batch:
            running = running + pull * (row - running)
    return running


# %% three_batches_at_most
# Looks at the last three batches only; loses check_running_mean
# unseen: the visible checks pass
def running_mean(batches, pull=0.1):
    running = np.zeros(batches[0].shape[1])
    for batch in batches[-3:]:
        running = running + pull * (batch.mean(axis=0) - running)
    return running


# %% adds_the_mean
# Adds the mean instead of subtracting it; loses check_fold
# says: The mean is subtracted from the bias
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r[:, None], (b + mean) * r + shift])


# %% adds_the_shift_before_dividing
# Divides the shift, too; loses check_fold
# says: The shift is added after dividing
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r[:, None], (b - mean + shift) * r])


# %% adds_the_tiny_number_after_the_root
# Adds 0.00001 to the standard deviation; loses check_fold
# says: under the root
def fold(w, b, mean, variance, scale, shift):
    r = scale / (np.sqrt(variance) + 1e-5)
    return np.column_stack([w * r[:, None], (b - mean) * r + shift])


# %% columns_for_units
# Multiplies column by column; loses check_fold
# says: A unit is a row of w
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r, (b - mean) * r + shift])


# %% divides_by_the_running_variance
# Forgets the root; loses check_fold
# says: Divide by the root of the variance
def fold(w, b, mean, variance, scale, shift):
    r = scale / (variance + 1e-5)
    return np.column_stack([w * r[:, None], (b - mean) * r + shift])


# %% divides_the_mean_alone
# Divides the mean, and leaves the bias as it is; loses check_fold
# says: The bias is divided, too
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r[:, None], b - mean * r + shift])


# %% divides_the_weights_alone
# Subtracts the mean from the bias, but doesn't divide; loses check_fold
# says: Bias minus mean is divided, too
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r[:, None], b - mean + shift])


# %% forgets_the_bias
# Lets the bias go; loses check_fold
# says: The bias b goes through batch normalization, too
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r[:, None], -mean * r + shift])


# %% forgets_the_shift
# Leaves the shift out; loses check_fold
# says: The shift is added at the end
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r[:, None], (b - mean) * r])


# %% ignores_the_tiny_number
# Divides by 0 where the variance is 0; loses check_fold
# says: Add 0.00001 to the variance
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(np.maximum(variance, 1e-12))
    return np.column_stack([w * r[:, None], (b - mean) * r + shift])


# %% only_the_weights
# Leaves the bias as it was, but for the shift; loses check_fold
# says: The mean is subtracted from the bias, too
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    return np.column_stack([w * r[:, None], b + shift])


# %% two_units_at_most
# Folds the first two units only; loses check_fold
# unseen: the visible checks pass
def fold(w, b, mean, variance, scale, shift):
    r = scale / np.sqrt(variance + 1e-5)
    r[2:] = 1
    return np.column_stack([w * r[:, None], (b - mean) * r + shift])
