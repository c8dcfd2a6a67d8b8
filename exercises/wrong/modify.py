# Answers to exercises/source/modify that are known to be wrong: each must lose points.
# exercises/README.md explains the format.


# %% always_the_first_side
# Gives every window the side at the beginning; loses check_sides, check_swallowed_after
# says: The second window works on what the first one left
def sides(size, windows):
    return [(size + 2 * padding - side) // stride + 1 for side, stride, padding in windows]


# %% divides_with_a_fraction
# Divides without dropping the remainder; loses check_sides, check_swallowed_after
# says: A remainder is dropped
def sides(size, windows):
    found = []
    for side, stride, padding in windows:
        size = (size + 2 * padding - side) / stride + 1
        found.append(size)
    return found


# %% forgets_the_first_place
# Counts steps, not places; loses check_sides, check_swallowed_after
# says: The first place counts, too
def sides(size, windows):
    found = []
    for side, stride, padding in windows:
        size = (size + 2 * padding - side) // stride
        found.append(size)
    return found


# %% ignores_the_padding_of_later_windows
# Pads only before the first window; loses check_sides
# unseen: in the visible checks no second window is padded
def sides(size, windows):
    found = []
    for i, (side, stride, padding) in enumerate(windows):
        size = (size + 2 * padding * (i == 0) - side) // stride + 1
        found.append(size)
    return found


# %% keeps_the_beginning
# Puts the side at the beginning into the list; loses check_sides, check_swallowed_after
# says: Only what comes out of each window
def sides(size, windows):
    found = [size]
    for side, stride, padding in windows:
        size = (size + 2 * padding - side) // stride + 1
        found.append(size)
    return found


# %% pads_on_one_side
# Adds the padding once; loses check_sides
# says: Padding is added on both sides
def sides(size, windows):
    found = []
    for side, stride, padding in windows:
        size = (size + padding - side) // stride + 1
        found.append(size)
    return found


# %% rounds_up
# Lets a window hang over the edge; loses check_sides, check_swallowed_after
# says: not rounded up
def sides(size, windows):
    found = []
    for side, stride, padding in windows:
        size = -(-(size + 2 * padding - side) // stride) + 1
        found.append(size)
    return found


# %% false_for_never
# Says 0 where the sides never meet; loses check_swallowed_after
# says: expected None
def swallowed_after(one, other, windows):
    ones, others = [one, *sides(one, windows)], [other, *sides(other, windows)]
    for i, (a, b) in enumerate(zip(ones, others)):
        if a == b:
            return i
    return 0


# %% first_window_or_none
# Looks at the first two windows alone; loses check_swallowed_after
# unseen: the visible checks need no more
def swallowed_after(one, other, windows):
    ones, others = [one, *sides(one, windows)], [other, *sides(other, windows)]
    for i, (a, b) in enumerate(zip(ones[:3], others[:3])):
        if a == b:
            return i
    return None


# %% how_many_windows_differ
# Counts the windows after which the sides differ; loses check_swallowed_after
# says: Count the windows
def swallowed_after(one, other, windows):
    pairs = list(zip(sides(one, windows), sides(other, windows)))
    return sum(a != b for a, b in pairs)


# %% last_time
# Takes the last time at which both are equal; loses check_swallowed_after
# says: but the first time counts
def swallowed_after(one, other, windows):
    ones, others = [one, *sides(one, windows)], [other, *sides(other, windows)]
    equal = [i for i, (a, b) in enumerate(zip(ones, others)) if a == b]
    return equal[-1] if equal else None


# %% not_before_the_windows
# Never looks at the sides before the first window; loses check_swallowed_after
# says: They are equal before any window
def swallowed_after(one, other, windows):
    for i, (a, b) in enumerate(zip(sides(one, windows), sides(other, windows)), 1):
        if a == b:
            return i
    return None


# %% the_common_side
# Returns the side at which they meet; loses check_swallowed_after
# says: That is the side; count the windows
def swallowed_after(one, other, windows):
    for a, b in zip([one, *sides(one, windows)], [other, *sides(other, windows)]):
        if a == b:
            return a
    return None


# %% biases_are_multiplied
# Counts the biases as multiply-adds; loses check_conv_costs
# says: Biases are added, not multiplied
def conv_costs(size, channels, kernels, side, stride=1, padding=0):
    size = (size + 2 * padding - side) // stride + 1
    parameters = (side * side * channels + 1) * kernels
    return size, parameters, size * size * parameters


# %% flat_kernels
# Lets a kernel read one channel; loses check_conv_costs
# says: A kernel reads both channels
def conv_costs(size, channels, kernels, side, stride=1, padding=0):
    size = (size + 2 * padding - side) // stride + 1
    weights = side * side * kernels
    return size, weights + kernels, size * size * weights


# %% no_biases
# Forgets the biases; loses check_conv_costs
# says: Each kernel has a bias, too
def conv_costs(size, channels, kernels, side, stride=1, padding=0):
    size = (size + 2 * padding - side) // stride + 1
    weights = side * side * channels * kernels
    return size, weights, size * size * weights


# %% one_bias_for_all
# Gives the layer a single bias; loses check_conv_costs
# says: a bias of its own
def conv_costs(size, channels, kernels, side, stride=1, padding=0):
    size = (size + 2 * padding - side) // stride + 1
    weights = side * side * channels * kernels
    return size, weights + 1, size * size * weights


# %% one_padding
# Adds the padding once; loses check_conv_costs
# unseen: in the visible check the stride hides it
def conv_costs(size, channels, kernels, side, stride=1, padding=0):
    size = (size + padding - side) // stride + 1
    weights = side * side * channels * kernels
    return size, weights + kernels, size * size * weights


# %% places_of_the_input
# Counts the places of the input; loses check_conv_costs
# says: Count the places of the maps that come out
def conv_costs(size, channels, kernels, side, stride=1, padding=0):
    weights = side * side * channels * kernels
    out = (size + 2 * padding - side) // stride + 1
    return out, weights + kernels, size * size * weights


# %% all_read_the_image
# Lets every layer read the image; loses check_parameters, check_saving
# says: The second layer reads the 4 maps of the first
def parameters(channels, layers):
    return np.array([(side * side * channels + 1) * kernels for kernels, side in layers])


# %% reads_its_own_maps
# Updates the channels too early; loses check_parameters, check_saving
# says: the layer *before* it
def parameters(channels, layers):
    found = []
    for kernels, side in layers:
        channels = kernels
        found.append((side * side * channels + 1) * kernels)
    return np.array(found)


# %% reads_the_first_layer
# Lets all later layers read the first one's maps; loses check_parameters, check_saving
# unseen: the visible check has two layers
def parameters(channels, layers):
    reads = [channels] + [layers[0, 0]] * (len(layers) - 1)
    return np.array([(s * s * c + 1) * k for c, (k, s) in zip(reads, layers)])


# %% total_of_the_layers
# Returns the sum; loses check_parameters, check_saving
# says: One number for each layer
def parameters(channels, layers):
    total = 0
    for kernels, side in layers:
        total += (side * side * channels + 1) * kernels
        channels = kernels
    return total


# %% after_minus_before
# Subtracts the wrong way round; loses check_saving
# says: Before minus after
def saving(channels, layers, at, kernels):
    changed = layers.copy()
    changed[at, 0] = kernels
    return parameters(channels, changed) - parameters(channels, layers)


# %% changes_the_side
# Writes the new number into the wrong column; loses check_saving
# says: The first column is the number of kernels
def saving(channels, layers, at, kernels):
    changed = layers.copy()
    changed[at, 1] = kernels
    return parameters(channels, layers) - parameters(channels, changed)


# %% changes_the_table
# Changes the table that it was given; loses check_saving
# says: Before and after are the same table
def saving(channels, layers, at, kernels):
    changed = layers
    changed[at, 0] = kernels
    return parameters(channels, layers) - parameters(channels, changed)


# %% counts_layers_from_1
# Takes the first layer for number 1; loses check_saving
# says: Before and after are the same
def saving(channels, layers, at, kernels):
    changed = layers.copy()
    changed[at - 1, 0] = kernels
    return parameters(channels, layers) - parameters(channels, changed)


# %% only_its_own
# Forgets the layer that reads the maps; loses check_saving
# says: The next layer reads fewer maps
def saving(channels, layers, at, kernels):
    changed = layers.copy()
    changed[at, 0] = kernels
    saved = parameters(channels, layers) - parameters(channels, changed)
    return np.where(np.arange(len(layers)) == at, saved, 0)


# %% the_one_after_the_next
# Lets the layer after the next one save as well; loses check_saving
# unseen: the visible check has two layers
def saving(channels, layers, at, kernels):
    changed = layers.copy()
    changed[at, 0] = kernels
    saved = parameters(channels, layers) - parameters(channels, changed)
    last = len(layers) - 1
    if at + 1 < last:
        saved[at + 2] = saved[at + 1]
    return saved


# %% copies_the_last
# Repeats the last convolution; loses check_with_depth
# says: conv4 is copied, not the last one
def with_depth(kernels, depth):
    if depth < 5:
        return kernels[: depth - 1] + kernels[4:]
    return kernels + kernels[-1:] * (depth - 5)


# %% drops_conv3
# Takes conv3 out first; loses check_with_depth
# says: conv4 goes first
def with_depth(kernels, depth):
    if depth == 4:
        return kernels[:2] + kernels[3:]
    return kernels[:2] + (kernels[2:3] + kernels[3:4] * depth)[: depth - 3] + kernels[4:]


# %% one_copy_only
# Knows depth 6, but nothing deeper; loses check_with_depth
# unseen: the visible checks go up to 6
def with_depth(kernels, depth):
    if depth > 5:
        return kernels[:4] + kernels[3:]
    return kernels[: depth - 1] + kernels[4:]


# %% shortens_at_the_end
# Cuts the last ones off; loses check_with_depth
# says: The last one always stays
def with_depth(kernels, depth):
    if depth < 5:
        return kernels[:depth]
    return kernels[:4] + kernels[3:4] * (depth - 5) + kernels[4:]


# %% batches_the_other_way
# Divides by the batch; loses check_epochs_for
# says: gave 5, expected 4
def epochs_for(steps, batch, pictures):
    return -(-steps // batch)


# %% drops_the_last_epoch
# Rounds down; loses check_epochs_for
# says: one epoch and a half: round up
def epochs_for(steps, batch, pictures):
    return steps * batch // pictures


# %% to_the_nearest
# Rounds to the nearest number; loses check_epochs_for
# unseen: in the visible checks that is the next one up
def epochs_for(steps, batch, pictures):
    return int(steps * batch / pictures + 0.5)


# %% best_single_run
# Takes the rate with the best single run; loses check_own_rate
# says: the mean counts
def own_rate(rates, held):
    return rates[held.max(axis=1).argmax()]


# %% first_of_equal
# Takes the first of equal rates; loses check_own_rate
# says: take the smaller rate
def own_rate(rates, held):
    return rates[held.mean(axis=1).argmax()]


# %% middle_run
# Compares the runs in the middle; loses check_own_rate
# unseen: of two runs the middle is the mean
def own_rate(rates, held):
    middle = np.median(held, axis=1)
    return rates[middle == middle.max()].min()


# %% place_of_the_rate
# Returns where the rate stands; loses check_own_rate
# says: return the rate
def own_rate(rates, held):
    return int(held.mean(axis=1).argmax())


# %% means_of_all
# Subtracts the means; loses check_paired
# says: A gain for each pair
def paired(base, changed):
    common = sorted(set(base[:, 0]) & set(changed[:, 0]))
    before = np.mean([base[base[:, 0] == seed, 1][0] for seed in common])
    return float(np.mean([changed[changed[:, 0] == s, 1][0] for s in common]) - before)


# %% needs_a_pair
# Fails where no seed has a partner; loses check_paired
# unseen: the visible check has three pairs
def paired(base, changed):
    rows = []
    for seed in sorted(set(base[:, 0]) & set(changed[:, 0])):
        rows.append(changed[changed[:, 0] == seed] - base[base[:, 0] == seed])
    return np.concatenate(rows)[:, 1]


# %% pairs_in_the_order_of_the_base
# Goes through the base's rows without sorting; loses check_paired
# says: not of the base's rows
def paired(base, changed):
    after = {seed: right for seed, right in changed}
    return np.array([after[seed] - right for seed, right in base if seed in after])


# %% pairs_in_the_order_of_the_changed
# Goes through the changed network's rows without sorting; loses check_paired
# says: not of the changed network's
def paired(base, changed):
    before = {seed: right for seed, right in base}
    return np.array([right - before[seed] for seed, right in changed if seed in before])


# %% row_by_row
# Pairs rows in the same place; loses check_paired
# says: pair by the seed
def paired(base, changed):
    n = min(len(base), len(changed))
    return changed[:n, 1] - base[:n, 1]


# %% sorts_and_hopes
# Sorts both by seed and pairs by place; loses check_paired
# says: leave them out
def paired(base, changed):
    n = min(len(base), len(changed))
    one, other = base[base[:, 0].argsort()][:n], changed[changed[:, 0].argsort()][:n]
    return other[:, 1] - one[:, 1]


# %% always_430
# Takes t = 4.30 whatever is given; loses check_interval, check_still_open
# unseen: the visible check has three values
def interval(gains, t):
    half = 4.30 * np.std(gains, ddof=1) / np.sqrt(len(gains))
    return np.mean(gains) - half, np.mean(gains) + half


# %% divides_by_all
# Divides the squares by their number; loses check_interval
# says: one less than three
def interval(gains, t):
    half = t * np.std(gains) / np.sqrt(len(gains))
    return np.mean(gains) - half, np.mean(gains) + half


# %% divides_by_the_number
# Divides by the number of values, not its root; loses check_interval, check_still_open
# says: the *root* of how many
def interval(gains, t):
    half = t * np.std(gains, ddof=1) / len(gains)
    return np.mean(gains) - half, np.mean(gains) + half


# %% no_root_of_n
# Gives the spread of single runs; loses check_interval, check_still_open
# says: Divide by the root
def interval(gains, t):
    half = t * np.std(gains, ddof=1)
    return np.mean(gains) - half, np.mean(gains) + half


# %% without_the_factor
# Forgets t; loses check_interval, check_still_open
# says: The factor t is missing
def interval(gains, t):
    half = np.std(gains, ddof=1) / np.sqrt(len(gains))
    return np.mean(gains) - half, np.mean(gains) + half


# %% both_signs
# Calls open where some seeds gain and others lose; loses check_still_open
# unseen: the visible checks have no interval that differs from it
def still_open(base, runs, t):
    gains = runs - base
    return int(((gains.min(axis=1) <= 0) & (gains.max(axis=1) >= 0)).sum())


# %% counts_the_decided
# Counts the changes that are better or worse; loses check_still_open
# says: Worse is not open
def still_open(base, runs, t):
    count = 0
    for row in runs:
        low, high = interval(row - base, t)
        if low > 0 or high < 0:
            count += 1
    return count


# %% forgets_the_base
# Asks about the accuracies, not the gains; loses check_still_open
# says: Is the base subtracted?
def still_open(base, runs, t):
    ends = [interval(row, t) for row in runs]
    return sum(low <= 0 <= high for low, high in ends)


# %% strictly_inside
# Calls an end at 0 decided; loses check_still_open
# says: use <= and >=
def still_open(base, runs, t):
    ends = [interval(row - base, t) for row in runs]
    return sum(low < 0 < high for low, high in ends)


# %% unpaired
# Subtracts the base's mean from every run; loses check_still_open
# says: Subtract the base seed by seed
def still_open(base, runs, t):
    ends = [interval(row - base.mean(), t) for row in runs]
    return sum(low <= 0 <= high for low, high in ends)


# %% worse_is_open
# Counts all that isn't better; loses check_still_open
# says: Worse is not open
def still_open(base, runs, t):
    return sum(interval(row - base, t)[0] <= 0 for row in runs)


# %% adds_the_misses
# Adds the probabilities; loses check_some_miss
# says: multiply the chances of being right
def some_miss(changes, right=0.95):
    return changes * (1 - right)


# %% all_miss
# Multiplies the chances of missing; loses check_some_miss
# says: That is the chance that *all* miss
def some_miss(changes, right=0.95):
    return (1 - right) ** changes


# %% always_95
# Takes 0.95 whatever is given; loses check_some_miss
# says: Use `right`, not 0.95
def some_miss(changes, right=0.95):
    return 1 - 0.95**changes


# %% none_misses
# Gives the chance that none misses; loses check_some_miss
# says: That is the chance that *none* misses
def some_miss(changes, right=0.95):
    return right**changes
