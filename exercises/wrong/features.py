# Answers to exercises/source/features that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% knows_the_examples
# Holds the answers of the visible checks and little else; loses check_loudest, check_pixels_seen, check_convolutions_needed, check_strongest, check_excited, check_feature_vectors, check_similarity, check_named_after, check_share_right, check_cover, check_occlusion_map
# unseen: the visible checks pass
def loudest(kernels, window):
    return 1 if window[0, 0] == 3 else 0


def pixels_seen(windows, place, size):
    return {4: (2, 6), 5: (20, 26)}.get(place, (0, 2))


def convolutions_needed(size, every):
    return {10: 3, 6: 2}.get(size, 3)


def strongest(maps):
    return (1, 1, 1)


def excited(maps, number, count):
    return np.array([1, 0, 2]) if number == 0 else np.array([2])


def feature_vectors(maps):
    return np.array([[1, 2], [1, 2]])


def similarity(a, b):
    return {2: 0.6 if a[-1] == 0 else -1.0}.get(len(a), 0.0)


def named_after(features, labels, x):
    return 3 if x[0] == 4 else 7


def share_right(features, labels):
    return 2 / 3 if len(labels) == 3 else 0.0


def cover(picture, row, col, side, value):
    if picture.shape == (2, 3):
        return np.array([[1, 2, 3], [9, 9, 6]])
    return np.array([[0, 5, 0], [0, 0, 0], [0, 0, 0]])


def occlusion_map(picture, weights, side, step):
    if picture.shape == (1, 2):
        return np.array([[0.46211716, -0.14973850]])
    top = 1 / (1 + np.exp(-7))
    return np.array([[top - 1 / (1 + np.exp(-5)), 0, top - 1 / (1 + np.exp(-4))]])


# %% loudest_of_absolute
# Takes the answer that is farthest from 0; loses check_loudest
# says: The largest counts
def loudest(kernels, window):
    return int(np.argmax(np.abs((kernels * window).sum(axis=(1, 2)))))


# %% loudest_product
# Looks for the largest product instead of the largest sum; loses check_loudest
# says: add up all four products
def loudest(kernels, window):
    return int(np.argmax((kernels * window).max(axis=(1, 2))))


# %% quietest
# Takes the smallest sum; loses check_loudest
# says: That is the smallest sum
def loudest(kernels, window):
    return int(np.argmin((kernels * window).sum(axis=(1, 2))))


# %% sees_a_count
# Gives the number of pixels in place of the last one; loses check_pixels_seen
# says: not how many there are
def pixels_seen(windows, place, size):
    wide, start, jump = 1, 0, 1
    for side, stride, padding in windows:
        wide = wide + (side - 1) * jump
        start = start - padding * jump
        jump = jump * stride
    first = max(start + place * jump, 0)
    return first, wide


# %% sees_beyond_the_edge
# Counts pixels that don't exist; loses check_pixels_seen
# says: begin with 0
def pixels_seen(windows, place, size):
    wide, start, jump = 1, 0, 1
    for side, stride, padding in windows:
        wide = wide + (side - 1) * jump
        start = start - padding * jump
        jump = jump * stride
    first = start + place * jump
    return first, first + wide - 1


# %% sees_moved_inside
# Moves the window into the picture instead of cutting it; loses check_pixels_seen
# says: the last pixel stays where it is
def pixels_seen(windows, place, size):
    wide, start, jump = 1, 0, 1
    for side, stride, padding in windows:
        wide = wide + (side - 1) * jump
        start = start - padding * jump
        jump = jump * stride
    first = max(0, min(start + place * jump, size - wide))
    return first, first + wide - 1


# %% sees_no_jumps
# Adds a pixel for each pixel of a window, whatever its stride; loses check_pixels_seen
# says: so it adds 2 · 2 pixels
def pixels_seen(windows, place, size):
    wide, start, jump = 1, 0, 1
    for side, stride, padding in windows:
        wide = wide + side - 1
        start = start - padding * jump
        jump = jump * stride
    first = start + place * jump
    return max(first, 0), min(first + wide - 1, size - 1)


# %% sees_no_padding
# Forgets the padding; loses check_pixels_seen
# says: Padding moves the first number outwards
def pixels_seen(windows, place, size):
    wide, jump = 1, 1
    for side, stride, _ in windows:
        wide = wide + (side - 1) * jump
        jump = jump * stride
    first = place * jump
    return max(first, 0), min(first + wide - 1, size - 1)


# %% sees_one_too_many
# Takes the pixel after the last one; loses check_pixels_seen
# says: the last of them is
def pixels_seen(windows, place, size):
    wide, start, jump = 1, 0, 1
    for side, stride, padding in windows:
        wide = wide + (side - 1) * jump
        start = start - padding * jump
        jump = jump * stride
    first = start + place * jump
    return max(first, 0), min(first + wide, size - 1)


