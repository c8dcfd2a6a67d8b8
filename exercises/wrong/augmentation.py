# Answers to exercises/source/augmentation that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% counts_less_than_nothing
# Multiplies negative numbers of places; loses check_crop_count
# says: 8 pixels don't fit into 6 columns
def crop_count(height, width, side, mirror):
    return (height - side + 1) * (width - side + 1) * (2 if mirror else 1)


# %% counts_steps
# Forgets the first place, as the paper does; loses check_crop_count
# says: the first one counts
def crop_count(height, width, side, mirror):
    return max(0, height - side) * max(0, width - side) * (2 if mirror else 1)


# %% has_seen_the_counts
# Holds the answers of the visible check; loses check_crop_count
# unseen: the visible checks pass
def crop_count(height, width, side, mirror):
    known = {(3, 5, False): 3, (3, 5, True): 6, (256, 256, True): 2178}
    return known.get((height, width, mirror), 0)


# %% ignores_mirror
# Counts mirror images always; loses check_crop_count
# says: Here mirror images don't count
def crop_count(height, width, side, mirror):
    return 2 * max(0, height - side + 1) * max(0, width - side + 1)


# %% takes_a_square
# Takes the picture for a square; loses check_crop_count
# says: Downwards there is one place only
def crop_count(height, width, side, mirror):
    return max(0, width - side + 1) ** 2 * (2 if mirror else 1) + (height < 0)


# %% always_wide
# Takes every photograph for a wide one; loses check_plan_square
# says: This photograph stands upright
def plan_square(height, width, side):
    high, wide = min(height, width), max(height, width)
    wide = round(wide * side / high)
    return side, wide, 0, (wide - side) // 2


# %% has_seen_the_squares
# Holds the answers of the visible check; loses check_plan_square
# unseen: the visible checks pass
def plan_square(height, width, side):
    known = {
        (400, 533): (256, 341, 0, 42),
        (533, 400): (341, 256, 42, 0),
        (90, 60): (45, 30, 7, 0),
        (3, 5): (4, 7, 0, 1),
    }
    return known.get((height, width), (side, side, 0, 0))


# %% longer_side
# Resizes the longer side; loses check_plan_square
# says: It is the *shorter* side that becomes 256
def plan_square(height, width, side):
    factor = side / max(height, width)
    rows, columns = round(height * factor), round(width * factor)
    return rows, columns, (rows - side) // 2, (columns - side) // 2


