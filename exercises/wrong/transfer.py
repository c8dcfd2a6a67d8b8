# Answers to exercises/source/transfer that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% adds_the_mean
# Adds the mean; loses check_network_input
# says: Subtract the mean
def network_input(square, mean, scale):
    centred = (square.astype(float) + np.array(mean)) / np.array(scale)
    return centred.transpose(2, 0, 1)[None]


# %% forgets_the_batch
# Returns three axes; loses check_network_input
# says: A batch of one has four axes
def network_input(square, mean, scale):
    return ((square - np.array(mean)) / np.array(scale)).transpose(2, 0, 1)


# %% forgets_the_scale
# Subtracts the mean and leaves it at that; loses check_network_input
# says: Divide by the scale
def network_input(square, mean, scale):
    return (square - np.array(mean)).transpose(2, 0, 1)[None]


# %% keeps_channels_last
# Leaves the channels where they are; loses check_network_input
# says: Channels first
def network_input(square, mean, scale):
    return ((square - np.array(mean)) / np.array(scale))[None]


# %% reshapes
# Reshapes where an axis has to move; loses check_network_input
# says: A plain `reshape` mixes the pixels up
def network_input(square, mean, scale):
    h, w, _ = square.shape
    return ((square - np.array(mean)) / np.array(scale)).reshape(1, 3, h, w)


# %% rounds_the_input
# Rounds to whole numbers; loses check_network_input
# unseen: in the visible checks all numbers are whole
def network_input(square, mean, scale):
    return np.round((square - np.array(mean)) / np.array(scale)).transpose(2, 0, 1)[None]


# %% scales_first
# Divides before it subtracts; loses check_network_input
# says: First minus the mean
def network_input(square, mean, scale):
    return (square / np.array(scale) - np.array(mean)).transpose(2, 0, 1)[None]


# %% stays_in_bytes
# Subtracts whole numbers of 8 bits; loses check_network_input
# says: convert to numbers with decimals first
def network_input(square, mean, scale):
    centred = square - np.array(mean).astype(np.uint8)
    return (centred / np.array(scale)).transpose(2, 0, 1)[None]


# %% turns_rows_and_columns
# Exchanges rows and columns; loses check_network_input
# says: Rows and columns are exchanged
def network_input(square, mean, scale):
    return ((square - np.array(mean)) / np.array(scale)).transpose(2, 1, 0)[None]


# %% counts_classes_from_one
# Counts classes from 1; loses check_top_classes, check_answer
# says: Class numbers begin with 0
def top_classes(scores, count):
    return np.argsort(-scores)[:count] + 1


# %% has_seen_the_scores
# Holds the answers of the visible checks; loses check_top_classes
# unseen: the visible checks pass
def top_classes(scores, count):
    known = {3: [1, 2], 5: [2, 4, 0], 2: [1]}
    return np.array(known[len(scores)]) if count != 2 or len(scores) != 2 else np.argsort(-scores)


def answer(scores, names, least, gap):
    shares = 100 * np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    first, second = np.argsort(-shares, kind="stable")[:2]
    sure = shares[first] >= least and shares[first] - shares[second] >= gap
    return names[first] if sure else "I don't know"


# %% returns_scores
# Returns the scores themselves; loses check_top_classes
# says: Those are the scores
def top_classes(scores, count):
    return np.sort(scores)[::-1][:count]


def answer(scores, names, least, gap):
    shares = 100 * np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    first, second = np.argsort(-shares, kind="stable")[:2]
    sure = shares[first] >= least and shares[first] - shares[second] >= gap
    return names[first] if sure else "I don't know"


# %% sorts_upwards
# Takes the least likely; loses check_top_classes, check_answer
# says: `argsort` sorts upwards
def top_classes(scores, count):
    return np.argsort(scores)[:count]


# %% takes_the_last_ones
# Cuts off the end of an upward order and leaves it upward; loses check_top_classes, check_answer
# says: The likeliest comes first
def top_classes(scores, count):
    return np.argsort(scores)[-count:]


# %% ignores_the_gap
# Looks at the highest share only; loses check_answer
# says: The first two are only 42 points apart
def answer(scores, names, least, gap):
    powers = np.exp(scores - scores.max())
    shares = 100 * powers / powers.sum()
    return "I don't know" if shares.max() < least else names[int(shares.argmax())]


# %% looks_at_three_classes
# Makes shares of the first three scores only; loses check_answer
# unseen: the visible checks have two or three classes
def answer(scores, names, least, gap):
    powers = np.exp(scores[:3] - scores[:3].max())
    shares = 100 * powers / powers.sum()
    first, second = np.argsort(-shares, kind="stable")[:2]
    sure = shares[first] >= least and shares[first] - shares[second] >= gap
    return names[first] if sure else "I don't know"


