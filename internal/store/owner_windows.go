package store

// checkOwner has nothing to refuse: what is made in a directory can be read by whoever could read the directory.
func checkOwner(string) error { return nil }
