// Package machine starts a copy of this machine that forgets: its files are an overlay over ours, its systemd is a real
// one that systemd-nspawn has booted, its network is a loopback of its own, with every port free. Packages are installed
// and removed in it, services run in it, and nothing of that is left when the test ends. It takes root, on Linux.
package machine
