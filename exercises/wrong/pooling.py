# Answers to exercises/source/pooling that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% divides_by_the_window
# Divides by the window in place of the stride; loses check_pool_out, check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: Divide by the stride
def pool_out(n, k, stride, round_up=False):
    return -(-(n - k) // k) + 1 if round_up else (n - k) // k + 1


# %% forgets_the_first_window
# Counts the steps instead of the windows; loses check_pool_out, check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: The first window counts too
def pool_out(n, k, stride, round_up=False):
    return -(-(n - k) // stride) if round_up else (n - k) // stride


# %% half_windows
# Divides with / and rounds nothing; loses check_pool_out, check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: Half a window is no window
def pool_out(n, k, stride, round_up=False):
    return (n - k) / stride + 1


# %% hangs_over_with_nothing_left
# Adds a window even where nothing is left over; loses check_pool_out, check_pool2d
# says: Nothing is left over here
def pool_out(n, k, stride, round_up=False):
    return (n - k) // stride + 1 + (1 if round_up else 0)


# %% ignores_the_window
# Counts steps of the stride on all numbers, whatever the window; loses check_pool_out, check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: Then add 1 for the first window
def pool_out(n, k, stride, round_up=False):
    return -(-n // stride) if round_up else n // stride


# %% ignores_the_window_after_the_first
# Adds the first window to the steps on all numbers; loses check_pool_out, check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: room for steps
def pool_out(n, k, stride, round_up=False):
    return (-(-n // stride) if round_up else n // stride) + 1


# %% rounds_down_always
# Ignores `round_up`; loses check_pool_out, check_pool2d
# says: With `round_up=True` the window that hangs
def pool_out(n, k, stride, round_up=False):
    return (n - k) // stride + 1


# %% rounds_up_always
# Counts the window that hangs over the edge in any case; loses check_pool_out, check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: Without `round_up` a window that hangs
def pool_out(n, k, stride, round_up=False):
    return -(-(n - k) // stride) + 1


# %% rounds_to_the_nearest
# Rounds half a step to the nearest even number; loses check_pool_out, check_pool2d, check_size_of_change
# says: Without `round_up` a window that hangs
def pool_out(n, k, stride, round_up=False):
    return round((n - k) / stride) + 1


# %% small_sizes_only
# Knows the sizes of the visible checks of task 1; loses check_pool_out
# unseen: the visible checks pass
def pool_out(n, k, stride, round_up=False):
    steps, left_over = divmod(n - k, stride)
    return steps + 1 + (1 if round_up and left_over and n < 13 else 0)


# %% begins_with_zero
# Takes 0 for the largest of negative numbers; loses check_pool2d
# says: Begin with one of its numbers
def pool2d(x, k, stride, kind="max", round_up=False):
    rows = pool_out(x.shape[0], k, stride, round_up)
    columns = pool_out(x.shape[1], k, stride, round_up)
    y = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r * stride : r * stride + k, c * stride : c * stride + k]
            if kind == "mean":
                y[r, c] = window.mean()
            for value in window.flat:
                if kind == "max" and value > y[r, c]:
                    y[r, c] = value
    return y


# %% divides_by_the_full_window
# Divides by k * k also where the window hangs over the edge; loses check_pool2d
# says: The last window has only 2 numbers
def pool2d(x, k, stride, kind="max", round_up=False):
    rows = pool_out(x.shape[0], k, stride, round_up)
    columns = pool_out(x.shape[1], k, stride, round_up)
    y = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r * stride : r * stride + k, c * stride : c * stride + k]
            y[r, c] = window.max() if kind == "max" else window.sum() / k**2
    return y


# %% divides_by_the_side
# Divides the sum by k instead of k * k; loses check_pool2d, check_mean_pool
# says: k * k numbers, not k
def pool2d(x, k, stride, kind="max", round_up=False):
    rows = pool_out(x.shape[0], k, stride, round_up)
    columns = pool_out(x.shape[1], k, stride, round_up)
    y = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r * stride : r * stride + k, c * stride : c * stride + k]
            y[r, c] = window.max() if kind == "max" else window.sum() / k
    return y


# %% leaves_out_what_hangs_over
# Doesn't tell pool_out to round up; loses check_pool2d
# says: Pass it on to pool_out
def pool2d(x, k, stride, kind="max", round_up=False):
    rows, columns = pool_out(x.shape[0], k, stride), pool_out(x.shape[1], k, stride)
    y = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r * stride : r * stride + k, c * stride : c * stride + k]
            y[r, c] = window.max() if kind == "max" else window.mean()
    return y


# %% moves_by_the_window
# Moves the window by its own width; loses check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: must move by `stride`
def pool2d(x, k, stride, kind="max", round_up=False):
    rows, columns = pool_out(x.shape[0], k, k, round_up), pool_out(x.shape[1], k, k, round_up)
    y = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r * k : r * k + k, c * k : c * k + k]
            y[r, c] = window.max() if kind == "max" else window.mean()
    return y


# %% pads_with_zeros
# Fills the windows that hang over the edge with zeros, for the maximum; loses check_pool2d
# says: There are no zeros beyond the edge
def pool2d(x, k, stride, kind="max", round_up=False):
    rows = pool_out(x.shape[0], k, stride, round_up)
    columns = pool_out(x.shape[1], k, stride, round_up)
    y = np.zeros((rows, columns))
    padded = np.pad(x, ((0, k), (0, k)))
    for r in range(rows):
        for c in range(columns):
            top, left = r * stride, c * stride
            if kind == "max":
                y[r, c] = padded[top : top + k, left : left + k].max()
            else:
                y[r, c] = x[top : top + k, left : left + k].mean()
    return y


# %% square_pictures_only
# Takes as many columns as rows; loses check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: windows fit across and one down
def pool2d(x, k, stride, kind="max", round_up=False):
    rows = pool_out(x.shape[0], k, stride, round_up)
    columns = pool_out(x.shape[0], k, stride, round_up)
    y = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r * stride : r * stride + k, c * stride : c * stride + k]
            y[r, c] = window.max() if kind == "max" else window.mean()
    return y


