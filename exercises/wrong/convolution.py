# Answers to exercises/source/convolution that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% forgets_first_window
# Counts the steps instead of the windows; loses check_conv_out, check_conv2d, check_conv2d_channels, check_multiply_adds, check_alexnet_conv1
# says: The first window counts too
def conv_out(n, k, stride=1, padding=0):
    return (n + 2 * padding - k) // stride


# %% pads_once
# Adds the padding at one end only; loses check_conv_out, check_multiply_adds
# says: added at each end
def conv_out(n, k, stride=1, padding=0):
    return (n + padding - k) // stride + 1


# %% pads_the_output
# Adds the padding to the number of windows; loses check_conv_out, check_multiply_adds
# says: add them to n, then divide
def conv_out(n, k, stride=1, padding=0):
    return (n - k) // stride + 1 + 2 * padding


# %% rounds_up
# Counts a window that hangs over the edge; loses check_conv_out, check_conv2d, check_conv2d_channels, check_multiply_adds, check_alexnet_conv1
# says: hangs over the edge
def conv_out(n, k, stride=1, padding=0):
    return -(-(n + 2 * padding - k) // stride) + 1


# %% small_strides_only
# Knows strides of 1 and 2, as in the visible checks; loses check_conv_out, check_conv2d, check_conv2d_channels, check_multiply_adds
# unseen: the visible checks pass
def conv_out(n, k, stride=1, padding=0):
    return (n + 2 * padding - k) // min(stride, 2) + 1


def alexnet_conv1(n):
    return (n - 11) // 4 + 1, -(-(n - 11) // 4) + 1


# %% true_division
# Divides with / and gets a float; loses check_conv_out, check_conv2d, check_conv2d_channels, check_multiply_adds, check_alexnet_conv1
# says: not as a whole number
def conv_out(n, k, stride=1, padding=0):
    return (n + 2 * padding - k) / stride + 1


# %% ignores_the_missing_bias
# Counts a bias for each kernel, asked for or not; loses check_conv_params
# says: weights alone
def conv_params(c_in, c_out, k, bias=True):
    return (k * k * c_in + 1) * c_out


# %% knows_the_examples
# Holds the answers of the visible checks and nothing else; loses check_conv_params, check_alexnet_conv1, check_pad_for
# unseen: the visible checks pass
def conv_params(c_in, c_out, k, bias=True):
    return 56 if bias else 216


def alexnet_conv1(n):
    return (54, 55) if n == 224 else (55, 55)


def pad_for(n, k, stride, out):
    return {6: 1, 224: 3, 9: 0}.get(n, 0)


# %% one_bias_in_all
# Gives the layer one bias instead of one for each kernel; loses check_conv_params
# says: a bias of its own
def conv_params(c_in, c_out, k, bias=True):
    return k * k * c_in * c_out + bias


# %% prints_instead_of_returning
# Prints the number and returns nothing; loses check_conv_params
# says: is a `return` missing?
def conv_params(c_in, c_out, k, bias=True):
    print((k * k * c_in + bias) * c_out)


# %% exchanges_rows_and_columns
# Fills the output with rows and columns exchanged; loses check_conv2d, check_conv2d_channels
# says: Rows and columns are exchanged
def conv2d(x, w, stride=1):
    kh, kw = w.shape
    rows, columns = conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)
    y = np.zeros((columns, rows))
    for i in range(rows):
        for j in range(columns):
            y[j, i] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] * w)
    return y


# %% flips_the_kernel
# Turns the kernel by 180 degrees, the convolution of the textbooks; loses check_conv2d, check_conv2d_channels
# says: turned by 180 degrees
def conv2d(x, w, stride=1):
    w = w[::-1, ::-1]
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] * w)
    return y


# %% ignores_the_stride
# Makes the output small enough but moves the window by one pixel; loses check_conv2d, check_conv2d_channels
# says: must move by `stride` pixels
def conv2d(x, w, stride=1):
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i : i + kh, j : j + kw] * w)
    return y