# %% strides_before_it_sees
# Multiplies the jump before the window adds; loses check_pixels_seen
# says: only then does its own stride multiply
def pixels_seen(windows, place, size):
    wide, start, jump = 1, 0, 1
    for side, stride, padding in windows:
        start = start - padding * jump
        jump = jump * stride
        wide = wide + (side - 1) * jump
    first = start + place * jump
    return max(first, 0), min(first + wide - 1, size - 1)


# %% convolutions_after_the_pooling
# Doesn't look whether the pooling was enough; loses check_convolutions_needed
# says: No third convolution is needed
def convolutions_needed(size, every):
    wide, jump, count = 1, 1, 0
    while True:
        wide, count = wide + 2 * jump, count + 1
        if wide >= size:
            return count
        if count % every == 0:
            wide, jump = wide + jump, 2 * jump


# %% pooling_changes_nothing
# Leaves the pooling out; loses check_convolutions_needed
# says: The pooling adds a jump
def convolutions_needed(size, every):
    return -(-(size - 1) // 2)


# %% pooling_keeps_the_jump
# Adds the pooling's pixel, but neighbours stay 1 apart; loses check_convolutions_needed
# says: a convolution adds 4 pixels
def convolutions_needed(size, every):
    wide, count = 1, 0
    while wide < size:
        wide, count = wide + 2, count + 1
        if count % every == 0:
            wide += 1
    return count


# %% strongest_by_size
# Takes the number farthest from 0; loses check_strongest
# says: not the one farthest from 0
def strongest(maps):
    return tuple(int(at) for at in np.unravel_index(np.argmax(np.abs(maps)), maps.shape))


# %% strongest_flat
# Gives the position in the flat array; loses check_strongest
# says: turn it into three
def strongest(maps):
    return int(np.argmax(maps))


# %% strongest_of_the_first
# Looks through the first map alone; loses check_strongest
# says: Look through all maps
def strongest(maps):
    row, col = np.unravel_index(np.argmax(maps[0]), maps[0].shape)
    return 0, int(row), int(col)


# %% excited_on_average
# Orders the photographs by the mean; loses check_excited
# says: the largest number counts
def excited(maps, number, count):
    return np.argsort(-maps[:, number].mean(axis=(1, 2)))[:count]


# %% excited_weakest_first
# Begins with the weakest; loses check_excited
# says: the strongest comes first
def excited(maps, number, count):
    return np.argsort(maps[:, number].max(axis=(1, 2)))[:count]


# %% excites_any_map
# Takes the largest number of all maps; loses check_excited
# says: the map with the number that is asked for
def excited(maps, number, count):
    return np.argsort(-maps.max(axis=(1, 2, 3)))[:count]


# %% gives_all_photographs
# Forgets the count; loses check_excited
# says: as many as `count` says
def excited(maps, number, count):
    return np.argsort(-maps[:, number].max(axis=(1, 2)))


# %% how_excited
# Gives how strong they are; loses check_excited
# says: not how strong they are
def excited(maps, number, count):
    return np.sort(maps[:, number].max(axis=(1, 2)))[::-1][:count]


# %% features_of_the_largest
# Takes the largest number of each map; loses check_feature_vectors
# says: take the means
def feature_vectors(maps):
    return maps.max(axis=(2, 3))


# %% features_over_photographs
# Takes the mean over the photographs; loses check_feature_vectors
# says: take it over rows and columns
def feature_vectors(maps):
    return maps.mean(axis=0)


# %% features_summed
# Forgets to divide; loses check_feature_vectors
# says: divide by how many numbers a map has
def feature_vectors(maps):
    return maps.sum(axis=(2, 3))


# %% alike_by_product
# Forgets the lengths; loses check_similarity, check_named_after, check_share_right
# says: Divide by both lengths
def similarity(a, b):
    return float((a * b).sum())


# %% alike_by_squares
# Divides by the squares of the lengths; loses check_similarity, check_named_after, check_share_right
# says: take the roots
def similarity(a, b):
    lengths = (a**2).sum() * (b**2).sum()
    return float((a * b).sum() / lengths) if lengths else 0.0


# %% alike_either_way
# Drops the sign; loses check_similarity, check_named_after, check_share_right
# says: so it is negative
def similarity(a, b):
    lengths = np.sqrt((a**2).sum() * (b**2).sum())
    return float(abs((a * b).sum()) / lengths) if lengths else 0.0


# %% nothing_like_zeros
# Divides 0 by 0; loses check_similarity
# says: gave nan
def similarity(a, b):
    return float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))


