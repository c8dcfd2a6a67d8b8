# Answers to exercises/source/activations that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% adds_before_it_bends
# Uses ReLU on the sum in place of each change; loses check_edge
# says: Use `relu` on each change
def edge(picture):
    change = picture[:, 1:] - picture[:, :-1]
    return relu(change.sum(axis=1)) + relu(-change.sum(axis=1))


# %% brightening_only
# Counts one kind of edge; loses check_edge
# says: darkening counts, too
def edge(picture):
    return relu(picture[:, 1:] - picture[:, :-1]).sum(axis=1)


# %% cancels
# Forgets ReLU; loses check_edge
# says: use `relu` before you add
def edge(picture):
    return (picture[:, 1:] - picture[:, :-1]).sum(axis=1)


# %% first_to_last
# Compares only the ends of a row; loses check_edge
# says: Use `relu` on each change
def edge(picture):
    return np.abs(picture[:, 0] - picture[:, -1])


# %% five_columns
# Knows the width of the visible picture; loses check_edge
# says: your code stopped
def edge(picture):
    total = np.zeros(len(picture))
    for column in range(4):
        total += np.abs(picture[:, column + 1] - picture[:, column])
    return total


# %% highest_minus_lowest
# Sees one rise and one fall in each row; loses check_edge
# says: more than once
def edge(picture):
    return picture.max(axis=1) - picture.min(axis=1)


# %% knows_the_examples
# Holds the answers of the visible checks and little else; loses check_edge, check_one_step, check_leaky, check_hat, check_slope_from, check_saturated, check_left_of_change, check_expected, check_std_for, check_dead, check_to_wake
# unseen: the visible checks pass
def edge(picture):
    return np.array([5]) if picture.shape == (1, 2) else np.array([18, 10, 2])


def one_step(steps):
    return [(1, 0), None, (6, 1), (-6, 3)][len(steps)]


def leaky(x, leak):
    return np.where(x > 0, x, leak * x) if x.ndim == 1 else x


def hat(x, left, right):
    if left < 0:
        return x * 0
    middle = (left + right) / 2
    return (relu(x - left) - 2 * relu(x - middle) + relu(x - right)) / (middle - left)


def slope_from(name, y):
    if y.size > 4:
        return y
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    return np.where(y > 0, 1.0, 0.0 if name == "ReLU" else 0.1)


def saturated(sums):
    return np.array([0.5, 1, 0])


def left_of_change(name, weights, x):
    if len(weights) == 2:
        return np.array([0.78644773, 0.73952785])
    return np.array([0.5, 1, 3]) if weights[1] > 0 else np.array([0.5, 0, 0])


def expected(name, n, std, layers):
    return 0.064 if name == "tanh" else 0.0128


def std_for(name, n, left, layers):
    return {256: 1 / 16, 200: 0.1, 100: 0.01}.get(n)


def dead(w, b, pictures):
    return np.array([True, True, True, False])


def to_wake(w, b, pictures, reach):
    return np.array([0.0]) if len(b) == 1 else np.array([1.5, 1.5, 0.5, 0])


# %% one_sum_for_all
# Adds up the whole picture; loses check_edge
# says: one sum for each row
def edge(picture):
    return np.abs(picture[:, 1:] - picture[:, :-1]).sum()


# %% rows_minus_rows
# Looks for edges between rows; loses check_edge
# says: columns minus columns
def edge(picture):
    return np.abs(picture[1:] - picture[:-1]).sum(axis=0)


# %% strongest_only
# Takes the largest change in place of the sum; loses check_edge
# says: don't take the largest
def edge(picture):
    return np.abs(picture[:, 1:] - picture[:, :-1]).max(axis=1)


# %% adds_the_biases
# Forgets that a later weight multiplies an earlier bias; loses check_one_step
# says: The second step multiplies the first bias
def one_step(steps):
    w, b = 1, 0
    for step_w, step_b in steps:
        w, b = w * step_w, b + step_b
    return w, b


# %% begins_with_zero
# Begins with the weight 0; loses check_one_step
# says: expected (6.0, 1.0)
def one_step(steps):
    w, b = 0, 0
    for step_w, step_b in steps:
        w, b = step_w * w, step_w * b + step_b
    return w, b


# %% last_step_first
# Goes through the list from its end; loses check_one_step
# says: The first of the list comes first
def one_step(steps):
    w, b = 1, 0
    for step_w, step_b in steps[::-1]:
        w, b = step_w * w, step_w * b + step_b
    return w, b


