"""What all requests to the API go through: the gate, limits, keys, bodies, validators, errors."""
