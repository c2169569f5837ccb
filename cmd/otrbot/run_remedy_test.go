package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// What a machine refuses is said with its place and with what to do, in words that fit.
func TestRemedies(t *testing.T) {
	file := func(errno syscall.Errno) error {
		return fmt.Errorf("key file: %w", &fs.PathError{Op: "open", Path: "/srv/key", Err: errno})
	}
	listen := func(network, where string, errno syscall.Errno) error {
		var address net.Addr = &net.UnixAddr{Name: where, Net: network}
		return &net.OpError{Op: "listen", Net: network, Addr: address, Err: os.NewSyscallError("bind", errno)}
	}
	for _, c := range []struct {
		err  error
		says []string
	}{
		{withRemedy(file(syscall.EACCES)), []string{"/srv/key", "must own the folder"}},
		{withRemedy(file(syscall.EROFS)), []string{"/srv/key", "ReadWritePaths="}},
		{withRemedy(file(syscall.ENOSPC)), []string{"/srv/key", "make room"}},
		{withRemedy(file(syscall.ENOTDIR)), []string{"/srv/key", "a part of the path is a file"}},
		{withRemedy(file(syscall.ENOENT)), []string{"/srv/key: no such file or directory"}}, // has advice of its own
		{withRemedy(fmt.Errorf("key file: %w", &fs.PathError{Op: "mkdir", Path: "/proc/keys", Err: syscall.ENOENT})), []string{"/proc/keys", "no folder can be made there"}},
		{cannotListen("watch.listen", listen("unix", "/run/bot/watch", syscall.ENOENT)), []string{"watch.listen: ", "/run/bot/watch", "make the folder"}},
		{cannotListen("watch.listen", listen("unix", "/run/bot/watch", syscall.EACCES)), []string{"/run/bot/watch", "must own the folder"}},
		{cannotListen("watch.listen", listen("unix", "/run/bot/watch", syscall.EINVAL)), []string{"/run/bot/watch", "a shorter path"}},
		{cannotListen("web.listen", listen("tcp", "127.0.0.1:80", syscall.EACCES)), []string{"127.0.0.1:80", "from 1024 on in web.listen"}},
		{cannotListen("web.listen", listen("tcp", "127.0.0.1:5000", syscall.EADDRINUSE)), []string{"127.0.0.1:5000", "another program listens there"}},
		{cannotListen("web.listen", listen("tcp", "192.0.2.1:5000", syscall.EADDRNOTAVAIL)), []string{"192.0.2.1:5000", "no such address"}},
		{cannotListen("watch.pprof_socket", errors.New("/srv/pprof is in use")), []string{"watch.pprof_socket: /srv/pprof is in use"}},
	} {
		for _, want := range c.says {
			if !strings.Contains(c.err.Error(), want) {
				t.Errorf("%v\ndoes not say %s", c.err, want)
			}
		}
		if n := strings.Count(c.err.Error(), "\n"); n > 1 {
			t.Errorf("too many lines: %v", c.err)
		}
	}
}
