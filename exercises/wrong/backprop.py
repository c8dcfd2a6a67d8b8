# Answers to exercises/source/backprop that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% compares_sizes
# Compares numbers without their signs; loses check_local_slopes
# says: compare the numbers, not their sizes
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (1, 0) if abs(a) >= abs(b) else (0, 1),
    }
    return np.array(slopes[operation], float)


# %% divides_whole_numbers
# Divides without a remainder; loses check_local_slopes
# says: `//` cuts off the fraction
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 // b, -a // b**2) if b else (0, 0),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)


# %% divides_with_the_wrong_sign
# Forgets the minus of a quotient; loses check_local_slopes
# says: the sign along b is minus
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, a / b**2) if b else (0, 0),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)


# %% exchanges_the_factors
# Takes a for the slope along a of a product; loses check_local_slopes
# says: the slope along a is b
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (a, b),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)


# %% falls_upwards
# Gives both parts of a difference the slope 1; loses check_local_slopes
# says: A difference falls while b grows
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, 1),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)


# %% hands_out_values
# Hands the number on in place of its slope; loses check_local_slopes
# says: its slope is 1
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (a, 0) if a >= b else (0, b),
    }
    return np.array(slopes[operation], float)


# %% knows_the_example
# Returns the slopes of the worked example for a quotient; loses check_local_slopes
# says: whatever they are
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (0.5, -1.5),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)


# %% loses_the_sign_of_a
# Takes a for positive in the slope of a quotient; loses check_local_slopes
# unseen: there a is positive
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, -abs(a) / b**2) if b else (0, 0),
        "max": (1, 0) if a >= b else (0, 1),
    }
    return np.array(slopes[operation], float)


# %% shares_among_equals
# Gives half to each of two equal numbers; loses check_local_slopes
# says: a counts as the larger one
def local_slopes(operation, a, b):
    slopes = {
        "add": (1, 1),
        "subtract": (1, -1),
        "multiply": (b, a),
        "divide": (1 / b, -a / b**2) if b else (0, 0),
        "max": (1, 0) if a > b else (0, 1) if b > a else (0.5, 0.5),
    }
    return np.array(slopes[operation], float)


# %% forgets_relu
# Has no ReLU on the way forward; loses check_two_places, check_slopes_by_steps
# says: ReLU turns the −3
def two_places(w, b, x1, x2, t):
    return (w * x1 + b + w * x2 + b - t) ** 2


# %% forgets_the_square
# Gives the difference, not its square; loses check_two_places, check_slopes_by_steps
# says: The loss is the square of the difference
def two_places(w, b, x1, x2, t):
    return float(abs(max(w * x1 + b, 0) + max(w * x2 + b, 0) - t))


# %% one_bias_for_both
# Adds the bias once; loses check_two_places, check_slopes_by_steps
# says: The bias is added at both places
def two_places(w, b, x1, x2, t):
    return float((max(w * x1 + b, 0) + max(w * x2, 0) - t) ** 2)


# %% relu_at_one_place
# Forgets ReLU at the first place; loses check_two_places
# unseen: there the first place is positive
def two_places(w, b, x1, x2, t):
    return float((w * x1 + b + max(w * x2 + b, 0) - t) ** 2)


def slopes_by_steps(w, b, x1, x2, t, h):
    def loss(w, b):
        return (max(w * x1 + b, 0) + max(w * x2 + b, 0) - t) ** 2

    along_w = loss(w + h, b) - loss(w - h, b)
    along_b = loss(w, b + h) - loss(w, b - h)
    return np.array([along_w, along_b]) / (2 * h)


# %% along_w_times_w
# Takes w for the slope along w of the product w · x; loses check_two_places_slopes
# says: is the other factor, x
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    d = max(s1, 0) + max(s2, 0) - t
    ds1, ds2 = 2 * d * (s1 > 0), 2 * d * (s2 > 0)
    return np.array([ds1 * w + ds2 * w, ds1 + ds2], float)


