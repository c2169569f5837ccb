//go:build !linux

package front

import "syscall"

// endsWithUs makes a child end with its parent where the system knows how.
func endsWithUs() *syscall.SysProcAttr { return nil }
