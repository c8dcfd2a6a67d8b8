# Answers to exercises/source/fully_connected that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% bias_for_each_input
# Adds the bias on the side of the inputs; loses check_parameters, check_fc_share
# says: The bias belongs to the unit
def parameters(sizes):
    return sum(sizes[i] * (sizes[i + 1] + 1) for i in range(len(sizes) - 1))


# %% counts_the_first_layer
# Counts the first layer and stops; loses check_parameters, check_fc_share
# says: add the others
def parameters(sizes):
    return (sizes[0] + 1) * sizes[1]


# %% counts_the_weights_only
# Forgets the biases; loses check_parameters, check_fc_share
# says: each unit has a bias too
def parameters(sizes):
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))


# %% knows_the_examples
# Holds the answers of the visible checks and nothing else; loses check_parameters, check_count_layers, check_linear, check_network, check_merge, check_fc_share, check_largest_side, check_reordered
# unseen: the visible checks pass; check_parameters, check_count_layers, check_linear, check_merge, check_fc_share, check_largest_side, check_reordered
def parameters(sizes):
    return 9 if len(sizes) == 2 else 13


def count_layers(parts):
    return 2


def linear(x, w, b):
    if x.shape in ((2, 2), (2, 1, 2)) and len(b) > 1:
        return np.array([[1, 5, -2], [-1, 3, -4]])[:, : len(b)]
    if x.ndim == 4:
        return np.array([[5, 9], [0, 10]])
    return x @ w.T + b if abs(x).max() in (1, 2, 3) or len(w[0]) == 1 else x * 0


def merge(layers):
    if len(layers) == 3:
        return np.array([[2, 4, 5]])
    return np.array([[2, 3, 8], [0, 1, -1]]) if len(layers[1][0]) == 2 else np.array([[2, 3, 7]])


def fc_share(conv, sizes):
    return 26.0


def largest_side(units, channels, gib):
    return 511 if channels == 1 else 255


def reordered(w, order):
    return w[:, [1, 2, 0]]


# %% one_bias_for_each_layer
# Gives each layer a single bias; loses check_parameters, check_fc_share
# says: a bias of its own
def parameters(sizes):
    return sum(sizes[i] * sizes[i + 1] + 1 for i in range(len(sizes) - 1))


# %% counts_every_part
# Takes every part of the network for a layer; loses check_count_layers
# says: count only those that have weights
def count_layers(parts):
    return len(parts)


# %% counts_no_convolutions
# Takes only fully connected layers for layers; loses check_count_layers
# says: A convolution has weights
def count_layers(parts):
    return parts.count("fc")


# %% answers_one_example
# Works on the first example only; loses check_linear, check_network
# says: That is the first example
def linear(x, w, b):
    return w @ x[0] + b


# %% biases_for_examples
# Adds a bias to each example, where it can; loses check_linear, check_network
# says: not to an example
def linear(x, w, b):
    y = x.reshape(len(x), -1) @ w.T
    return y + b[:, None] if len(b) == len(x) else y + b


# %% flattens_columns_of_maps
# Flattens the maps column after column; loses check_linear
# says: not column after column
def linear(x, w, b):
    turned = x.swapaxes(-1, -2) if x.ndim == 4 else x
    return turned.reshape(len(x), -1) @ w.T + b


# %% forgets_the_bias
# Adds no bias; loses check_linear, check_network
# says: The bias is missing
def linear(x, w, b):
    return x.reshape(len(x), -1) @ w.T


# %% gives_rows_for_units
# Gives a row for each unit; loses check_linear, check_network
# says: not one for each unit
def linear(x, w, b):
    rows = x.reshape(len(x), -1)
    return w @ rows.T + b.reshape(-1, 1) if len(x) != len(b) else w @ rows.T + b


# %% lets_the_shape_alone
# Works on the last axis of maps, as nn.Linear does; loses check_linear
# says: flatten each of them first
def linear(x, w, b):
    return x @ w.T + b


