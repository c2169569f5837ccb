package class

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"otrbot/internal/course"
	"otrbot/lti"
)

const (
	rosterFresh = time.Minute      // how long a list is taken for the present one
	rosterKept  = 15 * time.Minute // how long an older one is shown while a new one is awaited
	rosterTime  = 30 * time.Second // how long the platform may take for all pages
	rosterWait  = 3 * time.Second  // how long a page waits for it
	mostMembers = 5_000            // of one course
	mostRosters = 500              // lists in memory
	longestUser = 255              // bytes: "LTI Core", "User identity claims"
)

var (
	errRosterSlow    = errors.New("class: the platform has not answered in time")
	errRosterTooLong = errors.New("class: the course has more members than we list")
)

// A roster remembers for a while who is in the courses: platforms are asked once a minute at most, whether they answer
// or fail, and one request for a course waits for another.
type roster struct {
	tool *lti.Tool
	now  func() time.Time

	mu    sync.Mutex
	lists map[rosterName]*rosterList
}

// rosterName is one list: the same address with another registration is asked with another key.
type rosterName struct {
	platform  int64
	url, link string
}

type rosterList struct {
	members []member
	read    time.Time // when members came
	err     error
	at      time.Time     // when the platform answered or failed last; zero: never
	coming  chan struct{} // closed when the list that is asked for has come; nil: none is
}

// A member is somebody in the course: what we need to know, and no more.
type member struct {
	User, Name string
	Learner    bool // and in the course now
}

func memberOf(m lti.Member) member {
	return member{
		User:    strings.Clone(m.UserID),
		Name:    strings.Clone(cmp.Or(plainName(m.Name), plainName(m.GivenName+" "+m.FamilyName))),
		Learner: m.Active() && course.RoleOf(m.Roles) == course.Learner,
	}
}

func newRoster(tool *lti.Tool, now func() time.Time) *roster {
	return &roster{tool: tool, now: now, lists: map[rosterName]*rosterList{}}
}

// members are those of the room's course. Without a list of theirs both results are nil. With an error the members may
// be an older list, or part of a long one.
func (r *roster) members(ctx context.Context, room Room) ([]member, error) {
	if room.Platform.Registration == nil || room.Enrolment.Roster == nil {
		return nil, nil
	}
	name := rosterName{room.Platform.ID, room.Enrolment.Roster.URL, room.Enrolment.Link}
	r.mu.Lock()
	l := r.list(name)
	if !l.at.IsZero() && r.now().Sub(l.at) < rosterFresh {
		defer r.mu.Unlock()
		return l.members, l.err
	}
	if l.coming == nil {
		l.coming = make(chan struct{})
		go r.fetch(context.WithoutCancel(ctx), l, *room.Platform.Registration, *room.Enrolment.Roster, room.Enrolment.Link)
	}
	coming := l.coming
	r.mu.Unlock()

	wait := time.NewTimer(rosterWait)
	defer wait.Stop()
	select {
	case <-coming:
	case <-ctx.Done():
	case <-wait.C:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.coming == coming {
		return l.members, errRosterSlow
	}
	return l.members, l.err
}

// list finds or makes a list, and makes room by forgetting the old ones.
func (r *roster) list(name rosterName) *rosterList {
	now := r.now()
	for n, l := range r.lists {
		if l.coming == nil && (now.Sub(l.at) > rosterKept || len(r.lists) >= mostRosters && n != name) {
			delete(r.lists, n)
		}
	}
	l := r.lists[name]
	if l == nil {
		l = &rosterList{}
		r.lists[name] = l
	}
	return l
}

func (r *roster) fetch(ctx context.Context, l *rosterList, reg lti.Registration, s lti.RosterService, link string) {
	ctx, cancel := context.WithTimeout(ctx, rosterTime)
	defer cancel()
	members, err := r.read(ctx, reg, s, link)
	r.mu.Lock()
	defer r.mu.Unlock()
	l.err, l.at = err, r.now()
	// A list that could be read in part, or not at all, does not replace a whole one for a while.
	if err == nil || errors.Is(err, errRosterTooLong) || l.at.Sub(l.read) > rosterKept {
		l.members, l.read = members, l.at
	}
	close(l.coming)
	l.coming = nil
}

func (r *roster) read(ctx context.Context, reg lti.Registration, s lti.RosterService, link string) ([]member, error) {
	var members []member
	for m, err := range r.tool.Members(ctx, reg, s, link) {
		if err != nil {
			return members, err
		}
		if len(members) == mostMembers {
			return members, errRosterTooLong
		}
		if m.UserID != "" && len(m.UserID) <= longestUser {
			members = append(members, memberOf(m))
		}
	}
	return members, nil
}
