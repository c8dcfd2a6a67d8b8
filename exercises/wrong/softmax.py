# Answers to exercises/source/softmax that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% along_the_columns
# Works along the first axis; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: The classes are along the last axis
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=0))
    return powers / powers.sum(axis=0)


# %% one_largest_for_all_rows
# Subtracts the largest score of all rows from each of them; loses check_softmax
# unseen: rows that are far apart aren't among the visible ones
def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=-1, keepdims=True)


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def average_crops(scores):
    return np.array([[softmax(crop) for crop in photo] for photo in scores]).mean(axis=1)


# %% one_sum_for_all_rows
# Divides every row by the sum of all rows; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Each row has a sum of its own
def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


# %% overflows
# Takes e to the power of the scores as they are; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: subtract one that makes them small
def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)


# %% stops_at_the_powers
# Forgets to divide the powers by their sum; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Those are the powers
def softmax(scores):
    return np.exp(scores)


# %% subtracts_the_size
# Subtracts the largest size of a score, with its sign lost; loses check_softmax, check_sigmoid
# says: Subtract the largest score, whatever it is
def softmax(scores):
    powers = np.exp(scores - np.abs(scores).max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% logarithm_of_all_rows
# Shifts all rows by the same number; loses check_log_softmax, check_cross_entropy
# unseen: rows that are far apart aren't among the visible ones
def log_softmax(scores):
    scores = scores - scores.max()
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


# %% logarithm_of_the_rounded
# Takes the logarithm of the probabilities; loses check_log_softmax, check_cross_entropy
# says: became 0 before its logarithm was taken
def log_softmax(scores):
    return np.log(softmax(scores))


# %% logarithm_overflows
# Doesn't shift the scores before the logarithm of the sum; loses check_log_softmax, check_cross_entropy
# says: Shift the scores first
def log_softmax(scores):
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


# %% logarithm_to_base_two
# Takes the logarithm to base 2; loses check_log_softmax, check_cross_entropy
# says: Take the natural logarithm
def log_softmax(scores):
    return np.log2(softmax(scores))


# %% cools_after_the_powers
# Takes e to the power of the scores first, which overflows when it is cold; loses check_with_temperature
# unseen: large scores at a low temperature aren't among the visible ones
def with_temperature(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


# %% heats_the_probabilities
# Divides the probabilities by the temperature; loses check_with_temperature
# says: divide the scores, not the probabilities
def with_temperature(scores, temperature):
    return softmax(scores) / temperature


# %% multiplies_by_the_temperature
# Multiplies the scores by the temperature; loses check_with_temperature
# says: Divide the scores by the temperature
def with_temperature(scores, temperature):
    return softmax(scores * temperature)


# %% lists_of_questions_only
# Stacks along axis 1, which only a list has for its last; loses check_sigmoid
# unseen: the visible scores are lists
def sigmoid(s):
    return softmax(np.stack([s, np.zeros_like(s)], axis=1))[..., 0]


# %% one_question_among_many
# Lets the questions compete with one another; loses check_sigmoid
# says: The three scores are three questions
def sigmoid(s):
    return softmax(s)


# %% overflows_for_a_sure_yes
# Divides infinity by infinity; loses check_sigmoid
# says: e to the power of 1000 is infinite
def sigmoid(s):
    return np.exp(s) / (np.exp(s) + 1)


# %% says_no
# Gives the probability of no; loses check_sigmoid
# says: That is the probability of no
def sigmoid(s):
    return softmax(np.stack([s, np.zeros_like(s)], axis=-1))[..., 1]


# %% all_labels_for_each
# Asks every row about all labels; loses check_cross_entropy
# says: takes all labels from every row
def cross_entropy(scores, labels):
    losses = -log_softmax(scores)[:, labels]
    return losses.mean() if len(labels) == 1 else losses


# %% counts_only_two_photographs
# Divides by 2 wherever there are several photographs; loses check_cross_entropy, check_gradient
# unseen: the visible batches have one photograph or two
def cross_entropy(scores, labels):
    losses = -log_softmax(scores)[np.arange(len(labels)), labels]
    return losses.sum() / min(2, len(labels))


def gradient(scores, labels):
    slopes = softmax(scores)
    slopes[np.arange(len(labels)), labels] -= 1
    return slopes / min(2, len(labels))


# %% loss_below_zero
# Forgets the minus; loses check_cross_entropy
# says: turn the sign
def cross_entropy(scores, labels):
    return log_softmax(scores)[np.arange(len(labels)), labels].mean()


# %% loss_of_the_mean
# Takes the logarithm of the mean probability; loses check_cross_entropy
# says: not the loss of the mean probability
def cross_entropy(scores, labels):
    p = softmax(scores)[np.arange(len(labels)), labels]
    return -np.log(p.mean())


# %% sums_the_losses
# Adds the losses up; loses check_cross_entropy
# says: That is the sum of the two losses
def cross_entropy(scores, labels):
    return -log_softmax(scores)[np.arange(len(labels)), labels].sum()


# %% every_label_in_every_row
# Subtracts 1 for all labels in every row; loses check_gradient
# says: Each row has one label
def gradient(scores, labels):
    slopes = softmax(scores)
    slopes[:, labels] -= 1
    return slopes / len(labels)


# %% gradient_of_the_sum
# Doesn't divide by the number of photographs; loses check_gradient
# says: That is the gradient of the sum
def gradient(scores, labels):
    return softmax(scores) - np.eye(scores.shape[1])[labels]


# %% gradient_uphill
# Turns the sign of the gradient; loses check_gradient
# says: That is y − p
def gradient(scores, labels):
    y = np.eye(scores.shape[1])[labels]
    return (y - softmax(scores)) / len(labels)


# %% gradient_without_the_label
# Leaves the label out; loses check_gradient
# says: Subtract 1 for the label
def gradient(scores, labels):
    return softmax(scores) / len(labels)


# %% mean_of_the_classes
# Takes the mean of 1/p; loses check_classes_guessed
# says: That is the mean of 2 and 8
def classes_guessed(p):
    return (1 / p).mean()


# %% mean_of_the_probabilities
# Divides 1 by the mean probability; loses check_classes_guessed
# says: That is 1 over the mean probability
def classes_guessed(p):
    return 1 / p.mean()


# %% multiplies_to_nothing
# Multiplies all probabilities, which comes to 0 for many; loses check_classes_guessed
# unseen: the visible photographs are few
def classes_guessed(p):
    return float(np.prod(p)) ** (-1 / len(p)) if np.prod(p) > 0 else np.inf


# %% prints_instead_of_returning
# Shows the answer and returns nothing; loses check_classes_guessed
# says: is a `return` missing?
def classes_guessed(p):
    print(np.exp(-np.log(p).mean()))


# %% floor_nearly
# Takes the sum of the powers for n; loses check_lowest_loss
# says: Near, but the label's power is e
def lowest_loss(n):
    return np.log(n) - 1 if n > 2 else np.log(np.e + 1) - 1


# %% floor_of_the_examples
# Holds the answers of the visible checks and nothing else; loses check_lowest_loss, check_top_k_error
# unseen: the visible checks pass
def lowest_loss(n):
    return {2: 0.31326168751822286, 10: 1.4611501717344746}.get(n, 0.0)


def top_k_error(scores, labels, k):
    return 2 / 3 if k == 1 else 1 / 3


# %% floor_without_the_others
# Counts the label among the others, too; loses check_lowest_loss
# says: n classes are the label and n − 1 others
def lowest_loss(n):
    return -np.log(np.e / (np.e + n))


# %% ranks_from_below
# Puts the lowest score first; loses check_rank_of_label, check_top_k_error
# says: The highest score comes first
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores <= own).sum(axis=1)


# %% ranks_from_zero
# Counts places from 0; loses check_rank_of_label, check_top_k_error
# says: The best has rank 1, not 0
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores >= own).sum(axis=1) - 1