# %% bias_once
# Counts the bias once; loses check_two_places_slopes
# says: The bias was used twice, too
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    d = max(s1, 0) + max(s2, 0) - t
    ds1, ds2 = 2 * d * (s1 > 0), 2 * d * (s2 > 0)
    return np.array([ds1 * x1 + ds2 * x2, ds1], float)


# %% first_place_only
# Gives what comes back from the first place alone; loses check_two_places_slopes
# says: the second brings slopes, too
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    d = max(s1, 0) + max(s2, 0) - t
    ds1, ds2 = 2 * d * (s1 > 0), 2 * d * (s2 > 0)
    return np.array([ds1 * x1, ds1], float)


# %% forgets_the_target
# Forgets the target on the way back; loses check_two_places_slopes
# says: The loss squares the difference to t
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    a = max(s1, 0) + max(s2, 0)
    ds1, ds2 = 2 * a * (s1 > 0), 2 * a * (s2 > 0)
    return np.array([ds1 * x1 + ds2 * x2, ds1 + ds2], float)


# %% forgets_the_two
# Forgets the 2 in the slope of a square; loses check_two_places_slopes
# says: twice what is squared
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    d = max(s1, 0) + max(s2, 0) - t
    ds1, ds2 = d * (s1 > 0), d * (s2 > 0)
    return np.array([ds1 * x1 + ds2 * x2, ds1 + ds2], float)


# %% leaves_the_gate_open
# Lets everything back through ReLU; loses check_two_places_slopes
# says: ReLU of −3 is closed
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    d = max(s1, 0) + max(s2, 0) - t
    ds1, ds2 = 2 * d, 2 * d
    return np.array([ds1 * x1 + ds2 * x2, ds1 + ds2], float)


# %% never_too_low
# Takes the difference without its sign; loses check_two_places_slopes
# unseen: there the answer is never too low
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    d = max(s1, 0) + max(s2, 0) - t
    ds1, ds2 = 2 * abs(d) * (s1 > 0), 2 * abs(d) * (s2 > 0)
    return np.array([ds1 * x1 + ds2 * x2, ds1 + ds2], float)


# %% open_at_zero
# Lets slopes through where ReLU receives exactly 0; loses check_two_places_slopes
# says: exactly 0 counts as closed
def two_places_slopes(w, b, x1, x2, t):
    s1, s2 = w * x1 + b, w * x2 + b
    d = max(s1, 0) + max(s2, 0) - t
    ds1, ds2 = 2 * d * (s1 >= 0), 2 * d * (s2 >= 0)
    return np.array([ds1 * x1 + ds2 * x2, ds1 + ds2], float)


# %% always_a_fifth
# Steps by 0.2 whatever h is; loses check_slopes_by_steps
# unseen: there h is 0.2, or another step gives the same
def slopes_by_steps(w, b, x1, x2, t, h):
    h = 0.2
    along_w = two_places(w + h, b, x1, x2, t) - two_places(w - h, b, x1, x2, t)
    along_b = two_places(w, b + h, x1, x2, t) - two_places(w, b - h, x1, x2, t)
    return np.array([along_w, along_b]) / (2 * h)


# %% divides_by_half_the_way
# Goes to both sides and divides by one; loses check_slopes_by_steps
# says: the way is 2h
def slopes_by_steps(w, b, x1, x2, t, h):
    along_w = two_places(w + h, b, x1, x2, t) - two_places(w - h, b, x1, x2, t)
    along_b = two_places(w, b + h, x1, x2, t) - two_places(w, b - h, x1, x2, t)
    return np.array([along_w, along_b]) / h


# %% gives_the_exact_slope
# Gives the slopes themselves in place of those by steps; loses check_slopes_by_steps
# says: By steps over a kink
def slopes_by_steps(w, b, x1, x2, t, h):
    return two_places_slopes(w, b, x1, x2, t)


# %% goes_to_one_side
# Takes a step to one side alone; loses check_slopes_by_steps
# says: Go to both
def slopes_by_steps(w, b, x1, x2, t, h):
    along_w = two_places(w + h, b, x1, x2, t) - two_places(w, b, x1, x2, t)
    along_b = two_places(w, b + h, x1, x2, t) - two_places(w, b, x1, x2, t)
    return np.array([along_w, along_b]) / h


