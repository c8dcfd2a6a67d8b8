# Answers to exercises/source/legacy that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% adds_sides
# Adds the sides as if windows didn't overlap; loses check_sees
# says: The windows overlap
def sees(kernels):
    return sum(kernels)


# %% first_kernel_only
# Takes all kernels to be like the first; loses check_sees
# says: they need not be equal
def sees(kernels):
    return 1 + len(kernels) * (kernels[0] - 1) if kernels else 1


# %% forgets_the_pixel
# Begins with no pixel; loses check_sees
# says: Begin with the single pixel
def sees(kernels):
    return sum(kernel - 1 for kernel in kernels)


# %% knows_the_examples
# Holds the answers of the visible checks and little else; loses check_sees, check_inverted, check_most_used, check_arrives, check_unbeaten, check_by_group, check_fairest
# unseen: the visible checks pass
def sees(kernels):
    return {0: 1, 2: 5, 3: 7}.get(len(kernels), 0)


def inverted(channels, factor, side):
    return np.array([78, 312])


def most_used(parameters, work):
    return np.array([1, 2, 0] if len(work) == 3 else [1, 0])


def arrives(slopes, shortcut):
    if not shortcut:
        return 0.0
    return 2.25 if len(slopes) == 3 else 1.1**10


def unbeaten(cost, error):
    return {
        4: np.array([True, True, False, True]),
        3: np.array([True, False, True]),
        2: np.array([True, True]),
    }.get(len(cost), np.zeros(len(cost), dtype=bool))


def by_group(wrong, group):
    return np.array([1 / 3, 1.0] if len(wrong) == 4 else [1.0, 0.0, 2 / 3])


def fairest(wrong, group):
    return 1


# %% multiplies_sides
# Multiplies the sides; loses check_sees
# says: Sides don't multiply
def sees(kernels):
    return int(np.prod(kernels))


# %% all_channels
# Lets each 3 × 3 read all channels; loses check_inverted
# says: The 3 × 3 reads one map each
def inverted(channels, factor, side):
    wide = factor * channels
    up = layer_cost(1, channels, wide, side)
    return up + layer_cost(3, wide, wide, side) + layer_cost(1, wide, channels, side)


# %% groups_of_the_narrow
# Takes as many groups as there are narrow channels; loses check_inverted
# says: One group for each of the *wide* channels
def inverted(channels, factor, side):
    wide = factor * channels
    up = layer_cost(1, channels, wide, side)
    middle = layer_cost(3, wide, wide, side, groups=channels)
    return up + middle + layer_cost(1, wide, channels, side)


# %% narrow_middle
# Runs the 3 × 3 on the narrow channels; loses check_inverted
# says: works on the wide middle
def inverted(channels, factor, side):
    wide = factor * channels
    up = layer_cost(1, channels, wide, side)
    middle = layer_cost(3, channels, channels, side, groups=channels)
    return up + middle + layer_cost(1, wide, channels, side)


# %% stays_wide
# Forgets the way back; loses check_inverted
# says: back to as many channels as before
def inverted(channels, factor, side):
    wide = factor * channels
    up = layer_cost(1, channels, wide, side)
    return up + layer_cost(3, wide, wide, side, groups=wide)


# %% by_work_alone
# Sorts by work; loses check_most_used
# says: divide the work by the parameters
def most_used(parameters, work):
    return np.argsort(-work)


# %% fewest_uses_first
# Sorts from the least; loses check_most_used
# says: The most uses come first
def most_used(parameters, work):
    return np.argsort(work / parameters)


# %% returns_the_uses
# Returns uses in place of numbers of networks; loses check_most_used
# says: return the numbers of the networks
def most_used(parameters, work):
    return work / parameters


# %% adds_before_relu
# Uses ReLU on the sum; loses check_through
# says: ReLU comes before that
def through(x, layers, shortcut):
    for w in layers:
        x = relu(x + w @ x) if shortcut else relu(w @ x)
    return x


# %% always_adds
# Has shortcuts even where there are none; loses check_through
# says: Without `shortcut` a layer replaces its input
def through(x, layers, shortcut):
    for w in layers:
        x = x + relu(w @ x)
    return x


