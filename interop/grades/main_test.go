// Package grades sends grades to learning management systems that do everything that can go wrong, with the real store
// and a courier that is killed again and again, and looks into their gradebooks afterwards.
package grades_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"otrbot/internal/grades"
	"otrbot/internal/store"
	"otrbot/lti"
)

// The test binary runs itself again as the courier, with the directory of the store in the environment.
const courierDir = "OTRBOT_GRADES_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(courierDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := courier(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(ctx context.Context, dir string) (*store.DB, error) {
	return store.Open(ctx, "sqlite://"+filepath.Join(dir, "otrbot.db"), store.Key{1: 1})
}

// answerTime is how long a platform may take: short, as many of them take for ever.
const answerTime = 400 * time.Millisecond

// hurry makes minutes of milliseconds.
var hurry = grades.Pace{
	First: 10 * time.Millisecond, Most: 200 * time.Millisecond, Rest: 100 * time.Millisecond, Look: 20 * time.Millisecond,
	Gap: time.Second, Lease: 4 * time.Second, Grace: time.Second,
}

// courier delivers until nothing is left to do, or its input ends.
func courier(dir string) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	db, err := open(ctx, dir)
	if err != nil {
		return err
	}
	client := lti.NewHTTPClient(lti.AnyAddress)
	client.Timeout = answerTime
	tool, err := lti.New(lti.Config{
		Base: "http://127.0.0.1:1", Loopback: true, Consumers: db, Nonces: db, Registrations: db, States: db, Keys: db, HTTP: client,
	})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	c, err := grades.New(grades.Config{Store: &finite{db, stop}, Tool: tool, Pace: hurry})
	if err == nil {
		err = c.Run(ctx)
	}
	return errors.Join(err, db.Close())
}

// finite ends the run when no grade is open any more.
type finite struct {
	*store.DB
	stop func()
}

func (f *finite) NextGrade(ctx context.Context) (time.Time, error) {
	next, err := f.DB.NextGrade(ctx)
	if err == nil && next.IsZero() {
		f.stop()
	}
	return next, err
}

var _ grades.Store = (*store.DB)(nil)
