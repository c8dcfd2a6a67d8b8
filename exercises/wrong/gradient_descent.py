# Answers to exercises/source/gradient_descent that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% adds_the_curvatures
# Adds the curvatures, as if all directions were one; loses check_rate_limit
# says: Each direction has its own limit
def rate_limit(curvatures):
    return 2 / sum(curvatures)


# %% arrives_at_once
# Takes the rate that arrives in one step for the limit; loses check_rate_limit
# says: It may jump across, too
def rate_limit(curvatures):
    return 1 / max(curvatures)


# %% flattest_direction
# Asks the flattest direction; loses check_rate_limit
# says: the sharpest one flies apart there
def rate_limit(curvatures):
    return 2 / min(curvatures)


# %% knows_the_examples
# Holds the answers of visible checks and nothing else; loses check_rate_limit, check_steps_needed, check_settled, check_find_valley, check_read_momentum, check_resting_place, check_softmax_gradient, check_epochs_for, check_rate_for_sum
# unseen: the visible checks pass; check_rate_limit, check_steps_needed, check_settled, check_find_valley, check_read_momentum, check_resting_place, check_softmax_gradient, check_epochs_for, check_rate_for_sum
def rate_limit(curvatures):
    return 0.25 if len(curvatures) == 3 else 0.1


def steps_needed(curvatures, distances, rate, near):
    if len(curvatures) == 2 and curvatures[0] == 10:
        return -1
    return {0.25: 3, 1: -1, 9: 0}.get(rate, 3)


def find_valley(w0, w1, w2, rate):
    return (4.0, 5.0) if w1 == 2 else (4.0, 15.0)


def settled(path, tolerance):
    return {6: 4, 4: -1 if path[0] == 0 else 2}.get(len(path), 1)


def read_momentum(w0, w1, w2):
    return 0.9 if w0 else 0.5


def resting_place(curvature, bottom, decay):
    return 2.0 if bottom > 0 else -2.0


def softmax_gradient(w, x, labels):
    third = 1 / 3
    if len(w) == 2 and len(x) == 2:
        return np.array([[0.75, 0.25], [-0.75, -0.25]])
    if len(w) == 2:
        return np.array([[1, 0], [-1, 0]])
    if len(x) == 1:
        return np.array([[third, 2 * third], [-2 * third, -4 * third], [third, 2 * third]])
    return np.array([[-5 / 6, third], [third / 2, -2 * third], [2 * third, third]])


def epochs_for(steps, pictures, batch):
    return {7: 3, 500: 5, 1: 1, 6: 2}.get(steps, 0)


def rate_for_sum(rate, batch, new_batch):
    return 0.005 if rate == 0.01 else 0.08


# %% last_direction
# Looks at the last direction alone; loses check_rate_limit
# says: look at all of them
def rate_limit(curvatures):
    return 2 / curvatures[-1]


# %% limit_times_curvature
# Multiplies where it should divide; loses check_rate_limit
# says: Sharp valleys want short steps
def rate_limit(curvatures):
    return 2 * max(curvatures)


# %% adds_the_steps
# Adds up what each weight takes alone; loses check_steps_needed
# says: Don't add up what each weight takes
def steps_needed(curvatures, distances, rate, near):
    total = 0
    for c, d in zip(curvatures, distances):
        steps = 0
        while abs(d) > near:
            d = d * (1 - rate * c)
            steps += 1
            if steps > 1000:
                return -1
        total += steps
    return total


# %% any_weight_is_enough
# Stops as soon as one weight is near; loses check_steps_needed
# says: Then only the second weight is near
def steps_needed(curvatures, distances, rate, near):
    left = np.array(distances, float)
    for step in range(1001):
        if (abs(left) <= near).any():
            return step
        left = left * (1 - rate * np.array(curvatures))
    return -1


# %% distance_with_a_sign
# Takes a negative distance for a small one; loses check_steps_needed
# says: look at the size
def steps_needed(curvatures, distances, rate, near):
    left = np.array(distances, float)
    for step in range(1001):
        if (left <= near).all():
            return step
        left = left * (1 - rate * np.array(curvatures))
    return -1


# %% each_alone_and_the_longest
# Takes the longest of the ways, though a weight may have left again; loses check_steps_needed
# says: The first weight begins near and flies off
def steps_needed(curvatures, distances, rate, near):
    longest = 0
    for c, d in zip(curvatures, distances):
        steps = 0
        while abs(d) > near:
            d = d * (1 - rate * c)
            steps += 1
            if steps > 1000:
                return -1
        longest = max(longest, steps)
    return longest


# %% factor_of_the_lessons_first_valley
# Multiplies by 1 minus twice the rate, whatever the curvature; loses check_steps_needed
# says: Each weight has a factor of its own
def steps_needed(curvatures, distances, rate, near):
    left = np.array(distances, float)
    for step in range(1001):
        if (abs(left) <= near).all():
            return step
        left = left * (1 - 2 * rate)
    return -1