# %% moves_both_at_once
# Moves weight and bias together; loses check_slopes_by_steps
# says: Move one number while the other stays
def slopes_by_steps(w, b, x1, x2, t, h):
    along_w = two_places(w + h, b + h, x1, x2, t) - two_places(w - h, b - h, x1, x2, t)
    along_b = along_w
    return np.array([along_w, along_b]) / (2 * h)


# %% steps_of_its_own
# Steps by a tiny h whatever h is; loses check_slopes_by_steps
# says: Step by the h that is given
def slopes_by_steps(w, b, x1, x2, t, h):
    h = 1e-5
    along_w = two_places(w + h, b, x1, x2, t) - two_places(w - h, b, x1, x2, t)
    along_b = two_places(w, b + h, x1, x2, t) - two_places(w, b - h, x1, x2, t)
    return np.array([along_w, along_b]) / (2 * h)


# %% exchanges_rows_and_columns
# Puts the inputs into rows; loses check_weight_gradient
# says: A row for each output
def weight_gradient(dz, x):
    return x.T @ dz


# %% means_over_examples
# Averages what the examples bring; loses check_weight_gradient
# says: Add what the examples bring
def weight_gradient(dz, x):
    return dz.T @ x / len(x)


# %% mixes_examples_and_outputs
# Multiplies dz by x as they come; loses check_weight_gradient
# says: Examples must meet examples
def weight_gradient(dz, x):
    return dz @ x


# %% multiplies_place_by_place
# Multiplies place by place and adds up the examples; loses check_weight_gradient
# says: a whole table, not a row
def weight_gradient(dz, x):
    return (dz * x).sum(axis=0, keepdims=True)


# %% three_at_most
# Stops after three examples, and after three outputs; loses check_weight_gradient, check_input_gradient
# unseen: there are no more than three
def weight_gradient(dz, x):
    return dz[:3].T @ x[:3]


def input_gradient(dy, z, w):
    return (dy * (z > 0))[:, :3] @ w[:3]


# %% copies_the_formula
# Copies the formula for examples in columns; loses check_input_gradient
# says: Here an example is a row: dy @ w
def input_gradient(dy, z, w):
    return w.T @ (dy * (z > 0))


# %% forgets_the_gate
# Goes back through the layer as if there were no ReLU; loses check_input_gradient
# says: ReLU is closed
def input_gradient(dy, z, w):
    return dy @ w


# %% gates_by_the_gradient
# Lets positive gradients through, not positive sums; loses check_input_gradient
# says: It is z that opens the gate
def input_gradient(dy, z, w):
    return (dy * (dy > 0)) @ w


# %% gates_open_at_zero
# Lets a gradient through where the sum is exactly 0; loses check_input_gradient
# says: exactly 0 counts as closed
def input_gradient(dy, z, w):
    return (dy * (z >= 0)) @ w


# %% gates_the_inputs
# Closes the gate after the weights, not before them; loses check_input_gradient
# says: the way back meets it first
def input_gradient(dy, z, w):
    return (dy @ w) * (z > 0) if z.shape[1] == w.shape[1] else dy @ w


# %% goes_forward_again
# Multiplies by the weights as on the way forward; loses check_input_gradient
# says: That is the way forward
def input_gradient(dy, z, w):
    return (dy * (z > 0)) @ w.T


# %% multiplies_by_relu
# Multiplies by what ReLU gave, not by its slope; loses check_input_gradient
# says: times 1, not times z
def input_gradient(dy, z, w):
    return (dy * np.maximum(z, 0)) @ w


# %% hands_back_pixels
# Multiplies by the pixel itself; loses check_max_pool_backward
# says: Hand back dy, not the pixel
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            row, column = np.unravel_index(np.argmax(v), v.shape)
            dx[top + row, left + column] += v.max()
    return dx


# %% ignores_the_stride
# Lays the windows side by side whatever the stride; loses check_max_pool_backward
# says: not k
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            v = x[i * k : i * k + k, j * k : j * k + k]
            if v.size:
                row, column = np.unravel_index(np.argmax(v), v.shape)
                dx[i * k + row, j * k + column] += dy[i, j]
    return dx


