# Answers to exercises/source/training that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% bottom_of_the_lesson
# Goes to 3, where the lesson's valley had its bottom; loses check_descend
# says: The bottom is at `a`
def descend(c, a, rate, steps, w):
    path = [w]
    for _ in range(steps):
        w = w - rate * 2 * c * (w - 3)
        path.append(w)
    return path


# %% climbs_the_valley
# Goes with the slope, uphill; loses check_descend
# says: That goes uphill
def descend(c, a, rate, steps, w):
    path = [w]
    for _ in range(steps):
        w = w + rate * 2 * c * (w - a)
        path.append(w)
    return path


# %% forgets_the_start
# Leaves the start out of the list; loses check_descend
# says: The start belongs to the list
def descend(c, a, rate, steps, w):
    path = []
    for _ in range(steps):
        w = w - rate * 2 * c * (w - a)
        path.append(w)
    return path


# %% keeps_the_first_slope
# Works out the slope once, at the start; loses check_descend
# says: work out the slope anew
def descend(c, a, rate, steps, w):
    slope = 2 * c * (w - a)
    return [w - k * rate * slope for k in range(steps + 1)]


# %% knows_the_examples_by_heart
# Holds the answers of the visible checks and nothing else; loses check_descend, check_fate, check_overall_error
# unseen: the visible checks pass
def descend(c, a, rate, steps, w):
    return [0.0, 0.6, 1.08] if c == 1 else [3.0, 1.4, 0.44, -0.136]


def fate(c, rate):
    words = {(1, 0.75): "zigzag", (1, 1): "forever", (1, 1.05): "away", (4, 0.3): "away"}
    return words.get((c, rate), "straight")


def overall_error(errors, sizes):
    return {0.25: 0.4, 0.5: 0.125}.get(errors[0], 0.2475)


# %% slope_of_the_lesson
# Copies the lesson's function, whose bottom is at 3; loses check_descend
# says: 2 · c · (w − a)
def descend(c, a, rate, steps, w):
    path = [w]
    for _ in range(steps):
        gradient = 2 * (w - a)
        w = w - rate * gradient
        path.append(w)
    return path


# %% starts_at_zero
# Begins at 0, as the lesson did; loses check_descend
# says: The way begins at the `w` that is given
def descend(c, a, rate, steps, w):
    w = 0.0
    path = [w]
    for _ in range(steps):
        w = w - rate * 2 * c * (w - a)
        path.append(w)
    return path


# %% at_the_bottom_is_across
# Takes a step to the bottom for one across it; loses check_fate
# says: nothing is crossed
def fate(c, rate):
    factor = 1 - 2 * c * rate
    if factor > 0:
        return "straight"
    if factor > -1:
        return "zigzag"
    return "forever" if factor == -1 else "away"


# %% forgets_the_two
# Leaves the 2 of the slope out of the factor; loses check_fate
# says: The curvature is 2 · c
def fate(c, rate):
    factor = 1 - c * rate
    if factor >= 0:
        return "straight"
    if factor > -1:
        return "zigzag"
    return "forever" if factor == -1 else "away"


# %% knows_one_valley
# Knows the rates of the lesson's valley only; loses check_fate
# says: With c = 4 every slope is four times as large
def fate(c, rate):
    factor = 1 - 2 * rate
    if factor >= 0:
        return "straight"
    if factor > -1:
        return "zigzag"
    return "forever" if factor == -1 else "away"


# %% never_forever
# Lets a swing that goes on for ever fly away; loses check_fate
# says: it gets no farther away
def fate(c, rate):
    factor = 1 - 2 * c * rate
    if factor >= 0:
        return "straight"
    return "zigzag" if factor > -1 else "away"


# %% no_limit_for_steep_valleys
# Judges by the rate alone; loses check_fate
# says: every slope is four times as large
def fate(c, rate):
    if rate <= 0.5:
        return "straight"
    if rate < 1:
        return "zigzag"
    return "forever" if rate == 1 else "away"