# %% keeps_the_type_of_the_pixels
# Makes the output of the image's type, so that sums wrap around at 256; loses check_conv2d
# says: too large for the type uint8
def conv2d(x, w, stride=1):
    kh, kw = w.shape
    rows, columns = conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)
    y = np.zeros((rows, columns), dtype=x.dtype)
    for i in range(rows):
        for j in range(columns):
            window = x[i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[i, j] = np.sum(window * w)
    return y


# %% matrix_product
# Multiplies window and kernel as matrices; loses check_conv2d, check_conv2d_channels
# says: number times number
def conv2d(x, w, stride=1):
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] @ w)
    return y


# %% square_images_only
# Takes the height for the width; loses check_conv2d, check_conv2d_channels
# says: axis 1 has 2, not 4
def conv2d(x, w, stride=1):
    kh, kw = w.shape
    size = conv_out(x.shape[0], kw, stride)
    y = np.zeros((conv_out(x.shape[0], kh, stride), size))
    for i in range(y.shape[0]):
        for j in range(size):
            y[i, j] = np.sum(x[i * stride : i * stride + kh, j * stride : j * stride + kw] * w)
    return y


# %% steps_over_the_edge
# Reads a row that is not there; loses check_conv2d, check_conv2d_channels
# says: your code stopped: IndexError
def conv2d(x, w, stride=1):
    kh, kw = w.shape
    y = np.zeros((conv_out(x.shape[0], kh, stride), conv_out(x.shape[1], kw, stride)))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for a in range(kh):
                for b in range(kw):
                    y[i, j] += x[i * stride + a + 1, j * stride + b] * w[a, b]
    return y


# %% forgets_the_bias
# Adds no bias; loses check_conv2d_channels
# says: The bias is missing
def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    return np.array([sum(conv2d(x[c], v[c], stride) for c in range(len(x))) for v in w])


# %% keeps_the_channels_apart
# Does not add up the channels' results; loses check_conv2d_channels
# says: one channel for each kernel
def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    return np.array([conv2d(x[c], w[0, c], stride) + b[0] for c in range(len(x))])


# %% pads_two_sides
# Pads above and at the left only; loses check_conv2d_channels
# says: on all four sides
def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, 0), (padding, 0)))
    y = [sum(conv2d(x[c], v[c], stride) for c in range(len(x))) for v in w]
    return np.array(y) + b[:, None, None]


# %% small_kernels_only
# Knows kernels of 1, 2 and 3 pixels, as in the visible checks; loses check_conv2d_channels
# unseen: the visible checks pass
def conv2d_channels(x, w, b, stride=1, padding=0):
    w = w[:, :, :3, :3]
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    y = [sum(conv2d(x[c], v[c], stride) for c in range(len(x))) for v in w]
    return np.array(y) + b[:, None, None]


# %% empty_kernel
# Answers 0 to everything; loses check_rising_kernel
# says: a positive number where brightness rises
def rising_kernel():
    return np.zeros((3, 3))


# %% rises_the_other_way
# Answers with the sign turned; loses check_rising_kernel
# says: a positive number where brightness rises
def rising_kernel():
    return np.array([[1, 1, 0], [1, 0, -1], [0, -1, -1]])


# %% rises_to_the_right
# Copies the lesson's kernel, which finds a rise towards the lower left as well; loses check_rising_kernel
# says: 0 where brightness rises only towards the lower left
def rising_kernel():
    return np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


# %% blurs_as_the_lesson_does
# Takes the mean of nine; loses check_blur_kernel
# says: twice each of the others
def blur_kernel():
    return np.full((3, 3), 1 / 9)


# %% blurs_sideways
# Leaves out six of the neighbours; loses check_blur_kernel
# says: its eight outer numbers are equal
def blur_kernel():
    return np.array([[0, 0, 0], [1, 2, 1], [0, 0, 0]]) / 4