# %% forgets_relu
# Has no bend; loses check_through
# says: Don't forget ReLU, before you add
def through(x, layers, shortcut):
    for w in layers:
        x = x + w @ x if shortcut else w @ x
    return x


# %% one_shortcut_around_all
# Adds the input once, at the end; loses check_through
# says: A shortcut goes around *each* layer
def through(x, layers, shortcut):
    y = x
    for w in layers:
        y = relu(w @ y)
    return x + y if shortcut else y


# %% turns_the_matrix
# Multiplies from the other side; loses check_through
# says: each row of w belongs to one output
def through(x, layers, shortcut):
    for w in layers:
        new = relu(x @ w)
        x = x + new if shortcut else new
    return x


# %% two_layers_at_most
# Stops after the second layer; loses check_through
# unseen: the visible stacks have one layer or two
def through(x, layers, shortcut):
    for w in layers[:2]:
        new = relu(w @ x)
        x = x + new if shortcut else new
    return x


# %% adds_one_to_the_product
# Adds 1 once, to the product; loses check_arrives
# says: every slope gets 1 added
def arrives(slopes, shortcut):
    return shortcut + float(np.prod(slopes))


# %% adds_slopes_up
# Adds where slopes multiply; loses check_arrives
# says: The slopes multiply
def arrives(slopes, shortcut):
    return float(np.sum(slopes + 1)) if shortcut else float(np.prod(slopes))


# %% ignores_shortcuts
# Leaves the shortcuts out; loses check_arrives
# says: With shortcuts each slope is 1 + f'
def arrives(slopes, shortcut):
    return float(np.prod(slopes))


# %% columns_first
# Goes down the columns of tiles first; loses check_cut
# says: Go along the rows of tiles
def cut(picture, side):
    rows = []
    for left in range(0, picture.shape[1], side):
        for top in range(0, picture.shape[0], side):
            rows.append(picture[top : top + side, left : left + side].flatten())
    return np.array(rows)


# %% only_reshapes
# Takes pixels in their order in the picture; loses check_cut
# says: `reshape` alone cuts along rows
def cut(picture, side):
    return picture.reshape(-1, side * side * picture.shape[2])


# %% overlapping_tiles
# Moves by one pixel; loses check_cut
# says: Tiles don't overlap
def cut(picture, side):
    rows = []
    for top in range(picture.shape[0] - side + 1):
        for left in range(picture.shape[1] - side + 1):
            rows.append(picture[top : top + side, left : left + side].flatten())
    return np.array(rows)


# %% turned_tiles
# Reads each tile down its columns; loses check_cut
# says: Within a tile go along its rows
def cut(picture, side):
    rows = []
    for top in range(0, picture.shape[0], side):
        for left in range(0, picture.shape[1], side):
            tile = picture[top : top + side, left : left + side]
            rows.append(tile.swapaxes(0, 1).flatten())
    return np.array(rows)


# %% two_rows_of_pixels_only
# Knows one colour only; loses check_cut
# unseen: the visible pictures are grey
def cut(picture, side):
    rows = []
    for top in range(0, picture.shape[0], side):
        for left in range(0, picture.shape[1], side):
            rows.append(picture[top : top + side, left : left + side, 0].flatten())
    return np.array(rows)


# %% divides_by_the_length
# Divides by how many numbers a key has, not by the root; loses check_attend
# says: Divide by the *root* of how many
def attend(queries, keys, values):
    shares = np.exp(queries @ keys.T / keys.shape[1])
    return shares @ values / shares.sum(axis=1, keepdims=True)


# %% fits_as_shares
# Has no softmax; loses check_attend
# says: The fits are no shares yet
def attend(queries, keys, values):
    return queries @ keys.T / np.sqrt(keys.shape[1]) @ values


# %% forgets_the_root
# Doesn't divide the fits; loses check_attend
# says: Divide the fits by the root
def attend(queries, keys, values):
    shares = np.exp(queries @ keys.T)
    return shares @ values / shares.sum(axis=1, keepdims=True)


