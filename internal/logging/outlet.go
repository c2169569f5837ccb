package logging

import (
	"io"
	"sync"
	"sync/atomic"
)

// An outlet is standard error. Two handlers may write there while one replaces the other, and a disk that is full holds up
// nobody: what it does not take is counted.
type outlet struct {
	one    sync.Mutex
	to     io.Writer
	failed atomic.Uint64
}

func (o *outlet) Write(record []byte) (int, error) {
	o.one.Lock()
	defer o.one.Unlock()
	n, err := o.to.Write(record)
	if err != nil {
		o.failed.Add(1)
	}
	return n, err
}
