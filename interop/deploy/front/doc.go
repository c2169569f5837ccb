// Package front starts nginx and Caddy with the samples of deploy/, as they are shipped: only names, ports and places of
// files are others. They listen on loopback, know a certificate of an authority that is made for the test, and end with
// it.
package front
