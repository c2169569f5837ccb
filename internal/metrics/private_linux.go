package metrics

import "syscall"

// private makes a socket the program's own user's before it has a name: from then on others could talk to it. Linux alone
// takes the mode of what has no name yet.
func private(_, _ string, socket syscall.RawConn) error {
	var err error
	if failed := socket.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), 0o600) }); failed != nil {
		return failed
	}
	return err
}
