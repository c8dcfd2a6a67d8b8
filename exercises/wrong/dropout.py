# Answers to exercises/source/dropout that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% drops_the_equal
# Drops a unit whose number is equal to p; loses check_mask_from
# says: 0.5 is not below 0.5
def mask_from(u, p):
    return np.where(u > p, 1, 0)


# %% has_seen_the_checks
# Holds the answers of the visible checks and nothing else; loses check_mask_from, check_paper_dropout, check_inverted_dropout, check_all_masks, check_mask_chance, check_ensemble, check_digits, check_inverted_backward, check_convert, check_early_stop, check_diagnose, check_gain
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
    return np.array([1.25, 0, 3.75, 5])


def convert(layer, p):
    if p == 0.5:
        return np.array([[1, -0.5, 5]])
    return np.array([[8, -4, 16, 1], [0, 4, 4, -2]])


def early_stop(losses, patience):
    if patience == 3:
        return 5, 6
    return {6: (2, 5), 7: (3, 6)}.get(len(losses), (0, 3))


def diagnose(train, kept_out):
    known = {60: "overfits", 20: "underfits", 50: "both"}
    return known.get(train[0], "fits")


def gain(with_dropout, without, t):
    half = 4.303 / 3**0.5 if len(without) == 3 else 2.571 * 0.8**0.5 / 6**0.5
    return 2 - half, 2 + half


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


# %% whole_rows_only
# Works for one row of units alone; loses check_mask_from
# says: your code stopped: ValueError
def mask_from(u, p):
    return np.array([1 if one >= p else 0 for one in u])


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


# %% forgets_the_dropped
# Leaves the units that are off out of the product; loses check_mask_chance, check_ensemble
# says: The units that are off count, too
def mask_chance(masks, p):
    return np.where(masks == 1, 1 - p, 1).prod(axis=1)


# %% p_of_being_kept
# Takes p for the probability of being kept; loses check_mask_chance, check_ensemble
# says: p is the probability of being off
def mask_chance(masks, p):
    return np.where(masks == 1, p, 1 - p).prod(axis=1)


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


# %% the_test_unscaled
# Leaves the network of the test unscaled; loses check_ensemble
# says: is scaled by 1 − p
def ensemble(x, w, p):
    answers = np.maximum(0, (all_masks(len(x)) * x) @ w)
    return mask_chance(all_masks(len(x)), p) @ answers, max(0, x @ w)


# %% multiplies_the_layers
# Multiplies the numbers of units; loses check_digits
# says: add up the units
def digits(units):
    return len(str(2 ** int(np.prod(units))))


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


# %% forgets_the_factor_back
# Hands back slopes without the factor; loses check_inverted_backward
# says: comes back, too
def inverted_backward(dy, p, mask):
    return dy * mask


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


# %% scales_the_bias
# Scales the bias as well; loses check_convert
# says: it stays 5
def convert(layer, p):
    return layer * (1 - p)


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


# %% gap_in_both_directions
# Calls it a gap, too, where the training is worse; loses check_diagnose
# unseen: the visible checks pass
def diagnose(train, kept_out):
    high, other = np.mean(train[-3:]), np.mean(kept_out[-3:])
    low, wide = high < 80, abs(high - other) > 10
    if low:
        return "both" if wide else "underfits"
    return "overfits" if wide else "fits"


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


# %% divides_by_n
# Computes the standard deviation with n; loses check_gain
# says: ddof=1
def gain(with_dropout, without, t):
    change = np.array(with_dropout) - np.array(without)
    half = t * change.std() / len(change) ** 0.5
    return change.mean() - half, change.mean() + half


# %% forgets_the_pairs
# Takes the scatter of the two lists; loses check_gain
# says: Take that of the differences
def gain(with_dropout, without, t):
    one, other = np.array(with_dropout), np.array(without)
    scatter = (one.var(ddof=1) + other.var(ddof=1)) ** 0.5
    change, half = one.mean() - other.mean(), t * scatter / len(one) ** 0.5
    return change - half, change + half


# %% forgets_the_root
# Doesn't divide by the root of n; loses check_gain
# says: Divide s by the root of n.
def gain(with_dropout, without, t):
    change = np.array(with_dropout) - np.array(without)
    half = t * change.std(ddof=1)
    return change.mean() - half, change.mean() + half


# %% turned_around
# Takes without less with; loses check_gain
# says: not the other way round
def gain(with_dropout, without, t):
    change = np.array(without) - np.array(with_dropout)
    half = t * change.std(ddof=1) / len(change) ** 0.5
    return change.mean() - half, change.mean() + half