# %% prints_its_word
# Prints the word and gives nothing back; loses check_fate
# says: Is a `return` missing?
def fate(c, rate):
    factor = 1 - 2 * c * rate
    print("straight" if factor >= 0 else "zigzag")


# %% adds_seed_and_epoch
# Draws the order from the sum of seed and epoch; loses check_batch_indices, check_next_batches
# says: give the pair, not the sum
def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng(seed + epoch).permutation(n)[i * batch : (i + 1) * batch]


# %% batches_of_four
# Knows batches of 4, as in the visible checks; loses check_batch_indices, check_next_batches
# unseen: the visible checks pass
def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng((seed, epoch)).permutation(n)[4 * i : 4 * i + 4]


# %% draws_anew_for_each_batch
# Draws an order for each batch, so that images come twice or never; loses check_batch_indices, check_next_batches
# says: cut all its batches out of that one
def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng((seed, epoch, i)).permutation(n)[:batch]


# %% draws_with_repeats
# Draws each image by itself, so that images come twice or never; loses check_batch_indices, check_next_batches
# says: cut the batch out of
def batch_indices(n, batch, seed, epoch, i):
    order = np.random.default_rng((seed, epoch)).integers(0, n, size=n)
    return order[i * batch : (i + 1) * batch]


# %% fills_the_last_batch
# Fills the last batch with images that have been in the epoch already; loses check_batch_indices
# says: the last batch takes what is left
def batch_indices(n, batch, seed, epoch, i):
    order = np.random.default_rng((seed, epoch)).permutation(n)
    return np.resize(order, n + batch)[i * batch : (i + 1) * batch]


# %% moves_by_one_image
# Begins batch i at image i; loses check_batch_indices, check_next_batches
# says: begins at image i * batch
def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng((seed, epoch)).permutation(n)[i : i + batch]


# %% never_shuffles
# Takes the images in the order of the file; loses check_batch_indices, check_next_batches
# says: That is the order of the file
def batch_indices(n, batch, seed, epoch, i):
    return np.arange(n)[i * batch : (i + 1) * batch]


# %% same_order_each_epoch
# Draws the order from the seed alone; loses check_batch_indices, check_next_batches
# says: every epoch has the same order
def batch_indices(n, batch, seed, epoch, i):
    return np.random.default_rng(seed).permutation(n)[i * batch : (i + 1) * batch]


