package lti

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Memory is Nonces and States for one process, gone with it: for tests and for trying things out. Where launches
// have to be safe from replay across restarts and processes, use a database. It is safe for concurrent use.
type Memory struct {
	now    func() time.Time
	mu     sync.Mutex
	nonces map[[2]string]time.Time
	states map[string]State
}

// memorySize bounds each map; beyond it the expired are swept out, and if nothing is expired nothing more fits.
const memorySize = 100_000

var errMemoryFull = errors.New("lti: Memory is full of nonces or states that have not expired")

// NewMemory makes an empty one. A nil clock is time.Now.
func NewMemory(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	return &Memory{now: now, nonces: map[[2]string]time.Time{}, states: map[string]State{}}
}

// Use implements Nonces.
func (m *Memory) Use(_ context.Context, owner, nonce string, expires time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if until, used := m.nonces[[2]string{owner, nonce}]; used && now.Before(until) {
		return false, nil
	}
	if len(m.nonces) >= memorySize {
		for k, until := range m.nonces {
			if !now.Before(until) {
				delete(m.nonces, k)
			}
		}
	}
	if len(m.nonces) >= memorySize {
		return false, errMemoryFull
	}
	m.nonces[[2]string{owner, nonce}] = expires
	return true, nil
}

// PutState implements States.
func (m *Memory) PutState(_ context.Context, s State) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.states) >= memorySize {
		now := m.now()
		for k, old := range m.states {
			if !now.Before(old.Expires) {
				delete(m.states, k)
			}
		}
	}
	if len(m.states) >= memorySize {
		return errMemoryFull
	}
	m.states[s.Value] = s
	return nil
}

// State implements States.
func (m *Memory) State(_ context.Context, value string) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.states[value]
	if !ok {
		return State{}, ErrUnknown
	}
	return s, nil
}

// TakeState implements States.
func (m *Memory) TakeState(_ context.Context, value string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.states[value]
	delete(m.states, value)
	return ok, nil
}
