package settings

// foreign is not asked for here: directories that everybody may write to are rare.
func foreign(string) bool { return false }
