package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"
)

// A remedy is what the owner of a machine can do about what it refuses.
type remedy struct {
	when error
	do   string
}

// withRemedy adds what to do to an error of a file.
func withRemedy(err error) error {
	if folder := (*fs.PathError)(nil); errors.As(err, &folder) && folder.Op == "mkdir" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w\nno folder can be made there: name another place, or mount what belongs there", err)
	}
	return remedied(err, []remedy{
		{fs.ErrPermission, "the user that the bot runs as must own the folder; run this as that user"},
		{syscall.EROFS, "the file system is read-only there: name another place, or allow this one in the systemd unit by ReadWritePaths="},
		{syscall.ENOSPC, "the disk is full: make room, and start again"},
		{syscall.ENOTDIR, "a part of the path is a file: name another place, or move the file away"},
	})
}

// cannotListen says which setting names a place where this program cannot listen, and what to do.
func cannotListen(key string, err error) error {
	err = fmt.Errorf("%s: %w", key, err)
	op := (*net.OpError)(nil)
	if errors.As(err, &op) && op.Net == "tcp" {
		return remedied(err, []remedy{
			{syscall.EADDRINUSE, "another program listens there: end it, or name another place in " + key},
			{syscall.EADDRNOTAVAIL, "this machine has no such address: name another one in " + key},
			{fs.ErrPermission, "ports below 1024 are for the machine's owner: name one from 1024 on in " + key},
		})
	}
	with := remedied(err, []remedy{
		{fs.ErrNotExist, "make the folder, owned by the user that the bot runs as; the systemd unit makes /run/otrbot"},
		{syscall.EINVAL, "name a shorter path: that of a socket has at most 107 bytes"},
	})
	if with != err {
		return with
	}
	return withRemedy(err)
}

func remedied(err error, all []remedy) error {
	for _, r := range all {
		if errors.Is(err, r.when) {
			return fmt.Errorf("%w\n%s", err, r.do)
		}
	}
	return err
}
