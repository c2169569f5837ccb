// Package servers starts Prosody and ejabberd for tests, each on free loopback
// ports and in a directory of its own, with a certificate that a certificate
// authority of its own has signed, and takes them down again. Nothing of the
// machine's configuration is read, and nothing stays behind.
//
// It needs Debian's packages prosody and ejabberd; a test on a machine without
// them fails and names the package. It works for root and for a normal user.
//
// A test says servers.Prosody(t, servers.Options{}); a program that is no test
// uses Start and gets errors instead of failures.
package servers