# %% takes_a_rule_as_the_lesson_does
# The lesson's own function, with `rule` in place of `kind`; loses check_pool2d, check_mean_pool, check_survives, check_size_of_change
# says: is the line with `def` still as it was?
def pool2d(picture, window, stride, rule=np.max):
    rows = (picture.shape[0] - window) // stride + 1
    columns = (picture.shape[1] - window) // stride + 1
    output = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            top = r * stride
            left = c * stride
            output[r, c] = rule(picture[top : top + window, left : left + window])
    return output


# %% whole_numbers
# Stores the results in the picture's type; loses check_pool2d, check_mean_pool
# says: The output must hold floats
def pool2d(x, k, stride, kind="max", round_up=False):
    rows = pool_out(x.shape[0], k, stride, round_up)
    columns = pool_out(x.shape[1], k, stride, round_up)
    y = np.zeros((rows, columns), x.dtype)
    for r in range(rows):
        for c in range(columns):
            window = x[r * stride : r * stride + k, c * stride : c * stride + k]
            y[r, c] = window.max() if kind == "max" else window.mean()
    return y


# %% windows_up_to_three
# Knows windows of 1, 2 and 3, as in the visible checks; loses check_pool2d, check_mean_pool, check_size_of_change
# unseen: the visible checks pass
def pool2d(x, k, stride, kind="max", round_up=False):
    rows = pool_out(x.shape[0], k, stride, round_up)
    columns = pool_out(x.shape[1], k, stride, round_up)
    y = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r * stride : r * stride + k, c * stride : c * stride + k]
            window = window[:3, :3]
            y[r, c] = window.max() if kind == "max" else window.mean()
    return y


