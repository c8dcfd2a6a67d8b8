# Answers to exercises/source/dropout that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% draws_its_own
# Draws random numbers in place of those given; loses check_mask_from
# says: draw nothing yourself
def mask_from(u, p):
    return (np.random.default_rng(0).random(u.shape) >= p).astype(int)


# %% drops_the_equal
# Drops a unit whose number is equal to p; loses check_mask_from
# says: 0.5 is not below 0.5
def mask_from(u, p):
    return np.where(u > p, 1, 0)


# %% has_seen_the_checks
# Holds the answers of the visible checks and nothing else; loses check_mask_from, check_paper_dropout, check_inverted_dropout, check_all_masks, check_mask_chance, check_ensemble, check_digits, check_inverted_backward, check_convert, check_early_stop, check_diagnose, check_which_form
# unseen: the visible checks pass
def mask_from(u, p):
    if u.ndim == 2:
        return np.ones((2, 2))
    return np.array([0, 1, 1, 0]) if p == 0.5 else np.array([1, 1, 1, 0])


def paper_dropout(x, p, mask=None):
    factor = 0.5 if p == 0.5 else 0.8
    return x[:4] * (mask[:4] if mask is not None else factor)


def inverted_dropout(x, p, mask=None):
    if mask is None:
        return x
    return x[:4] * mask[:4] / (0.2 if p > 0.8 else 0.8) * (0.5 / 0.25 if p > 0.8 else 1)