# %% multiplies_number_by_number
# Multiplies number by number and adds nothing up; loses check_linear, check_network
# says: add up the products
def linear(x, w, b):
    return x * w + b if x.shape == w.shape else (x[:, None] * w).prod(axis=2)


# %% takes_columns_for_units
# Takes the columns of the weights for the units where it can; loses check_linear, check_network
# says: Row j of w belongs to unit j
def linear(x, w, b):
    return x @ (w if len(w) == w.shape[1] else w.T) + b


# %% takes_rows_for_a_vector
# Copies the formula for a single vector; loses check_linear, check_network
# says: in rows the examples come first
def linear(x, w, b):
    return w @ x + b


# %% has_no_relu
# Leaves ReLU out; loses check_network
# says: ReLU is missing
def network(x, layers):
    for w, b in layers:
        x = linear(x, w, b)
    return x


# %% one_relu_only
# Puts ReLU after the first layer only; loses check_network
# says: ReLU is missing after the layer in the middle
def network(x, layers):
    x = linear(x, *layers[0])
    if len(layers) > 1:
        x = np.maximum(0, x)
    for w, b in layers[1:]:
        x = linear(x, w, b)
    return x


# %% relu_after_the_last_layer
# Puts ReLU after every layer; loses check_network
# says: Scores may be negative
def network(x, layers):
    for w, b in layers:
        x = np.maximum(0, linear(x, w, b))
    return x


# %% relu_where_it_is_alone
# Puts ReLU after a single layer; loses check_network
# says: The only layer is also the last one
def network(x, layers):
    x = np.maximum(0, linear(x, *layers[0]))
    for w, b in layers[1:-1]:
        x = np.maximum(0, linear(x, w, b))
    return linear(x, *layers[-1]) if len(layers) > 1 else x


# %% skips_the_middle
# Takes the first layer and the last; loses check_network
# says: The layer in the middle is left out
def network(x, layers):
    hidden = np.maximum(0, linear(x, *layers[0]))
    return linear(hidden, *layers[-1])


# %% stops_in_the_hidden_layer
# Returns the hidden layer; loses check_network
# says: go on to the last one
def network(x, layers):
    for w, b in layers[:-1]:
        x = np.maximum(0, linear(x, w, b))
    return x


# %% three_layers_at_most
# Knows networks of up to three layers only; loses check_network
# unseen: check_network
def network(x, layers):
    if len(layers) > 1:
        x = np.maximum(0, linear(x, *layers[0]))
    if len(layers) > 2:
        x = np.maximum(0, linear(x, *layers[1]))
    return linear(x, *layers[-1])


# %% two_layers_only
# Knows networks of two layers only; loses check_network
# says: go on to the last one
def network(x, layers):
    hidden = np.maximum(0, linear(x, *layers[0]))
    return linear(hidden, *layers[1])


# %% adds_the_biases
# Takes the second bias for that of both; loses check_merge
# says: pass through the second layer's weights
def merge(layers):
    w, b = layers[0]
    for next_w, next_b in layers[1:]:
        w, b = next_w @ w, next_b
    return np.column_stack([w, b])


# %% adds_up_both_biases
# Adds the biases as they are; loses check_merge
# says: b1 + b2 isn't it
def merge(layers):
    w, b = layers[0]
    for next_w, next_b in layers[1:]:
        w, b = next_w @ w, b + next_b
    return np.column_stack([w, b])


# %% forgets_the_second_bias
# Leaves the second layer's bias out; loses check_merge
# says: The second layer's bias is missing
def merge(layers):
    w, b = layers[0]
    for next_w, next_b in layers[1:]:
        w, b = next_w @ w, next_w @ b
    return np.column_stack([w, b])


# %% merges_first_two
# Merges two layers and no more, as in the lesson; loses check_merge
# says: there are three
def merge(layers):
    (w1, b1), (w2, b2) = layers[:2]
    return np.column_stack([w2 @ w1, w2 @ b1 + b2])