# %% always_counts_the_padding
# Divides by k * k also where the zeros must not count; loses check_mean_pool
# says: how many numbers of the picture
def mean_pool(x, k, stride, padding, count_padding=True):
    return pool2d(np.pad(x, padding), k, stride, kind="mean")


# %% leaves_out_true_zeros
# Takes every 0 for padding; loses check_mean_pool
# says: A number that is 0 counts
def mean_pool(x, k, stride, padding, count_padding=True):
    padded = np.pad(x, padding)
    means = pool2d(padded, k, stride, kind="mean")
    if count_padding:
        return means
    counts = pool2d(padded != 0, k, stride, kind="mean")
    return np.divide(means, counts, out=np.full(means.shape, np.nan), where=counts > 0)


# %% one_ring_of_zeros
# Lays one ring of zeros, whatever the padding is; loses check_mean_pool
# unseen: the visible checks pass
def mean_pool(x, k, stride, padding, count_padding=True):
    means = pool2d(np.pad(x, 1), k, stride, kind="mean")
    inside = pool2d(np.pad(np.ones(x.shape), 1), k, stride, kind="mean")
    return means if count_padding else means / inside


# %% pads_only_if_it_counts
# Lays no zeros around the picture where they don't count; loses check_mean_pool
# says: they only don't count
def mean_pool(x, k, stride, padding, count_padding=True):
    return pool2d(np.pad(x, padding) if count_padding else x, k, stride, kind="mean")


# %% adds_at_the_place_in_the_window
# Forgets where the window begins; loses check_to_winners
# says: add where the window begins
def to_winners(prizes, x, k, stride):
    gets = np.zeros(x.shape)
    for r in range(prizes.shape[0]):
        for c in range(prizes.shape[1]):
            top, left = r * stride, c * stride
            row, column = divmod(np.argmax(x[top : top + k, left : left + k]), k)
            gets[row, column] += prizes[r, c]
    return gets


# %% gives_to_all_equals
# Gives to every number that is as large as the largest; loses check_to_winners
# says: Of equal numbers only the first wins
def to_winners(prizes, x, k, stride):
    gets = np.zeros(x.shape)
    for r in range(prizes.shape[0]):
        for c in range(prizes.shape[1]):
            top, left = r * stride, c * stride
            window = x[top : top + k, left : left + k]
            gets[top : top + k, left : left + k] += prizes[r, c] * (window == window.max())
    return gets


# %% overwrites_what_came_before
# Sets instead of adding where a number wins twice; loses check_to_winners
# says: add both prizes
def to_winners(prizes, x, k, stride):
    gets = np.zeros(x.shape)
    for r in range(prizes.shape[0]):
        for c in range(prizes.shape[1]):
            top, left = r * stride, c * stride
            row, column = divmod(np.argmax(x[top : top + k, left : left + k]), k)
            gets[top + row, left + column] = prizes[r, c]
    return gets


# %% rows_of_three
# Makes a row and a column of the place with the wrong width for large windows; loses check_to_winners
# unseen: the visible checks pass
def to_winners(prizes, x, k, stride):
    gets = np.zeros(x.shape)
    for r in range(prizes.shape[0]):
        for c in range(prizes.shape[1]):
            top, left = r * stride, c * stride
            row, column = divmod(np.argmax(x[top : top + k, left : left + k]), min(k, 3))
            gets[min(top + row, len(x) - 1), left + column] += prizes[r, c]
    return gets


# %% shares_out
# Gives each number of the window an equal share; loses check_to_winners
# says: Here the winner gets all
def to_winners(prizes, x, k, stride):
    gets = np.zeros(x.shape)
    for r in range(prizes.shape[0]):
        for c in range(prizes.shape[1]):
            top, left = r * stride, c * stride
            gets[top : top + k, left : left + k] += prizes[r, c] / k**2
    return gets