# %% near_is_not_near_enough
# Wants the distance below `near`; loses check_steps_needed
# says: that counts as near
def steps_needed(curvatures, distances, rate, near):
    left = np.array(distances, float)
    for step in range(1001):
        if (abs(left) < near).all():
            return step
        left = left * (1 - rate * np.array(curvatures))
    return -1


# %% refuses_high_rates
# Says -1 at once if the rate is above the limit; loses check_steps_needed
# says: it is near before the first step
def steps_needed(curvatures, distances, rate, near):
    if rate >= 2 / max(curvatures):
        return -1
    left = np.array(distances, float)
    for step in range(1001):
        if (abs(left) <= near).all():
            return step
        left = left * (1 - rate * np.array(curvatures))
    return -1


# %% starts_with_a_step
# Makes a step before it looks; loses check_steps_needed
# says: it is near before the first step
def steps_needed(curvatures, distances, rate, near):
    left = np.array(distances, float)
    for step in range(1, 1001):
        left = left * (1 - rate * np.array(curvatures))
        if (abs(left) <= near).all():
            return step
    return -1


# %% two_in_the_factor
# Has the 2 of the lesson's first valley beside the curvature; loses check_steps_needed
# says: the 2 is in c already
def steps_needed(curvatures, distances, rate, near):
    left = np.array(distances, float)
    for step in range(1001):
        if (abs(left) <= near).all():
            return step
        left = left * (1 - 2 * rate * np.array(curvatures))
    return -1


# %% counts_from_zero
# Counts the steps from 0; loses check_settled
# says: Steps count from 1
def settled(path, tolerance):
    answer = -1
    for i in range(len(path) - 1):
        if abs(path[i + 1] - path[i]) >= tolerance:
            answer = -1
        elif answer == -1:
            answer = i
    return answer


# %% first_short_step
# Stops at the first short step; loses check_settled
# says: look at all that follow
def settled(path, tolerance):
    for i in range(1, len(path)):
        if abs(path[i] - path[i - 1]) < tolerance:
            return i
    return -1


# %% moves_to_the_left_are_short
# Compares moves with their signs; loses check_settled
# says: A move to the left has a length
def settled(path, tolerance):
    answer = -1
    for i in range(len(path) - 1, 0, -1):
        if path[i] - path[i - 1] >= tolerance:
            return answer
        answer = i
    return answer


# %% tolerance_counts_as_short
# Takes a move as long as the tolerance for short; loses check_settled
# says: A move as long as the tolerance
def settled(path, tolerance):
    answer = -1
    for i in range(len(path) - 1, 0, -1):
        if abs(path[i] - path[i - 1]) > tolerance:
            return answer
        answer = i
    return answer


# %% begins_at_zero
# Forgets to add the first weight; loses check_find_valley
# unseen: both visible logs begin at 0; check_find_valley has others
def find_valley(w0, w1, w2, rate):
    factor = (w2 - w1) / (w1 - w0)
    return (w1 - w0) / (1 - factor), (1 - factor) / rate


# %% bottom_and_curvature_exchanged
# Gives the curvature first; loses check_find_valley
# says: First the bottom
def find_valley(w0, w1, w2, rate):
    factor = (w2 - w1) / (w1 - w0)
    return (1 - factor) / rate, w0 + (w1 - w0) / (1 - factor)


# %% curvature_without_rate
# Forgets to divide by the rate; loses check_find_valley
# says: 0.5 is the factor
def find_valley(w0, w1, w2, rate):
    factor = (w2 - w1) / (w1 - w0)
    return w0 + (w1 - w0) / (1 - factor), 1 - factor


# %% halves_the_curvature
# Has the 2 of the lesson's first valley in its slope; loses check_find_valley
# says: without a 2
def find_valley(w0, w1, w2, rate):
    factor = (w2 - w1) / (w1 - w0)
    return w0 + (w1 - w0) / (1 - factor), (1 - factor) / (2 * rate)


# %% moves_without_signs
# Takes the lengths of the moves, so a jump across looks like a walk; loses check_find_valley
# says: The second move goes back
def find_valley(w0, w1, w2, rate):
    factor = abs(w2 - w1) / abs(w1 - w0)
    return w0 + (w1 - w0) / (1 - factor), (1 - factor) / rate


# %% stays_at_the_last_weight
# Thinks that the last weight has arrived; loses check_find_valley
# says: The weight has not arrived yet
def find_valley(w0, w1, w2, rate):
    factor = (w2 - w1) / (w1 - w0)
    return float(w2), (1 - factor) / rate


# %% memory_as_an_amount
# Gives the memory's part of the move, not its share; loses check_read_momentum
# says: Which share of the last move
def read_momentum(w0, w1, w2):
    return (w2 - w1) - (w1 - w0)


