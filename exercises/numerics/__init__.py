"""Arrays in, arrays out: the numerical methods that the checks and the figures stand on."""