# %% needs_both_reasons
# Admits it only for both reasons at once; loses check_answer
# says: The first two are only 42 points apart
def answer(scores, names, least, gap):
    powers = np.exp(scores - scores.max())
    shares = 100 * powers / powers.sum()
    first, second = np.sort(shares)[::-1][:2]
    unsure = first < least and first - second < gap
    return "I don't know" if unsure else names[int(shares.argmax())]


# %% overflows
# Takes e to the power of 1002; loses check_answer
# says: Subtract the largest score before
def answer(scores, names, least, gap):
    powers = np.exp(scores)
    shares = 100 * powers / powers.sum()
    first, second = np.argsort(-shares, kind="stable")[:2]
    unsure = not (shares[first] >= least and shares[first] - shares[second] >= gap)
    return "I don't know" if unsure else names[first]


# %% takes_shares_of_one
# Compares shares from 0 to 1 with per cent; loses check_answer
# says: Are the shares per cent
def answer(scores, names, least, gap):
    powers = np.exp(scores - scores.max())
    shares = powers / powers.sum()
    first, second = np.argsort(-shares, kind="stable")[:2]
    unsure = shares[first] < least or shares[first] - shares[second] < gap
    return "I don't know" if unsure else names[first]


# %% wants_more_than_the_limits
# Doesn't know where the limits are just reached; loses check_answer
# says: 50 is not below 50
def answer(scores, names, least, gap):
    powers = np.exp(scores - scores.max())
    shares = 100 * powers / powers.sum()
    first, second = np.argsort(-shares, kind="stable")[:2]
    sure = shares[first] > least and shares[first] - shares[second] > gap
    return names[first] if sure else "I don't know"


# %% forgets_the_root
# Divides by the sum of squares; loses check_photo_features
# says: Take the root
def photo_features(maps):
    means = maps.mean(axis=(2, 3))
    return means / (means**2).sum(axis=1, keepdims=True)


# %% leaves_the_length
# Returns the plain means; loses check_photo_features
# says: Now scale each row to length 1
def photo_features(maps):
    return maps.mean(axis=(2, 3))


# %% measures_columns
# Measures the length of each feature; loses check_photo_features
# says: measure the length along axis 1
def photo_features(maps):
    means = maps.mean(axis=(2, 3))
    return means / np.linalg.norm(means, axis=0)


# %% rounds_the_features
# Rounds to one decimal; loses check_photo_features
# unseen: the visible checks have no more decimals
def photo_features(maps):
    means = maps.mean(axis=(2, 3))
    return np.round(means / np.linalg.norm(means, axis=1, keepdims=True), 1)


# %% scales_all_at_once
# Divides by the length of the whole batch; loses check_photo_features
# says: Each row has its own length
def photo_features(maps):
    means = maps.mean(axis=(2, 3))
    return means / np.linalg.norm(means)


# %% shares_of_the_sum
# Makes the sum of a row 1; loses check_photo_features
# says: The *length* is the root
def photo_features(maps):
    means = maps.mean(axis=(2, 3))
    return means / means.sum(axis=1, keepdims=True)


# %% takes_the_largest
# Takes the largest number of each map; loses check_photo_features
# says: take the mean
def photo_features(maps):
    largest = maps.max(axis=(2, 3))
    return largest / np.linalg.norm(largest, axis=1, keepdims=True)


# %% leaves_the_means_short
# Doesn't scale the means; loses check_class_means
# says: Scale the means to length 1
def class_means(x, labels, classes):
    return np.stack([x[labels == k].mean(axis=0) for k in range(classes)])


# %% same_mean_for_all
# Takes the mean of all rows for each class; loses check_class_means
# says: of its own rows only
def class_means(x, labels, classes):
    mean = x.mean(axis=0)
    return np.stack([mean / np.linalg.norm(mean)] * classes)


# %% takes_two_examples
# Takes the first two examples of each class; loses check_class_means
# unseen: in the visible checks no class has more than two
def class_means(x, labels, classes):
    means = np.stack([x[labels == k][:2].mean(axis=0) for k in range(classes)])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


# %% turns_the_classes
# Begins with the last class; loses check_class_means
# says: Row 0 is class 0
def class_means(x, labels, classes):
    means = np.stack([x[labels == k].mean(axis=0) for k in range(classes)][::-1])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


# %% counts_means_from_one
# Counts classes from 1; loses check_nearest_mean
# says: Classes begin with 0
def nearest_mean(x, means, least):
    likeness = x @ means.T
    return np.where(likeness.max(axis=1) < least, -1, likeness.argmax(axis=1) + 1)


# %% farthest_mean
# Takes the mean that is least alike; loses check_nearest_mean
# says: least alike
def nearest_mean(x, means, least):
    likeness = x @ means.T
    return np.where(likeness.max(axis=1) < least, -1, likeness.argmin(axis=1))