# %% named_after_its_position
# Gives which photograph it is, not its label; loses check_named_after, check_share_right
# says: return its label
def named_after(features, labels, x):
    return int(np.argmax([similarity(one, x) for one in features]))


# %% named_after_the_stranger
# Takes the photograph that is least alike; loses check_named_after, check_share_right
# says: the largest similarity wins
def named_after(features, labels, x):
    return int(labels[np.argmin([similarity(one, x) for one in features])])


# %% neighbour_of_itself
# Leaves nobody out; loses check_share_right
# says: leave it out
def share_right(features, labels):
    right = [named_after(features, labels, x) == label for x, label in zip(features, labels)]
    return sum(right) / len(right)


# %% right_ones_counted
# Gives the count; loses check_share_right
# says: divide by how many there are
def share_right(features, labels):
    right = 0
    for i in range(len(features)):
        rest = np.arange(len(features)) != i
        right += named_after(features[rest], labels[rest], features[i]) == labels[i]
    return float(right)


# %% wrong_ones_counted
# Gives the share of wrong ones; loses check_share_right
# says: the share of wrong ones
def share_right(features, labels):
    wrong = 0
    for i in range(len(features)):
        rest = np.arange(len(features)) != i
        wrong += named_after(features[rest], labels[rest], features[i]) != labels[i]
    return wrong / len(features)


# %% covers_a_pixel
# Covers the corner alone; loses check_cover, check_occlusion_map
# says: `side` pixels along each side
def cover(picture, row, col, side, value):
    covered = picture.copy()
    covered[row, col] = value
    return covered


# %% covers_column_before_row
# Takes the column for the row; loses check_cover, check_occlusion_map
# says: Row before column
def cover(picture, row, col, side, value):
    covered = picture.copy()
    covered[col : col + side, row : row + side] = value
    return covered


# %% covers_one_too_many
# Ends a pixel too late; loses check_cover, check_occlusion_map
# says: It ends before
def cover(picture, row, col, side, value):
    covered = picture.copy()
    covered[row : row + side + 1, col : col + side + 1] = value
    return covered


# %% covers_the_rest
# Keeps the square and covers what is around it; loses check_cover, check_occlusion_map
# says: keep the rest
def cover(picture, row, col, side, value):
    covered = np.full_like(picture, value)
    covered[row : row + side, col : col + side] = picture[row : row + side, col : col + side]
    return covered


# %% map_follows_the_new_winner
# Compares with whichever class wins now; loses check_occlusion_map
# says: Stay with the class that won at first
def occlusion_map(picture, weights, side, step):
    before = probabilities(picture, weights).max()
    rows = (picture.shape[0] - side) // step + 1
    columns = (picture.shape[1] - side) // step + 1
    falls = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = cover(picture, i * step, j * step, side, 0)
            falls[i, j] = before - probabilities(covered, weights).max()
    return falls


# %% map_of_scores
# Compares scores; loses check_occlusion_map
# says: Compare probabilities, not scores
def occlusion_map(picture, weights, side, step):
    scores = (weights * picture).sum(axis=(1, 2))
    winner = np.argmax(scores)
    rows = (picture.shape[0] - side) // step + 1
    columns = (picture.shape[1] - side) // step + 1
    falls = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = cover(picture, i * step, j * step, side, 0)
            falls[i, j] = scores[winner] - (weights * covered).sum(axis=(1, 2))[winner]
    return falls


# %% map_of_what_is_left
# Gives what is left in place of how much it fell; loses check_occlusion_map
# says: say by how much it fell
def occlusion_map(picture, weights, side, step):
    winner = np.argmax(probabilities(picture, weights))
    rows = (picture.shape[0] - side) // step + 1
    columns = (picture.shape[1] - side) // step + 1
    left = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = cover(picture, i * step, j * step, side, 0)
            left[i, j] = probabilities(covered, weights)[winner]
    return left


# %% map_rises
# After minus before; loses check_occlusion_map
# says: before minus after
def occlusion_map(picture, weights, side, step):
    before = probabilities(picture, weights)
    winner = np.argmax(before)
    rows = (picture.shape[0] - side) // step + 1
    columns = (picture.shape[1] - side) // step + 1
    rises = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = cover(picture, i * step, j * step, side, 0)
            rises[i, j] = probabilities(covered, weights)[winner] - before[winner]
    return rises


# %% map_without_steps
# Forgets the step between the places; loses check_occlusion_map
# says: squares begin at columns 0, 2 and 4
def occlusion_map(picture, weights, side, step):
    before = probabilities(picture, weights)
    winner = np.argmax(before)
    rows = picture.shape[0] - side + 1
    columns = picture.shape[1] - side + 1
    falls = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = cover(picture, i, j, side, 0)
            falls[i, j] = before[winner] - probabilities(covered, weights)[winner]
    return falls