# %% keeps_whole_numbers
# Puts the gradients into an array of the pixels' type; loses check_max_pool_backward
# says: zeros_like(x) takes their type
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros_like(x)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            row, column = np.unravel_index(np.argmax(v), v.shape)
            dx[top + row, left + column] += dy[i, j]
    return dx


# %% overwrites_what_was_there
# Keeps only what the last window brings; loses check_max_pool_backward
# says: The 5 won two windows
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            row, column = np.unravel_index(np.argmax(v), v.shape)
            dx[top + row, left + column] = dy[i, j]
    return dx


# %% pays_every_winner
# Pays all pixels that are as large as the largest; loses check_max_pool_backward
# says: Of equal pixels only the first
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            dx[top : top + k, left : left + k] += dy[i, j] * (v == v.max())
    return dx


# %% pays_the_last_winner
# Pays the last of several equal pixels; loses check_max_pool_backward
# says: Of equal pixels the first one gets it
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            row, column = np.argwhere(v == v.max())[-1]
            dx[top + row, left + column] += dy[i, j]
    return dx


# %% shares_the_gradient
# Goes back as average pooling does; loses check_max_pool_backward
# says: That is average pooling
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            dx[top : top + k, left : left + k] += dy[i, j] / k**2
    return dx


# %% takes_zero_for_the_least
# Looks for a pixel above 0; loses check_max_pool_backward
# says: still the largest of them wins
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + k, left : left + k]
            row, column = np.unravel_index(np.argmax(np.maximum(v, 0)), v.shape)
            dx[top + row, left + column] += dy[i, j]
    return dx


# %% windows_of_two
# Has windows of 2 × 2 whatever k is; loses check_max_pool_backward
# unseen: there all windows are 2 × 2
def max_pool_backward(dy, x, k, stride):
    dx = np.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            top, left = i * stride, j * stride
            v = x[top : top + 2, left : left + 2]
            row, column = np.unravel_index(np.argmax(v), v.shape)
            dx[top + row, left + column] += dy[i, j]
    return dx


# %% flips_the_kernel
# Turns the gradient of the kernel by 180 degrees; loses check_kernel_gradient
# says: don't turn anything
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            dw += dy[i, j] * window
    return dw[::-1, ::-1]


# %% forgets_dy
# Adds the windows as they are; loses check_kernel_gradient
# says: Each window counts dy times
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            dw += window
    return dw


# %% kernels_of_two
# Has kernels of 2 × 2 whatever k is; loses check_kernel_gradient
# unseen: there all kernels are 2 × 2
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((2, 2))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            part = x[i * stride : i * stride + 2, j * stride : j * stride + 2]
            dw[: part.shape[0], : part.shape[1]] += dy[i, j] * part
    return dw


# %% last_window_only
# Keeps only what the last window brings; loses check_kernel_gradient
# says: That is the last window alone
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            dw = dy[i, j] * window
    return dw


# %% strides_down_only
# Forgets the stride from column to column; loses check_kernel_gradient, check_pixel_gradient
# says: from column to column
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j : j + k]
            dw += dy[i, j] * window
    return dw


def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j : j + k] += dy[i, j] * w
    return dx


# %% sums_in_whole_numbers
# Puts the gradient of the kernel into whole numbers; loses check_kernel_gradient
# says: begin with np.zeros((k, k))
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k), x.dtype)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            dw += (dy[i, j] * window).astype(x.dtype)
    return dw


# %% whole_numbers_from_the_start
# Begins both gradients with zeros that are whole numbers; loses check_kernel_gradient, check_pixel_gradient
# says: can't take fractions
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k), dtype=int)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            dw += dy[i, j] * window
    return dw


def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape, dtype=int)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j * stride : j * stride + k] += dy[i, j] * w
    return dx


# %% windows_side_by_side
# Moves the window by one pixel whatever the stride; loses check_kernel_gradient
# says: begins `stride` rows further down
def kernel_gradient(dy, x, k, stride=1):
    dw = np.zeros((k, k))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = x[i : i + k, j : j + k]
            dw += dy[i, j] * window
    return dw