# %% brightens_ten_times
# Counts the shares and does not divide; loses check_blur_kernel
# says: the sum must be 1
def blur_kernel():
    return np.array([[1, 1, 1], [1, 2, 1], [1, 1, 1]])


# %% one_row_of_windows
# Counts the windows along one axis only; loses check_multiply_adds
# says: one below the other
def multiply_adds(n, c_in, c_out, k, stride=1, padding=0):
    return conv_out(n, k, stride, padding) * c_out * k * k * c_in


# %% always_one_more
# Takes rounded up for rounded down plus one; loses check_alexnet_conv1
# says: nothing to round up
def alexnet_conv1(n):
    return conv_out(n, 11, stride=4), conv_out(n, 11, stride=4) + 1


# %% fewer_than_no_zeros
# Answers a negative number of zeros; loses check_pad_for
# says: fewer than none
def pad_for(n, k, stride, out):
    return (out - 1) * stride + k - n


# %% rounds_to_the_nearest
# Rounds to the nearest whole number; loses check_conv_out, check_conv2d, check_conv2d_channels, check_multiply_adds, check_alexnet_conv1
# says: not to the nearest
def conv_out(n, k, stride=1, padding=0):
    return round((n + 2 * padding - k) / stride) + 1


# %% costs_of_stride_1_without_padding
# Counts the windows with neither stride nor padding; loses check_multiply_adds
# says: Neither `stride` nor `padding`
def multiply_adds(n, c_in, c_out, k, stride=1, padding=0):
    out = conv_out(n, k)
    return out * out * c_out * k * k * c_in


# %% copies_the_lessons_conv2d
# The lesson's code, which knows square kernels and no stride; loses check_conv2d, check_conv2d_channels
# says: count the windows twice
def conv2d(x, w, stride=1):
    k = len(w)
    rows = x.shape[0] - k + 1
    columns = x.shape[1] - k + 1
    output = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = x[r : r + k, c : c + k]
            output[r, c] = (window * w).sum()
    return output


# %% swaps_kernel_and_channel
# Looks for the kernels by channel first; loses check_conv2d_channels
# says: one channel for each kernel w[o]
def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    maps = []
    for o in range(len(w)):
        maps.append(sum(conv2d(x[c], w[c, o], stride) for c in range(len(x))) + b[o])
    return np.array(maps)


# %% pads_the_channels
# Lays zeros around the channels, too; loses check_conv2d_channels
# says: the channel axis stays as it is
def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, padding)
    maps = []
    for o in range(len(w)):
        maps.append(sum(conv2d(x[c], w[o, c], stride) for c in range(len(x))) + b[o])
    return np.array(maps)


# %% one_side_of_the_kernel
# Takes k weights for each channel, not k × k; loses check_conv_params
# says: k × k weights
def conv_params(c_in, c_out, k, bias=True):
    return (k * c_in + bias) * c_out


# %% counts_the_bias
# Counts a multiply-add for each bias; loses check_multiply_adds
# says: multiplies nothing
def multiply_adds(n, c_in, c_out, k, stride=1, padding=0):
    out = conv_out(n, k, stride, padding)
    return out * out * c_out * (k * k * c_in + 1)


# %% zeros_at_each_end
# Gives the zeros at one end; loses check_pad_for
# says: Both ends together
def pad_for(n, k, stride, out):
    return max(0, (out - 1) * stride + k - n) / 2


# %% bias_for_every_channel
# Adds the bias to each channel's result; loses check_conv2d_channels
# says: not once for each channel
def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    maps = []
    for o in range(len(w)):
        maps.append(sum(conv2d(x[c], w[o, c], stride) + b[o] for c in range(len(x))))
    return np.array(maps)


# %% mean_over_the_channels
# Averages the channels in place of adding them; loses check_conv2d_channels
# says: Add the channels' results
def conv2d_channels(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    maps = []
    for o in range(len(w)):
        parts = [conv2d(x[c], w[o, c], stride) for c in range(len(x))]
        maps.append(np.mean(parts, axis=0) + b[o])
    return np.array(maps)
