//go:build !linux

package rsyslog

import "syscall"

// endsWithUs has no counterpart elsewhere.
func endsWithUs() *syscall.SysProcAttr { return nil }