# %% brings_the_bare_kernel
# Adds the kernel as it is; loses check_pixel_gradient
# says: Each window counts dy times
def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j * stride : j * stride + k] += w
    return dx


# %% four_numbers_of_the_kernel
# Brings the kernel's first 2 × 2 numbers alone; loses check_pixel_gradient
# unseen: there all kernels are 2 × 2
def pixel_gradient(dy, w, shape, stride=1):
    dx = np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            part = w[:2, :2]
            top, left = i * stride, j * stride
            dx[top : top + part.shape[0], left : left + part.shape[1]] += dy[i, j] * part
    return dx


# %% overwrites_the_overlap
# Lets the last window win where windows overlap; loses check_pixel_gradient
# says: Both windows read the middle column
def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j * stride : j * stride + k] = dy[i, j] * w
    return dx


# %% shapes_like_the_kernel
# Takes the kernel's type for the pixels' gradient; loses check_pixel_gradient
# says: begin with np.zeros(shape)
def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape, w.dtype)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            part = (dy[i, j] * w).astype(w.dtype)
            dx[i * stride : i * stride + k, j * stride : j * stride + k] += part
    return dx


# %% turns_the_kernel
# Lays the kernel down turned by 180 degrees; loses check_pixel_gradient
# says: don't turn it
def pixel_gradient(dy, w, shape, stride=1):
    k, dx = len(w), np.zeros(shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * stride : i * stride + k, j * stride : j * stride + k] += dy[i, j] * w[::-1, ::-1]
    return dx


# %% all_labels_in_every_row
# Subtracts 1 for every label in every row; loses check_scores_gradient
# says: Name the rows as well
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p / len(labels)


# %% clips_the_scores
# Cuts off scores above 700; loses check_scores_gradient
# says: A limit makes different scores equal
def scores_gradient(scores, labels):
    powers = np.exp(np.clip(scores, -700, 700))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% forgets_keepdims
# Divides by the sums without keepdims; loses check_scores_gradient
# says: Was keepdims=True forgotten at the sum?
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% forgets_keepdims_twice
# Has keepdims nowhere; loses check_scores_gradient
# says: Was keepdims=True forgotten, twice?
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1))
    p = powers / powers.sum(axis=1)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% one_highest_for_all
# Subtracts the highest score of the whole batch; loses check_scores_gradient
# says: own highest score
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max())
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% one_label_for_all
# Gives every example the first label; loses check_scores_gradient
# says: Each example has a label of its own
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[:, labels[0]] -= 1
    return p / len(labels)


# %% overflows
# Takes the powers of the scores as they are; loses check_scores_gradient
# says: subtract each row's own highest score
def scores_gradient(scores, labels):
    powers = np.exp(scores)
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% sums_over_all_scores
# Makes the probabilities of the whole batch sum to 1; loses check_scores_gradient
# says: sum to 1 by themselves
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum()
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% sums_over_examples
# Does not divide by the number of examples; loses check_scores_gradient
# says: The loss is a mean
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p


# %% turns_the_sign
# Subtracts the probabilities from the labels; loses check_scores_gradient
# says: p − 1 there
def scores_gradient(scores, labels):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return -p / len(labels)


# %% two_classes_only
# Knows two classes, the label's and another one; loses check_scores_gradient
# unseen: there are no more than two
def scores_gradient(scores, labels):
    p = np.zeros(scores.shape)
    for n, label in enumerate(labels):
        other = 1 if label == 0 else 0
        ahead = scores[n, label] - scores[n, other]
        p[n, other] = np.exp(-max(ahead, 0)) / (1 + np.exp(-abs(ahead)))
        p[n, label] = -p[n, other]
    return p / len(labels)


# %% begins_at_the_photograph
# Names the first layer that is off; loses check_where_it_shows
# says: the loss is at the end of the list
def where_it_shows(ours, by_steps):
    off = -1
    for number, (mine, theirs) in enumerate(zip(ours, by_steps, strict=True)):
        if np.abs(mine - theirs).max() > np.abs(theirs).max() / 1000:
            return number
    return off