# %% whole_prizes
# Adds up the prizes in the picture's type; loses check_to_winners
# says: np.zeros_like(x) is made of whole numbers
def to_winners(prizes, x, k, stride):
    gets = np.zeros_like(x)
    for r in range(prizes.shape[0]):
        for c in range(prizes.shape[1]):
            top, left = r * stride, c * stride
            row, column = divmod(np.argmax(x[top : top + k, left : left + k]), k)
            gets[top + row, left + column] += prizes[r, c]
    return gets


# %% windows_that_touch
# Lays the windows side by side, whatever the stride; loses check_to_winners
# says: must move by `stride`
def to_winners(prizes, x, k, stride):
    gets = np.zeros(x.shape)
    for r in range(prizes.shape[0]):
        for c in range(prizes.shape[1]):
            top, left = r * k, c * k
            window = x[top : top + k, left : left + k]
            if window.size:
                row, column = divmod(np.argmax(window), window.shape[1])
                gets[top + row, left + column] += prizes[r, c]
    return gets


# %% adds_one_for_rounding
# Rounds up by rounding down and adding 1; loses check_adaptive_windows
# says: Where nothing is to be rounded
def adaptive_windows(n, m):
    return np.array([[i * n // m, min(n, (i + 1) * n // m + 1)] for i in range(m)])


# %% counts_the_last_one
# Gives the last number of each window, not the one after it; loses check_adaptive_windows
# says: Give the number after the last one
def adaptive_windows(n, m):
    return np.array([[i * n // m, -(-(i + 1) * n // m) - 1] for i in range(m)])


# %% equal_blocks
# Makes blocks of n // m numbers; loses check_adaptive_windows
# says: Equal blocks leave numbers out
def adaptive_windows(n, m):
    return np.array([[i * (n // m), (i + 1) * (n // m)] for i in range(m)])


# %% equally_long
# Makes all windows equally long; loses check_adaptive_windows
# says: Not all windows are equally long
def adaptive_windows(n, m):
    return np.array([[i * n // m, i * n // m + -(-n // m)] for i in range(m)])


# %% floats
# Rounds with np.floor and np.ceil, which give floats; loses check_adaptive_windows
# says: not as a whole number
def adaptive_windows(n, m):
    return [(np.floor(i * n / m), np.ceil((i + 1) * n / m)) for i in range(m)]


# %% rounds_both_down
# Rounds the end of a window down; loses check_adaptive_windows
# says: The end is rounded up
def adaptive_windows(n, m):
    return np.array([[i * n // m, (i + 1) * n // m] for i in range(m)])


# %% two_numbers_at_least
# Never makes a window of a single number; loses check_adaptive_windows
# unseen: the visible checks pass
def adaptive_windows(n, m):
    begins = [i * n // m for i in range(m)]
    return np.array([[b, max(-(-(i + 1) * n // m), b + 2)] for i, b in enumerate(begins)])


# %% always_one_column
# Cuts off one column, however far the picture moves; loses check_survives
# says: not always one
def survives(x, k, stride, right, kind="max"):
    before = pool2d(x[:, 1:], k, stride, kind)
    after = pool2d(x[:, :-1], k, stride, kind)
    return np.mean(before == after)


# %% counts_the_survivors
# Counts the numbers that stay, and doesn't divide; loses check_survives
# says: divide by how many there are
def survives(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.sum(before == after)


# %% empty_for_no_move
# Slices up to -0, which is nothing; loses check_survives
# says: `x[:, :-right]` is empty
def survives(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, :-right], k, stride, kind)
    return np.mean(before == after)


# %% forgets_the_kind
# Always takes the maximum; loses check_survives
# says: Pass `kind` on to pool2d
def survives(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride)
    after = pool2d(x[:, : x.shape[1] - right], k, stride)
    return np.mean(before == after)


# %% in_per_cent
# Gives the share in per cent; loses check_survives
# says: A share goes from 0 to 1
def survives(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return 100 * np.mean(before == after)


# %% leaves_one_piece_whole
# Cuts only the first columns off, and compares with the whole picture; loses check_survives
# says: columns off both pieces
def survives(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x, k, stride, kind)
    return np.mean(before == after)


# %% lets_it_come_back
# Lets what leaves at the right come back at the left; loses check_survives
# says: what leaves doesn't come back
def survives(x, k, stride, right, kind="max"):
    moved = np.roll(x, right, axis=1)
    return np.mean(pool2d(x, k, stride, kind) == pool2d(moved, k, stride, kind))


# %% lets_zeros_come_in
# Moves the picture and fills up with zeros; loses check_survives
# says: zeros came in at the left
def survives(x, k, stride, right, kind="max"):
    moved = np.zeros_like(x)
    moved[:, right:] = x[:, : x.shape[1] - right]
    return np.mean(pool2d(x, k, stride, kind) == pool2d(moved, k, stride, kind))


# %% never_pools
# Compares the pictures instead of the outputs; loses check_survives
# says: Pool first, then compare
def survives(x, k, stride, right, kind="max"):
    return np.mean(x[:, right:] == x[:, : x.shape[1] - right])


# %% windows_that_touch_only
# Pools with stride 2 whatever is asked; loses check_survives
# unseen: the visible checks pass
def survives(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], 2, 2, kind)
    after = pool2d(x[:, : x.shape[1] - right], 2, 2, kind)
    return np.mean(before == after)


# %% compares_with_the_length
# Divides by the root of the mean square of the output; loses check_size_of_change
# says: distances from the mean, not from 0
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.sqrt(np.mean((after - before) ** 2)) / np.sqrt(np.mean(before**2))


# %% compares_with_the_mean
# Divides by the mean of the output; loses check_size_of_change
# says: not by its mean
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.sqrt(np.mean((after - before) ** 2)) / np.mean(before)


# %% divides_by_one_less
# Takes the standard deviation as PyTorch does; loses check_size_of_change
# says: divides by one less than there are
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.sqrt(np.mean((after - before) ** 2)) / np.std(before, ddof=1)


# %% divides_by_what_comes_after
# Divides by the standard deviation after the move; loses check_size_of_change
# says: before the move, not after it
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.sqrt(np.mean((after - before) ** 2)) / np.std(after)


# %% forgets_the_deviation
# Doesn't divide at all; loses check_size_of_change
# says: Divide by the standard deviation of the output
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.sqrt(np.mean((after - before) ** 2))


# %% leaves_one_output_whole
# Cuts only the first columns off, and compares with the whole picture; loses check_size_of_change
# says: columns off both pieces
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x, k, stride, kind)
    return np.sqrt(np.mean((after - before) ** 2)) / np.std(before)


# %% one_pixel_at_most
# Moves by one pixel, however many are asked for; loses check_size_of_change
# unseen: the visible checks pass
def size_of_change(x, k, stride, right, kind="max"):
    right = min(right, 1)
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.sqrt(np.mean((after - before) ** 2)) / np.std(before)


# %% spread_of_the_difference
# Takes the standard deviation of the difference; loses check_size_of_change
# says: takes its mean off first
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.std(after - before) / np.std(before)


# %% takes_absolute_values
# Takes the mean of the differences without their signs; loses check_size_of_change
# says: Square the differences
def size_of_change(x, k, stride, right, kind="max"):
    before = pool2d(x[:, right:], k, stride, kind)
    after = pool2d(x[:, : x.shape[1] - right], k, stride, kind)
    return np.mean(np.abs(after - before)) / np.std(before)


# %% adds_the_strides
# Adds the strides instead of multiplying them; loses check_receptive_field
# says: The strides multiply
def receptive_field(layers):
    sees, apart = 1, 0
    for k, stride in layers:
        sees += (k - 1) * max(apart, 1)
        apart += stride if stride > 1 else 0
    return sees


# %% adds_the_windows
# Adds up the windows; loses check_receptive_field
# says: Those are the windows added up
def receptive_field(layers):
    return sum(k for k, stride in layers)


# %% begins_at_the_end
# Goes through the layers from the last to the first; loses check_receptive_field
# says: Begin with the first layer
def receptive_field(layers):
    sees, apart = 1, 1
    for k, stride in reversed(layers):
        sees += (k - 1) * apart
        apart *= stride
    return sees


# %% begins_with_no_pixel
# Begins at 0 pixels instead of 1; loses check_receptive_field
# says: so begin with 1
def receptive_field(layers):
    sees, apart = 0, 1
    for k, stride in layers:
        sees += (k - 1) * apart
        apart *= stride
    return sees


# %% counts_the_whole_window
# Adds k neighbours for a window of k; loses check_receptive_field
# says: add k − 1, not k
def receptive_field(layers):
    sees, apart = 1, 1
    for k, stride in layers:
        sees += k * apart
        apart *= stride
    return sees


# %% forgets_the_strides
# Takes all neighbours for one pixel apart; loses check_receptive_field
# says: each adds 2 pixels
def receptive_field(layers):
    sees, apart = 1, 1
    for k, stride in layers:
        sees += (k - 1) * apart
    return sees


# %% keeps_the_last_stride
# Takes only the stride of the layer before; loses check_receptive_field
# says: The strides multiply
def receptive_field(layers):
    sees, apart = 1, 1
    for k, stride in layers:
        sees += (k - 1) * apart
        apart = stride
    return sees


# %% starts_with_the_first_layer
# Takes the first layer as it is, and so needs one; loses check_receptive_field
# says: without layers a number is a pixel
def receptive_field(layers):
    sees, apart = layers[0]
    for k, stride in layers[1:]:
        sees += (k - 1) * apart
        apart *= stride
    return sees


# %% stride_too_early
# Lets a layer's stride act on its own window; loses check_receptive_field
# says: not those of its own
def receptive_field(layers):
    sees, apart = 1, 1
    for k, stride in layers:
        apart *= stride
        sees += (k - 1) * apart
    return sees


# %% three_layers_at_most
# Looks at the first three layers only; loses check_receptive_field
# unseen: the visible checks pass
def receptive_field(layers):
    sees, apart = 1, 1
    for k, stride in layers[:3]:
        sees += (k - 1) * apart
        apart *= stride
    return sees


# %% begins_with_a_mean_of_zero
# Looks for a mean above 0; loses check_answer
# says: Do you look for a mean above 0
def answer(maps):
    best, winner = 0, 0
    for i, one in enumerate(maps):
        if one.mean() > best:
            best, winner = one.mean(), i
    return winner


# %% counts_classes_from_one
# Counts the classes from 1; loses check_answer
# says: count the classes from 0
def answer(maps):
    return int(np.argmax(maps.mean(axis=(1, 2)))) + 1


# %% gives_the_mean
# Gives the largest mean, not its class; loses check_answer
# says: say which class it belongs to
def answer(maps):
    return maps.mean(axis=(1, 2)).max()


# %% largest_number_of_each_map
# Lets the largest number of a map speak for it; loses check_answer
# says: the largest number doesn't count
def answer(maps):
    return int(np.argmax(maps.max(axis=(1, 2))))


# %% last_of_equals
# Takes the last of equal means; loses check_answer
# says: Of equal means the first counts
def answer(maps):
    means = maps.mean(axis=(1, 2))
    return len(means) - 1 - int(np.argmax(means[::-1]))


# %% mean_over_one_axis
# Takes the mean over the rows only; loses check_answer
# says: over both axes
def answer(maps):
    return int(np.argmax(maps.mean(axis=1)))


# %% three_classes_at_most
# Looks at the first three maps only; loses check_answer
# unseen: the visible checks pass
def answer(maps):
    return int(np.argmax(maps[:3].mean(axis=(1, 2))))