# %% ignores_the_least
# Always names a class; loses check_nearest_mean
# says: 0.8 is below 0.9
def nearest_mean(x, means, least):
    return (x @ means.T).argmax(axis=1)


# %% knows_three_means
# Compares with the first three means only; loses check_nearest_mean
# unseen: the visible checks have two or three means
def nearest_mean(x, means, least):
    likeness = x @ means[:3].T
    return np.where(likeness.max(axis=1) < least, -1, likeness.argmax(axis=1))


# %% returns_likeness
# Returns the similarities; loses check_nearest_mean
# says: Those are the similarities
def nearest_mean(x, means, least):
    return (x @ means.T).max(axis=1)


# %% wants_more_than_the_least
# Says none of them where the limit is just reached; loses check_nearest_mean
# says: 1 is not below 1
def nearest_mean(x, means, least):
    likeness = x @ means.T
    return np.where(likeness.max(axis=1) <= least, -1, likeness.argmax(axis=1))


# %% answers_by_place
# Marks places in the order, not photographs; loses check_is_example
# says: By the photograph's number
def is_example(labels, order, count):
    seen, chosen = {}, []
    for number in order:
        seen[labels[number]] = seen.get(labels[number], 0) + 1
        chosen.append(seen[labels[number]] <= count)
    return np.array(chosen)


# %% ignores_the_order
# Takes the first by number; loses check_is_example
# says: follow the order
def is_example(labels, order, count):
    chosen = np.zeros(len(labels), dtype=bool)
    for k in np.unique(labels):
        chosen[np.flatnonzero(labels == k)[:count]] = True
    return chosen


# %% knows_two_classes
# Chooses examples of classes 0 and 1 only; loses check_is_example
# unseen: the visible checks have two classes
def is_example(labels, order, count):
    chosen = np.zeros(len(labels), dtype=bool)
    for k in (0, 1):
        own = [number for number in order if labels[number] == k]
        chosen[own[:count]] = True
    return chosen


# %% takes_the_last
# Takes the last of each class in the order; loses check_is_example
# says: follow the order
def is_example(labels, order, count):
    chosen = np.zeros(len(labels), dtype=bool)
    for k in np.unique(labels):
        own = [number for number in order if labels[number] == k]
        chosen[own[len(own) - count :]] = True
    return chosen


# %% counts_all_alike
# Takes the share of all photographs; loses check_balanced_percent
# says: That is the share of all photographs
def balanced_percent(answers, labels, classes):
    return 100 * (answers == labels).mean()


# %% divides_by_answers
# Divides by how often a class was answered; loses check_balanced_percent
# says: not by how often it was answered
def balanced_percent(answers, labels, classes):
    shares = []
    for k in range(classes):
        said = (answers == k).sum()
        shares.append(((answers == k) & (labels == k)).sum() / max(1, said))
    return 100 * np.mean(shares)


# %% scores_three_classes
# Takes the mean of the first three classes; loses check_balanced_percent
# unseen: the visible checks have two or three classes
def balanced_percent(answers, labels, classes):
    return 100 * np.mean([(answers[labels == k] == k).mean() for k in range(min(3, classes))])


# %% share_of_one
# Returns a share from 0 to 1; loses check_balanced_percent
# says: 100 times as much
def balanced_percent(answers, labels, classes):
    return np.mean([(answers[labels == k] == k).mean() for k in range(classes)])


# %% forgets_biases
# Counts weights only; loses check_learning_parameters
# says: A bias for each output
def learning_parameters(layers, classes, frozen):
    learned = layers[-1][0] * classes
    return learned + sum(a * b for a, b in layers[frozen:-1])


# %% freezes_everything
# Freezes the new layer as well; loses check_learning_parameters
# says: The new layer learns in any case
def learning_parameters(layers, classes, frozen):
    layers = [*layers[:-1], (layers[-1][0], classes)]
    return sum(a * b + b for a, b in layers[frozen:])


# %% has_seen_the_layers
# Holds the answers of the visible checks; loses check_learning_parameters
# unseen: the visible checks pass
def learning_parameters(layers, classes, frozen):
    return {(2, 1): 10, (2, 0): 26, (3, 2): 16388, (2, 2): 10}.get((len(layers), frozen), 0)


# %% ignores_frozen
# Lets everything learn; loses check_learning_parameters
# says: The first layer is frozen
def learning_parameters(layers, classes, frozen):
    layers = [*layers[:-1], (layers[-1][0], classes)]
    return sum(a * b + b for a, b in layers)


# %% keeps_the_old_layer
# Counts the last layer as it was; loses check_learning_parameters
# says: The last layer is replaced
def learning_parameters(layers, classes, frozen):
    learned = (layers[-1][0] + 1) * layers[-1][1]
    return learned + sum(a * b + b for a, b in layers[frozen:-1])