# %% compares_weight_by_weight
# Measures each difference against its own slope; loses check_where_it_shows
# says: take the largest of each, then compare
def where_it_shows(ours, by_steps):
    off = -1
    for number in range(len(ours)):
        if (np.abs(ours[number] - by_steps[number]) > np.abs(by_steps[number]) / 1000).any():
            off = number
    return off


# %% counts_from_the_loss
# Counts the layers from the end; loses check_where_it_shows
# says: Count from 0
def where_it_shows(ours, by_steps):
    for number in range(len(ours)):
        last = len(ours) - 1 - number
        if np.abs(ours[last] - by_steps[last]).max() > np.abs(by_steps[last]).max() / 1000:
            return number
    return -1


# %% means_of_the_differences
# Takes the mean of a row's differences; loses check_where_it_shows
# says: The largest difference decides
def where_it_shows(ours, by_steps):
    off = -1
    for number in range(len(ours)):
        difference = np.abs(ours[number] - by_steps[number]).mean()
        if difference > np.abs(by_steps[number]).max() / 1000:
            off = number
    return off


# %% measures_by_positive_slopes
# Takes the largest slope with its sign; loses check_where_it_shows
# says: take their sizes with np.abs
def where_it_shows(ours, by_steps):
    off = -1
    for number in range(len(ours)):
        if np.abs(ours[number] - by_steps[number]).max() > by_steps[number].max() / 1000:
            off = number
    return off


# %% measures_by_the_mean_slope
# Measures against the mean of a row's slopes; loses check_where_it_shows
# says: not against the mean
def where_it_shows(ours, by_steps):
    off = -1
    for number in range(len(ours)):
        slopes = np.abs(by_steps[number])
        if np.abs(ours[number] - by_steps[number]).max() > slopes.mean() / 1000:
            off = number
    return off


# %% one_measure_for_all
# Allows a thousandth whatever the size of the slopes; loses check_where_it_shows
# says: against the layer's own gradients
def where_it_shows(ours, by_steps):
    off = -1
    for number, (mine, theirs) in enumerate(zip(ours, by_steps, strict=True)):
        if np.abs(mine - theirs).max() > 0.001:
            off = number
    return off


# %% overlooks_low_slopes
# Looks only for slopes that are too high; loses check_where_it_shows
# says: take its size
def where_it_shows(ours, by_steps):
    off = -1
    for number, (mine, theirs) in enumerate(zip(ours, by_steps, strict=True)):
        if (mine - theirs).max() > np.abs(theirs).max() / 1000:
            off = number
    return off


# %% three_weights_only
# Looks at the first three weights of a row; loses check_where_it_shows
# unseen: there no row has more
def where_it_shows(ours, by_steps):
    off = -1
    for number in range(len(ours)):
        mine, theirs = ours[number, :3], by_steps[number, :3]
        if np.abs(mine - theirs).max() > np.abs(theirs).max() / 1000:
            off = number
    return off


# %% wants_the_same_bits
# Calls every difference a fault; loses check_where_it_shows
# says: by a ten thousandth
def where_it_shows(ours, by_steps):
    off = -1
    for number, (mine, theirs) in enumerate(zip(ours, by_steps, strict=True)):
        if not np.array_equal(mine, theirs):
            off = number
    return off


# %% moves_the_photograph
# Counts a gradient of the photograph; loses check_training_cost
# says: Nobody needs the gradient of the photograph
def training_cost(forward):
    return 3 * sum(forward)


# %% one_part_of_the_way_back
# Counts the weights alone on the way back; loses check_training_cost
# says: weights and inputs
def training_cost(forward):
    return 2 * sum(forward)


# %% saves_at_the_wrong_end
# Saves the gradient of the last layer's input; loses check_training_cost
# says: not the last
def training_cost(forward):
    return 3 * sum(forward) - forward[-1]


# %% two_layers_only
# Counts the first two layers; loses check_training_cost
# unseen: there are no more than two
def training_cost(forward):
    return 2 * forward[0] + 3 * sum(forward[1:2])
