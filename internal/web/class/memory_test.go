package class_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/web/class"
	"otrbot/lti"
)

// memory is a class.Store that notes what it was asked to do.
type memory struct {
	w *world

	mu          sync.Mutex
	platforms   map[int64]course.Platform
	enrolments  map[int64]course.Enrolment
	grades      map[int64]course.Grade
	invitations map[[32]byte]string
	ring        lti.KeyRing
	done        []string // what was changed
	fails       bool
	damaged     bool // Class leaves out the user "damaged", and says so
	full        bool // no invitation can be used up
}

var (
	_         class.Store = (*memory)(nil)
	errBroken             = errors.New("the disk is full")
)

func newMemory(w *world) *memory {
	return &memory{
		w: w, ring: keys(), platforms: map[int64]course.Platform{}, enrolments: map[int64]course.Enrolment{}, grades: map[int64]course.Grade{},
		invitations: map[[32]byte]string{},
	}
}

func (m *memory) add(e course.Enrolment) course.Enrolment {
	m.mu.Lock()
	defer m.mu.Unlock()
	e.ID = int64(len(m.enrolments) + 1)
	m.enrolments[e.ID] = e
	return e
}

func (m *memory) note(format string, args ...any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails {
		return errBroken
	}
	m.done = append(m.done, fmt.Sprintf(format, args...))
	return nil
}

func (m *memory) Class(_ context.Context, platform int64, deployment, link string) ([]course.Member, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails {
		return nil, errBroken
	}
	var all []course.Member
	for _, e := range m.enrolments {
		if e.Platform == platform && e.Deployment == deployment && e.Link == link {
			one := course.Member{Enrolment: e}
			if g, ok := m.grades[e.ID]; ok {
				one.Grade = &g
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b course.Member) int { return cmp.Compare(a.ID, b.ID) })
	if m.damaged {
		return slices.DeleteFunc(all, func(one course.Member) bool { return one.User == "damaged" }), fmt.Errorf("reading: %w", record.ErrDamaged)
	}
	return all, nil
}

func (m *memory) Enrolment(_ context.Context, id int64) (course.Enrolment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.enrolments[id]
	if !ok {
		return course.Enrolment{}, course.ErrNone
	}
	return e, nil
}

func (m *memory) ResendGrade(_ context.Context, id int64, _ time.Time) (bool, error) {
	return m.grades[id].State == course.GradeRefused, m.note("resend %d", id)
}

func (m *memory) ReleaseAddress(_ context.Context, id int64) error { return m.note("release %d", id) }

func (m *memory) ForgetEnrolment(_ context.Context, id int64) (bool, error) {
	return true, m.note("forget %d", id)
}

func (m *memory) SetLocale(_ context.Context, id int64, locale string) error {
	return m.note("locale %d %s", id, locale)
}

func (m *memory) KeyRing(context.Context) (lti.KeyRing, error) { return m.ring, nil }

func (m *memory) Invitation(_ context.Context, token [32]byte, _ time.Time) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name, ok := m.invitations[token]
	if !ok {
		return "", course.ErrNone
	}
	return name, nil
}

func (m *memory) TakeInvitation(_ context.Context, token [32]byte, _ time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.invitations[token]
	if m.full {
		return false, errBroken
	}
	delete(m.invitations, token)
	return ok, nil
}

func (m *memory) RemovePlatform(_ context.Context, id int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.platforms[id]
	delete(m.platforms, id)
	return ok, nil
}

func (m *memory) Platform(_ context.Context, id int64) (course.Platform, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.platforms[id]
	if !ok {
		return course.Platform{}, course.ErrNone
	}
	return p, nil
}

func (m *memory) PutPlatform(ctx context.Context, p course.Platform) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails {
		return 0, errBroken
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	p.ID = int64(len(m.platforms) + 1)
	m.platforms[p.ID] = p
	return p.ID, nil
}

// Registrations implements lti.Registrations.
func (m *memory) Registrations(_ context.Context, issuer, client string) ([]lti.Registration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []lti.Registration
	for _, p := range m.platforms {
		if r := p.Registration; r != nil && r.Issuer == issuer && (client == "" || client == r.ClientID) {
			found = append(found, *r)
		}
	}
	return found, nil
}
