# Never finds both; loses check_diagnose
# says: But 74 is below 80, too


def diagnose(train, kept_out):
    high, other = np.mean(train[-3:]), np.mean(kept_out[-3:])
    if high - other > 10:
        return "overfits"
    return "underfits" if high < 80 else "fits"
