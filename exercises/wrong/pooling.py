# Answers to exercises/source/pooling that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% forgets_the_first_window
# Counts the steps instead of the windows; loses check_pool_out, check_pool2d, check_mean_pool, check_survives
# says: The first window counts too
def pool_out(n, k, stride, ceil=False):
    return -(-(n - k) // stride) if ceil else (n - k) // stride


# %% hangs_over_without_a_rest
# Adds a window even where nothing is left over; loses check_pool_out
# says: Nothing is left over here
def pool_out(n, k, stride, ceil=False):
    return (n - k) // stride + 1 + (1 if ceil else 0)


# %% rounds_down_always
# Ignores `ceil`; loses check_pool_out
# says: With `ceil=True` the window that hangs
def pool_out(n, k, stride, ceil=False):
    return (n - k) // stride + 1


# %% small_sizes_only
# Knows the sizes of the visible checks of task 1; loses check_pool_out
# unseen: the visible checks pass
def pool_out(n, k, stride, ceil=False):
    steps, rest = divmod(n - k, stride)
    return steps + 1 + (1 if ceil and rest and n < 10 else 0)


# %% begins_with_zero
# Takes 0 for the largest of negative numbers; loses check_pool2d
# says: Begin with one of its numbers
def pool2d(x, k, stride, kind="max"):
    y = np.zeros((pool_out(x.shape[0], k, stride), pool_out(x.shape[1], k, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            if kind == "mean":
                y[i, j] = window.mean()
            for value in window.flat:
                if kind == "max" and value > y[i, j]:
                    y[i, j] = value
    return y


# %% divides_by_the_side
# Divides the sum by k instead of k * k; loses check_pool2d, check_mean_pool
# says: k * k numbers, not k
def pool2d(x, k, stride, kind="max"):
    y = np.zeros((pool_out(x.shape[0], k, stride), pool_out(x.shape[1], k, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            y[i, j] = window.max() if kind == "max" else window.sum() / k
    return y


# %% moves_by_the_window
# Moves the window by its own width; loses check_pool2d, check_mean_pool, check_survives
# says: must move by `stride`
def pool2d(x, k, stride, kind="max"):
    rows, columns = x.shape[0] // k, x.shape[1] // k
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[i * k : i * k + k, j * k : j * k + k]
            y[i, j] = window.max() if kind == "max" else window.mean()
    return y


# %% windows_up_to_three
# Knows windows of 1, 2 and 3, as in the visible checks; loses check_pool2d, check_mean_pool
# unseen: the visible checks pass
def pool2d(x, k, stride, kind="max"):
    y = np.zeros((pool_out(x.shape[0], k, stride), pool_out(x.shape[1], k, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k][:3, :3]
            y[i, j] = window.max() if kind == "max" else window.mean()
    return y


# %% always_counts_the_padding
# Divides by k * k also where the zeros must not count; loses check_mean_pool
# says: the number of true numbers, which is 4
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
    true = pool2d(np.pad(np.ones(x.shape), 1), k, stride, kind="mean")
    return means if count_padding else means / true


# %% gives_to_all_equals
# Gives to every number that is as large as the largest; loses check_to_winners
# says: Of equal numbers only the first wins
def to_winners(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            window = x[top : top + k, left : left + k]
            dx[top : top + k, left : left + k] += dy[i, j] * (window == window.max())
    return dx


# %% overwrites_what_came_before
# Sets instead of adding where a number wins twice; loses check_to_winners
# says: add what comes back from both
def to_winners(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            row, column = divmod(np.argmax(x[top : top + k, left : left + k]), k)
            dx[top + row, left + column] = dy[i, j]
    return dx


# %% rows_of_three
# Makes a row and a column of the place with the wrong width for large windows; loses check_to_winners
# unseen: the visible checks pass
def to_winners(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            row, column = divmod(np.argmax(x[top : top + k, left : left + k]), min(k, 3))
            dx[min(top + row, len(x) - 1), left + column] += dy[i, j]
    return dx


# %% shares_out_as_the_mean_does
# Gives each number of the window an equal share; loses check_to_winners
# says: That is the way back of the mean
def to_winners(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            dx[top : top + k, left : left + k] += dy[i, j] / k**2
    return dx


# %% adds_one_for_rounding
# Rounds up by rounding down and adding 1; loses check_adaptive_windows
# says: Where nothing is to be rounded
def adaptive_windows(n, m):
    return np.array([[i * n // m, min(n, (i + 1) * n // m + 1)] for i in range(m)])


# %% equal_parts_with_the_rest_shared
# Makes all windows equally long, which is right where two share one number; loses check_adaptive_windows
# unseen: the visible checks pass
def adaptive_windows(n, m):
    long = -(-n // m)
    return np.array([[i * n // m, i * n // m + long] for i in range(m)])


# %% rounds_both_down
# Rounds the end of a window down; loses check_adaptive_windows
# says: The end is rounded up
def adaptive_windows(n, m):
    return np.array([[i * n // m, (i + 1) * n // m] for i in range(m)])


# %% empty_for_no_move
# Slices up to -0, which is nothing; loses check_survives
# says: your code stopped: ValueError
def survives(x, k, stride, right):
    moved = np.zeros_like(x)
    moved[:, right:] = x[:, :-right]
    return np.mean(pool2d(x, k, stride) == pool2d(moved, k, stride))


# %% lets_it_come_back
# Lets what leaves at the right come back at the left; loses check_survives
# says: does not come back at the left
def survives(x, k, stride, right):
    return np.mean(pool2d(x, k, stride) == pool2d(np.roll(x, right, axis=1), k, stride))


# %% moves_to_the_left
# Moves the picture to the left; loses check_survives
# says: It moves to the right
def survives(x, k, stride, right):
    moved = np.zeros_like(x)
    moved[:, : x.shape[1] - right] = x[:, right:]
    return np.mean(pool2d(x, k, stride) == pool2d(moved, k, stride))


# %% windows_that_touch_only
# Pools with stride 2 whatever is asked; loses check_survives
# unseen: the visible checks pass
def survives(x, k, stride, right):
    moved = np.zeros_like(x)
    moved[:, right:] = x[:, : x.shape[1] - right]
    return np.mean(pool2d(x, 2, 2) == pool2d(moved, 2, 2))


# %% four_images_only
# Divides by 4 instead of n where there are more; loses check_gain_and_error
# unseen: the visible checks pass
def gain_and_error(old, new):
    d = old - new
    return 100 * np.mean(d), 100 * np.sqrt(np.var(d) / min(len(d), 4))


# %% fractions_for_points
# Gives fractions in place of points; loses check_gain_and_error
# says: In points, please
def gain_and_error(old, new):
    d = old - new
    return np.mean(d), np.sqrt(np.var(d) / len(d))


# %% new_less_old
# Turns the sign of the gain; loses check_gain_and_error
# says: old less new
def gain_and_error(old, new):
    d = new - old
    return 100 * np.mean(d), 100 * np.sqrt(np.var(d) / len(d))


# %% other_images_in_each_test
# Adds the squares of two separate tests; loses check_gain_and_error
# says: Take the difference image by image
def gain_and_error(old, new):
    p, q, n = np.mean(old), np.mean(new), len(old)
    return 100 * (p - q), 100 * np.sqrt(p * (1 - p) / n + q * (1 - q) / n)


# %% folds_in_blocks
# Cuts the order into blocks; loses check_held_back
# says: Deal them like cards
def held_back(order, k, fold):
    return np.array_split(order, k)[fold]


# %% holds_back_the_rest
# Gives all images but the fold; loses check_held_back
# says: It is the fold that is held back
def held_back(order, k, fold):
    return np.delete(order, np.arange(fold, len(order), k))


# %% prints_instead_of_returning
# Prints the number and returns nothing; loses check_held_back
# says: is a `return` missing?
def held_back(order, k, fold):
    print(order[fold::k])


# %% two_folds_only
# Deals to two folds, whatever is asked; loses check_held_back
# unseen: the visible checks pass
def held_back(order, k, fold):
    return order[fold::2]


# %% deviation_of_one
# Forgets that a mean is surer than a single gain; loses check_interval
# says: divide by the root of m
def interval(gains, t):
    return np.mean(gains), t * np.std(gains, ddof=1)


# %% divides_by_m
# Takes NumPy's default, which divides the squares by m; loses check_interval
# says: ddof=1
def interval(gains, t):
    return np.mean(gains), t * np.std(gains) / np.sqrt(len(gains))


# %% knows_both_examples
# Knows the two examples and divides by m elsewhere; loses check_interval
# unseen: the visible checks pass
def interval(gains, t):
    known = {5: 2.78 * 0.1**0.5, 2: 6.35}
    return np.mean(gains), known.get(len(gains), t * np.std(gains) / np.sqrt(len(gains)))
