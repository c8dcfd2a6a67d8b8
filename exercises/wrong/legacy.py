# Answers to exercises/source/legacy that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% doubles
# Doubles each number; loses check_squares
# says: Those are the doubles
def squares(x):
    return 2 * x


# %% keeps_the_sign
# Keeps the sign of a negative number; loses check_squares
# unseen: the visible checks have no negative number
def squares(x):
    return x * np.abs(x)


# %% divides_by_one_less
# Divides by one less than there are; loses check_mean
# says: all of them
def mean(x):
    return x.sum() / max(1, len(x) - 1)


# %% takes_the_middle
# Takes the number in the middle; loses check_mean
# unseen: in the visible check it is the mean
def mean(x):
    return float(np.median(x))


# %% counts_from_one
# Counts positions from 1; loses check_largest
# says: Positions begin with 0
def largest(x):
    return int(np.argmax(x)) + 1


# %% prefers_the_last
# Takes the last of equal numbers; loses check_largest
# unseen: the visible check has no equal numbers
def largest(x):
    return len(x) - 1 - int(np.argmax(x[::-1]))


# %% leaves_itself_out
# Leaves each number out of its own sum; loses check_running_sums
# says: Each sum has its own number in it
def running_sums(x):
    return np.cumsum(x) - x


# %% sums_positions
# Knows the example only; loses check_running_sums
# unseen: the visible check sums 1, 2 and 3
def running_sums(x):
    return np.cumsum(np.arange(1, len(x) + 1))


# %% counts_below
# Counts what is below the limit; loses check_count_above
# says: That many are below
def count_above(x, limit):
    return int((x < limit).sum())


# %% counts_the_limit
# Counts numbers that equal the limit; loses check_count_above
# unseen: the visible check has no such number
def count_above(x, limit):
    return int((x >= limit).sum())