# %% root_of_four
# Knows the root of the visible keys; loses check_attend
# unseen: the keys of the visible checks have one number, or four
def attend(queries, keys, values):
    shares = np.exp(queries @ keys.T / (2 if keys.shape[1] > 1 else 1))
    return shares @ values / shares.sum(axis=1, keepdims=True)


# %% root_of_the_number_of_keys
# Takes the root of how many keys there are; loses check_attend
# says: not how many keys
def attend(queries, keys, values):
    shares = np.exp(queries @ keys.T / np.sqrt(len(keys)))
    return shares @ values / shares.sum(axis=1, keepdims=True)


# %% shares_of_all_queries
# Makes all shares together sum to 1; loses check_attend
# says: Each query has shares of its own
def attend(queries, keys, values):
    shares = np.exp(queries @ keys.T / np.sqrt(keys.shape[1]))
    return shares @ values / shares.sum()


# %% shares_of_the_keys
# Softmax along the wrong axis; loses check_attend
# says: softmax along axis 1
def attend(queries, keys, values):
    if len(queries) == 1:
        shares = np.exp(queries @ keys.T / np.sqrt(keys.shape[1]))
        return shares @ values / shares.sum()
    shares = np.exp(queries @ keys.T / np.sqrt(keys.shape[1]))
    return (shares / shares.sum(axis=0, keepdims=True)) @ values


# %% better_in_one
# Thinks that being better in one measure beats; loses check_unbeaten
# says: isn't enough to beat
def unbeaten(cost, error):
    result = np.ones(len(cost), dtype=bool)
    for i in range(len(cost)):
        for j in range(len(cost)):
            if cost[j] < cost[i] or error[j] < error[i]:
                result[i] = False
    return result


# %% equals_beat
# Lets equals beat each other; loses check_unbeaten
# says: Equals don't beat each other
def unbeaten(cost, error):
    result = np.ones(len(cost), dtype=bool)
    for i in range(len(cost)):
        for j in range(len(cost)):
            if i != j and cost[j] <= cost[i] and error[j] <= error[i]:
                result[i] = False
    return result


# %% names_the_beaten
# Returns who is beaten; loses check_unbeaten
# says: turn it round
def unbeaten(cost, error):
    as_good = (cost[:, None] <= cost) & (error[:, None] <= error)
    better = (cost[:, None] < cost) | (error[:, None] < error)
    return (as_good & better).any(axis=0)


# %% strictly_better_in_both
# Wants better in both; loses check_unbeaten
# says: less error is enough
def unbeaten(cost, error):
    better = (cost[:, None] < cost) & (error[:, None] < error)
    return ~better.any(axis=0)


# %% counts_right_ones
# Returns the share of right ones; loses check_by_group, check_fairest
# says: That is the share of right ones
def by_group(wrong, group):
    return np.array([1 - wrong[group == g].mean() for g in range(group.max() + 1)])


# %% divides_by_all
# Divides by all pictures; loses check_by_group, check_fairest
# says: Divide by the pictures of the group
def by_group(wrong, group):
    return np.array([wrong[group == g].sum() / len(wrong) for g in range(group.max() + 1)])


# %% one_average
# Returns the average of all; loses check_by_group, check_fairest
# says: That is the average of all
def by_group(wrong, group):
    return wrong.mean()


# %% two_groups_only
# Knows two groups only; loses check_by_group, check_fairest
# says: There may be more than two groups
def by_group(wrong, group):
    return np.array([wrong[group == 0].mean(), wrong[group == 1].mean()])


# %% best_on_average
# Takes the least average; loses check_fairest
# says: look at the group it treats worst
def fairest(wrong, group):
    return int(np.argmin(wrong.mean(axis=1)))


# %% best_mean_of_groups
# Takes the mean over groups; loses check_fairest
# says: The mean of its groups is the least
def fairest(wrong, group):
    return int(np.argmin([by_group(one, group).mean() for one in wrong]))


# %% returns_the_error
# Returns the error in place of the number; loses check_fairest
# says: That is an error
def fairest(wrong, group):
    return float(min(by_group(one, group).max() for one in wrong))