# %% multiplies_the_other_way
# Multiplies the weights in the wrong order, where it can; loses check_merge
# says: The first layer works first
def merge(layers):
    w, b = layers[0]
    for next_w, next_b in layers[1:]:
        b = next_w @ b + next_b
        w = w @ next_w if w.shape == next_w.shape else next_w @ w
    return np.column_stack([w, b])


# %% puts_the_bias_first
# Puts the bias into the first column; loses check_merge
# says: The bias stands in the last column
def merge(layers):
    w, b = layers[0]
    for next_w, next_b in layers[1:]:
        w, b = next_w @ w, next_w @ b + next_b
    return np.column_stack([b, w])


# %% uses_the_new_weights
# Sends the first biases through both layers' weights; loses check_merge
# says: not through both
def merge(layers):
    w, b = layers[0]
    for next_w, next_b in layers[1:]:
        w = next_w @ w
        b = w @ b + next_b if w.shape[1] == len(b) else next_w @ b + next_b
    return np.column_stack([w, b])


# %% knows_more_examples
# Holds the answers of further visible checks; loses check_probability, check_threshold, check_origin
# unseen: check_probability, check_threshold, check_origin
def probability(score):
    if np.ndim(score):
        return 1 / (1 + np.exp(-np.array([-2.0, 0.0, 2.0])))
    return 0.5 if score == 0 else 0.75


def threshold(p):
    return 0.0 if p == 0.5 else 1.0986122886681098


def origin(place, shape, channels_last=False):
    return (2, 1, 0) if channels_last else (1, 1, 2)


# %% odds_for_a_probability
# Gives e to the power of the score; loses check_probability
# says: divide it by 1 + itself
def probability(score):
    return np.exp(score)


# %% turns_the_exponent
# Gives the probability of no; loses check_probability
# says: the exponent is minus the score
def probability(score):
    return 1 / (1 + np.exp(score))


# %% logarithm_of_the_probability
# Takes the logarithm of p alone; loses check_threshold
# says: p against 1
def threshold(p):
    return np.log(p)


# %% turns_the_threshold
# Turns the sign of the threshold; loses check_threshold
# says: The sign is wrong
def threshold(p):
    return np.log((1 - p) / p)


# %% counts_from_one
# Counts channels, rows and columns from 1; loses check_origin
# says: Count from 0
def origin(place, shape, channels_last=False):
    channels, rows, columns = shape
    if channels_last:
        pixel = place // channels
        return place % channels + 1, pixel // columns + 1, pixel % columns + 1
    pixel = place % (rows * columns)
    return place // (rows * columns) + 1, pixel // columns + 1, pixel % columns + 1


# %% counts_rows_from_the_beginning
# Counts the rows of all channels; loses check_origin
# says: from the beginning of the channel
def origin(place, shape, channels_last=False):
    channels, rows, columns = shape
    if channels_last:
        pixel = place // channels
        return place % channels, pixel // columns, pixel % columns
    return place // (rows * columns), place // columns, place % columns


# %% divides_with_a_fraction
# Divides with a fraction left over; loses check_origin
# says: expected (1, 1, 2)
def origin(place, shape, channels_last=False):
    channels, rows, columns = shape
    pixel = place % (rows * columns)
    return place / (rows * columns), pixel / columns, pixel % columns


# %% knows_no_other_order
# Puts the channels first in any case; loses check_origin
# says: each pixel has all its channels
def origin(place, shape, channels_last=False):
    channels, rows, columns = shape
    pixel = place % (rows * columns)
    return place // (rows * columns), pixel // columns, pixel % columns


# %% remainder_for_the_pixel
# Exchanges quotient and remainder with the channels last; loses check_origin
# says: the remainder is the channel
def origin(place, shape, channels_last=False):
    channels, rows, columns = shape
    if channels_last:
        pixel = place % channels
        return place // channels, pixel // columns, pixel % columns
    pixel = place % (rows * columns)
    return place // (rows * columns), pixel // columns, pixel % columns