# %% momentum_of_the_whole_move
# Divides the moves without taking the slope's part away; loses check_read_momentum
# says: take it away first
def read_momentum(w0, w1, w2):
    return (w2 - w1) / (w1 - w0)


# %% momentum_upside_down
# Divides the first move by the second; loses check_read_momentum
# says: the other way round
def read_momentum(w0, w1, w2):
    return (w1 - w0) / (w2 - w1)


# %% decay_as_a_share
# Takes the decay's share of the bottom; loses check_resting_place
# says: Decay doesn't take a share
def resting_place(curvature, bottom, decay):
    return bottom * (1 - decay)


# %% decay_pulls_by_a_constant
# Lets the decay pull as hard as it says, whatever the weight; loses check_resting_place
# says: Decay pulls by decay times w
def resting_place(curvature, bottom, decay):
    return bottom - decay / curvature


# %% decay_pushes
# Gives the decay the sign of the slope; loses check_resting_place
# says: the signs of the two pulls differ
def resting_place(curvature, bottom, decay):
    return curvature * bottom / (curvature - decay)


# %% forgets_the_curvature
# Knows only the valley with the curvature 1; loses check_resting_place
# says: write down both pulls
def resting_place(curvature, bottom, decay):
    return bottom / (1 + decay)


# %% no_decay
# Stays at the bottom; loses check_resting_place
# says: there the decay still pulls
def resting_place(curvature, bottom, decay):
    return float(bottom)


# %% a_column_for_each_class
# Turns the answer over; loses check_softmax_gradient
# says: A row for each class
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), labels] -= 1
    return x.T @ p / len(x)


# %% divides_by_the_classes
# Takes the mean over everything in p - y; loses check_softmax_gradient
# says: times what went in
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), labels] -= 1
    return p.T @ x / p.size


# %% forgets_the_label
# Leaves y away; loses check_softmax_gradient
# says: the label's 1 is missing
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return p.T @ x / len(x)


# %% gradient_downhill
# Takes y - p, which already goes downhill; loses check_softmax_gradient
# says: the minus of the step comes later
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    y = np.eye(len(w))[labels]
    return (y - p).T @ x / len(x)


# %% label_in_every_row
# Takes 1 from the labels' columns in all rows; loses check_softmax_gradient
# says: the mean over both pictures
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p.T @ x / len(x)


# %% one_largest_for_all
# Takes the largest of the whole table away, so other rows become 0/0; loses check_softmax_gradient
# says: the largest score is another in each row
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max())
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), labels] -= 1
    return p.T @ x / len(x)


# %% overflows
# Leaves the largest score where it is; loses check_softmax_gradient
# says: take the largest score of each row away
def softmax_gradient(w, x, labels):
    p = np.exp(x @ w.T)
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), labels] -= 1
    return p.T @ x / len(x)


# %% sums_over_the_pictures
# Adds up where the mean is asked for; loses check_softmax_gradient
# says: take the mean
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), labels] -= 1
    return p.T @ x


# %% sums_without_keepdims
# Divides along the wrong axis; loses check_softmax_gradient
# says: the largest score is another in each row
def softmax_gradient(w, x, labels):
    scores = x @ w.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    if len(p) == p.shape[1]:
        p = p / p.sum(axis=1)
    else:
        p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), labels] -= 1
    return p.T @ x / len(x)


# %% an_epoch_too_many
# Adds an epoch even if it divides evenly; loses check_epochs_for
# says: no epoch more
def epochs_for(steps, pictures, batch):
    return steps // -(-pictures // batch) + 1


# %% drops_the_last_batch
# Doesn't count the smaller batch at the end of an epoch; loses check_epochs_for
# says: The last batch of an epoch
def epochs_for(steps, pictures, batch):
    return -(-steps // max(1, pictures // batch))


# %% epochs_rounded_down
# Rounds the epochs down; loses check_epochs_for
# says: one is missing
def epochs_for(steps, pictures, batch):
    return steps // -(-pictures // batch)


# %% pictures_run_on
# Lets a batch take pictures of two epochs; loses check_epochs_for
# says: takes no pictures from the next epoch
def epochs_for(steps, pictures, batch):
    return -(-steps * batch // pictures)


# %% halves_the_rate
# Knows only a batch twice as large; loses check_rate_for_sum
# says: a quarter as large here
def rate_for_sum(rate, batch, new_batch):
    return rate / 2


# %% keeps_the_rate
# Leaves the rate as it was; loses check_rate_for_sum
# says: is longer than the one over 20
def rate_for_sum(rate, batch, new_batch):
    return rate


# %% rate_of_the_mean
# Gives the rate for the mean; loses check_rate_for_sum
# says: the new program still takes the sum
def rate_for_sum(rate, batch, new_batch):
    return rate * batch


# %% scales_the_rate_up
# Takes a higher rate for a larger batch, as for means; loses check_rate_for_sum
# says: a longer sum wants a lower rate
def rate_for_sum(rate, batch, new_batch):
    return rate * new_batch / batch