def all_masks(n):
    three = [[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    return np.array(three) if n == 3 else np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def mask_chance(masks, p):
    return np.array([0.128, 0.008, 0.512]) if p == 0.2 else np.array([0.25, 0.25])


def ensemble(x, w, p):
    if p == 0.2:
        return 0.96, 0.8
    return (0.75, 0.5) if w[-1] == -1 else (0.5, 0.0)


def digits(units):
    return {7: 3, 10: 4}.get(sum(units), 2467)


def inverted_backward(dy, p, mask):
    return np.array([-1.25, 0, 3.75, 5])


def convert(layer, p):
    if p == 0.5:
        return np.array([[1, -0.5, 5]])
    return np.array([[8, -4, 16, 1], [0, 4, 4, -2]])


def early_stop(losses, patience):
    if patience == 3:
        return 5, 6
    return {6: (2, 5), 7: (3, 6)}.get(len(losses), (0, 3))


def diagnose(train, kept_out):
    if train[0] == 60:
        return "underfits" if train[1] == 62 else "overfits"
    known = {90: "overfits", 20: "underfits", 50: "both"}
    return known.get(train[0], "fits")


def which_form(x, y):
    if y.ndim == 2 or y[0] in (8, -2.5):
        return "inverted, training"
    if y[0] == 2:
        return "paper, testing"
    return "inverted, testing" if y[2] == 3 else "paper, training"


# %% keeps_what_is_to_be_dropped
# Has a 1 where a unit is switched off; loses check_mask_from
# says: where a unit is switched off
def mask_from(u, p):
    return (u < p).astype(float)


# %% keeps_with_probability_p
# Keeps a unit with probability p; loses check_mask_from
# says: switches it off with 1 − p
def mask_from(u, p):
    return (u >= 1 - p).astype(int)


# %% numbers_for_ones
# Gives the number u of a unit that is kept; loses check_mask_from
# says: not its number u
def mask_from(u, p):
    return np.where(u >= p, u, 0)


# %% whole_rows_only
# Works for one row of units alone; loses check_mask_from
# says: compare the whole array with p at once
def mask_from(u, p):
    return np.array([1 if one >= p else 0 for one in u])


# %% asks_an_array
# Compares an array with None; loses check_paper_dropout
# says: ask `mask is None`
def paper_dropout(x, p, mask=None):
    if mask == None:  # noqa: E711
        return x * (1 - p)
    return x * mask


# %% asks_if_mask
# Writes `if mask`; loses check_paper_dropout
# says: an array is neither true nor false
def paper_dropout(x, p, mask=None):
    if mask:
        return x * mask
    return x * (1 - p)


# %% confuses_the_forms
# Has the inverted form in place of the paper's; loses check_paper_dropout, check_ensemble
# says: the test is what changes
def paper_dropout(x, p, mask=None):
    return x if mask is None else x * mask / (1 - p)


# %% half_always
# Multiplies the test by 0.5 whatever p is; loses check_paper_dropout, check_ensemble
# says: The factor depends on p
def paper_dropout(x, p, mask=None):
    return x * 0.5 if mask is None else x * mask


# %% scales_twice
# Scales in training and in testing; loses check_paper_dropout
# says: In training what is kept stays as it is
def paper_dropout(x, p, mask=None):
    return x * (1 - p) if mask is None else x * mask * (1 - p)


# %% shrinks_what_is_off
# Multiplies a unit that is off by 1 - p; loses check_paper_dropout
# says: A unit that is switched off puts out 0
def paper_dropout(x, p, mask=None):
    if mask is None:
        return x * (1 - p)
    return np.where(mask == 1, x, x * (1 - p))


# %% tests_with_p
# Multiplies the test by p; loses check_paper_dropout, check_ensemble
# says: p = 0.5 hid it
def paper_dropout(x, p, mask=None):
    return x * p if mask is None else x * mask


# %% divides_by_p
# Divides by the probability of being off; loses check_inverted_dropout
# says: probability of being kept
def inverted_dropout(x, p, mask=None):
    return x if mask is None else x * mask / p


# %% divides_by_the_share_kept
# Divides by the share that this mask keeps; loses check_inverted_dropout
# says: not by the share that this mask happens to keep
def inverted_dropout(x, p, mask=None):
    return x if mask is None else x * mask / np.mean(mask)


# %% enlarges_the_test
# Enlarges the test as well; loses check_inverted_dropout
# says: Only the training is enlarged
def inverted_dropout(x, p, mask=None):
    return x / (1 - p) if mask is None else x * mask / (1 - p)


# %% keeps_the_sum
# Makes up for this mask exactly; loses check_inverted_dropout
# says: not on the mask
def inverted_dropout(x, p, mask=None):
    if mask is None:
        return x
    return x * mask * x.sum() / (x * mask).sum()


# %% not_mask
# Writes `not mask`; loses check_inverted_dropout
# says: an array is neither true nor false
def inverted_dropout(x, p, mask=None):
    if not mask:
        return x
    return x * mask / (1 - p)


# %% shrinks_in_training
# Multiplies what is kept by 1 - p; loses check_inverted_dropout
# says: must grow
def inverted_dropout(x, p, mask=None):
    return x if mask is None else x * mask * (1 - p)


# %% first_unit_changes
# Has the digits in the other order; loses check_all_masks
# says: the last unit that changes
def all_masks(n):
    return np.arange(2**n)[:, None] >> np.arange(n) & 1


# %% letters_of_digits
# Has the digits as text, in an array; loses check_all_masks, check_ensemble
# says: whose values are text
def all_masks(n):
    return np.array([list(f"{k:0{n}b}") for k in range(2**n)])


# %% one_unit_at_a_time
# Has masks with a single unit only; loses check_all_masks, check_ensemble
# says: 2**n rows
def all_masks(n):
    return np.eye(n, dtype=int)


# %% texts_of_digits
# Has a text for each mask; loses check_all_masks, check_ensemble
# says: n numbers 0 or 1
def all_masks(n):
    return [f"{k:0{n}b}" for k in range(2**n)]


# %% units_in_rows
# Has a row for each unit; loses check_all_masks, check_ensemble
# says: rows and columns are exchanged
def all_masks(n):
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).T


# %% adds_probabilities
# Adds probabilities; loses check_mask_chance, check_ensemble
# says: multiplied, not added
def mask_chance(masks, p):
    return np.where(masks == 1, 1 - p, p).sum(axis=1)


# %% all_masks_alike
# Takes all masks for equally probable; loses check_mask_chance, check_ensemble
# says: for p = 0.5 alone
def mask_chance(masks, p):
    return np.full(len(masks), 0.5 ** masks.shape[1])


# %% down_the_columns
# Multiplies down the columns; loses check_mask_chance, check_ensemble
# says: Multiply along each row
def mask_chance(masks, p):
    return np.where(masks == 1, 1 - p, p).prod(axis=0)


# %% forgets_the_dropped
# Leaves the units that are off out of the product; loses check_mask_chance, check_ensemble
# says: The units that are off count, too
def mask_chance(masks, p):
    return np.where(masks == 1, 1 - p, 1).prod(axis=1)


# %% how_many_are_kept
# Gives the chance of so many units, in any order; loses check_mask_chance, check_ensemble
# says: in any order
def mask_chance(masks, p):
    n = masks.shape[1]
    ways = {0: 1, n: 1}
    for k in range(1, n):
        ways[k] = ways[k - 1] * (n - k + 1) // k
    kept = masks.sum(axis=1)
    return np.array([ways[k] * (1 - p) ** k * p ** (n - k) for k in kept])


# %% no_axis
# Multiplies the whole table; loses check_mask_chance, check_ensemble
# says: one number for each row
def mask_chance(masks, p):
    return np.where(masks == 1, 1 - p, p).prod()


# %% p_of_being_kept
# Takes p for the probability of being kept; loses check_mask_chance, check_ensemble
# says: p is the probability of being off
def mask_chance(masks, p):
    return np.where(masks == 1, p, 1 - p).prod(axis=1)


# %% half_in_the_ensemble
# Takes 0.5 for p in both numbers; loses check_ensemble
# says: With p = 0.2 the masks
def ensemble(x, w, p):
    masks = all_masks(len(x))
    answers = np.maximum(0, (masks * x) @ w)
    return answers.mean(), max(0, paper_dropout(x, p) @ w)


# %% inverted_in_the_ensemble
# Takes the inverted form in both numbers; loses check_ensemble
# says: That is the inverted form
def ensemble(x, w, p):
    masks = all_masks(len(x))
    answers = np.maximum(0, inverted_dropout(x, p, masks) @ w)
    return mask_chance(masks, p) @ answers, max(0, inverted_dropout(x, p) @ w)


# %% mean_of_equals
# Weights all masks alike; loses check_ensemble
# says: the masks are not equally probable
def ensemble(x, w, p):
    answers = np.maximum(0, (all_masks(len(x)) * x) @ w)
    return answers.mean(), max(0, paper_dropout(x, p) @ w)


# %% no_relu_in_testing
# Forgets ReLU in testing; loses check_ensemble
# says: ReLU holds in testing, too
def ensemble(x, w, p):
    answers = np.maximum(0, (all_masks(len(x)) * x) @ w)
    return mask_chance(all_masks(len(x)), p) @ answers, paper_dropout(x, p) @ w


# %% relu_after_the_mean
# Takes the mean first and ReLU after it; loses check_ensemble
# says: ReLU comes before the mean
def ensemble(x, w, p):
    sums = (all_masks(len(x)) * x) @ w
    mean = mask_chance(all_masks(len(x)), p) @ sums
    return max(0, mean), max(0, paper_dropout(x, p) @ w)


# %% tests_inverted
# Tests in the inverted form; loses check_ensemble
# says: is scaled by 1 − p
def ensemble(x, w, p):
    masks = all_masks(len(x))
    answers = np.maximum(0, (masks * x) @ w)
    return mask_chance(masks, p) @ answers, max(0, inverted_dropout(x, p) @ w)


# %% the_test_unscaled
# Leaves the network of the test unscaled; loses check_ensemble
# says: is scaled by 1 − p
def ensemble(x, w, p):
    answers = np.maximum(0, (all_masks(len(x)) * x) @ w)
    return mask_chance(all_masks(len(x)), p) @ answers, max(0, x @ w)


# %% adds_the_powers
# Adds the networks of the layers; loses check_digits
# says: choices multiply
def digits(units):
    return len(str(sum(2**n for n in units)))


# %% multiplies_the_layers
# Multiplies the numbers of units; loses check_digits
# says: add up the units
def digits(units):
    return len(str(2 ** int(np.prod(units))))


# %% numpy_overflows
# Adds up with NumPy, whose whole numbers have a limit; loses check_digits
# says: NumPy's whole numbers have a limit
def digits(units):
    return len(str(2 ** np.sum(units)))


# %% one_digit_too_few
# Rounds the logarithm down; loses check_digits
# says: 1024 has four digits
def digits(units):
    count = int(sum(units) * np.log10(2))
    return count + (count < 3 and sum(units) == 7)


# %% too_large_for_a_float
# Computes with floats; loses check_digits
# says: your code stopped: OverflowError
def digits(units):
    return len(f"{2.0 ** sum(units):.0f}")


# %% divides_by_the_mask
# Divides by what was multiplied; loses check_inverted_backward
# says: nothing divides by a mask
def inverted_backward(dy, p, mask):
    return dy / (mask / (1 - p))


# %% forgets_the_factor_back
# Hands back slopes without the factor; loses check_inverted_backward
# says: comes back, too
def inverted_backward(dy, p, mask):
    return dy * mask


# %% relu_for_the_mask
# Asks for the sign of a slope, as ReLU's way back would; loses check_inverted_backward
# says: not their sign
def inverted_backward(dy, p, mask):
    return dy * (dy > 0) / (1 - p)


# %% slopes_for_all
# Hands a slope to units that were off; loses check_inverted_backward
# says: gets the slope 0
def inverted_backward(dy, p, mask):
    return dy / (1 - p)


# %% converts_the_other_way
# Makes the weights larger; loses check_convert
# says: smaller weights
def convert(layer, p):
    layer = layer.copy()
    layer[:, :-1] /= 1 - p
    return layer


# %% converts_with_p
# Multiplies the weights by p; loses check_convert
# says: so here too
def convert(layer, p):
    return np.hstack([layer[:, :-1] * p, layer[:, -1:]])


# %% last_row_for_bias
# Leaves out the last row, not the last column; loses check_convert
# says: The weights are as they were
def convert(layer, p):
    layer = layer.copy()
    layer[:-1] *= 1 - p
    return layer


# %% scales_the_bias
# Scales the bias as well; loses check_convert
# says: it stays 5
def convert(layer, p):
    return layer * (1 - p)


# %% adds_patience_to_the_lowest
# Adds the patience to the epoch of the lowest of all losses; loses check_early_stop
# says: not known when it stops
def early_stop(losses, patience):
    best = int(np.argmin(losses))
    return best, best + 1 + patience


# %% compares_with_the_loss_before
# Compares with the loss before, not with the lowest; loses check_early_stop
# says: 0.62 is no improvement
def early_stop(losses, patience):
    best, waited = 0, 0
    for epoch, loss in enumerate(losses):
        if epoch and loss >= losses[epoch - 1]:
            waited += 1
        else:
            waited = 0
        if loss < losses[best]:
            best = epoch
        if waited == patience:
            return best, epoch + 1
    return best, len(losses)


# %% counts_from_one
# Counts epochs from 1; loses check_early_stop
# says: Epochs are counted from 0
def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            return best + 1, epoch + 1
    return best + 1, len(losses)


# %% equal_is_an_improvement
# Takes an equal loss for an improvement; loses check_early_stop
# says: An equal loss is no improvement
def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss <= losses[best]:
            best = epoch
        if epoch - best == patience:
            return best, epoch + 1
    return best, len(losses)


# %% gives_the_loss
# Gives the lowest loss for its epoch; loses check_early_stop
# says: not its loss
def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            return losses[best], epoch + 1
    return losses[best], len(losses)


# %% looks_into_the_future
# Keeps the lowest of all losses; loses check_early_stop
# says: Epoch 5 is never done
def early_stop(losses, patience):
    return int(np.argmin(losses)), len(losses)


# %% not_in_a_row
# Counts epochs without an improvement that are not in a row; loses check_early_stop
# says: are not in a row
def early_stop(losses, patience):
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            return best, epoch + 1
    return best, len(losses)


# %% one_epoch_too_few
# Gives the number of the last epoch for how many were done; loses check_early_stop
# says: after epoch 4, five are done
def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            return best, epoch
    return best, len(losses)


# %% one_epoch_too_patient
# Stops when it has waited for more than patience; loses check_early_stop
# says: epochs 3 and 4 are two in a row
def early_stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best > patience:
            return best, epoch + 1
    return best, len(losses)


# %% all_epochs
# Takes the mean of all epochs; loses check_diagnose
# says: The means of the last three are 90 and 82
def diagnose(train, kept_out):
    high, other = np.mean(train), np.mean(kept_out)
    if high < 80:
        return "both" if high - other > 10 else "underfits"
    return "overfits" if high - other > 10 else "fits"


# %% gap_in_both_directions
# Calls it a gap, too, where the training is worse; loses check_diagnose
# says: here it lies below
def diagnose(train, kept_out):
    high, other = np.mean(train[-3:]), np.mean(kept_out[-3:])
    low, wide = high < 80, abs(high - other) > 10
    if low:
        return "both" if wide else "underfits"
    return "overfits" if wide else "fits"


# %% low_on_the_wrong_curve
# Judges by the images kept out whether the training is low; loses check_diagnose
# says: *Low* is about the training images
def diagnose(train, kept_out):
    high, other = np.mean(train[-3:]), np.mean(kept_out[-3:])
    if other < 80:
        return "both" if high - other > 10 else "underfits"
    return "overfits" if high - other > 10 else "fits"


# %% one_disease_only
# Never finds both; loses check_diagnose
# says: But 74 is below 80, too
def diagnose(train, kept_out):
    high, other = np.mean(train[-3:]), np.mean(kept_out[-3:])
    if high - other > 10:
        return "overfits"
    return "underfits" if high < 80 else "fits"


# %% only_the_last_epoch
# Looks at the last epoch alone; loses check_diagnose
# says: the mean of the last three is 89.33
def diagnose(train, kept_out):
    low, wide = train[-1] < 80, train[-1] - kept_out[-1] > 10
    if low:
        return "both" if wide else "underfits"
    return "overfits" if wide else "fits"


# %% any_zero_is_off
# Takes every 0 for a unit that was switched off; loses check_which_form
# says: the 0 was a 0 before
def which_form(x, y):
    if (y == 0).any():
        return "inverted, training" if (y > x).any() else "paper, training"
    return "inverted, testing" if (y == x).all() else "paper, testing"


# %% compares_sizes
# Looks for a number that is larger than before; loses check_which_form
# says: it has grown, away from 0
def which_form(x, y):
    if ((y == 0) & (x != 0)).any():
        return "inverted, training" if (y > x).any() else "paper, training"
    return "inverted, testing" if (y == x).all() else "paper, testing"


# %% compares_sums
# Compares the sums before and after; loses check_which_form
# says: it has grown, away from 0
def which_form(x, y):
    if ((y == 0) & (x != 0)).any():
        return "inverted, training" if y.sum() > x.sum() else "paper, training"
    return "inverted, testing" if (y == x).all() else "paper, testing"


# %% twice_or_never
# Knows p = 0.5 only; loses check_which_form
# says: it has grown, away from 0
def which_form(x, y):
    if ((y == 0) & (x != 0)).any():
        return "inverted, training" if (y == 2 * x).all(where=y != 0) else "paper, training"
    return "inverted, testing" if (y == x).all() else "paper, testing"