# %% rows_for_columns
# Takes the rows for the length of a row; loses check_origin
# says: as many numbers as there are columns
def origin(place, shape, channels_last=False):
    channels, rows, columns = shape
    if channels_last:
        pixel = place // channels
        return place % channels, pixel // rows, pixel % rows
    pixel = place % (rows * columns)
    return place // (rows * columns), pixel // rows, pixel % rows


# %% flattens_channels_last
# Flattens the window with the channels last; loses check_answers
# says: Flatten channel after channel
def answers(maps, w, b, k):
    rows, columns = maps.shape[1] - k + 1, maps.shape[2] - k + 1
    y = np.zeros((len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[:, i, j] = w @ maps[:, i : i + k, j : j + k].transpose(1, 2, 0).ravel() + b
    return y


# %% flattens_columns_first
# Flattens the window column after column; loses check_answers
# says: not column after column
def answers(maps, w, b, k):
    rows, columns = maps.shape[1] - k + 1, maps.shape[2] - k + 1
    y = np.zeros((len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[:, i, j] = w @ maps[:, i : i + k, j : j + k].transpose(0, 2, 1).ravel() + b
    return y


# %% one_answer_too_few
# Forgets the first window; loses check_answers
# says: one place down and two across
def answers(maps, w, b, k):
    rows, columns = maps.shape[1] - k, maps.shape[2] - k
    y = np.zeros((len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[:, i, j] = w @ maps[:, i : i + k, j : j + k].ravel() + b
    return y


# %% puts_the_units_last
# Puts the units into the last axis; loses check_answers
# says: The units come first
def answers(maps, w, b, k):
    rows, columns = maps.shape[1] - k + 1, maps.shape[2] - k + 1
    y = np.zeros((rows, columns, len(w)))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = w @ maps[:, i : i + k, j : j + k].ravel() + b
    return y


# %% skips_places
# Moves the window on by its own size; loses check_answers
# says: one place down and two across
def answers(maps, w, b, k):
    rows, columns = maps.shape[1] // k, maps.shape[2] // k
    y = np.zeros((len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[:, i, j] = w @ maps[:, i * k : i * k + k, j * k : j * k + k].ravel() + b
    return y


# %% slides_in_one_row
# Slides along the first row only; loses check_answers
# unseen: check_answers
def answers(maps, w, b, k):
    y = [w @ maps[:, :k, j : j + k].ravel() + b for j in range(maps.shape[2] - k + 1)]
    return np.array(y).T[:, None]


# %% a_fraction_for_per_cent
# Gives a fraction; loses check_fc_share
# says: in per cent it is 100 times as much
def fc_share(conv, sizes):
    return parameters(sizes) / (conv + parameters(sizes))


# %% divides_by_the_convolutions
# Divides by the convolutions' parameters; loses check_fc_share
# says: Divide by all parameters
def fc_share(conv, sizes):
    return 100 * parameters(sizes) / max(conv, 1)


# %% grey_photographs_only
# Forgets the channels; loses check_largest_side
# says: one for each channel
def largest_side(units, channels, gib):
    return int((gib * 2**30 // (4 * units) - 1) ** 0.5)


# %% no_room_for_the_bias
# Leaves no room for the biases; loses check_largest_side
# says: each unit has a bias
def largest_side(units, channels, gib):
    inputs = int(gib * 2**30 // (4 * units))
    return int((inputs // channels) ** 0.5)


# %% one_byte_a_parameter
# Counts parameters as bytes; loses check_largest_side
# says: Each parameter takes 4 bytes
def largest_side(units, channels, gib):
    return int(((gib * 2**30 // units - 1) // channels) ** 0.5)


# %% changes_nothing
# Gives the weights as they were; loses check_reordered
# says: as they were
def reordered(w, order):
    return w


# %% follows_the_lesson
# Copies the lesson's order, which goes the other way; loses check_reordered
# says: here you need the way back
def reordered(w, order):
    return w[:, order]


# %% reorders_the_units
# Puts the units into order, not their weights; loses check_reordered
# says: Those are whole units in another order
def reordered(w, order):
    return w[order] if len(order) == len(w) else w