# %% multiplies_the_biases
# Multiplies the biases like the weights; loses check_one_step
# says: The biases don't multiply
def one_step(steps):
    w, b = 1, 1
    for step_w, step_b in steps:
        w, b = w * step_w, b * step_b
    return w, b


# %% two_steps_only
# Does the lesson's two steps and no more; loses check_one_step
# says: There are three steps here
def one_step(steps):
    (w1, b1), (w2, b2) = steps[:2]
    return w2 * w1, w2 * b1 + b2


# %% falls_for_ever
# Leaves out the third ReLU; loses check_hat
# says: the third ReLU bends it back
def hat(x, left, right):
    middle = (left + right) / 2
    return (relu(x - left) - 2 * relu(x - middle)) / (middle - left)


# %% hat_as_high_as_wide
# Rises with the slope 1 for any width; loses check_hat
# says: The top is at 1 for any width
def hat(x, left, right):
    middle = (left + right) / 2
    return relu(x - left) - 2 * relu(x - middle) + relu(x - right)


# %% leaks_on_both_sides
# Adds the leak on the right, too; loses check_leaky
# says: On the right it is x alone
def leaky(x, leak):
    return relu(x) + leak * x


# %% leak_upwards
# Adds the negative part with the wrong sign; loses check_leaky
# says: On the left it is negative
def leaky(x, leak):
    return relu(x) + leak * relu(-x)


# %% leak_of_a_tenth
# Takes the lesson's leak whatever is asked; loses check_leaky
# says: expected [3, 1, 0, -1]
def leaky(x, leak):
    return relu(x) - 0.1 * relu(-x)


# %% no_leak
# Is plain ReLU; loses check_leaky
# says: the leak is missing
def leaky(x, leak):
    return relu(x)


# %% stays_up
# Bends once in the middle, by 1 in place of 2; loses check_hat
# says: take away 2
def hat(x, left, right):
    middle = (left + right) / 2
    return (relu(x - left) - relu(x - middle)) / (middle - left)


# %% half_at_zero
# Takes the mean of both sides where the value is 0; loses check_slope_from, check_left_of_change
# says: take 0, as libraries do
def slope_from(name, y):
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    left = 0.0 if name == "ReLU" else 0.1
    return np.where(y > 0, 1.0, np.where(y < 0, left, (1 + left) / 2))


# %% half_at_zero_of_the_leaky
# Takes the mean of both sides for leaky ReLU alone; loses check_slope_from
# says: take 0.1 there
def slope_from(name, y):
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    if name == "ReLU":
        return np.where(y > 0, 1.0, 0.0)
    return np.where(y > 0, 1.0, np.where(y < 0, 0.1, 0.55))


# %% leak_closed
# Gives leaky ReLU the slope 0 on the left; loses check_slope_from
# says: A leak has a slope, too
def slope_from(name, y):
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    return np.where(y > 0, 1.0, 0.0)


# %% open_at_zero
# Counts ReLU's 0 as open; loses check_slope_from, check_left_of_change
# says: closed: slope 0
def slope_from(name, y):
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    return np.where(y >= 0, 1.0, 0.0 if name == "ReLU" else 0.1)


# %% puts_the_value_in_again
# Takes the value for what went in; loses check_slope_from, check_saturated, check_left_of_change
# says: `y` is the value already
def slope_from(name, y):
    if name == "sigmoid":
        s = 1 / (1 + np.exp(-y))
        return s * (1 - s)
    if name == "tanh":
        return 1 - np.tanh(y) ** 2
    return np.where(y > 0, 1.0, 0.0 if name == "ReLU" else 0.1)


# %% tanh_without_the_square
# Forgets the square; loses check_slope_from, check_saturated, check_left_of_change
# says: The value is squared
def slope_from(name, y):
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y
    return np.where(y > 0, 1.0, 0.0 if name == "ReLU" else 0.1)


# %% values_for_slopes
# Returns what came out in place of the slope; loses check_slope_from, check_left_of_change
# says: the slope is 0 or 1
def slope_from(name, y):
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    return y if name == "ReLU" else np.where(y > 0, 1.0, 0.1)