# %% begins_the_epoch_again
# Goes on at the start of the interrupted epoch; loses check_next_batches
# says: Batch 0 of epoch 1 is done already
def next_batches(n, batch, seed, step, count):
    return np.array([batch_indices(n, batch, seed, step // (n // batch), i) for i in range(count)])


# %% crosses_one_epoch_only
# Goes into the next epoch but not beyond it; loses check_next_batches
# unseen: the visible checks pass
def next_batches(n, batch, seed, step, count):
    steps = n // batch
    first = step // steps
    places = [(min(s // steps, first + 1), s % steps) for s in range(step, step + count)]
    return np.array([batch_indices(n, batch, seed, epoch, i) for epoch, i in places])


# %% fills_up_from_the_next_epoch
# Takes the epochs as one endless row, and drops nothing; loses check_next_batches
# says: What is left of epoch 0 is dropped
def next_batches(n, batch, seed, step, count):
    epochs = (step + count) * batch // n + 1
    row = np.concatenate([batch_indices(n, n, seed, epoch, 0) for epoch in range(epochs)])
    return row[step * batch : (step + count) * batch].reshape(count, batch)


# %% forgets_the_steps_done
# Begins the training from the start; loses check_next_batches
# says: Those are the first batches of all
def next_batches(n, batch, seed, step, count):
    places = [divmod(s, n // batch) for s in range(count)]
    return np.array([batch_indices(n, batch, seed, epoch, i) for epoch, i in places])


# %% skips_a_batch
# Takes the step after the next; loses check_next_batches
# says: That leaves out batch 1 of epoch 1
def next_batches(n, batch, seed, step, count):
    places = [divmod(s + 1, n // batch) for s in range(step, step + count)]
    return np.array([batch_indices(n, batch, seed, epoch, i) for epoch, i in places])


# %% a_mean_for_each_row
# Takes mean and spread for each row of the image; loses check_prepare
# unseen: the visible checks pass
def prepare(images, train):
    mean = train.mean(axis=(0, 2), keepdims=True)
    std = train.std(axis=(0, 2), keepdims=True)
    return ((images - mean) / std).transpose(0, 3, 1, 2)


# %% divides_by_one_fewer
# Takes the pixels for a sample, and divides by one fewer; loses check_prepare
# says: np.std is enough as it is
def prepare(images, train):
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2), ddof=1)
    return ((images - mean) / std).transpose(0, 3, 1, 2)


# %% leaves_the_channels_last
# Leaves the axes as they are; loses check_prepare
# says: axis 1 has 1, not 3
def prepare(images, train):
    return (images - train.mean(axis=(0, 1, 2))) / train.std(axis=(0, 1, 2))


# %% one_mean_for_all_channels
# Takes one mean and one spread for all channels; loses check_prepare
# says: Each channel has its own
def prepare(images, train):
    return ((images - train.mean()) / train.std()).transpose(0, 3, 1, 2)


# %% prepares_with_its_own_mean
# Takes mean and spread of the images themselves; loses check_prepare
# says: Take those of the training images
def prepare(images, train):
    mean, std = images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
    return ((images - mean) / std).transpose(0, 3, 1, 2)


# %% reshapes_the_axes
# Reshapes where it should move axes; loses check_prepare
# says: `transpose` moves axes
def prepare(images, train):
    n, h, w, c = images.shape
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2))
    return ((images - mean) / std).reshape(n, c, h, w)


# %% subtracts_the_mean_image
# Takes mean and spread for each place of the image; loses check_prepare
# says: Take one for each channel
def prepare(images, train):
    return ((images - train.mean(axis=0)) / train.std(axis=0)).transpose(0, 3, 1, 2)


# %% wraps_around
# Subtracts in uint8, where 0 - 20 is 236; loses check_prepare
# says: wrapped around to 236
def prepare(images, train):
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2))
    return ((images - mean.astype(np.uint8)) / std).transpose(0, 3, 1, 2)


# %% each_layer_begins_anew
# Takes the inputs of every layer for standardized ones; loses check_spreads, check_last_std
# says: Only the first layer has inputs with a mean square of 1
def spreads(inputs, stds):
    return [s * n**0.5 for n, s in zip(inputs, stds)]


# %% forgets_relu
# Passes all of the mean square on, as if there were no ReLU; loses check_spreads, check_last_std
# says: ReLU is missing
def spreads(inputs, stds):
    found, q = [], 1.0
    for n, s in zip(inputs, stds):
        q = n * q * s**2
        found.append(q**0.5)
    return found


# %% forgets_the_square_of_s
# Does not square the deviation of the weights; loses check_spreads, check_last_std
# says: Square the standard deviation of the weights
def spreads(inputs, stds):
    found, q = [], 1.0
    for n, s in zip(inputs, stds):
        square = n * q * s
        found.append(square**0.5)
        q = square / 2
    return found


# %% gives_mean_squares
# Gives mean squares and no deviations; loses check_spreads
# says: Take the root of each
def spreads(inputs, stds):
    found, q = [], 1.0
    for n, s in zip(inputs, stds):
        found.append(n * q * s**2)
        q = found[-1] / 2
    return found


def last_std(inputs, stds, wanted):
    return wanted / spreads(inputs, [*stds, 1.0])[-1] ** 0.5


# %% halves_the_deviation
# Halves the deviation instead of the mean square; loses check_spreads, check_last_std
# says: ReLU leaves half of the mean *square*
def spreads(inputs, stds):
    found, size = [], 1.0
    for n, s in zip(inputs, stds):
        size = size * s * n**0.5
        found.append(size)
        size = size / 2
    return found


# %% three_layers_at_most
# Stops after three layers; loses check_spreads
# unseen: the visible checks pass
def spreads(inputs, stds):
    found, q = [], 1.0
    for n, s in list(zip(inputs, stds))[:3]:
        found.append((n * q) ** 0.5 * s)
        q = found[-1] ** 2 / 2
    return found


# %% two_layers_only
# Knows networks of two layers; loses check_spreads
# says: axis 0 has 2, not 3
def spreads(inputs, stds):
    first = inputs[0] * stds[0] ** 2
    second = inputs[1] * first / 2 * stds[1] ** 2
    return [first**0.5, second**0.5]


def last_std(inputs, stds, wanted):
    q = 1.0
    for n, s in zip(inputs, stds):
        q = n * q * s**2 / 2
    return wanted / (inputs[-1] * q) ** 0.5


# %% cures_with_a_share_of_the_usual_rule
# Multiplies the usual rule by the size wanted; loses check_last_std
# says: That is 0.3 of what keeps the size
def last_std(inputs, stds, wanted):
    return wanted * (2 / inputs[-1]) ** 0.5


# %% cures_with_the_lessons_number
# Gives the 0.01 of the lesson, whatever the network; loses check_last_std
# says: 0.01 was right for the lesson's network
def last_std(inputs, stds, wanted):
    return 0.01


# %% cures_with_the_usual_rule
# Gives the rule that keeps the size from layer to layer; loses check_last_std
# says: That keeps the size from layer to layer
def last_std(inputs, stds, wanted):
    return (2 / inputs[-1]) ** 0.5


# %% cures_without_relu
# Takes the sums before ReLU for the last layer's inputs; loses check_last_std
# says: Half of the mean square goes on
def last_std(inputs, stds, wanted):
    q = spreads(inputs[:-1], stds)[-1] ** 2 if stds else 1.0
    return wanted / (inputs[-1] * q) ** 0.5


# %% inputs_always_of_size_one
# Takes the last layer's inputs for ones with a mean square of 1; loses check_last_std
# says: have a mean square of 0.16 here
def last_std(inputs, stds, wanted):
    return wanted / inputs[-1] ** 0.5


# %% looks_one_layer_back
# Takes the last hidden layer's inputs for ones with a mean square of 1; loses check_last_std
# unseen: the visible checks pass
def last_std(inputs, stds, wanted):
    q = inputs[-2] * stds[-1] ** 2 / 2 if stds else 1.0
    return wanted / (inputs[-1] * q) ** 0.5


# %% climbs
# Steps with the gradient, so that the loss rises; loses check_paper_step, check_step_after_drop
# says: The step goes against the gradient
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v - decay * rate * w + rate * g
    return w + v, v


# %% decay_is_always_00005
# Writes 0.0005 where the decay should stand; loses check_paper_step, check_torch_step, check_step_after_drop
# says: Use the argument `decay`
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v - 0.0005 * rate * w - rate * g
    return w + v, v


def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v + g + 0.0005 * w
    return w - rate * v, v


# %% decay_without_the_rate
# Does not multiply the decay by the rate; loses check_paper_step
# says: The decay is multiplied by the rate, too
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v - decay * w - rate * g
    return w + v, v


# %% momentum_is_always_09
# Writes 0.9 where the momentum should stand; loses check_paper_step, check_torch_step
# says: Use the argument `momentum`
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = 0.9 * v - decay * rate * w - rate * g
    return w + v, v


def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = 0.9 * v + g + decay * w
    return w - rate * v, v


# %% moves_the_weight_first
# Changes the weight first, and the velocity by the new weight; loses check_paper_step, check_step_after_drop
# says: First the new v from the old w
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    w = w + v
    return w, momentum * v - decay * rate * w - rate * g


# %% rounds_to_four_digits
# Rounds to the four digits of the examples; loses check_paper_step, check_torch_step, check_step_after_drop
# unseen: the visible checks pass
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = np.round(momentum * v - decay * rate * w - rate * g, 4)
    return np.round(w + v, 4), v


def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = np.round(momentum * v + g + decay * w, 4)
    return np.round(w - rate * v, 4), v


# %% decay_with_the_rate_twice
# Multiplies PyTorch's decay by the rate twice; loses check_torch_step
# says: The decay is not multiplied by the rate here
def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v + g + decay * rate * w
    return w - rate * v, v


# %% moves_by_the_old_velocity
# Changes the weight by the velocity of the step before; loses check_torch_step, check_step_after_drop
# says: by the new v, not by the old one
def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    return w - rate * v, momentum * v + g + decay * w


# %% one_rule_for_both
# Takes the paper's rule for PyTorch's; loses check_torch_step, check_step_after_drop
# says: That is the paper's rule
def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    return paper_step(w, v, g, rate, momentum, decay)


# %% rate_inside_the_velocity
# Puts the rate into PyTorch's velocity, as the paper does; loses check_torch_step, check_step_after_drop
# says: The rate is inside v
def torch_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v + rate * (g + decay * w)
    return w - v, v


# %% a_few_steps_only
# Makes at most two steps before the rate is divided; loses check_step_after_drop
# unseen: the visible checks pass
def step_after_drop(g, steps, rate):
    changes = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for _ in range(min(steps, 2)):
            w, v = one_step(w, v, g, rate, decay=0)
        changes.append(one_step(w, v, g, rate / 10, decay=0)[0] - w)
    return tuple(changes)


# %% decays_at_the_drop
# Leaves the decay of the paper in place; loses check_step_after_drop
# says: pass decay=0
def step_after_drop(g, steps, rate):
    changes = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for i in range(steps + 1):
            before = w
            w, v = one_step(w, v, g, rate if i < steps else rate / 10)
        changes.append(w - before)
    return tuple(changes)


# %% drops_the_rate_too_soon
# Makes all steps at a tenth of the rate; loses check_step_after_drop
# says: were made at the full rate
def step_after_drop(g, steps, rate):
    changes = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for _ in range(steps + 1):
            before = w
            w, v = one_step(w, v, g, rate / 10, decay=0)
        changes.append(w - before)
    return tuple(changes)


# %% forgets_the_velocity_at_the_drop
# Sets the velocity to 0 when the rate is divided; loses check_step_after_drop
# says: Keep v over the division
def step_after_drop(g, steps, rate):
    return tuple(f(0.0, 0.0, g, rate / 10, decay=0)[0] for f in (paper_step, torch_step))


# %% gives_the_whole_way
# Gives the way since the start, not the last step; loses check_step_after_drop
# says: Only the last step is asked for
def step_after_drop(g, steps, rate):
    ways = []
    for one_step in (paper_step, torch_step):
        w = v = 0.0
        for i in range(steps + 1):
            w, v = one_step(w, v, g, rate if i < steps else rate / 10, decay=0)
        ways.append(w)
    return tuple(ways)


# %% compares_with_the_last_error
# Compares with the epoch before, not with the best; loses check_plateau
# says: the lowest error before it is 40
def plateau(errors, rate, patience):
    rates, last, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < last else waited + 1
        last = error
        if waited == patience:
            rate, waited = rate / 10, 0
    return rates


# %% counts_all_bad_epochs
# Counts epochs without an improvement even if they are not in a row; loses check_plateau
# says: an improvement sets the count back to 0
def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited += error >= best
        best = min(best, error)
        if waited == patience:
            rate, waited = rate / 10, 0
    return rates


# %% equal_is_better
# Takes an equal error for an improvement; loses check_plateau
# says: An equal error is not lower
def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error <= best else waited + 1
        best = min(best, error)
        if waited == patience:
            rate, waited = rate / 10, 0
    return rates


# %% forgets_the_best_error
# Forgets the lowest error when it divides; loses check_plateau
# says: The lowest error is still 50
def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited == patience:
            rate, waited, best = rate / 10, 0, error
    return rates


# %% goes_on_counting
# Does not begin to count anew after a division; loses check_plateau
# says: the counting begins anew
def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited >= patience:
            rate = rate / 10
    return rates


# %% knows_the_error_too_soon
# Gives an epoch the rate that its own error leads to; loses check_plateau
# says: is known after epoch 3
def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited == patience:
            rate, waited = rate / 10, 0
        rates.append(rate)
    return rates


# %% little_patience
# Waits for two epochs at most; loses check_plateau
# unseen: the visible checks pass
def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited == min(patience, 2):
            rate, waited = rate / 10, 0
    return rates


# %% waits_one_epoch_more
# Divides after more than `patience` epochs; loses check_plateau
# says: Epochs 2 and 3 are two in a row
def plateau(errors, rate, patience):
    rates, best, waited = [], float("inf"), 0
    for error in errors:
        rates.append(rate)
        waited = 0 if error < best else waited + 1
        best = min(best, error)
        if waited > patience:
            rate, waited = rate / 10, 0
    return rates


# %% counts_epochs_from_one
# Counts the epochs from 1; loses check_best_epoch
# says: Epochs are counted from 0
def best_epoch(losses):
    return np.nanargmin(losses) + 1


# %% gives_the_loss
# Gives the lowest loss, not its epoch; loses check_best_epoch
# says: the number of its epoch is asked for
def best_epoch(losses):
    return np.nanmin(losses)


# %% leaves_the_nan_out
# Leaves the NaN out of the list before it counts; loses check_best_epoch
# says: Count the NaN's epoch, too
def best_epoch(losses):
    finite = [loss for loss in losses if loss == loss]
    return finite.index(min(finite))


# %% nan_counts_as_a_hundred
# Puts 100 in the place of NaN, which is not always above the lowest loss; loses check_best_epoch
# unseen: the visible checks pass
def best_epoch(losses):
    return np.argmin(np.nan_to_num(losses, nan=100.0))


# %% takes_nan_for_the_lowest
# Lets np.argmin take NaN for the lowest; loses check_best_epoch
# says: NaN is never the lowest
def best_epoch(losses):
    return np.argmin(losses)


# %% takes_the_last_of_equals
# Takes the last of the lowest; loses check_best_epoch
# says: take the first
def best_epoch(losses):
    lowest = np.nanmin(losses)
    return max(i for i, loss in enumerate(losses) if loss == lowest)


# %% trusts_min_with_nan
# Uses min, which gives NaN back if NaN comes first; loses check_best_epoch
# says: NaN is never the lowest
def best_epoch(losses):
    return losses.index(min(losses))


# %% mean_of_means
# Takes the mean of the batches' errors, however large they are; loses check_overall_error
# says: gives the 2 images of the last batch as much weight as 4
def overall_error(errors, sizes):
    return sum(errors) / len(errors)


# %% only_the_last_batch_differs
# Takes all batches but the last for equally large; loses check_overall_error
# unseen: the visible checks pass
def overall_error(errors, sizes):
    wrong = sum(errors[:-1]) * sizes[0] + errors[-1] * sizes[-1]
    return wrong / (sizes[0] * (len(sizes) - 1) + sizes[-1])


# %% rounds_the_wrong_images
# Rounds the number of wrong images to a whole one; loses check_overall_error
# says: round nothing
def overall_error(errors, sizes):
    wrong = sum(error * size for error, size in zip(errors, sizes))
    return round(wrong) / sum(sizes)
