# Answers to exercises/source/training that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% always_adds_one
# Adds a batch where nothing is left over; loses check_total_steps
# says: so no batch is added
def total_steps(n, batch, epochs, drop_last=True):
    return epochs * (n // batch + (not drop_last))


# %% always_drops
# Drops the incomplete batch even if it is to be kept; loses check_total_steps
# says: the incomplete batch counts, too
def total_steps(n, batch, epochs, drop_last=True):
    return n // batch * epochs


# %% fills_up_the_rest
# Fills up the incomplete batch from the next epoch; loses check_total_steps
# says: not filled up from the second
def total_steps(n, batch, epochs, drop_last=True):
    images = n * epochs
    return images // batch if drop_last else -(-images // batch)


# %% knows_the_examples_by_heart
# Holds the answers of the visible checks and nothing else; loses check_total_steps, check_training_days, check_overall_error
# unseen: the visible checks pass
def total_steps(n, batch, epochs, drop_last=True):
    return {(10, 1, True): 2, (10, 1, False): 3, (10, 2, True): 4}.get((n, epochs, drop_last), 6)


def training_days(n, epochs, images_per_second):
    return 1.0 if images_per_second == 1 else 5.0


def overall_error(errors, sizes):
    return 0.4 if len(errors) == 3 else 0.125


# %% seconds_for_days
# Gives the time in seconds; loses check_training_days
# says: Those are seconds
def training_days(n, epochs, images_per_second):
    return n * epochs / images_per_second


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


# %% climbs
# Steps with the gradient, so that the loss rises; loses check_paper_step, check_step_after_drop
# says: The step goes against the gradient
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v - decay * rate * w + rate * g
    return w + v, v


# %% decay_without_the_rate
# Does not multiply the decay by the rate; loses check_paper_step
# says: The decay is multiplied by the rate, too
def paper_step(w, v, g, rate, momentum=0.9, decay=0.0005):
    v = momentum * v - decay * w - rate * g
    return w + v, v


# %% momentum_is_always_09
# Writes 0.9 where the momentum should stand; loses check_paper_step, check_torch_step
# unseen: the visible checks pass
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
# Counts the epochs from 1; loses check_best_epoch, check_verdict
# says: Epochs are counted from 0
def best_epoch(test_losses):
    return np.nanargmin(test_losses) + 1


# %% gives_the_loss
# Gives the lowest loss, not its epoch; loses check_best_epoch, check_verdict
# says: the number of its epoch is asked for
def best_epoch(test_losses):
    return np.nanmin(test_losses)


# %% takes_nan_for_the_lowest
# Lets np.argmin take NaN for the lowest; loses check_best_epoch
# says: NaN is never the lowest
def best_epoch(test_losses):
    return np.argmin(test_losses)


# %% takes_the_last_of_equals
# Takes the last of the lowest; loses check_best_epoch
# says: take the first
def best_epoch(test_losses):
    lowest = np.nanmin(test_losses)
    return max(i for i, loss in enumerate(test_losses) if loss == lowest)


# %% trusts_min_with_nan
# Uses min, which gives NaN back if NaN comes first; loses check_best_epoch
# unseen: the visible checks pass
def best_epoch(test_losses):
    return test_losses.index(min(test_losses))


# %% any_rise_is_overfitting
# Calls any test loss above the lowest overfitting; loses check_verdict
# says: not above 1.1 times 0.62
def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if not np.all(np.isfinite([train_losses, test_losses])) or last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if test_losses[-1] > test_losses[best] and last < train_losses[best]:
        return "overfits"
    if before - last > before / 100:
        return "unfinished"
    return "underfits" if last > first / 2 else "fits"


# %% compares_with_nan
# Sees no NaN, because every comparison with it is false; loses check_verdict
# says: Ask np.isfinite first
def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if test_losses[-1] > 1.1 * test_losses[best] and last < train_losses[best]:
        return "overfits"
    if before - last > before / 100:
        return "unfinished"
    return "underfits" if last > first / 2 else "fits"


# %% forgets_the_training_loss
# Looks at the test loss alone to see overfitting; loses check_verdict
# unseen: the visible checks pass
def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if not np.all(np.isfinite([train_losses, test_losses])) or last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if test_losses[-1] > 1.1 * test_losses[best]:
        return "overfits"
    if before - last > before / 100:
        return "unfinished"
    return "underfits" if last > first / 2 else "fits"


# %% underfits_before_unfinished
# Asks number 4 before number 3; loses check_verdict
# says: Number 3 comes before number 4
def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if not np.all(np.isfinite([train_losses, test_losses])) or last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if test_losses[-1] > 1.1 * test_losses[best] and last < train_losses[best]:
        return "overfits"
    if last > first / 2:
        return "underfits"
    if before - last > before / 100:
        return "unfinished"
    return "fits"


# %% unfinished_before_overfits
# Asks number 3 before number 2; loses check_verdict
# says: number 2 comes before number 3
def verdict(train_losses, test_losses):
    first, before, last = train_losses[0], train_losses[-2], train_losses[-1]
    if not np.all(np.isfinite([train_losses, test_losses])) or last > first:
        return "diverged"
    best = best_epoch(test_losses)
    if before - last > before / 100:
        return "unfinished"
    if test_losses[-1] > 1.1 * test_losses[best] and last < train_losses[best]:
        return "overfits"
    return "underfits" if last > first / 2 else "fits"


# %% compares_with_all_labels
# Compares a guess with the labels of all images; loses check_top_k_error
# says: with its own label only
def top_k_error(scores, labels, k):
    guesses = np.argsort(scores, axis=1)[:, -k:]
    return 1 - np.mean([np.isin(guess, labels).any() for guess in guesses])


# %% counts_guesses
# Counts wrong guesses instead of wrong images; loses check_top_k_error
# says: Count images
def top_k_error(scores, labels, k):
    return np.mean(np.argsort(scores, axis=1)[:, -k:] != labels[:, None])


# %% gives_the_accuracy
# Gives the share of the right ones; loses check_top_k_error
# says: That is the share of the right ones
def top_k_error(scores, labels, k):
    guesses = np.argsort(scores, axis=1)[:, -k:]
    return np.mean(np.any(guesses == labels[:, None], axis=1))


# %% takes_the_lowest_scores
# Takes the classes with the lowest scores; loses check_top_k_error
# says: puts the lowest score first
def top_k_error(scores, labels, k):
    guesses = np.argsort(scores, axis=1)[:, :k]
    return 1 - np.mean(np.any(guesses == labels[:, None], axis=1))


# %% three_guesses_at_most
# Looks at three classes at most; loses check_top_k_error
# unseen: the visible checks pass
def top_k_error(scores, labels, k):
    guesses = np.argsort(scores, axis=1)[:, -min(k, 3) :]
    return 1 - np.mean(np.any(guesses == labels[:, None], axis=1))


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