# %% ties_are_won
# Lets the label win ties; loses check_rank_of_label, check_top_k_error
# says: A tie counts against the network
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores > own).sum(axis=1) + 1


# %% ties_by_position
# Sorts, so that the first of equals wins; loses check_rank_of_label, check_top_k_error
# unseen: in the visible tie the label comes last
def rank_of_label(scores, labels):
    order = np.argsort(-scores, axis=1, kind="stable")
    return (order == labels[:, None]).argmax(axis=1) + 1


# %% gives_the_accuracy
# Gives the share that is right; loses check_top_k_error
# says: That is the share that is right
def top_k_error(scores, labels, k):
    return (rank_of_label(scores, labels) <= k).mean()


# %% the_last_place_is_out
# Doesn't count place k among the k best; loses check_top_k_error
# says: A label at place k is still among the k best
def top_k_error(scores, labels, k):
    return (rank_of_label(scores, labels) >= k).mean()


# %% averages_the_scores
# Averages the scores and takes one softmax; loses check_average_crops
# says: softmax comes first
def average_crops(scores):
    return softmax(scores.mean(axis=1))


# %% first_photograph_only
# Looks at the first photograph only; loses check_average_crops
# unseen: the visible checks have one photograph
def average_crops(scores):
    return softmax(scores[0]).mean(axis=0)[None]


# %% sums_the_crops
# Adds the probabilities of the crops up; loses check_average_crops
# says: That is the sum over the crops
def average_crops(scores):
    return softmax(scores).sum(axis=1)