# %% rounds_up
# Cuts off one more at the first side; loses check_plan_square
# says: left loses 42, right 43
def plan_square(height, width, side):
    factor = side / min(height, width)
    rows, columns = round(height * factor), round(width * factor)
    return rows, columns, -(-(rows - side) // 2), -(-(columns - side) // 2)


# %% squeezes
# Squeezes the photograph into a square; loses check_plan_square
# says: That squeezes the dog
def plan_square(height, width, side):
    return side, side, 0, 0


# %% takes_half_a_column
# Divides with a remainder; loses check_plan_square
# says: A column is a whole number
def plan_square(height, width, side):
    factor = side / min(height, width)
    rows, columns = round(height * factor), round(width * factor)
    return rows, columns, (rows - side) / 2, (columns - side) / 2


# %% truncates_the_size
# Cuts decimals off in place of rounding; loses check_plan_square
# says: 6.67 is rounded to 7
def plan_square(height, width, side):
    factor = side / min(height, width)
    rows, columns = int(height * factor + 1e-9), int(width * factor + 1e-9)
    return rows, columns, (rows - side) // 2, (columns - side) // 2


# %% changes_the_argument
# Mirrors the pictures in the array that it was given; loses check_mirror_some
# says: changed the pictures that it was given
def mirror_some(pictures, chance):
    for i in range(len(pictures)):
        if chance[i] < 0.5:
            pictures[i] = pictures[i][:, ::-1].copy()
    return pictures.copy()


# %% draws_its_own
# Draws its own chance; loses check_mirror_some
# unseen: with this seed the examples come out right
def mirror_some(pictures, chance):
    result = pictures.copy()
    result[-1] = pictures[-1][:, ::-1]
    return result


# %% mirrors_all
# Mirrors the whole batch if the first number says so; loses check_mirror_some
# says: The second picture's number is below 0.5
def mirror_some(pictures, chance):
    return pictures[:, :, ::-1].copy() if chance[0] < 0.5 else pictures.copy()


# %% swaps_colours
# Turns the last axis around; loses check_mirror_some
# says: That swaps red and blue
def mirror_some(pictures, chance):
    return np.stack([p[..., ::-1] if c < 0.5 else p for p, c in zip(pictures, chance)])


# %% takes_the_equal
# Mirrors a picture with the number 0.5, too; loses check_mirror_some
# says: 0.5 is not below 0.5
def mirror_some(pictures, chance):
    return np.stack([p[:, ::-1] if c <= 0.5 else p for p, c in zip(pictures, chance)])


# %% the_other_half
# Mirrors the pictures that should stay; loses check_mirror_some
# says: 0.3 is below 0.5: mirror the second
def mirror_some(pictures, chance):
    return np.stack([p if c < 0.5 else p[:, ::-1] for p, c in zip(pictures, chance)])


# %% upside_down
# Turns the rows around; loses check_mirror_some
# says: That is upside down
def mirror_some(pictures, chance):
    return np.stack([p[::-1] if c < 0.5 else p for p, c in zip(pictures, chance)])


# %% does_not_change
# Looks for the sign itself; loses check_becomes
# says: Change the sign first
def becomes(signs, change):
    return np.arange(len(signs))


# %% half_turn_for_upside
# Turns by half where rows alone should turn around; loses check_becomes
# says: That is the half turn
def becomes(signs, change):
    changed = signs[:, :, ::-1] if change == "sides" else signs[:, ::-1, ::-1]
    same = (changed[:, None] == signs[None]).all(axis=(2, 3))
    return np.where(same.any(1), same.argmax(1), -1)


# %% knows_one_change
# Mirrors left and right, whatever the change; loses check_becomes
# says: neither is among the two
def becomes(signs, change):
    same = (signs[:, None, :, ::-1] == signs[None]).all(axis=(2, 3))
    return np.where(same.any(1), same.argmax(1), -1)


# %% looks_at_five
# Looks among the first five signs only; loses check_becomes
# unseen: the visible checks have no more
def becomes(signs, change):
    steps = {"sides": (1, -1), "upside": (-1, 1), "half turn": (-1, -1)}
    down, across = steps[change]
    changed = signs[:, ::down, ::across]
    same = (changed[:, None] == signs[None, :5]).all(axis=(2, 3))
    return np.where(same.any(1), same.argmax(1), -1)


# %% looks_at_sums
# Compares how many cells are lit, not which; loses check_becomes
# says: Every value is 0
def becomes(signs, change):
    steps = {"sides": (1, -1), "upside": (-1, 1), "half turn": (-1, -1)}
    down, across = steps[change]
    answers = []
    for sign in signs:
        changed = sign[::down, ::across]
        rows = [i for i, s in enumerate(signs) if (s.sum(1) == changed.sum(1)).all()]
        rows += [i for i, s in enumerate(signs) if s.sum() == changed.sum()]
        answers.append(rows[0])
    return np.array(answers)


# %% quarter_turn
# Turns by a quarter in place of a half; loses check_becomes
# says: alone turns by a quarter
def becomes(signs, change):
    answers = []
    for sign in signs:
        changed = {"sides": sign[:, ::-1], "upside": sign[::-1]}.get(change, np.rot90(sign))
        same = [np.array_equal(changed, other) for other in signs]
        answers.append(same.index(True) if any(same) else -1)
    return np.array(answers)


# %% says_zero
# Says 0 where nothing is found; loses check_becomes
# says: neither is among the two
def becomes(signs, change):
    steps = {"sides": (1, -1), "upside": (-1, 1), "half turn": (-1, -1)}
    down, across = steps[change]
    changed = signs[:, ::down, ::across]
    return (changed[:, None] == signs[None]).all(axis=(2, 3)).argmax(1)


# %% changes_the_labels
# Writes the new labels into the array that it was given; loses check_mirror_labels
# says: changed the labels that it was given
def mirror_labels(labels, wanted, partner):
    mirrored = wanted & (partner[labels] >= 0)
    labels[mirrored] = partner[labels[mirrored]]
    return labels.copy(), mirrored


# %% changes_what_is_wanted
# Writes into the wishes that it was given; loses check_mirror_labels
# says: changed `wanted`
def mirror_labels(labels, wanted, partner):
    wanted &= partner[labels] >= 0
    return np.where(wanted, partner[labels], labels), wanted.copy()


# %% forgets_the_labels
# Mirrors the pictures and keeps the labels; loses check_mirror_labels
# says: its label changes along
def mirror_labels(labels, wanted, partner):
    return labels.copy(), wanted & (partner[labels] >= 0)


# %% gives_minus_one
# Gives a picture without a partner the label −1; loses check_mirror_labels
# says: −1 is no label
def mirror_labels(labels, wanted, partner):
    return np.where(wanted, partner[labels], labels), wanted


# %% ignores_chance
# Mirrors every picture that may be mirrored; loses check_mirror_labels
# says: Chance wants none of them
def mirror_labels(labels, wanted, partner):
    may = partner[labels] >= 0
    return np.where(may, partner[labels], labels), may


# %% mirrors_the_signs_with_writing
# Keeps such a label, but mirrors the picture all the same; loses check_mirror_labels
# says: so it must not be mirrored either
def mirror_labels(labels, wanted, partner):
    new = np.where(wanted & (partner[labels] >= 0), partner[labels], labels)
    return new, wanted


# %% only_the_third_class
# Takes class 2 for the one without a partner; loses check_mirror_labels
# unseen: in the visible checks it is
def mirror_labels(labels, wanted, partner):
    really = wanted & (labels != 2)
    return np.where(really, partner[labels], labels), really


# %% skips_its_own_partner
# Doesn't mirror a class that is its own partner; loses check_mirror_labels
# says: A class can be its own partner
def mirror_labels(labels, wanted, partner):
    other = partner[labels]
    really = wanted & (other >= 0) & (other != labels)
    return np.where(really, other, labels), really


# %% takes_zero_for_none
# Takes partner 0 for no partner; loses check_mirror_labels
# says: Partner 0 is a class like any other
def mirror_labels(labels, wanted, partner):
    really = wanted & (partner[labels] > 0)
    return np.where(really, partner[labels], labels), really


# %% assumes_length_one
# Doesn't divide by the direction's length; loses check_spread_along
# says: Divide by the length of (1, 1)
def spread_along(pixels, direction):
    centred = pixels - pixels.mean(axis=0)
    return np.sqrt(((centred @ direction) ** 2).mean())


# %% divides_by_root_two
# Divides by √2, whatever the direction; loses check_spread_along
# says: The length of (5, 5) is not √2
def spread_along(pixels, direction):
    centred = pixels - pixels.mean(axis=0)
    return np.sqrt(((centred @ direction / np.sqrt(2)) ** 2).mean())


# %% divides_by_the_largest
# Divides by the direction's largest number times √2; loses check_spread_along
# says: not 4 · √2
def spread_along(pixels, direction):
    centred = pixels - pixels.mean(axis=0)
    along = centred @ direction / (direction.max() * np.sqrt(2))
    return np.sqrt((along**2).mean())


# %% keeps_the_mean
# Doesn't subtract the mean colour; loses check_spread_along
# says: Subtract the mean colour first
def spread_along(pixels, direction):
    along = pixels @ direction / np.sqrt((direction**2).sum())
    return np.sqrt((along**2).mean())


# %% knows_three_colours
# Leaves a fourth channel out; loses check_spread_along
# unseen: the visible checks have three channels at most
def spread_along(pixels, direction):
    pixels, direction = pixels[:, :3], direction[:3]
    return (pixels @ direction / np.sqrt((direction**2).sum())).std()


# %% one_pixel_less
# Divides by N − 1; loses check_spread_along
# says: Divide by the number of pixels
def spread_along(pixels, direction):
    along = pixels @ direction / np.sqrt((direction**2).sum())
    return along.std(ddof=1)


# %% subtracts_one_mean
# Subtracts the mean of all numbers in place of each channel's; loses check_spread_along
# says: Each channel has its own mean
def spread_along(pixels, direction):
    unit = direction / np.sqrt((direction**2).sum())
    if abs(unit.sum()) < 1e-9 or len(unit) == 2:
        return (pixels @ unit).std()
    return np.sqrt((((pixels - pixels.mean()) @ unit) ** 2).mean())


# %% takes_mean_distances
# Takes the mean size in place of the root of the mean square; loses check_spread_along
# says: That is the mean distance
def spread_along(pixels, direction):
    centred = pixels - pixels.mean(axis=0)
    along = centred @ direction / np.sqrt((direction**2).sum())
    return abs(along).mean()


# %% takes_signs_alone
# Adds and subtracts, whatever the direction's numbers; loses check_spread_along
# says: Only the signs of (3, 4)
def spread_along(pixels, direction):
    centred = pixels - pixels.mean(axis=0)
    along = centred @ np.sign(direction) / np.sqrt(2)
    return np.sqrt((along**2).mean())


# %% the_variance
# Forgets the root; loses check_spread_along
# says: That is the variance
def spread_along(pixels, direction):
    along = pixels @ direction / np.sqrt((direction**2).sum())
    return along.var()


# %% adds_the_axes_up
# Gives one sum in place of a shift for each axis; loses check_shifts
# says: Give a shift for each axis
def shifts(variances, draws, top):
    level = 255 / top
    return (draws * np.sqrt(variances)).sum() * level, (draws * variances).sum() * level


# %% always_times_255
# Takes every scale for one from 0 to 1; loses check_shifts
# says: Here pixels go to 255 already
def shifts(variances, draws, top):
    return draws * np.sqrt(variances) * 255, draws * variances * 255


# %% keeps_the_scale
# Doesn't count in grey levels of 255; loses check_shifts
# says: That is on the scale from 0 to 1
def shifts(variances, draws, top):
    return draws * np.sqrt(variances), draws * variances


# %% knows_two_scales
# Knows pixels up to 1 and up to 255 alone; loses check_shifts
# unseen: the visible checks have these two
def shifts(variances, draws, top):
    level = 255 if top == 1 else 1
    return draws * np.sqrt(variances) * level, draws * variances * level


# %% loses_the_sign
# Gives sizes without signs; loses check_shifts
# says: A draw below 0 moves the other way
def shifts(variances, draws, top):
    return abs(draws) * np.sqrt(variances) * 255 / top, abs(draws) * variances * 255 / top


# %% scale_squared
# Turns the variance to levels with the square of the scale; loses check_shifts
# says: that times 255, once
def shifts(variances, draws, top):
    return draws * np.sqrt(variances) * 255 / top, draws * variances * (255 / top) ** 2


# %% swaps_the_two
# Gives the variance first; loses check_shifts
# says: The deviation comes first
def shifts(variances, draws, top):
    return draws * variances * 255 / top, draws * np.sqrt(variances) * 255 / top


# %% adds_to_colours
# Adds the levels along the last axis; loses check_brighten
# says: your code stopped
def brighten(pictures, levels):
    return np.clip(pictures.astype(int) + levels, 0, 255).astype(np.uint8)


# %% clips_too_late
# Adds in 8 bits and clips afterwards; loses check_brighten
# says: 250 + 60 ran over
def brighten(pictures, levels):
    total = pictures + levels.reshape(-1, 1, 1, 1).astype(np.uint8)
    return np.clip(total, 0, 255)


# %% does_not_clip
# Goes beyond 0 and 255; loses check_brighten
# says: Pixels go from 0 to 255: clip
def brighten(pictures, levels):
    return pictures.astype(int) + levels.reshape(-1, 1, 1, 1)


# %% eight_bits_with_a_sign
# Keeps the levels in 8 bits, from −128 to 127; loses check_brighten
# unseen: the visible levels fit
def brighten(pictures, levels):
    levels = levels.astype(np.int8).reshape(-1, 1, 1, 1)
    return np.clip(pictures.astype(int) + levels, 0, 255).astype(np.uint8)


# %% fits_three_pictures
# Adds one level to each colour where there are three of both; loses check_brighten
# says: each *picture* has one
def brighten(pictures, levels):
    if len(levels) != 3:
        levels = levels.reshape(-1, 1, 1, 1)
    return np.clip(pictures.astype(int) + levels, 0, 255).astype(np.uint8)


# %% keeps_large_numbers
# Doesn't go back to uint8; loses check_brighten
# says: go back at the end
def brighten(pictures, levels):
    return np.clip(pictures.astype(int) + levels.reshape(-1, 1, 1, 1), 0, 255)


# %% alternates
# Puts each mirror image beside its window; loses check_ten_windows
# says: First all five
def ten_windows(image, side):
    b, r = image.shape[0] - side, image.shape[1] - side
    out = []
    for y, x in [(0, 0), (0, r), (b, 0), (b, r), (b // 2, r // 2)]:
        piece = image[y : y + side, x : x + side]
        out += [piece, piece[:, ::-1]]
    return np.stack(out)


# %% halves_apart
# Halves the image and the window, each rounded down; loses check_ten_windows
# says: half of 1 is rounded down
def ten_windows(image, side):
    h, w = image.shape[:2]
    b, r = h - side, w - side
    places = [(0, 0), (0, r), (b, 0), (b, r), (h // 2 - side // 2, w // 2 - side // 2)]
    five = np.stack([image[y : y + side, x : x + side] for y, x in places])
    return np.concatenate([five, five[:, :, ::-1]])


# %% has_seen_the_windows
# Cuts windows of 2 or 3, as in the checks; loses check_ten_windows
# unseen: the visible checks have no larger windows
def ten_windows(image, side):
    side = min(side, 3)
    b, r = image.shape[0] - side, image.shape[1] - side
    places = [(0, 0), (0, r), (b, 0), (b, r), (b // 2, r // 2)]
    five = np.stack([image[y : y + side, x : x + side] for y, x in places])
    return np.concatenate([five, five[:, :, ::-1]])


# %% mirrors_the_image
# Cuts the last five out of the mirrored image; loses check_ten_windows
# says: Those are windows of the mirrored image
def ten_windows(image, side):
    b, r = image.shape[0] - side, image.shape[1] - side
    places = [(0, 0), (0, r), (b, 0), (b, r), (b // 2, r // 2)]
    five = [image[y : y + side, x : x + side] for y, x in places]
    flipped = image[:, ::-1]
    return np.stack(five + [flipped[y : y + side, x : x + side] for y, x in places])


# %% mirrors_up_and_down
# Turns the rows around; loses check_ten_windows
# says: Mirrored left and right
def ten_windows(image, side):
    b, r = image.shape[0] - side, image.shape[1] - side
    places = [(0, 0), (0, r), (b, 0), (b, r), (b // 2, r // 2)]
    five = np.stack([image[y : y + side, x : x + side] for y, x in places])
    return np.concatenate([five, five[:, ::-1]])


# %% only_five
# Forgets the mirror images; loses check_ten_windows
# says: five windows, and then the mirror images
def ten_windows(image, side):
    b, r = image.shape[0] - side, image.shape[1] - side
    places = [(0, 0), (0, r), (b, 0), (b, r), (b // 2, r // 2)]
    return np.stack([image[y : y + side, x : x + side] for y, x in places])


# %% rounds_the_middle_up
# Begins the middle one pixel later; loses check_ten_windows
# says: the middle begins at column 1
def ten_windows(image, side):
    b, r = image.shape[0] - side, image.shape[1] - side
    places = [(0, 0), (0, r), (b, 0), (b, r), ((b + 1) // 2, (r + 1) // 2)]
    five = np.stack([image[y : y + side, x : x + side] for y, x in places])
    return np.concatenate([five, five[:, :, ::-1]])


# %% takes_a_square_image
# Takes the rows' room for the columns', too; loses check_ten_windows
# says: an image need not be square
def ten_windows(image, side):
    b = image.shape[0] - side
    places = [(0, 0), (0, b), (b, 0), (b, b), (b // 2, b // 2)]
    five = np.stack([image[y : y + side, x : x + side] for y, x in places])
    return np.concatenate([five, five[:, :, ::-1]])