# %% whole_numbers
# Lets the type of the values cut the leak off; loses check_slope_from
# says: A leak has a slope, too
def slope_from(name, y):
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    slopes = np.ones_like(y)
    slopes[y <= 0] = 0 if name == "ReLU" else 0.1
    return slopes


# %% beyond_the_example
# Takes the example's sum for the border, and leaves it out; loses check_saturated
# says: 1.83 itself is saturated
def saturated(sums):
    return (np.abs(sums) > 1.83).mean(axis=0)


# %% border_of_the_example
# Takes the example's sum for the border, which is 1.818; loses check_saturated
# unseen: the visible checks pass
def saturated(sums):
    return (np.abs(sums) >= 1.83).mean(axis=0)


# %% counts_the_saturated
# Gives a count in place of a share; loses check_saturated
# says: a share is divided by the pictures
def saturated(sums):
    return (slope_from("tanh", np.tanh(sums)) < 0.1).sum(axis=0)


# %% for_each_picture
# Takes the mean over the units; loses check_saturated
# says: A share for each unit
def saturated(sums):
    return (slope_from("tanh", np.tanh(sums)) < 0.1).mean(axis=1)


# %% large_sums_only
# Forgets the negative side; loses check_saturated
# says: Large negative sums saturate, too
def saturated(sums):
    return (sums > 1.82).mean(axis=0)


# %% slope_of_the_sum
# Forgets tanh before the short cut; loses check_saturated
# says: not the sum
def saturated(sums):
    return (slope_from("tanh", sums) < 0.1).mean(axis=0)


# %% the_listening
# Counts the units that still listen; loses check_saturated
# says: the shares that still listen
def saturated(sums):
    return (slope_from("tanh", np.tanh(sums)) >= 0.1).mean(axis=0)


# %% adds_the_slopes
# Adds slopes along the chain; loses check_left_of_change
# says: they don't add up
def left_of_change(name, weights, x):
    f = {"tanh": np.tanh, "ReLU": relu}[name]
    change, left = 0.0, []
    for w in weights:
        x = f(w * x)
        change = change + w * slope_from(name, x)
        left.append(change)
    return np.array(left)


# %% factors_alone
# Doesn't multiply along the chain; loses check_left_of_change
# says: they multiply along the chain
def left_of_change(name, weights, x):
    f = {"tanh": np.tanh, "ReLU": relu}[name]
    left = []
    for w in weights:
        x = f(w * x)
        left.append(w * slope_from(name, x))
    return np.array(left)


# %% forgets_the_weights
# Multiplies the slopes alone; loses check_left_of_change
# says: Each unit brings two factors
def left_of_change(name, weights, x):
    f = {"tanh": np.tanh, "ReLU": relu}[name]
    change, left = 1.0, []
    for w in weights:
        x = f(w * x)
        change = change * slope_from(name, x)
        left.append(change)
    return np.array(left)


# %% input_to_every_unit
# Gives each unit the input in place of the answer before it; loses check_left_of_change
# says: not the input once more
def left_of_change(name, weights, x):
    f = {"tanh": np.tanh, "ReLU": relu}[name]
    change, left = 1.0, []
    for w in weights:
        change = change * w * slope_from(name, f(w * x))
        left.append(change)
    return np.array(left)


# %% last_number_only
# Returns what the whole chain leaves; loses check_left_of_change
# says: after *each* unit
def left_of_change(name, weights, x):
    f = {"tanh": np.tanh, "ReLU": relu}[name]
    change = 1.0
    for w in weights:
        x = f(w * x)
        change = change * w * slope_from(name, x)
    return change


# %% never_closed
# Takes the weights alone, as if ReLU were always open; loses check_left_of_change
# says: so ReLU is closed
def left_of_change(name, weights, x):
    if name == "ReLU":
        return np.cumprod(weights)
    change, left = 1.0, []
    for w in weights:
        x = np.tanh(w * x)
        change = change * w * (1 - x**2)
        left.append(change)
    return np.array(left)


# %% slopes_of_the_sums
# Gives the sum to the short cut in place of the value; loses check_left_of_change
# says: not the sum
def left_of_change(name, weights, x):
    f = {"tanh": np.tanh, "ReLU": relu}[name]
    change, left = 1.0, []
    for w in weights:
        change = change * w * slope_from(name, w * x)
        x = f(w * x)
        left.append(change)
    return np.array(left)


