// Package packages tests what operators install: that tools/release makes the same bytes of the same commit, that Debian's
// own programs find no fault with the package and image, and that the package serves learners from its installation
// through an upgrade until nothing is left of it, under a systemd of its own.
package packages
