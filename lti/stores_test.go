package lti_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

var errDisk = errors.New("disk full")

// broken fails in the one place that is named.
type broken struct {
	*lti.Memory
	registrations
	consumers
	at string
}

func (b *broken) fail(at string) error {
	if b.at == at {
		return errDisk
	}
	return nil
}

func (b *broken) Use(ctx context.Context, owner, nonce string, until time.Time) (bool, error) {
	if err := b.fail("nonce"); err != nil {
		return true, err
	}
	return b.Memory.Use(ctx, owner, nonce, until)
}

func (b *broken) PutState(ctx context.Context, s lti.State) error {
	return errors.Join(b.fail("put"), b.Memory.PutState(ctx, s))
}

func (b *broken) State(ctx context.Context, v string) (lti.State, error) {
	s, err := b.Memory.State(ctx, v)
	return s, errors.Join(b.fail("state"), err)
}

func (b *broken) TakeState(ctx context.Context, v string) (bool, error) {
	ok, err := b.Memory.TakeState(ctx, v)
	return ok, errors.Join(b.fail("take"), err)
}

func (b *broken) Consumer(ctx context.Context, key string) (lti.Consumer, error) {
	c, err := b.consumers.Consumer(ctx, key)
	return c, errors.Join(b.fail("consumer"), err)
}

func (b *broken) Registrations(ctx context.Context, issuer, client string) ([]lti.Registration, error) {
	all, err := b.registrations.Registrations(ctx, issuer, client)
	return all, errors.Join(b.fail("registration"), err)
}

// What the tool's own stores get wrong is nobody's refusal, and lets nobody in.
func TestStoresFail(t *testing.T) {
	b := &broken{}
	w := newWorld(t, func(c *lti.Config) {
		b.registrations, b.consumers = c.Registrations.(registrations), c.Consumers.(consumers)
		c.Nonces, c.States, c.Consumers, c.Registrations = b, b, b, b
	})
	b.Memory = w.memory
	check := func(at string, l *lti.Launch, err error) {
		t.Helper()
		if _, refusal := errors.AsType[*lti.Refusal](err); !errors.Is(err, errDisk) || refusal || l != nil {
			t.Errorf("%s fails: %v, %v", at, l, err)
		}
	}
	for _, at := range []string{"nonce", "consumer"} {
		b.at = at
		l, err := w.launch11(nil)
		check(at, l, err)
	}
	for _, at := range []string{"state", "take", "registration"} {
		b.at = ""
		login := w.login(nil)
		form := w.answer(login, ltitest.Learner)
		b.at = at
		l, err := w.submit(login, form)
		check(at, l, err)
	}
	for _, at := range []string{"put", "registration"} {
		b.at = at
		_, err := w.tool.Login(post(loginURL, w.lms.LoginForm(launchURL)))
		check(at, nil, err)
	}
}

// dry is out of randomness.
type dry struct{}

func (dry) Read([]byte) (int, error) { return 0, errDisk }

func TestNoRandomness(t *testing.T) {
	w := newWorld(t, func(c *lti.Config) { c.Rand = dry{} })
	_, err := w.tool.Login(post(loginURL, w.lms.LoginForm(launchURL)))
	if !errors.Is(err, errDisk) {
		t.Errorf("a login without randomness: %v", err)
	}
	if err := w.tool.DeleteResult(t.Context(), w.consumer, lti.Outcome{ServiceURL: w.lms.OutcomeURL(), SourcedID: "x"}); !errors.Is(err, errDisk) {
		t.Errorf("an outcome without randomness: %v", err)
	}
}

// Memory does not grow without bound: what has expired makes room, what has not is refused.
func TestMemoryIsBounded(t *testing.T) {
	c := &clock{time.Unix(1_800_000_000, 0)}
	m := lti.NewMemory(c.Now)
	ctx := t.Context()
	fill := func() (refused int) {
		for i := range 100_001 {
			_, err1 := m.Use(ctx, "k", fmt.Sprint(c.now.Unix(), i), c.now.Add(time.Minute))
			err2 := m.PutState(ctx, lti.State{Value: fmt.Sprint(c.now.Unix(), i), Expires: c.now.Add(time.Minute)})
			if err1 != nil && err2 != nil {
				refused++
			}
		}
		return refused
	}
	if n := fill(); n != 1 {
		t.Errorf("%d refused of one too many", n)
	}
	c.add(time.Minute)
	if n := fill(); n != 1 {
		t.Errorf("a minute later, %d refused of one too many", n)
	}
	if fresh, err := m.Use(ctx, "other", fmt.Sprint(c.now.Unix(), 1), c.now.Add(time.Minute)); fresh || err == nil {
		t.Error("there is no room")
	}
}