# %% ten_units
# Makes a chain of ten with the first weight; loses check_left_of_change
# says: has shape (10,)
def left_of_change(name, weights, x):
    f = {"tanh": np.tanh, "ReLU": relu}[name]
    change, left = 1.0, []
    for _ in range(10):
        x = f(weights[0] * x)
        change = change * weights[0] * slope_from(name, x)
        left.append(change)
    return np.array(left)


# %% divides_by_the_layers
# Divides the shrinking by the layers in place of the root; loses check_std_for
# says: take the root
def std_for(name, n, left, layers):
    leaves = 1 if name == "tanh" else 0.5**0.5
    return left / layers / (n**0.5 * leaves)


# %% multiplies_by_the_layers
# Multiplies by the layers in place of the power; loses check_expected
# says: the third power
def expected(name, n, std, layers):
    leaves = 1 if name == "tanh" else 0.5**0.5
    return n**0.5 * std * leaves * layers


# %% not_the_root_of_n
# Adds up 64 numbers as if all had one sign; loses check_expected
# says: the sum grows by the root of 64
def expected(name, n, std, layers):
    leaves = 1 if name == "tanh" else 0.5**0.5
    return (n * std * leaves) ** layers


# %% relu_halves
# Takes a half for ReLU, not its root; loses check_expected
# says: ReLU leaves the root of ½
def expected(name, n, std, layers):
    leaves = 1 if name == "tanh" else 0.5
    return (n**0.5 * std * leaves) ** layers


# %% relu_weights_smaller
# Multiplies by what ReLU leaves where it must divide; loses check_std_for
# says: the weights must give
def std_for(name, n, left, layers):
    leaves = 1 if name == "tanh" else 0.5**0.5
    return left ** (1 / layers) / n**0.5 * leaves


# %% same_for_both
# Knows the fitting weights of tanh alone; loses check_std_for
# says: ReLU closes half of the units
def std_for(name, n, left, layers):
    return left ** (1 / layers) / n**0.5


# %% whatever_is_left
# Gives the fitting weights, whatever is wanted; loses check_std_for
# says: all of a change is left
def std_for(name, n, left, layers):
    leaves = 1 if name == "tanh" else 0.5**0.5
    return 1 / (n**0.5 * leaves)


# %% alive_at_zero
# Counts a sum of 0 as open; loses check_dead, check_to_wake
# says: At a sum of 0
def dead(w, b, pictures):
    return np.all(pictures @ w.T + b < 0, axis=0)


# %% closed_for_one
# Calls a unit dead that is closed for some picture; loses check_dead, check_to_wake
# says: not for some
def dead(w, b, pictures):
    return np.any(pictures @ w.T + b <= 0, axis=0)


# %% closed_on_average
# Asks for the mean of the sums; loses check_dead, check_to_wake
# says: nor on average
def dead(w, b, pictures):
    return (pictures @ w.T + b).mean(axis=0) <= 0


# %% forgets_the_bias
# Leaves the bias out of the sum; loses check_dead, check_to_wake
# says: The bias belongs to the sum
def dead(w, b, pictures):
    return np.all(pictures @ w.T <= 0, axis=0)


# %% opens_for_the_worst
# Raises the bias until every picture opens the unit; loses check_to_wake
# says: the best picture opens the unit
def to_wake(w, b, pictures, reach):
    worst = (pictures @ w.T + b).min(axis=0)
    return np.where(dead(w, b, pictures), reach - worst, 0.0)


# %% raises_to_zero
# Brings the best sum to 0 in place of `reach`; loses check_to_wake
# says: must reach `reach`, not 0
def to_wake(w, b, pictures, reach):
    best = (pictures @ w.T + b).max(axis=0)
    return np.where(dead(w, b, pictures), -best, 0.0)


# %% touches_the_living
# Moves all units to `reach`; loses check_to_wake
# says: A unit that is alive isn't touched
def to_wake(w, b, pictures, reach):
    return reach - (pictures @ w.T + b).max(axis=0)


# %% touches_the_weakly_living
# Raises units that are alive, but below `reach`; loses check_to_wake
# says: it is alive: leave it
def to_wake(w, b, pictures, reach):
    return np.maximum(0, reach - (pictures @ w.T + b).max(axis=0))


# %% who_is_alive
# Says which units are alive; loses check_dead, check_to_wake
# says: which units are alive
def dead(w, b, pictures):
    return np.any(pictures @ w.T + b > 0, axis=0)
