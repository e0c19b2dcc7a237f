// Exists to own the one precompiled header that every target with tensors reuses.
