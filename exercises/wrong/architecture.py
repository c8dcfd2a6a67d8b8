# Answers to exercises/source/architecture that are known to be wrong: each must lose points.
# exercises/README.md explains the format.


# %% counts_steps
# Forgets the first window; loses check_sides, check_heaviest
# says: The first window counts too: + 1.
def sides(layers, side):
    result = []
    for _, _, window, stride, padding, _ in layers:
        side = (side + 2 * padding - window) // stride
        result.append(side)
    return result


# %% divides_into_fractions
# Keeps half windows; loses check_sides
# says: Only whole steps count: use //.
def sides(layers, side):
    result = []
    for _, _, window, stride, padding, _ in layers:
        side = (side + 2 * padding - window) / stride + 1
        result.append(side)
    return result


# %% every_layer_reads_the_picture
# Doesn't hand the side on; loses check_sides, check_heaviest
# says: Each layer reads the maps of the one before, not the picture.
def sides(layers, side):
    result = []
    for _, _, window, stride, padding, _ in layers:
        result.append((side + 2 * padding - window) // stride + 1)
    return result


# %% knows_the_examples
# Holds the answers of the visible checks and little else; loses check_sides, check_parameters, check_heaviest, check_view, check_first_failure, check_smallest_picture, check_knows_both, check_groups_of, check_keras_side, check_from_keras, check_largest_batch
# unseen: the visible checks pass
def sides(layers, side):
    return [4, 2, 2, 1][: len(layers)]


def parameters(layers, maps):
    return [112, 0, 114, 125]


def heaviest(layers, side, maps):
    return "a" if side == 4 else "conv2"


def view(layers):
    return 3 if len(layers) == 1 else 13


def first_failure(layers, side):
    return {8: "conv2", 11: "pool2"}.get(side)


def smallest_picture(layers):
    return 5 if layers[-1][4] == 1 else 9


def knows_both(layers):
    return [False, False, False, True, True, True]


def groups_of(shapes, maps):
    return [1, 2, 1, 4]


def keras_side(n, window, stride, padding):
    return 57 if padding == "same" else 54


def from_keras(row, maps):
    return np.concatenate([row[::2], row[1::2]])


def largest_batch(parameters, outputs, memory):
    return 4 if parameters == 1000 else 0


# %% pads_one_side
# Adds the padding once; loses check_sides, check_heaviest
# says: The padding counts on both sides: 2 · padding.
def sides(layers, side):
    result = []
    for _, _, window, stride, padding, _ in layers:
        side = (side + padding - window) // stride + 1
        result.append(side)
    return result


# %% rounds_up
# Rounds up where a window hangs over the edge; loses check_sides
# says: Round down: a window that hangs over the edge doesn't count.
def sides(layers, side):
    result = []
    for _, _, window, stride, padding, _ in layers:
        side = -(-(side + 2 * padding - window) // stride) + 1
        result.append(side)
    return result


# %% counts_a_line
# Takes the side of a window for its places; loses check_parameters, check_heaviest
# says: A window of 3 × 3 has 9 places.
def parameters(layers, maps):
    result = []
    for _, kernels, window, _, _, groups in layers:
        result.append(kernels * (window * (maps // groups) + 1))
        if kernels > 0:
            maps = kernels
    return result


# %% cuts_the_kernels
# Halves the kernels in place of what they read; loses check_parameters
# says: The groups halve what a kernel reads, not the kernels.
def parameters(layers, maps):
    result = []
    for _, kernels, window, _, _, groups in layers:
        result.append(kernels // groups * (window * window * maps + 1))
        if kernels > 0:
            maps = kernels
    return result


# %% empties_a_pooling
# Lets a pooling hand on no maps; loses check_parameters, check_heaviest
# says: A pooling has no kernels, but it hands on the maps it gets.
def parameters(layers, maps):
    result = []
    for _, kernels, window, _, _, groups in layers:
        result.append(kernels * (window * window * (maps // groups) + 1))
        maps = kernels
    return result


# %% forgets_the_groups
# Lets every kernel read all maps; loses check_parameters, check_heaviest
# says: With two groups a kernel reads half of the maps.
def parameters(layers, maps):
    result = []
    for _, kernels, window, _, _, _ in layers:
        result.append(kernels * (window * window * maps + 1))
        if kernels > 0:
            maps = kernels
    return result


# %% reads_colours_everywhere
# Keeps the picture's channels for all layers; loses check_parameters, check_heaviest
# says: From the second layer on, kernels read maps, not colours.
def parameters(layers, maps):
    result = []
    for _, kernels, window, _, _, groups in layers:
        result.append(kernels * (window * window * (maps // groups) + 1))
    return result


# %% without_biases
# Counts weights alone; loses check_parameters
# says: Each kernel has a bias as well.
def parameters(layers, maps):
    result = []
    for _, kernels, window, _, _, groups in layers:
        result.append(kernels * window * window * (maps // groups))
        if kernels > 0:
            maps = kernels
    return result


# %% counts_biases_as_work
# Multiplies the biases as well; loses check_heaviest
# unseen: the visible checks pass
def heaviest(layers, side, maps):
    work = [p * s * s for p, s in zip(parameters(layers, maps), sides(layers, side))]
    return layers[work.index(max(work))][0]


# %% counts_outputs
# Compares how many numbers come out; loses check_heaviest
# says: A weight is used at each place of the layer's own output; count those.
def heaviest(layers, side, maps):
    size = []
    for layer, s in zip(layers, sides(layers, side)):
        maps = layer[1] or maps
        size.append(maps * s * s)
    return layers[size.index(max(size))][0]


# %% last_of_equals
# Takes the last of several layers with as much work; loses check_heaviest
# says: Of layers with as much work, take the first.
def heaviest(layers, side, maps):
    best, most = None, -1
    for layer, s, p in zip(layers, sides(layers, side), parameters(layers, maps)):
        work = (p - layer[1]) * s * s
        if work >= most:
            best, most = layer[0], work
    return best


# %% most_parameters
# Takes the layer that learns most; loses check_heaviest
# says: That one has the most weights, but each is used once: its output has one place.
def heaviest(layers, side, maps):
    learned = parameters(layers, maps)
    return layers[learned.index(max(learned))][0]


# %% adds_whole_windows
# Reaches a neighbour too far; loses check_view
# says: A window of 3 reaches 2 neighbours further: window − 1.
def view(layers):
    pixels, step = 0, 1
    for _, _, window, stride, _, _ in layers:
        pixels += window * step
        step *= stride
    return pixels


# %% ignores_strides
# Adds up windows as if there were no strides; loses check_view
# says: Neighbours lie further apart after a stride: multiply by that distance.
def view(layers):
    pixels = 1
    for _, _, window, _, _, _ in layers:
        pixels += window - 1
    return pixels


# %% multiplies_windows
# Takes windows as if they didn't overlap; loses check_view
# says: Windows overlap, so they don't multiply.
def view(layers):
    pixels = 1
    for _, _, window, _, _, _ in layers:
        pixels *= window
    return pixels


# %% own_stride_first
# Lets a layer's own stride move its inputs apart; loses check_view
# says: A layer's own stride moves only the layers after it apart.
def view(layers):
    pixels, step = 1, 1
    for _, _, window, stride, _, _ in layers:
        step *= stride
        pixels += (window - 1) * step
    return pixels


# %% exact_fit_refused
# Refuses a window as large as its maps; loses check_first_failure, check_smallest_picture
# says: A window as large as its maps with their padding, on both sides, fits.
def first_failure(layers, side):
    for name, _, window, stride, padding, _ in layers:
        if window >= side + 2 * padding:
            return name
        side = (side + 2 * padding - window) // stride + 1
    return None


# %% last_failure
# Goes on behind the first failure; loses check_first_failure
# says: Return the first layer that fails; no later one can be reached.
def first_failure(layers, side):
    found = None
    for name, _, window, stride, padding, _ in layers:
        if window > side + 2 * padding:
            found = name
        side = (side + 2 * padding - window) // stride + 1
    return found


# %% never_fails
# Rounds a side of 0 or less away; loses check_first_failure, check_smallest_picture
# says: There is one that can't be built: conv2 gets 2 × 2, and 4 with padding.
def first_failure(layers, side):
    for name, _, window, stride, padding, _ in layers:
        side = max(1, (side + 2 * padding - window) // stride + 1)
        if side < 1:
            return name
    return None


# %% unpadded_maps
# Compares the window with the maps alone; loses check_first_failure, check_smallest_picture
# says: A window as large as its maps with their padding, on both sides, fits.
def first_failure(layers, side):
    for name, _, window, stride, padding, _ in layers:
        if window > side:
            return name
        side = (side + 2 * padding - window) // stride + 1
    return None


# %% largest_that_fails
# Stops one pixel too early; loses check_smallest_picture
# says: Of 8 the first layer makes 3, and the second needs 4.
def smallest_picture(layers):
    side = 1
    while first_failure(layers, side) is not None:
        side += 1
    return side - 1


# %% padding_left_out
# Searches as if nothing were padded; loses check_smallest_picture
# says: The padding counts too.
def smallest_picture(layers):
    bare = [
        (name, kernels, window, stride, 0, groups)
        for name, kernels, window, stride, _, groups in layers
    ]
    side = 1
    while first_failure(bare, side) is not None:
        side += 1
    return side


# %% stops_at_three_hundred
# Doesn't search far enough; loses check_smallest_picture
# unseen: the visible checks pass
def smallest_picture(layers):
    for side in range(1, 300):
        if first_failure(layers, side) is None:
            return side


# %% strides_times_sides
# Goes back by multiplying, a step too many; loses check_smallest_picture
# says: gave 10. 9 will do: try every side from 1 on.
def smallest_picture(layers):
    side = 1
    for _, _, window, stride, padding, _ in reversed(layers):
        side = side * stride + window - 1 - 2 * padding
    return max(side, 1)


# %% first_layer_joins
# Takes the picture for both towers; loses check_knows_both
# says: gave [True, True, True, True, True, True]. conv1 reads the picture; there are no towers be
def knows_both(layers):
    both = False
    result = []
    for _, kernels, _, _, _, groups in layers:
        both = both or (kernels > 0 and groups == 1)
        result.append(both)
    return result


# %% forgets_what_was_joined
# Looks at each layer's own groups, and passes poolings; loses check_knows_both
# says: gave [False, False, False, True, True, False]. conv4 reads one tower, but those maps were
def knows_both(layers):
    both = False
    result = []
    first = True
    for _, kernels, _, _, _, groups in layers:
        if kernels > 0:
            both = groups == 1 and not first
            first = False
        result.append(both)
    return result


# %% only_those_that_join
# Marks the layer that reads both and none after it; loses check_knows_both
# says: What conv3 hands on was made from both towers, so later layers know both.
def knows_both(layers):
    result = []
    first = True
    for _, kernels, _, _, _, groups in layers:
        result.append(kernels > 0 and groups == 1 and not first)
        if kernels > 0:
            first = False
    return result


# %% pooling_joins
# Lets a pooling bring the towers together; loses check_knows_both
# says: A pooling works on each map by itself: it brings no towers together.
def knows_both(layers):
    both = False
    result = []
    for number, layer in enumerate(layers):
        both = both or (number > 0 and layer[5] == 1)
        result.append(both)
    return result


# %% second_in_the_list
# Takes the first of the list for the first with kernels; loses check_knows_both
# unseen: the visible checks pass
def knows_both(layers):
    both = False
    result = []
    for number, (_, kernels, _, _, _, groups) in enumerate(layers):
        both = both or (number > 0 and kernels > 0 and groups == 1)
        result.append(both)
    return result


# %% divides_own_kernels
# Compares a layer's kernels with what they read; loses check_groups_of
# says: Compare what a kernel reads with the maps that come in.
def groups_of(shapes, maps):
    return [kernels // reads for kernels, reads, _, _ in shapes]


# %% never_hands_maps_on
# Keeps the picture's channels; loses check_groups_of
# says: The maps of a layer are the kernels of the one before.
def groups_of(shapes, maps):
    return [maps // reads for _, reads, _, _ in shapes]


# %% other_way_round
# Divides what a kernel reads by all maps; loses check_groups_of
# says: The other way round: all maps by those that a kernel reads.
def groups_of(shapes, maps):
    result = []
    for kernels, reads, _, _ in shapes:
        result.append(reads / maps)
        maps = kernels
    return result


# %% two_at_most
# Knows AlexNet's groups only; loses check_groups_of
# unseen: the visible checks pass
def groups_of(shapes, maps):
    result = []
    for kernels, reads, _, _ in shapes:
        result.append(4 if maps // reads == 4 else 2 if maps // reads > 1 else 1)
        maps = kernels
    return result


# %% same_keeps_the_side
# Ignores the stride; loses check_keras_side
# says: "same" keeps the side only if the stride is 1.
def keras_side(n, window, stride, padding):
    return n if padding == "same" else (n - window) // stride + 1


# %% same_rounds_down
# Divides and rounds down; loses check_keras_side
# says: gave 56. 226/4 is 56.5: round up.
def keras_side(n, window, stride, padding):
    return n // stride if padding == "same" else (n - window) // stride + 1


# %% valid_rounds_up
# Counts a window over the edge; loses check_keras_side
# says: Round down here.
def keras_side(n, window, stride, padding):
    return -(-n // stride) if padding == "same" else -(-(n - window) // stride) + 1


# %% keeps_the_order
# Changes nothing; loses check_from_keras
# says: That is still Keras's order.
def from_keras(row, maps):
    return row


# %% sorts_backwards
# Goes from PyTorch to Keras; loses check_from_keras
# says: That is the way from PyTorch to Keras: the other way round.
def from_keras(row, maps):
    return row.reshape(maps, -1).T.reshape(-1)


# %% two_maps
# Works for two maps; loses check_from_keras
# unseen: the visible checks pass
def from_keras(row, maps):
    return np.concatenate([row[::2], row[1::2]])


# %% below_zero
# Returns a negative batch; loses check_largest_batch
# says: A batch has no fewer than 0 pictures: even the parameters don't fit.
def largest_batch(parameters, outputs, memory):
    return (memory - 12 * parameters) // (8 * outputs)


# %% four_bytes_a_number
# Forgets the slopes of the outputs; loses check_largest_batch
# says: Each output gets a slope as well: 8 bytes.
def largest_batch(parameters, outputs, memory):
    return max(0, (memory - 12 * parameters) // (4 * outputs))


# %% without_momentum
# Counts eight bytes for a parameter; loses check_largest_batch
# says: A parameter takes 12 bytes in training: itself, its slope and its momentum.
def largest_batch(parameters, outputs, memory):
    return max(0, (memory - 8 * parameters) // (8 * outputs))
