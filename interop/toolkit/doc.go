// Package toolkit compares the command "otrbot toolkit" with the six programs
// of libotr's toolkit, as Debian's package libotr5-bin installs them: the same
// arguments and the same input must give the same output, the same exit code
// and the same sentence about what is wrong. It holds tests only.
package toolkit
