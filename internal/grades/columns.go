package grades

import (
	"context"
	"sync"
)

// maxColumns bounds what is remembered; after that it is found again.
const maxColumns = 10_000

// columns remembers the columns of gradebooks that were found or made for links that have none of their own. One
// question at a time for each: two learners of one link must not make two columns.
type columns struct {
	mu  sync.Mutex
	all map[columnName]*column
}

type columnName struct {
	platform    int64
	items, link string
}

type column struct {
	gate    chan struct{} // held by whoever asks the platform
	address string        // guarded by gate
}

// find is the column's address, by asking if it is not known yet.
func (c *columns) find(ctx context.Context, n columnName, ask func() (string, error)) (string, error) {
	one := c.column(n)
	select {
	case one.gate <- struct{}{}:
		defer func() { <-one.gate }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if one.address != "" {
		return one.address, nil
	}
	address, err := ask()
	if err != nil {
		return "", err
	}
	one.address = address
	return address, nil
}

func (c *columns) column(n columnName) *column {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= maxColumns {
		c.all = map[columnName]*column{}
	}
	if c.all[n] == nil {
		c.all[n] = &column{gate: make(chan struct{}, 1)}
	}
	return c.all[n]
}

// forget makes the next one ask again.
func (c *columns) forget(n columnName) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, n)
}
