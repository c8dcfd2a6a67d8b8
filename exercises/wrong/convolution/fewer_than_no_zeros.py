# Answers a negative number of zeros; loses check_pad_for
# says: fewer than none


def pad_for(n, k, stride, out):
    return (out - 1) * stride + k - n
