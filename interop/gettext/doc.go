// Package gettext lets package otrbot/gettext meet GNU gettext: the same text files have to give the same binary files,
// the same updates and the same plural rules, on the translations that come with Debian's own packages.
//
// A test on a machine without GNU's programs fails and names the package.
package gettext
